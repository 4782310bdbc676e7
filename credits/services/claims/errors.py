"""The one error of the claims' services."""

from typing import Any

from accounts.errors import Refusal


class ClaimError(Refusal):
    """An act is refused: `code` and `params` say why, `status` how HTTP answers.

    409 where the claim's state forbids it, 403 where the actor may not, 400 for bad input. The
    sentence is made at the edge (`credits.claim_words`).
    """

    def __init__(self, code: str, status: int = 409, **params: Any) -> None:
        super().__init__(code)
        self.status = status
        self.params = params
