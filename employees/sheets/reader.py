"""Read a sheet: find its header, then give every row with data as values, errors and warnings.

The outcomes are those of design/bad_input.md: exact, warning, row refused (Row.errors), file
refused (SheetRefused). Nothing is stored here and no Django is imported.
"""

import contextlib
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from employees.sheets import dates, delimited, xlsx
from employees.sheets.cells import Context, RawCell, Typed, parse_cell
from employees.sheets.columns import Column, Note
from employees.sheets.headers import HEADER_ROWS, Header, find_header, match_heading, texts_of
from employees.sheets.limits import MIB, Limits, SheetRefused
from employees.sheets.source import RawRow, SheetInfo
from employees.sheets.texts import BLANKS, storable

__all__ = ["Limits", "Preview", "Row", "SheetRefused", "Table", "preview_headings", "read"]

Progress = Callable[[int, int | None], None]
_XLSX, _CSV = ".xlsx", (".csv", ".tsv", ".txt")
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN_STARTS = (
    b"PK\3\4",
    b"PK\5\6",
    _OLE,
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
)
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|script|svg)", re.I)
_PROGRESS_EVERY = 500
_SUBTOTAL = re.compile(
    r"\s*(?:jumlah\b|(?:sub|grand)[\s-]*total\b|total\b|rekapitulasi\b)", re.IGNORECASE
)


@dataclass
class Row:
    """One row with data. Refused when `errors` is not empty.

    number: the sheet's own row number. values: key -> str, date, Decimal, int or None (also
    None where the cell is refused). raw: heading -> text as read, for the refused sheet.
    duplicate_of: number of the identical row before it (see duplicates.mark_duplicates).
    """

    number: int
    values: dict[str, object] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    errors: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    duplicate_of: int | None = None


@dataclass
class Table:
    """A sheet being read.

    rows: to be iterated once; it raises SheetRefused where the file turns out bad further down
    (row limit, unclosed quotes, a dead child): keep nothing of it then. warnings of the file
    are complete once the rows are exhausted. matched: heading -> key.
    """

    sheet: str | None
    header_row: int
    headings: list[str]
    matched: dict[str, str]
    unmatched: list[str]
    warnings: list[Note]
    rows: Generator[Row, None, None]

    def close(self) -> None:
        """Give up reading: ends the child process at once instead of when collected."""
        self.rows.close()


@dataclass
class Preview:
    """For the mapping page: the sheets, and the first rows of the one that would be read."""

    sheets: list[SheetInfo]
    sheet: str | None
    rows: list[tuple[int, list[str]]]


@dataclass
class _Opened:
    """Rows of either format before their header is known."""

    rows: Iterator[RawRow]
    context: Context
    warnings: list[Note]
    sheets: list[SheetInfo] = field(default_factory=list)
    sheet: str | None = None
    total: int | None = None
    fixed_width: bool = False


def read(
    path: Path,
    *,
    filename: str,
    columns: Sequence[Column],
    sheet: str | None = None,
    decimal: Literal["comma", "point"] | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    ignore_sheets: Sequence[str] = (),
) -> Table:
    """Open a sheet and read it as `columns` say.

    filename: the name it was uploaded under; its ending must agree with the content.
    sheet: the worksheet to read where several hold data. decimal: the sign stated for the whole
    file. mapping: heading -> key by hand ("" leaves a column out); other headings match by
    themselves. ignore_sheets: sheets of our own template that hold no rows. progress: called
    with (rows read, estimate of all or None).
    Raises SheetRefused, here or while the rows are iterated.
    """
    limits = limits or Limits()
    opened = _open(path, filename, sheet, limits, columns, decimal, ignore_sheets, mapping)
    head = _first_rows(opened.rows)
    header = find_header(head, columns, mapping)
    opened.warnings.extend(header.warnings)
    body = _Body(opened, header, limits, progress)
    rows = body.rows(_after(header, head, opened.rows))
    first = next(rows, None)
    if first is None:
        raise SheetRefused("header_only", header_row=header.row)
    return Table(
        sheet=opened.sheet,
        header_row=header.row,
        headings=header.headings,
        matched={header.headings[index]: column.key for index, column in header.columns},
        unmatched=header.unmatched,
        warnings=opened.warnings,
        rows=_chain(first, rows, opened.rows),
    )


def preview_headings(
    path: Path, filename: str, sheet: str | None = None, limits: Limits | None = None
) -> Preview:
    """The sheets and the first rows as text, without asking for any column."""
    limits = limits or Limits()
    if _check_outside(path, filename, limits) == _XLSX:
        book = xlsx.open_workbook(path, sheet=sheet, ignore=(), limits=limits, preview=HEADER_ROWS)
        rows = list(book.rows)
        return Preview(book.sheets, book.sheet, [(row.number, texts_of(row)) for row in rows])
    source = delimited.open_csv(path, limits, lambda cells: sum(map(bool, cells)))
    first = _first_rows(delimited.rows(source, limits))
    return Preview([], None, [(row.number, texts_of(row)) for row in first])


def _open(
    path: Path,
    filename: str,
    sheet: str | None,
    limits: Limits,
    columns: Sequence[Column],
    decimal: str | None,
    ignore: Sequence[str],
    mapping: Mapping[str, str] | None,
) -> _Opened:
    if _check_outside(path, filename, limits) == _XLSX:
        book = xlsx.open_workbook(path, sheet=sheet, ignore=ignore, limits=limits)
        hidden = tuple(
            one.name
            for one in book.sheets
            if one.hidden and one.has_data and one.name != book.sheet and one.name not in ignore
        )
        warnings = [Note("sheets_hidden_ignored", {"sheets": hidden})] if hidden else []
        context = Context(book.epoch1904, decimal)
        return _Opened(book.rows, context, warnings, book.sheets, book.sheet, book.estimate)

    def score(cells: Sequence[str]) -> int:
        return sum(match_heading(cell.strip(), columns, mapping) is not None for cell in cells)

    source = delimited.open_csv(path, limits, score)
    return _Opened(
        delimited.rows(source, limits),
        Context(decimal=decimal),
        source.warnings,
        total=source.lines,
        fixed_width=True,
    )


def _check_outside(path: Path, filename: str, limits: Limits) -> str:
    """Size, ending and first bytes; gives the format (".xlsx" or ".csv")."""
    size = path.stat().st_size
    if size == 0:
        raise SheetRefused("file_empty")
    if size > limits.bytes:
        raise SheetRefused("file_too_large", limit_mib=max(1, limits.bytes // MIB))
    ending = Path(filename.strip()).suffix.lower()
    with path.open("rb") as handle:
        start = handle.read(256)
    if ending in _MACRO_NAMES:
        raise SheetRefused("macros")
    if ending == _XLSX:
        if start.startswith(_OLE) and _holds_encrypted_package(path):
            raise SheetRefused("encrypted")
        if not start.startswith(b"PK\3\4"):
            raise SheetRefused("wrong_format", extension=ending)
        return _XLSX
    if ending not in _CSV:
        raise SheetRefused("wrong_extension", extension=storable(ending)[:20])
    if start.startswith(_FOREIGN_STARTS) or _MARKUP.match(start):
        raise SheetRefused("wrong_format", extension=ending)
    return ".csv"


def _holds_encrypted_package(path: Path) -> bool:
    """A password-protected XLSX is an OLE file with this stream, named in UTF-16."""
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def _first_rows(rows: Iterator[RawRow]) -> list[RawRow]:
    first: list[RawRow] = []
    for row in rows:
        first.append(row)
        if len(first) >= HEADER_ROWS:
            break
    return first


def _after(header: Header, head: list[RawRow], rest: Iterator[RawRow]) -> Iterator[RawRow]:
    yield from (row for row in head if row.number > header.row)
    yield from rest


def _chain(first: Row, rest: Iterator[Row], source: Iterator[RawRow]) -> Generator[Row, None, None]:
    with contextlib.ExitStack() as stack:
        if isinstance(source, Generator):
            stack.callback(source.close)
        yield first
        yield from rest


class _Body:
    """The rows below the header: what is skipped with a warning, and what is parsed."""

    def __init__(
        self, opened: _Opened, header: Header, limits: Limits, progress: Progress | None
    ) -> None:
        self.opened = opened
        self.header = header
        self.limits = limits
        self.progress = progress
        self.count = 0
        self.nip_index = next((i for i, c in header.columns if c.type == "nip"), None)
        self.used = frozenset(index for index, _column in header.columns)
        self.unheaded = [i for i, heading in enumerate(header.headings) if not heading]

    def rows(self, source: Iterator[RawRow]) -> Iterator[Row]:
        last = self.header.row
        for raw in source:
            if all(_is_blank(cell) for cell in raw.cells):
                continue
            gap, last = raw.number - last - 1, raw.number
            if gap:
                self._warn("blank_rows", row=raw.number, count=gap)
            if self._skipped(raw):
                continue
            self.count += 1
            if self.count > self.limits.rows:
                raise SheetRefused("too_many_rows", limit=self.limits.rows, row=raw.number)
            if self.progress and self.count % _PROGRESS_EVERY == 0:
                self.progress(self.count, self.opened.total)
            yield self._parse(raw)
        if self.progress:
            self.progress(self.count, self.count)

    def _warn(self, code: str, **params: object) -> None:
        self.opened.warnings.append(Note(code, params))

    def _skipped(self, raw: RawRow) -> bool:
        """Subtotals, a row that numbers the columns, notes beside the table."""
        if self._is_subtotal(raw):
            self._warn("subtotal_skipped", row=raw.number)
        elif self.count == 0 and _numbers_columns(raw):
            self._warn("numbering_skipped", row=raw.number)
        elif not any(_is_seen(cell) for index, cell in enumerate(raw.cells) if index in self.used):
            self._warn("row_outside_columns", row=raw.number)
        else:
            return False
        return True

    def _is_subtotal(self, raw: RawRow) -> bool:
        if self.nip_index is not None and self.nip_index < len(raw.cells):
            nip = raw.cells[self.nip_index]
            covered = isinstance(nip, Typed) and nip.kind == "m"
            if not (_is_blank(nip) or covered or (isinstance(nip, str) and _SUBTOTAL.match(nip))):
                return False
        return any(isinstance(cell, str) and _SUBTOTAL.match(cell) for cell in raw.cells)

    def _parse(self, raw: RawRow) -> Row:
        row = Row(raw.number)
        header = self.header
        if raw.hidden:
            row.warnings.append(Note("row_hidden"))
        cells = raw.cells
        for index, heading in header.shown:
            if index < len(cells) and cells[index] is not None:
                row.raw[heading] = _as_text(cells[index], self.opened.context.epoch1904)
        if self._holds_unheaded(cells):
            row.warnings.append(Note("cells_unheaded"))
        if self.opened.fixed_width:
            problem = _width_problem(len(cells), header)
            if problem:
                row.errors.append(problem)
                row.values = {column.key: None for _index, column in header.columns}
                return row
        for index, column in header.columns:
            cell = cells[index] if index < len(cells) else None
            value, notes = parse_cell(cell, column, self.opened.context)
            row.values[column.key] = value
            if notes:
                self._note(row, notes, header.headings[index])
        return row

    def _holds_unheaded(self, cells: list[RawCell]) -> bool:
        """Whether a cell that no heading stands above holds anything."""
        width = len(self.header.headings)
        return any(_is_seen(cells[i]) for i in self.unheaded if i < len(cells)) or (
            len(cells) > width and any(_is_seen(cell) for cell in cells[width:])
        )

    @staticmethod
    def _note(row: Row, notes: tuple[Note, ...], heading: str) -> None:
        for note in notes:
            params = {
                key: storable(value) if isinstance(value, str) else value
                for key, value in note.params.items()
            }
            placed = replace(note, params=params, column=heading)
            (row.errors if placed.severity == "error" else row.warnings).append(placed)


def _width_problem(found: int, header: Header) -> Note | None:
    if found < header.width:
        return Note("cells_missing", {"found": found, "expected": header.width})
    if found > header.full_width:
        return Note("cells_extra", {"found": found, "expected": header.full_width})
    return None


def _is_blank(cell: RawCell) -> bool:
    return cell is None or (type(cell) is str and not cell.strip(BLANKS))


def _is_seen(cell: RawCell) -> bool:
    return not _is_blank(cell) and not (isinstance(cell, Typed) and cell.kind == "m")


def _numbers_columns(raw: RawRow) -> bool:
    """1, 2, 3, ... or (1), (2), (3), ... under the headings, as official tables have it."""
    texts = [_as_text(cell).strip("() ") for cell in raw.cells if not _is_blank(cell)]
    return len(texts) >= 3 and texts == [str(number + 1) for number in range(len(texts))]


def _as_text(cell: RawCell, epoch1904: bool = False) -> str:
    """A cell for a person to read again: a date cell as a date, else what the file says."""
    if isinstance(cell, Typed) and cell.kind == "d":
        value, _notes = dates.read_typed(cell.kind, cell.raw, epoch1904)
        return f"{value:%d-%m-%Y}" if value else cell.raw
    text = cell.raw if isinstance(cell, Typed) else (cell or "")
    return storable(text[:1000])
