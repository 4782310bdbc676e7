"""The sheets we hand out: a template per kind, and refused rows with the reason beside each.

Every cell is a text cell, so that no program computes what stands in it or changes a NIP.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from employees.importing.registry import Kind
from employees.importing.reporting import reasons_of
from employees.models import ImportBatch
from employees.sheets.columns import Column
from positions.ladder import GOLONGAN
from positions.models import Position, PositionLevel, UnitVersion

DATA, ALLOWED = "Data", "Nilai yang diizinkan"
_WIDTH = 22
_NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def template(kind: Kind, path: Path) -> None:
    """A workbook with the headings of a kind, one example row, and the allowed values."""
    columns = [c for c in kind.columns if not c.key.startswith("predicate_")]
    with xlsxwriter.Workbook(path, _NO_FORMULAS) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True, "text_wrap": True})
        sheet = book.add_worksheet(DATA)
        sheet.set_column(0, len(columns) - 1, _WIDTH, text)
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column.headings[0], bold)
            sheet.write_string(1, index, kind.example.get(column.key, ""), text)
        sheet.freeze_panes(1, 0)
        values = book.add_worksheet(ALLOWED)
        for index, (heading, allowed) in enumerate(_allowed(columns)):
            values.set_column(index, index, 2 * _WIDTH, text)
            for line, value in enumerate([heading, *allowed]):
                values.write_string(line, index, value, text if line else bold)


def _allowed(columns: Sequence[Column]) -> Iterable[tuple[str, list[str]]]:
    for column in columns:
        if column.type == "choice" and column.choices:
            yield column.headings[0], list(column.choices)
        elif column.type == "golongan":
            yield column.headings[0], [g.value for g in GOLONGAN]
        elif column.key == "position":
            yield column.headings[0], list(Position.objects.values_list("name", flat=True))
        elif column.key == "level":
            names = PositionLevel.objects.order_by("order").values_list("name", flat=True)
            yield column.headings[0], list(dict.fromkeys(names))
        elif column.key == "unit":
            units = UnitVersion.objects.filter(end__isnull=True).values_list("name", flat=True)
            yield column.headings[0], sorted(set(units))


def refused_rows(batch: ImportBatch, path: Path) -> None:
    """The refused rows as they were read, with the sheet's own row number and the reasons."""
    headings = [h for h in batch.headings if h]
    options = {"constant_memory": True, **_NO_FORMULAS}
    with xlsxwriter.Workbook(path, options) as book:
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(DATA)
        sheet.set_column(0, len(headings) + 1, _WIDTH, text)
        _write(sheet, 0, ["Baris", *headings, "Alasan"], text)
        rows = batch.rows.filter(outcome="refused").order_by("number")
        for line, row in enumerate(rows.iterator(), start=1):
            cells = [str(row.number), *(row.raw.get(h, "") for h in headings), reasons_of(row)]
            _write(sheet, line, cells, text)


def _write(sheet: object, line: int, cells: Iterable[str], text: object) -> None:
    for index, cell in enumerate(cells):
        sheet.write_string(line, index, cell, text)  # type: ignore[attr-defined]
