"""What XLSX and CSV have in common: rows as they lie in the file."""

from dataclasses import dataclass

from employees.sheets.cells import RawCell


@dataclass
class RawRow:
    """One row with data: the sheet's own row number, cells from the first column on."""

    number: int
    cells: list[RawCell]
    hidden: bool = False


@dataclass(frozen=True)
class SheetInfo:
    """A worksheet: its name, whether it is hidden, whether any cell is filled."""

    name: str
    hidden: bool
    has_data: bool
