"""What a trial found for the whole ministry: how many move, by how much, and who."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from credits.explanations import threshold
from credits.models import CalculationRun, RunChange
from credits.rules.units import display, from_units
from employees.models import Appointment
from positions.ladder import Level
from reports.exports import harmless

THRESHOLDS = ("rank_reached", "rank_lost", "level_reached", "level_lost")
PLACES = 3


@dataclass(slots=True)
class Group:
    """The holders of one position and level that move."""

    position: str
    level: str
    people: int = 0
    units: int = 0


@dataclass(slots=True)
class Effect:
    """The totals of a trial; amounts in units of 1/3,000,000 point."""

    moved: int = 0
    up: int = 0
    down: int = 0
    units: int = 0
    groups: list[Group] = field(default_factory=list)
    thresholds: list[tuple[str, int]] = field(default_factory=list)


def changes_on(run: CalculationRun, on: date) -> Any:
    """The trial's people with position and level of the day beside them."""
    held = Appointment.objects.on(on).filter(employee=OuterRef("employee_id"))
    return run.changes.annotate(
        position_name=Subquery(held.values("position__name")[:1]),
        level_now=Subquery(held.values("level")[:1]),
    )


def effect_of(run: CalculationRun, on: date) -> Effect:
    """The totals. One statement."""
    found = Effect()
    groups: dict[tuple[str, str], Group] = {}
    crossed = dict.fromkeys(THRESHOLDS, 0)
    columns = ("before_units", "after_units", "thresholds", "position_name", "level_now")
    for before, after, tags, position, level in changes_on(run, on).values_list(*columns):
        for tag in tags:
            crossed[tag] += 1
        difference = after - before
        if not difference:
            continue
        found.moved += 1
        found.up += difference > 0
        found.down += difference < 0
        found.units += difference
        key = (position or "–", level or "")
        group = groups.setdefault(key, Group(key[0], Level(level).label if level else "–"))
        group.people += 1
        group.units += difference
    found.groups = sorted(groups.values(), key=lambda g: (-abs(g.units), g.position, g.level))
    found.thresholds = [(threshold(tag), n) for tag, n in crossed.items() if n]
    return found


def workbook(run: CalculationRun, path: Path, on: date) -> None:
    """Everybody that a trial concerns as a sheet, and the ledger lines on a second one."""
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    changes = list(changes_on(run, on).select_related("employee").order_by("employee__nip"))
    _sheet(book, _("People"), _people_headings(), map(_person, changes))
    _sheet(
        book, _("Entries"), _line_headings(), (row for change in changes for row in _lines(change))
    )
    book.close()


def _people_headings() -> list[str]:
    return [
        "NIP", _("Name"), _("Functional position"), _("Level"), _("Before"), _("After"),
        _("Difference"), _("Thresholds"),
    ]  # fmt: skip


def _line_headings() -> list[str]:
    return [
        "NIP", _("Name"), _("What happens"), _("Date"), _("Kind"), _("Credit points"),
        _("Article"), _("Regulation"),
    ]  # fmt: skip


def _person(change: Any) -> list[Any]:
    level = change.level_now
    return [
        change.employee.nip,
        change.employee.full_name,
        change.position_name or "",
        Level(level).label if level else "",
        _cell(change.before_units),
        _cell(change.after_units),
        _cell(change.after_units - change.before_units),
        "; ".join(threshold(tag) for tag in change.thresholds),
    ]


def _lines(change: RunChange) -> Iterator[list[Any]]:
    for word, lines in ((_("taken back"), change.removed), (_("posted"), change.added)):
        for line in lines:
            yield [
                change.employee.nip,
                change.employee.full_name,
                word,
                line["effective_on"],
                line["kind"],
                _cell(line["amount_units"]),
                line["article"],
                line["edition"],
            ]


def _sheet(book: Any, name: str, headings: list[str], rows: Any) -> None:
    sheet = book.add_worksheet(name)
    text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.000"})
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, 24)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 2)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, column, harmless(value), text)
            else:
                sheet.write_number(at, column, value, number)


def _cell(units: int) -> float:
    """A spreadsheet knows binary numbers only; the figure is rounded half-up before."""
    return float(display(from_units(units), PLACES))
