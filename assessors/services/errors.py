"""The one error of the services about teams."""

from typing import Any

from assessors.rules import RuleResult


class TeamError(Exception):
    """An act on a team is refused: `code` and `params` say why, `status` how HTTP answers.

    `broken` holds the rules that the team would break, each with its article. The sentence is
    made at the edge (`assessors.team_words`).
    """

    def __init__(
        self, code: str, status: int = 409, broken: tuple[RuleResult, ...] = (), **params: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.broken = broken
        self.params = params
