"""Lists as workbooks: text stays text, a NIP stays a NIP."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from credits.rules.units import display
from credits.selectors import standings
from positions.selectors import unit_names
from reports.columns import Cell, Column, Row, Sheet

BATCH = 1000
PLACES = 3
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def people_workbook(people: Iterable[Any], path: Path, on: date, columns: Sequence[Column]) -> int:
    """Write the people (of `reports.selectors.people_today`) to `path`; returns how many rows.

    The columns are those of the screen. Memory stays bounded: rows leave as they come, balances
    are asked for `BATCH` people at once.
    """
    sheets = [sheet for column in columns for sheet in column.sheet]
    headings = [(str(sheet.heading), sheet.width) for sheet in sheets]
    return workbook(path, _("Employees"), headings, _cells(people, on, sheets))


def _cells(people: Iterable[Any], on: date, sheets: Sequence[Sheet]) -> Iterator[list[Cell]]:
    units = unit_names(on)
    for group in _groups(people):
        known = standings([person.pk for person in group], on)
        for person in group:
            row = Row(person, known.get(person.pk), units.get(person.unit_now, ""))
            yield [sheet.cell(row) for sheet in sheets]


def workbook(
    path: Path,
    title: str,
    headings: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[Cell]],
) -> int:
    """One sheet with a row of headings (text, width); returns how many rows it holds."""
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    sheet = book.add_worksheet(title[:31])
    text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.000"})
    bold = book.add_format({"bold": True})
    for column, (heading, width) in enumerate(headings):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 2)
    count = 0
    for count, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                sheet.write_string(count, column, harmless(value), text)
            elif value is not None:
                sheet.write_number(count, column, _cell(value), number)
    book.close()
    return count


def _groups(people: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for person in people:
        group.append(person)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def harmless(text: str) -> str:
    """Text that a spreadsheet might take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(amount: Fraction) -> float:
    """A spreadsheet knows binary numbers only; the figure is rounded half-up before."""
    return float(display(amount, PLACES))
