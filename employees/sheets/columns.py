"""What a kind of import expects of a sheet: its columns, and the notes a reading leaves."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from employees.sheets.codes import SEVERITY

COLUMN_TYPES = ("nip", "text", "name", "date", "amount", "int", "choice", "golongan")


@dataclass(frozen=True)
class Note:
    """One finding: a stable code (employees.sheets.codes) with parameters.

    `column` is the heading as it stands in the sheet, None for a finding about a whole row
    or file. Parameters hold no NIP and no cell text longer than 40 characters.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    column: str | None = None

    @property
    def severity(self) -> str:
        """ "error" or "warning", from the table of codes."""
        return SEVERITY[self.code]


@dataclass(frozen=True)
class Column:
    """One expected column.

    headings: the official Indonesian heading first, synonyms after. The first one written
        exactly so matches without a warning; any other spelling (case, blanks, punctuation,
        a synonym) matches with one. The order of the columns of a kind is the order of its
        template: a sheet with another order gets a warning.
    type: one of COLUMN_TYPES.
    required: the column must exist (else the file is refused).
    mandatory: the cell must be filled (else the row is refused).
    choices: for "choice": spelling -> code. Keys are the spellings taken without a warning
        ("Sangat Baik"); another case or spacing of a key is taken with one. Case-folded keys
        would make the official spelling itself a warning: write them as officials write them.
    max_length: longest text in characters. decimals: kept decimals of an amount.
    looked_up: text that names a row of a catalogue, so that a lone dash means none.
    """

    key: str
    headings: tuple[str, ...]
    type: str
    required: bool = False
    mandatory: bool = False
    choices: Mapping[str, str] | None = None
    max_length: int = 200
    decimals: int = 4
    looked_up: bool = False

    def __post_init__(self) -> None:
        if self.type not in COLUMN_TYPES:
            raise ValueError(f"unknown column type {self.type!r}")
        if self.type == "choice" and not self.choices:
            raise ValueError(f"column {self.key!r} needs choices")

    @property
    def dash_is_blank(self) -> bool:
        """Whether a lone dash means blank: not where it may be text, nor for an amount."""
        return self.looked_up or self.type not in ("text", "name", "amount")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Case, blanks and punctuation taken off, for comparing headings: "N I P" -> "nip"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())
