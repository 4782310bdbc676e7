"""The people list as a workbook: text stays text, a NIP stays a NIP."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from credits.rules.units import display
from credits.selectors import Standing, standings
from positions.selectors import unit_names

BATCH = 1000
PLACES = 3
TEXTS = 8  # columns of text before the amounts
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def people_workbook(people: Iterable[Any], path: Path, on: date) -> int:
    """Write the people (of `reports.selectors.people_today`) to `path`; returns how many rows.

    Memory stays bounded: rows leave as they come, balances are asked for `BATCH` people at once.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet(_("Employees"))
    text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.000"})
    bold = book.add_format({"bold": True})
    for column, (heading, width) in enumerate(_headings()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 2)
    units, row = unit_names(on), 0
    for group in _groups(people):
        known = standings([person.pk for person in group], on)
        for person in group:
            row += 1
            standing = known.get(person.pk)
            unit = units.get(person.unit_now, "")
            for column, value in enumerate(_texts(person, standing, unit)):
                sheet.write_string(row, column, harmless(value), text)
            for column, amount in enumerate(_amounts(standing), TEXTS):
                if amount is not None:
                    sheet.write_number(row, column, _cell(amount), number)
            sheet.write_string(row, TEXTS + 3, _state(standing), text)
    book.close()
    return row


def _headings() -> list[tuple[str, int]]:
    return [
        ("NIP", 22),
        (_("Name"), 34),
        (_("Employment"), 12),
        (_("Functional position"), 40),
        (_("Level"), 16),
        (_("Rank"), 8),
        (_("Unit"), 46),
        (_("Employer"), 34),
        (_("Credit points"), 14),
        (_("Missing for rank"), 16),
        (_("Missing for level"), 16),
        (_("State"), 22),
    ]


def _groups(people: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for person in people:
        group.append(person)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def _texts(person: Any, standing: Standing | None, unit: str) -> tuple[str, ...]:
    return (
        person.nip,
        person.full_name,
        person.employment,
        standing.position_name if standing else "",
        standing.level_name if standing else "",
        person.golongan_now or "",
        unit,
        person.employer.name,
    )


def _amounts(standing: Standing | None) -> tuple[Fraction | None, ...]:
    if standing is None or not standing.computed:
        return (None, None, None)
    return (standing.balance, standing.missing_rank, standing.missing_level)


def _state(standing: Standing | None) -> str:
    if standing is None:
        return ""
    if not standing.computed:
        return _("not computed")
    return _("needs recalculation") if standing.stale else ""


def harmless(text: str) -> str:
    """Text that a spreadsheet might take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(amount: Fraction) -> float:
    """A spreadsheet knows binary numbers only; the figure is rounded half-up before."""
    return float(display(amount, PLACES))
