"""The filters of the people list: each combines with the others, and stands in the URL."""

import re
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

import django_filters as filters
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from employees.models import Agency, Appointment, Employee, FormerNip, UnitMembership
from employees.sheets.names import split_titles
from positions.ladder import GOLONGAN, PPPK_GRADES, Level
from positions.models import Position, UnitVersion
from positions.selectors import below
from reports.selectors import (
    choices_of,
    due,
    holding,
    in_service,
    not_computed,
    rating_missing,
    stale,
)

WORDS = 8  # of a search: more would only make the statement long
NEAR = 0.45  # of trigrams in common: "Lestri" finds Lestari, "Budi" does not find Rudi
_NUMBER = re.compile(r"[\d .\-]{3,}")

ANY = _("all")
WHO = [("holders", _("holders of a functional position")), ("all", _("all staff"))]
EMPLOYERS = [("ministry", _("the ministry")), ("others", _("other employers"))]
DUE = [("rank", _("rank promotion (KP)")), ("level", _("level promotion (KJ)"))]
YES = [("1", _("needs recalculation"))]
STATES = [
    ("not_computed", _("not computed")),
    ("no_rating", _("no rating of last year")),
    ("left", _("left the service")),
    ("serving", _("in service")),
]
SORTS = {
    "name": ("name", "pk"),
    "position": ("position_now", "level_now", "name", "pk"),
    "golongan": ("golongan_now", "name", "pk"),
    "unit": ("unit_now", "name", "pk"),
    "balance": ("head__balance_units", "name", "pk"),
}


class PeopleFilter(filters.FilterSet):
    """Over `reports.selectors.people_today(..., on)`."""

    who = filters.ChoiceFilter(label=_("Who"), choices=WHO, empty_label=None, method="filter_who")
    position = filters.ChoiceFilter(
        label=_("Functional position"), field_name="position_now", empty_label=ANY
    )
    level = filters.ChoiceFilter(
        label=_("Level"),
        choices=[(str(v), v.label) for v in Level],
        field_name="level_now",
        empty_label=ANY,
    )
    unit = filters.ChoiceFilter(
        label=_("Unit (with those below)"),
        method="filter_unit",
        empty_label=ANY,
    )
    golongan = filters.ChoiceFilter(
        label=_("Rank"),
        choices=[(str(g), str(g)) for g in GOLONGAN] + [(g, g) for g in PPPK_GRADES],
        field_name="golongan_now",
        empty_label=ANY,
    )
    employment = filters.ChoiceFilter(
        label=_("Employment"), choices=Employee.Employment.choices, empty_label=ANY
    )
    employer = filters.ChoiceFilter(
        label=_("Employer"), choices=EMPLOYERS, method="filter_employer", empty_label=ANY
    )
    due = filters.ChoiceFilter(
        label=_("Points reached for"), choices=DUE, method="filter_due", empty_label=ANY
    )
    stale = filters.ChoiceFilter(
        label=_("Balance"), choices=YES, method="filter_stale", empty_label=ANY
    )

    state = filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="filter_state", empty_label=ANY
    )
    way = filters.ChoiceFilter(
        label=_("Way of appointment"),
        choices=Appointment.Way.choices,
        method="filter_way",
        empty_label=ANY,
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.units, positions = choices_of(on)  # asked once, for the choices and for the rows
        names = sorted(self.units.items(), key=lambda item: item[1])
        self.form.fields["unit"].choices = names
        self.form.fields["position"].choices = positions

    def filter_who(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows if value == "all" else rows.filter(holding(self.on))

    def filter_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(unit_now__in=below(int(value), self.on))

    def filter_employer(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        ministry = Q(employer__kind=Agency.Kind.MINISTRY)
        return rows.filter(ministry if value == "ministry" else ~ministry)

    def filter_due(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(due(value, self.on))

    def filter_stale(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(stale())

    def filter_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "not_computed": not_computed,
            "no_rating": lambda: rating_missing(self.on.year - 1),
            "left": lambda: ~in_service(self.on),
            "serving": lambda: in_service(self.on),
        }
        return rows.filter(conditions[value]())

    def filter_way(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = Appointment.objects.on(self.on).filter(employee=OuterRef("pk"), way=value)
        return rows.filter(Exists(held))


def matching(text: str, on: date) -> Q:
    """People by name, part of a NIP (also a former one), unit or position; all words must fit.

    Titles around a name are left out: "Dr. Ani Lestari, M.Si" finds Ani Lestari.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _by_number(re.sub(r"\D", "", text))
    condition = Q()
    for word in (split_titles(text)[1] or text).split()[:WORDS]:
        condition &= _by_number(word) if word.isdigit() and len(word) > 3 else _by_word(word, on)
    return condition


def named(text: str) -> Q:
    """People by their name or NIP alone; all words must fit."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _by_number(re.sub(r"\D", "", text))
    words = (split_titles(text)[1] or text).split()[:WORDS]
    return reduce(and_, (Q(name__icontains=word) for word in words), Q())


def similar(people: QuerySet[Any], text: str) -> QuerySet[Any]:
    """People whose name sounds like the text (a slip of the finger or two), nearest first."""
    name = split_titles(text.strip())[1] or text
    near = people.annotate(near=TrigramWordSimilarity(name, "name"))
    return near.filter(near__gte=NEAR).order_by("-near", "name", "pk")


def _by_number(digits: str) -> Q:
    former = FormerNip.objects.filter(nip__contains=digits)
    return Q(nip__contains=digits) | Q(pk__in=former.values("employee_id"))


def _by_word(word: str, on: date) -> Q:
    """A word of the name, of the position's names today, or of the unit's."""
    positions = Position.objects.filter(Q(name__icontains=word) | Q(aliases__name__iexact=word))
    units = UnitVersion.objects.on(on).filter(
        Q(name__icontains=word) | Q(abbreviation__iexact=word)
    )
    holders = Appointment.objects.on(on).filter(position__in=positions.values("pk"))
    members = UnitMembership.objects.on(on).filter(unit__in=units.values("unit_id"))
    return (
        Q(name__icontains=word)
        | Q(pk__in=holders.values("employee_id"))
        | Q(pk__in=members.values("employee_id"))
    )
