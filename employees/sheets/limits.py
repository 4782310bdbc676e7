"""How much a file may cost, and how a file is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024
# Titles, headings and blank rows do not count as data, but data this far below the row limit
# can only be a stray cell, and so many rows too many: the file is refused before it is parsed.
STRAY_ROWS = 1_000


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading; a file beyond any of them is refused as a whole.

    rows: rows with data. columns: cells with data in one row. bytes: the file as it lies.
    unpacked: sum of the parts of an XLSX, bytes. ratio: unpacked to packed, of one part and of
    the whole. seconds: of CPU, and of waiting, for the child that opens an XLSX. memory: its
    address space, bytes. parts: entries in the archive. line: characters of one CSV line.
    """

    rows: int = 100_000
    columns: int = 200
    bytes: int = 50 * MIB
    unpacked: int = 400 * MIB
    ratio: int = 100
    seconds: int = 60
    memory: int = 512 * MIB
    parts: int = 2_000
    line: int = 2 * MIB


class SheetRefused(Exception):  # noqa: N818 - named for the outcome, not for a fault
    """The whole file is refused: `code` and `params` as in employees.sheets.codes."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, object] = params
