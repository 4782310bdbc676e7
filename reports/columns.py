"""The columns of the people list: the same on the screen and in the sheet, chosen by the reader."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credits.explanations import points, predicate
from credits.selectors import Standing
from employees.models import Appointment

Cell = str | Fraction | None


@dataclass(frozen=True, slots=True)
class Row:
    """A person of `reports.selectors.people_today`, with standing and unit."""

    person: Any
    standing: Standing | None
    unit: str

    @property
    def computed(self) -> Standing | None:
        """The standing where points are computed at all."""
        return self.standing if self.standing and self.standing.computed else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A column of the sheet: heading, width in characters, what stands in the cell."""

    heading: str | Promise
    width: int
    cell: Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the screen, and those of the sheet that say the same."""

    key: str
    label: str | Promise
    html: Callable[[Row], str]
    sheet: tuple[Sheet, ...]
    sort: str = ""  # key of `reports.filters.SORTS`
    numeric: bool = False
    extra: str = ""  # what `reports.selectors.people_today` adds for it


def html(column: Column, row: Row) -> str:
    """The cell as it stands on the screen; a dash for nothing."""
    return column.html(row) or "–"


NIP = Sheet("NIP", 22, lambda r: r.person.nip)
NAME = Sheet(gettext_lazy("Name"), 34, lambda r: r.person.full_name)


def _name(row: Row) -> SafeString:
    person = row.person
    address = reverse("reports:person", args=[person.public_id])
    return format_html(
        '<a href="{}">{}</a><span class="sub nip">{}</span>', address, person.full_name, person.nip
    )


def _position(row: Row) -> SafeString:
    if row.standing is None:
        return format_html('<span class="quiet">{}</span>', _("no functional position"))
    return format_html(
        '{}<span class="sub">{}</span>', row.standing.position_name, row.standing.level_name
    )


def _missing(row: Row, kind: str) -> str:
    standing = row.computed
    if standing is None:
        return ""
    if getattr(standing, f"{kind}_due"):
        return format_html('<span class="badge badge-ok">{}</span>', _("reached"))
    return points(getattr(standing, f"missing_{kind}"))


def _states(row: Row) -> list[tuple[str, str]]:
    """(class of the badge, words) of everything worth a word."""
    found = []
    if row.standing and not row.standing.computed:
        found.append(("", _("not computed")))
    elif row.standing and row.standing.stale:
        found.append(("badge-warn", _("needs recalculation")))
    if row.person.left_on:
        found.append(("", _("left")))
    return found


def _state(row: Row) -> SafeString:
    return format_html_join(
        mark_safe(" "),
        '<span class="badge {}">{}</span>',
        _states(row),
    )


def _way(row: Row) -> str:
    way = row.person.way_now
    return str(Appointment.Way(way).label) if way else ""


def _day(value: Any) -> str:
    return f"{value:%d-%m-%Y}" if value else ""


def _text(key: str, label: Any, width: int, value: Callable[[Row], str], **more: Any) -> Column:
    """A column of plain text."""
    return Column(key, label, value, (Sheet(label, width, value),), **more)


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("name", gettext_lazy("Name"), _name, (NIP, NAME), sort="name"),
        Column(
            "position",
            gettext_lazy("Functional position, level"),
            _position,
            (
                Sheet(
                    gettext_lazy("Functional position"),
                    40,
                    lambda r: r.standing.position_name if r.standing else "",
                ),
                Sheet(
                    gettext_lazy("Level"), 16, lambda r: r.standing.level_name if r.standing else ""
                ),
            ),
            sort="position",
        ),
        _text(
            "golongan",
            gettext_lazy("Rank"),
            8,
            lambda r: r.person.golongan_now or "",
            sort="golongan",
        ),
        _text("unit", gettext_lazy("Unit"), 46, lambda r: r.unit, sort="unit"),
        Column(
            "balance",
            gettext_lazy("Credit points"),
            lambda r: points(r.computed.balance) if r.computed else "",
            (
                Sheet(
                    gettext_lazy("Credit points"),
                    14,
                    lambda r: r.computed.balance if r.computed else None,
                ),
            ),
            sort="balance",
            numeric=True,
        ),
        Column(
            "missing_rank",
            gettext_lazy("Missing for rank"),
            lambda r: _missing(r, "rank"),
            (
                Sheet(
                    gettext_lazy("Missing for rank"),
                    16,
                    lambda r: r.computed.missing_rank if r.computed else None,
                ),
            ),
            numeric=True,
        ),
        Column(
            "missing_level",
            gettext_lazy("Missing for level"),
            lambda r: _missing(r, "level"),
            (
                Sheet(
                    gettext_lazy("Missing for level"),
                    16,
                    lambda r: r.computed.missing_level if r.computed else None,
                ),
            ),
            numeric=True,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            _state,
            (
                Sheet(
                    gettext_lazy("State"), 22, lambda r: ", ".join(text for _c, text in _states(r))
                ),
            ),
        ),
        _text("employment", gettext_lazy("Employment"), 12, lambda r: r.person.employment),
        _text("employer", gettext_lazy("Employer"), 34, lambda r: r.person.employer.name),
        _text(
            "superior",
            gettext_lazy("Direct superior"),
            34,
            lambda r: r.person.superior_now or "",
            extra="superior_now",
        ),
        _text(
            "rating",
            gettext_lazy("Last rating"),
            22,
            lambda r: predicate(r.person.rating_last or ""),
            extra="rating_last",
        ),
        _text("way", gettext_lazy("Way of appointment"), 24, _way, extra="way_now"),
        _text(
            "appointed",
            gettext_lazy("Appointed on"),
            14,
            lambda r: _day(r.person.appointed_on),
            extra="appointed_on",
        ),
        _text(
            "ranked",
            gettext_lazy("Rank since (TMT)"),
            14,
            lambda r: _day(r.person.ranked_on),
            extra="ranked_on",
        ),
    )
}
USUAL = (
    "name", "position", "golongan", "unit", "balance", "missing_rank", "missing_level", "state",
)  # fmt: skip
ALWAYS = "name"  # a row without it leads nowhere


def chosen(keys: Iterable[str]) -> list[Column]:
    """The columns of these keys in their order, without unknown ones; the name comes first."""
    known = [key for key in dict.fromkeys(keys) if key in COLUMNS and key != ALWAYS]
    return [COLUMNS[key] for key in (ALWAYS, *known)] if known else [COLUMNS[k] for k in USUAL]


def extras(columns: Sequence[Column]) -> set[str]:
    """What the rows must bring along for these columns."""
    return {column.extra for column in columns if column.extra}
