"""Questions over all apps: the figures of the start page, and people with what they hold today.

Every function takes the people that the reader may see, so that no total tells of others.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Concat, Trim

from credits.models import LedgerEntry, Rating, RunIssue
from credits.rules.editions import Rulebook, current, rules_version
from credits.rules.targets import golongan_of, level_target, rank_target
from credits.rules.units import to_units
from employees.models import Agency, Appointment, Employee, Rank, Superior, UnitMembership
from positions.ladder import Level
from positions.models import Position, UnitVersion


@dataclass(frozen=True)
class Figures:
    """The ministry's own people on a day; other employers' are counted apart."""

    staff: int
    holders: int
    elsewhere: int
    positions: int


def in_service(on: date) -> Q:
    return Q(left_on__isnull=True) | Q(left_on__gt=on)


def holding(on: date) -> Exists:
    """Holds a functional position on the day."""
    return Exists(Appointment.objects.on(on).filter(employee=OuterRef("pk")))


def figures(people: QuerySet[Employee], on: date) -> Figures:
    """Staff and holders of the ministry among `people`. Two statements."""
    present = people.filter(in_service(on))
    held = Appointment.objects.on(on).filter(employee__in=present.values("pk")).order_by()
    ministry = Q(employee__employer__kind=Agency.Kind.MINISTRY)
    counts = held.aggregate(
        holders=Count("pk", filter=ministry),
        elsewhere=Count("pk", filter=~ministry),
        positions=Count("position_id", filter=ministry, distinct=True),
    )
    return Figures(staff=present.filter(employer__kind=Agency.Kind.MINISTRY).count(), **counts)


def rating_missing(year: int) -> Q:
    """Held a functional position at the end of the year, and no rating in it counts or waits."""
    closed = date(year, 12, 31)
    rated = Rating.objects.filter(
        employee=OuterRef("pk"),
        superseded_by__isnull=True,
        withdrawn_at__isnull=True,
        state__in=(Rating.State.APPROVED, Rating.State.ENTERED),
        start__year=year,
    )
    return in_service(closed) & Q(holding(closed)) & Q(~Exists(rated))


def latest_findings(people: QuerySet[Employee]) -> QuerySet[RunIssue]:
    """What the last computation of each person noted; older runs' findings are history."""
    return RunIssue.objects.filter(
        run__dry_run=False,
        run_id__gte=F("employee__head__run_id"),
        employee__in=people.values("pk"),
    )


def finding_counts(people: QuerySet[Employee]) -> Iterable[tuple[str, str, int]]:
    """Severity, code and number of the latest findings, most frequent first."""
    return (
        latest_findings(people)
        .order_by()
        .values_list("severity", "code")
        .annotate(n=Count("pk"))
        .order_by("-n", "code")
    )


def people_today(
    people: QuerySet[Employee], on: date, extras: Collection[str] = ()
) -> QuerySet[Any]:
    """`people` with position, level, golongan and unit of the day beside them, for filters,
    sorting and rows (`position_now`, `level_now`, `golongan_now`, `unit_now`), and with those of
    EXTRAS that are asked for."""
    held = Appointment.objects.on(on).filter(employee=OuterRef("pk"))
    ranks = Rank.objects.filter(employee=OuterRef("pk"), effective_on__lte=on)
    member = UnitMembership.objects.on(on).filter(employee=OuterRef("pk"))
    rows = people.annotate(
        position_now=Subquery(held.values("position_id")[:1]),
        level_now=Subquery(held.values("level")[:1]),
        golongan_now=Subquery(ranks.order_by("-effective_on").values("golongan")[:1]),
        unit_now=Subquery(member.values("unit_id")[:1]),
    )
    return rows.annotate(**{name: Subquery(EXTRAS[name](on)) for name in sorted(extras)})


def _superior(on: date) -> QuerySet[Any]:
    """The superior's name with titles, as `Employee.full_name` joins it."""
    titles = Case(
        When(superior__back_title="", then=Value("")),
        default=Concat(Value(", "), "superior__back_title"),
    )
    front = Trim(Concat("superior__front_title", Value(" "), "superior__name"))
    rows = Superior.objects.on(on).filter(employee=OuterRef("pk"))
    return rows.annotate(said=Concat(front, titles)).values("said")[:1]


# What only some columns of the list show: a statement for one person, asked within the list's own.
EXTRAS: dict[str, Callable[[date], QuerySet[Any]]] = {
    "superior_now": _superior,
    "rating_last": lambda on: (
        Rating.objects.filter(
            employee=OuterRef("pk"),
            superseded_by__isnull=True,
            withdrawn_at__isnull=True,
            state=Rating.State.APPROVED,
            end__lte=on,
        )
        .order_by("-end")
        .values("predicate")[:1]
    ),
    "way_now": lambda on: (
        Appointment.objects.on(on).filter(employee=OuterRef("pk")).values("way")[:1]
    ),
    "appointed_on": lambda on: (
        Appointment.objects.on(on).filter(employee=OuterRef("pk")).values("start")[:1]
    ),
    "ranked_on": lambda on: (
        Rank.objects.filter(employee=OuterRef("pk"), effective_on__lte=on)
        .order_by("-effective_on")
        .values("effective_on")[:1]
    ),
    "balance_now": lambda on: (
        LedgerEntry.objects.filter(employee=OuterRef("pk"), effective_on__lte=on)
        .order_by()
        .values("employee")
        .annotate(units=Sum("amount_units"))
        .values("units")
    ),
}


def not_computed() -> Q:
    """Whom the last calculation left out: own rules, or facts that the rules refuse."""
    left_out = [RunIssue.Severity.ERROR, RunIssue.Severity.SKIPPED]
    found = RunIssue.objects.filter(
        employee=OuterRef("pk"),
        run__dry_run=False,
        run_id__gte=F("employee__head__run_id"),
        severity__in=left_out,
    )
    return Q(Exists(found))


def choices_of(on: date) -> tuple[dict[int, str], list[tuple[int, str]]]:
    """The units by id with their names of a day, and the positions by name. One statement."""
    units = UnitVersion.objects.order_by().on(on).annotate(of=Value("unit"))
    positions = Position.objects.order_by().annotate(of=Value("position"))
    rows = units.values_list("of", "unit_id", "name").union(
        positions.values_list("of", "pk", "name"), all=True
    )
    found = list(rows)
    named = [(key, name) for of, key, name in found if of == "position"]
    return (
        {key: name for of, key, name in found if of == "unit"},
        sorted(named, key=lambda item: item[1]),
    )


def stale() -> Q:
    """As `credits.selectors.stale_filter`, without its join, which doubles rows."""
    never = Q(head__isnull=True) & Exists(Appointment.objects.filter(employee=OuterRef("pk")))
    behind = ~Q(head__facts_version=F("facts_version")) | ~Q(head__rules_version=rules_version())
    return never | Q(head__isnull=False) & behind


def due(kind: str, on: date) -> Q:
    """Whoever has the points for a promotion of rank ("rank") or level ("level") on the day.

    PPPK have no rank promotion by points (decision 20). What is needed is looked up once for each
    appointment; a condition for each threshold makes the database expect next to nobody, and join
    the tables row by row.
    """
    held = Appointment.objects.on(on).order_by()
    thresholds = _thresholds(current(), kind, on)
    if kind == "rank":
        held = held.exclude(employee__employment=Employee.Employment.PPPK)
        by_rank = (
            When(Q(golongan=g, of_level=level), then=units) for level, g, units in thresholds
        )
        needed: Any = Subquery(
            Rank.objects.filter(employee=OuterRef("employee_id"), effective_on__lte=on)
            .annotate(of_level=ExpressionWrapper(OuterRef("level"), CharField()))
            .order_by("-effective_on")
            .values(needed=Case(*by_rank, output_field=BigIntegerField()))[:1]
        )
    else:
        by_level = (When(level=level, then=units) for level, _golongan, units in thresholds)
        needed = Case(*by_level, output_field=BigIntegerField())
    return Q(pk__in=held.filter(employee__head__balance_units__gte=needed).values("employee_id"))


@lru_cache(maxsize=8)
def _thresholds(rules: Rulebook, kind: str, on: date) -> tuple[tuple[str, str, int], ...]:
    """(level, golongan or "", units) of every threshold of the general rules of a day."""
    edition = rules.on(on, None)
    rows: list[tuple[str, str, int]] = []
    for level in Level:
        if kind == "level":
            target = level_target(edition, level)
            rows += [(str(level), "", to_units(target.points))] if target else []
            continue
        for golongan in golongan_of(edition, level):
            target = rank_target(edition, level, golongan)
            rows += [(str(level), str(golongan), to_units(target.points))] if target else []
    return tuple(rows)
