"""Reading balances and accounts: as of a date, and as known at an instant.

`on` asks what holds for a date (entries effective up to it); `known_at` what we knew at an
instant (entries recorded up to it). Both may be given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from credits.models import (
    CalculationRun,
    ClosedPeriod,
    Document,
    LedgerEntry,
    LedgerHead,
    RunIssue,
)
from credits.rules.editions import Rulebook, current, rules_version, scale_on
from credits.rules.errors import RuleError
from credits.rules.targets import golongan_of, level_target, rank_target
from credits.rules.units import amount_text, display, from_units
from employees.models import Employee, UnitMembership
from positions.ladder import Golongan, Level


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on a day. Amounts in points, exact; None = there is no such target."""

    employee_id: int
    position_id: int
    position_code: str
    position_name: str
    level: str
    level_name: str
    golongan: str
    balance: Fraction
    rank_target: Fraction | None
    level_target: Fraction | None
    next_golongan: str | None
    next_level: str | None
    stale: bool
    computed: bool
    why_not: str | None

    @property
    def missing_rank(self) -> Fraction | None:
        return _missing(self.balance, self.rank_target)

    @property
    def missing_level(self) -> Fraction | None:
        return _missing(self.balance, self.level_target)

    @property
    def rank_due(self) -> bool:
        """The points for a rank promotion are there; equality is enough (R-029)."""
        return self.missing_rank == 0

    @property
    def level_due(self) -> bool:
        return self.missing_level == 0


def _missing(balance: Fraction, target: Fraction | None) -> Fraction | None:
    return None if target is None else max(Fraction(0), target - balance)


HOLDING = """
    SELECT e.id, e.employment, e.facts_version, a.position_id, p.code, p.name, a.level,
        (SELECT golongan FROM employees_rank r WHERE r.employee_id = e.id
             AND r.effective_on <= %(on)s ORDER BY r.effective_on DESC LIMIT 1),
        h.balance_units, h.facts_version, h.rules_version,
        (SELECT json_object_agg(l.level, l.name) FROM positions_positionlevel l
             WHERE l.position_id = p.id)
    FROM employees_employee e
    JOIN employees_appointment a ON a.employee_id = e.id AND a.start <= %(on)s
        AND (a."end" IS NULL OR a."end" >= %(on)s)
    JOIN positions_position p ON p.id = a.position_id
    LEFT JOIN credits_ledgerhead h ON h.employee_id = e.id
    WHERE e.id = ANY(%(ids)s)"""


def standings(
    employee_ids: Iterable[int],
    on: date | None = None,
    known_at: datetime | None = None,
    sums: dict[int, Fraction] | None = None,
) -> dict[int, Standing]:
    """The standing of each person who holds a functional position on the day (default today).

    Two statements, whatever the number of people; one less for whoever brings the balances
    along (`sums`).
    """
    ids = list(employee_ids)
    day = on or timezone.localdate()
    if sums is None:
        sums = balances(ids, day, known_at)
    rules = current()
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, {"on": day, "ids": ids})
        return {row[0]: _standing(row, sums, rules, day) for row in cursor.fetchall()}


def _standing(
    row: tuple[Any, ...],
    sums: dict[int, Fraction],
    rules: Rulebook,
    day: date,
) -> Standing:
    key, employment, version, position_id, code, position, level, golongan, _, seen, by, levels = (
        row
    )
    names: dict[str, str] = levels or {}  # a Dosen at ahli_muda is a Lektor
    targets = targets_of(rules, code, level, golongan or "", employment, day)
    next_level = targets.next_level
    return Standing(
        employee_id=key,
        position_id=position_id,
        position_code=code,
        position_name=position,
        level=level,
        level_name=names.get(level, level),
        golongan=golongan or "",
        balance=sums.get(key, Fraction(0)),
        rank_target=targets.rank,
        level_target=targets.level,
        next_golongan=targets.next_golongan,
        next_level=names.get(next_level, next_level) if next_level else None,
        stale=seen != version or by != rules.version,
        computed=targets.why_not != "own_rules",
        why_not=targets.why_not,
    )


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to reach from a level and rank, and why there is nothing for the rank."""

    rank: Fraction | None = None
    level: Fraction | None = None
    next_golongan: str | None = None
    next_level: str | None = None
    why_not: str | None = None


@lru_cache(maxsize=4096)
def targets_of(
    rules: Rulebook, code: str, level: str, golongan: str, employment: str, day: date
) -> Targets:
    """Thresholds by the rules of a day, and what they lead to."""
    try:
        edition = rules.scale_on(day, code)
    except RuleError:
        return Targets(why_not="own_rules")
    above, following = level_target(edition, level), Level(level).next_level
    known = Targets(
        level=above.points if above else None, next_level=str(following) if following else None
    )
    if employment == Employee.Employment.PPPK:
        return replace(known, why_not="pppk")
    if not golongan:
        return replace(known, why_not="rank_missing")
    span = golongan_of(edition, level)
    if golongan not in span:
        below = Golongan(golongan).order < span[0].order
        # E-16: while the KP of the last KJ is open it asks for no new points.
        return replace(
            known,
            next_golongan=_next_golongan(golongan) if below else None,
            why_not="rank_open" if below else "rank_above_level",
        )
    rank = rank_target(edition, level, golongan)
    return replace(
        known,
        rank=rank.points if rank else None,
        next_golongan=_next_golongan(golongan) if rank else None,
        why_not=None if rank else "top",
    )


def _next_golongan(golongan: str) -> str | None:
    ladder = list(Golongan)
    at = ladder.index(Golongan(golongan))
    return str(ladder[at + 1]) if at + 1 < len(ladder) else None


def balances(
    employee_ids: Sequence[int], on: date, known_at: datetime | None = None
) -> dict[int, Fraction]:
    """Points of each person: the sum of the entries effective by `on`, recorded by `known_at`."""
    entries = LedgerEntry.objects.filter(employee_id__in=employee_ids, effective_on__lte=on)
    if known_at:
        entries = entries.filter(recorded_at__lte=known_at)
    rows = entries.order_by().values_list("employee_id").annotate(units=Sum("amount_units"))
    return {key: from_units(int(units)) for key, units in rows}


def balance_rows(
    people: Sequence[Employee], on: date, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """What the export and the API state about each of the people who holds a position on the day.

    Amounts as exact text, a fraction where the decimal never ends. Four statements.
    """
    ids = [person.pk for person in people]
    where = standings(ids, on, known_at)
    members = UnitMembership.objects.on(on).filter(employee_id__in=ids).order_by()
    units = dict(members.values_list("employee_id", "unit__code"))
    return [
        _balance_row(person, where[person.pk], units.get(person.pk), on)
        for person in people
        if person.pk in where
    ]


def _balance_row(
    person: Employee, standing: Standing, unit: str | None, on: date
) -> dict[str, Any]:
    places = 2
    if standing.computed:
        places = scale_on(on, standing.position_code).setting("decimals_dashboards")
    return {
        "id": str(person.public_id),
        "nip": person.nip,
        "name": person.full_name,
        "position_code": standing.position_code,
        "position": standing.position_name,
        "level_code": standing.level,
        "level": standing.level_name,
        "unit": unit,
        "rank": standing.golongan,
        "balance": amount_text(standing.balance),
        "balance_rounded": display(standing.balance, places),
        "rank_target": _text(standing.rank_target),
        "level_target": _text(standing.level_target),
        "missing_rank": _text(standing.missing_rank),
        "missing_level": _text(standing.missing_level),
        "stale": standing.stale,
        "computed": standing.computed,
    }


def _text(amount: Fraction | None) -> str | None:
    return None if amount is None else amount_text(amount)


@dataclass(frozen=True, slots=True)
class EntryView:
    """A ledger entry as it is shown, with the running balance at its place in time."""

    entry: LedgerEntry
    amount: Fraction
    balance: Fraction
    reversed_by: int | None

    @property
    def standing(self) -> bool:
        """Neither a reversal nor reversed."""
        return self.reversed_by is None and self.entry.reverses_seq is None


def timeline(
    employee_id: int, on: date | None = None, known_at: datetime | None = None
) -> list[EntryView]:
    """A person's entries in order of effect, with running balance. One statement."""
    entries = LedgerEntry.objects.filter(employee_id=employee_id)
    if on:
        entries = entries.filter(effective_on__lte=on)
    if known_at:
        entries = entries.filter(recorded_at__lte=known_at)
    rows = list(entries.order_by("effective_on", "seq"))
    reversed_by = {e.reverses_seq: e.seq for e in rows if e.reverses_seq}
    views, running = [], Fraction(0)
    for entry in rows:
        amount = from_units(entry.amount_units)
        running += amount
        views.append(EntryView(entry, amount, running, reversed_by.get(entry.seq)))
    return views


def stale_filter() -> Q:
    """Employees whose facts or rules are newer than their last computation."""
    behind = ~Q(head__facts_version=F("facts_version")) | ~Q(head__rules_version=rules_version())
    return Q(appointments__isnull=False, head__isnull=True) | Q(head__isnull=False) & behind


def findings(employee_id: int) -> list[RunIssue]:
    """What the last computation of a person noted; older runs' findings are history.

    One statement.
    """
    head = LedgerHead.objects.filter(employee_id=employee_id).values("run_id")[:1]
    issues = RunIssue.objects.filter(
        employee_id=employee_id, run__dry_run=False, run_id__gte=Coalesce(Subquery(head), 0)
    )
    rows = list(issues.order_by("-run_id", "id"))
    return [row for row in rows if row.run_id == rows[0].run_id]


def spans(code: str, level: str, day: date) -> tuple[str, ...]:
    """The golongan that a level spans under the rules of a day."""
    return tuple(str(g) for g in golongan_of(scale_on(day, code), level))


OVERDUE_DAYS = 14  # a numbered form unsigned for longer is asked after


def overdue(on: date) -> Q:
    """Documents that were numbered more than OVERDUE_DAYS before a day and await a signature."""
    limit = on - timedelta(days=OVERDUE_DAYS)
    return Q(state=Document.State.AWAITING, dated__lt=limit)


def stopped_runs() -> Q:
    """Runs that left people out and were not made good by a later run over all or all stale."""
    State = CalculationRun.State  # noqa: N806
    wide = Q(scope__all=True) | Q(scope__stale=True)
    later = CalculationRun.objects.filter(
        wide, dry_run=False, state=State.DONE, created_at__gt=OuterRef("created_at")
    )
    return Q(state=State.PARTLY, dry_run=False) & ~Q(Exists(later))


def closable_periods(on: date) -> list[tuple[date, date]]:
    """Periods that are over, with forms that are all settled, and that nobody closed."""
    State = Document.State  # noqa: N806
    closed = ClosedPeriod.objects.filter(
        start__lte=OuterRef("period_end"), end__gte=OuterRef("period_end"), reopened_at=None
    )
    rows = (
        Document.objects.filter(~Exists(closed), period_end__lt=on)
        .order_by("period_start", "period_end")
        .values_list("period_start", "period_end")
        .annotate(
            signed=Count("pk", filter=Q(state=State.SIGNED)),
            waiting=Count("pk", filter=Q(state__in=[State.DRAFT, State.AWAITING, State.RETURNED])),
        )
        .filter(signed__gt=0, waiting=0)
    )
    return [(start, end) for start, end, _signed, _waiting in rows]
