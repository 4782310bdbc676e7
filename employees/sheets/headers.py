"""Find the header of a table and match its headings to the expected columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from employees.sheets.cells import Typed
from employees.sheets.columns import Column, Note, fold
from employees.sheets.limits import SheetRefused
from employees.sheets.source import RawRow
from employees.sheets.texts import storable

HEADER_ROWS = 20
_HEADING_LIMIT = 120


@dataclass
class Header:
    """The header row: `columns` are (index of the cell, column) in the sheet's order.

    headings: one per cell, unique. shown: (index, heading) of every headed cell, for Row.raw.
    width: cells a full row has at least; full_width: at most.
    """

    row: int
    headings: list[str]
    columns: list[tuple[int, Column]]
    unmatched: list[str]
    warnings: list[Note] = field(default_factory=list)
    full_width: int = 0

    @property
    def shown(self) -> list[tuple[int, str]]:
        """Cells with a heading."""
        return [(index, heading) for index, heading in enumerate(self.headings) if heading]

    @property
    def width(self) -> int:
        """Cells up to the last heading."""
        return max(index for index, heading in enumerate(self.headings) if heading) + 1


def texts_of(row: RawRow) -> list[str]:
    """The cells of a row as text, for headings and previews."""
    return [
        storable((cell.raw if isinstance(cell, Typed) else cell or "").strip())[:_HEADING_LIMIT]
        for cell in row.cells
    ]


def match_heading(
    heading: str, columns: Sequence[Column], mapping: Mapping[str, str] | None
) -> Column | None:
    """The column of a heading: by hand first, else by its folded form."""
    if not heading:
        return None
    folded = fold(heading)
    if mapping is not None:
        by_hand = {fold(key): value for key, value in mapping.items()}
        if folded in by_hand:
            return next((c for c in columns if c.key == by_hand[folded]), None)
        taken = set(by_hand.values())
        columns = [column for column in columns if column.key not in taken]
    if not folded:
        return None
    for column in columns:
        if any(folded == fold(known) for known in column.headings):
            return column
    return None


def find_header(
    rows: Sequence[RawRow], columns: Sequence[Column], mapping: Mapping[str, str] | None
) -> Header:
    """The row among the first ones that holds the most expected headings.

    Raises SheetRefused: no_data, no_header, column_missing, column_twice, mapping_unknown.
    """
    if not rows:
        raise SheetRefused("no_data")
    matches = [[match_heading(text, columns, mapping) for text in texts_of(row)] for row in rows]
    scores = [len({column.key for column in found if column}) for found in matches]
    best = max(range(len(rows)), key=lambda index: (scores[index], -index))
    expected = [column.headings[0] for column in columns if column.required]
    # One matching word may stand in any title or cell; a header has several, if several exist.
    if scores[best] < min(2, len(columns)):
        raise SheetRefused("no_header", rows=len(rows), expected=expected)
    row = rows[best]
    headings = _unique(texts_of(row), matches[best])
    header = Header(
        row=row.number,
        headings=headings,
        columns=[(index, column) for index, column in enumerate(matches[best]) if column],
        unmatched=[
            h for h, column in zip(headings, matches[best], strict=True) if h and not column
        ],
        full_width=len(headings),
    )
    _check_columns(header, columns, mapping)
    header.warnings = _warnings(header, columns, mapping, rows[: best + 1])
    return header


def _unique(texts: list[str], matches: Sequence[Column | None]) -> list[str]:
    """Headings with a number where an unmatched one comes twice; matched twins are refused."""
    seen: dict[str, int] = {}
    headings = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        again = text and seen[text] > 1
        headings.append(f"{text} ({seen[text]})" if again else text)
    return headings


def _check_columns(
    header: Header, columns: Sequence[Column], mapping: Mapping[str, str] | None
) -> None:
    there = {fold(heading) for heading in header.headings}
    unknown = [storable(key) for key in mapping or {} if fold(key) not in there]
    if unknown:
        raise SheetRefused("mapping_unknown", columns=unknown)
    keys = [column.key for _index, column in header.columns]
    for column in columns:
        if keys.count(column.key) > 1:
            twins = [header.headings[i] for i, one in header.columns if one.key == column.key]
            raise SheetRefused("column_twice", columns=twins, field=column.headings[0])
    missing = [c.headings[0] for c in columns if c.required and c.key not in keys]
    if missing:
        raise SheetRefused("column_missing", columns=missing, header_row=header.row)


def _warnings(
    header: Header,
    columns: Sequence[Column],
    mapping: Mapping[str, str] | None,
    rows: Sequence[RawRow],
) -> list[Note]:
    """What was assumed of the rows up to the header, which is the last one of `rows`."""
    *above, row = rows
    warnings = []
    if above:
        params: dict[str, object] = {"count": len(above), "header_row": header.row}
        warnings.append(Note("title_rows", params))
    blank = header.row - 1 - len(above)
    if blank > 0:
        warnings.append(Note("blank_rows", {"row": header.row, "count": blank}))
    order = [column.key for column in columns]
    places = [order.index(column.key) for _index, column in header.columns]
    if places != sorted(places):
        warnings.append(Note("columns_reordered"))
    by_hand = {fold(key) for key in mapping or {}}
    for index, column in header.columns:
        heading = header.headings[index]
        if row.cells[index] != column.headings[0] and fold(heading) not in by_hand:
            params = {"heading": heading, "expected": column.headings[0]}
            warnings.append(Note("heading_variant", params, heading))
    if header.unmatched:
        warnings.append(Note("columns_extra", {"columns": tuple(header.unmatched)}))
    return warnings
