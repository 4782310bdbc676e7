"""The one error of the rules core."""

from __future__ import annotations


class RuleError(ValueError):
    """An input lies outside the domain of a rule.

    ``code`` is stable and machine-readable (``months.out_of_range``); ``params`` say what was
    given and what is allowed. The sentence is made at the edge, in the reader's language.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code
