"""What services raise when a step is refused."""


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A step is refused: `code` says why. The edge makes the sentence, in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
