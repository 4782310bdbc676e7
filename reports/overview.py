"""The ministry at a glance: who holds what on a day, and what a year brought in points.

Only people of the ministry's own employ are counted. Every function takes the people that the
reader may see, so that no total tells of others.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from credits.explanations import predicate
from credits.models import LedgerEntry, Predicate, Rating
from credits.rules.editions import current
from credits.rules.units import from_units, to_units
from credits.selectors import targets_of
from employees.models import Agency, Appointment, Employee, Rank, UnitMembership
from positions.ladder import LEVELS_OF, Category, Level
from positions.models import UnitVersion
from reports.selectors import in_service

AGES = (25, 30, 35, 40, 45, 50, 55, 60)  # each begins a band; one more lies below the first
# What a year's work brings; not what an account begins with or loses at a new level.
EARNED = ("conversion", "study", "degree", "claim")


@dataclass(frozen=True, slots=True)
class Share:
    """A bar: its name, how many, and the key by which the list is filtered."""

    key: Any
    name: str
    people: int


@dataclass
class Holders:
    """Holders on a day by position, level and part of the unit asked for."""

    total: int = 0
    positions: list[Share] = field(default_factory=list)
    levels: list[Share] = field(default_factory=list)


def _held(people: QuerySet[Employee], on: date) -> QuerySet[Appointment]:
    present = people.filter(in_service(on), employer__kind=Agency.Kind.MINISTRY)
    return Appointment.objects.on(on).filter(employee__in=present.values("pk")).order_by()


def holders(people: QuerySet[Employee], on: date) -> Holders:
    """One statement."""
    rows = _held(people, on).values_list("position_id", "position__name", "level")
    by_position: Counter[tuple[int, str]] = Counter()
    by_level: Counter[str] = Counter()
    for position, name, level, count in rows.annotate(n=Count("pk")):
        by_position[position, name] += count
        by_level[level] += count
    positions = [Share(key, name, n) for (key, name), n in by_position.items()]
    return Holders(
        sum(by_level.values()),
        sorted(positions, key=lambda share: (-share.people, share.name)),
        [Share(str(v), v.label, by_level[v]) for v in Level if by_level[v]],
    )


# ------------------------------------------------------------------ units


@dataclass
class UnitNode:
    """A unit, with the parts below it and the holders of all of them."""

    key: int | None = None
    name: str = ""
    above: list[tuple[int, str]] = field(default_factory=list)
    parts: list[Share] = field(default_factory=list)
    opens: set[int] = field(default_factory=set)  # parts that have parts themselves
    direct: int = 0
    without: int = 0  # holders whose unit is not known, at the top only


def unit_node(people: QuerySet[Employee], on: date, asked: int | None) -> UnitNode:
    """The parts of a unit (of the ministry, where none is asked for). Two statements.

    A unit that did not exist on the day is taken as none.
    """
    tree = _Tree(on)
    held = _held(people, on)
    own = dict(
        UnitMembership.objects.on(on)
        .filter(employee__in=held.values("employee_id"))
        .order_by()
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    node = UnitNode()
    if asked in tree.names:
        node.key, node.name, node.above = asked, tree.names[asked], tree.above(asked)
    top = node.key if node.key is not None else tree.root
    totals = tree.totals(own)
    parts = [Share(k, tree.names[k], totals[k]) for k in tree.children.get(top, ()) if totals[k]]
    node.parts = sorted(parts, key=lambda share: (-share.people, share.name))
    node.opens = {share.key for share in parts if tree.children.get(share.key)}
    node.direct = own.get(top, 0) if top is not None else 0
    if node.key is None:
        node.without = held.count() - sum(own.values())
    return node


class _Tree:
    """The units of a day: names, who is below whom, and the ministry's own root."""

    def __init__(self, on: date) -> None:
        rows = UnitVersion.objects.order_by().on(on).values_list("unit_id", "parent_id", "name")
        self.names: dict[int, str] = {}
        self.parent: dict[int, int | None] = {}
        self.children: dict[int | None, list[int]] = {}
        for unit, parent, name in rows:
            self.names[unit], self.parent[unit] = name, parent
            self.children.setdefault(parent, []).append(unit)
        roots = self.children.get(None, [])
        self.root = roots[0] if len(roots) == 1 else None

    def above(self, unit: int) -> list[tuple[int, str]]:
        """The way from below the root down to the unit, without itself."""
        way: list[tuple[int, str]] = []
        at = self.parent.get(unit)
        while at is not None and at != self.root and at not in dict(way):
            way.insert(0, (at, self.names.get(at, "–")))
            at = self.parent.get(at)
        return way

    def totals(self, own: dict[int, int]) -> Counter[int]:
        """Holders of each unit with those below it."""
        found: Counter[int] = Counter()
        for unit, count in own.items():
            at, seen = unit, set[int]()
            while at is not None and at not in seen:
                seen.add(at)
                found[at] += count
                at = self.parent.get(at)  # type: ignore[assignment]
        return found


# ------------------------------------------------------------------ ages


@dataclass
class Pyramid:
    """Holders by age band (oldest first) and level; without a birth date they stand apart."""

    levels: list[tuple[str, str, str]] = field(default_factory=list)  # code, name, category
    bands: list[tuple[str, dict[str, int], int]] = field(default_factory=list)
    unknown: int = 0


def pyramid(people: QuerySet[Employee], on: date) -> Pyramid:
    """One statement."""
    rows = _held(people, on).annotate(band=_band(on)).values_list("band", "level")
    counts: Counter[tuple[int | None, str]] = Counter()
    for band, level, n in rows.annotate(n=Count("pk")):
        counts[band, level] += n
    present = {level for band, level in counts if band is not None}
    found = Pyramid(unknown=sum(n for (band, _l), n in counts.items() if band is None))
    found.levels = [
        (str(level), level.label, str(category))
        for category in (Category.KETERAMPILAN, Category.KEAHLIAN)
        for level in LEVELS_OF[category]
        if level in present
    ]
    for band in reversed(range(len(AGES) + 1)):
        by_level = {code: counts[band, code] for code, _name, _category in found.levels}
        found.bands.append((_band_name(band), by_level, sum(by_level.values())))
    return found


def _band(on: date) -> Case:
    """0 for the youngest; an age begins on the birthday, one of 29 February on 1 March."""
    ages = [
        When(employee__birth_date__gt=_years_before(on, age), then=Value(n))
        for n, age in enumerate(AGES)
    ]
    unknown = When(employee__birth_date__isnull=True, then=Value(None))
    return Case(unknown, *ages, default=Value(len(AGES)), output_field=IntegerField(null=True))


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 2, 28)


def _band_name(band: int) -> str:
    if band == 0:
        return f"< {AGES[0]}"
    if band == len(AGES):
        return f"≥ {AGES[-1]}"
    return f"{AGES[band - 1]}–{AGES[band] - 1}"


# ------------------------------------------------------------------ a year's points


@dataclass
class RecapRow:
    """One position at the end of a year. Amounts in points, exact."""

    name: str
    people: int = 0
    rated: int = 0
    points: Fraction = Fraction(0)
    rank_due: int = 0
    level_due: int = 0

    @property
    def average(self) -> Fraction | None:
        return self.points / self.people if self.people else None

    def add(self, other: "RecapRow") -> None:
        """Take another row's figures into this one."""
        self.people += other.people
        self.rated += other.rated
        self.points += other.points
        self.rank_due += other.rank_due
        self.level_due += other.level_due


@dataclass
class Recap:
    """What a year brought to those who held a position at its end."""

    year: int
    end: date
    ratings: list[Share] = field(default_factory=list)
    unrated: int = 0
    rows: list[RecapRow] = field(default_factory=list)
    total: RecapRow = field(default_factory=lambda: RecapRow(""))


def recap(people: QuerySet[Employee], year: int, today: date) -> Recap:
    """Ratings, points and thresholds of a year, so far where it is not over. Two statements."""
    end = min(date(year, 12, 31), today)
    held = _held(people, end)
    sums, needed = _sums(held.values("employee_id"), year, end), _needs(end)
    found = Recap(year, end)
    rows: dict[int, RecapRow] = {}
    points: Counter[int] = Counter()  # units, by position
    ratings: Counter[str | None] = Counter()
    for person, position, code, name, *standing, rated in _standings(held, year, end):
        earned, balance = sums.get(person, (0, 0))
        rank, level = needed(code, *standing)
        row = rows.setdefault(position, RecapRow(name))
        row.people += 1
        row.rated += rated is not None
        row.rank_due += rank is not None and balance >= rank
        row.level_due += level is not None and balance >= level
        points[position] += earned
        ratings[rated] += 1
    for position, row in rows.items():
        row.points = from_units(points[position])
        found.total.add(row)
    found.rows = sorted(rows.values(), key=lambda row: (-row.points, row.name))
    found.ratings = [Share(p, predicate(p), ratings[p]) for p in Predicate.values]
    found.unrated = ratings[None]
    return found


def _standings(held: QuerySet[Appointment], year: int, end: date) -> QuerySet[Any, Any]:
    """Person, position (id, code, name), level, golongan, employment and predicate of the year of
    each holder. The rating is the one in force that reaches furthest into the year."""
    ranks = Rank.objects.filter(employee=OuterRef("employee_id"), effective_on__lte=end)
    ratings = Rating.objects.filter(
        employee=OuterRef("employee_id"),
        start__year=year,
        superseded_by__isnull=True,
        withdrawn_at__isnull=True,
    )
    rows = held.annotate(
        golongan=Subquery(ranks.order_by("-effective_on").values("golongan")[:1]),
        rated=Subquery(ratings.order_by("-end", "start").values("predicate")[:1]),
    )
    return rows.values_list(
        "employee_id", "position_id", "position__code", "position__name",
        "level", "golongan", "employee__employment", "rated",
    )  # fmt: skip


def _needs(day: date) -> Callable[..., tuple[int | None, int | None]]:
    """Tells, for (code, level, golongan, employment), the units for the next rank and the next
    level by the rules of the day; None = no such target."""
    rules = current()

    @cache
    def needed(
        code: str, level: str, golongan: str | None, employment: str
    ) -> tuple[int | None, int | None]:
        targets = targets_of(rules, code, level, golongan or "", employment, day)
        rank, above = targets.rank, targets.level
        return (
            None if rank is None else to_units(rank),
            None if above is None else to_units(above),
        )

    return needed


def _sums(held: QuerySet[Any], year: int, end: date) -> dict[int, tuple[int, int]]:
    """Units of each person: of EARNED that took effect in the year, what was taken back set off;
    and the balance at `end`."""
    of_year = Q(kind__in=EARNED, effective_on__gte=date(year, 1, 1))
    rows = LedgerEntry.objects.filter(employee_id__in=held, effective_on__lte=end)
    sums = (
        rows.order_by()
        .values_list("employee_id")
        .annotate(earned=Sum("amount_units", filter=of_year), balance=Sum("amount_units"))
    )
    return {key: (int(earned or 0), int(balance)) for key, earned, balance in sums}


def rating_years(people: QuerySet[Employee]) -> list[int]:
    """Years with ratings, the latest first."""
    rows = Rating.objects.filter(employee__in=people.values("pk")).order_by()
    return sorted(set(rows.values_list("start__year", flat=True).distinct()), reverse=True)
