"""Performance ratings: recording them so that those in force never overlap (E-04, B08).

A rating replaces those in force that lie wholly inside its period (a yearly one the quarters it
covers; the same period with another predikat is a correction). It is refused where it lies inside
a longer one in force, or overlaps one in part. What is replaced stays readable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from credits.models import Predicate, Rating
from credits.rules.months import month_starts
from employees.models import Employee
from employees.services import facts

REGIME_START = date(2023, 1, 1)
PREDICATES = frozenset(Predicate.values)


class Period(Protocol):
    """A rating in force, or one about to be."""

    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...


@dataclass(frozen=True)
class RatingRow:
    """A rating to record: dates inclusive, `predicate` a code of `Predicate`."""

    employee_id: int
    start: date
    end: date
    predicate: str
    evidence_number: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why a rating is not recorded: a code with parameters."""

    code: str
    params: dict[str, Any]
    row: RatingRow | None = None


@dataclass
class Recorded:
    """What came of `record_ratings`; `refused` rows wrote nothing."""

    created: list[Rating] = field(default_factory=list)
    changed: list[Rating] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    same: int = 0
    refused: list[Refusal] = field(default_factory=list)


def check_period(start: date, end: date) -> Refusal | None:
    """A rating lies within one calendar year; two years are refused with the two parts (E-09)."""
    if end < start:
        return Refusal("end_before_start", {"start": start.isoformat(), "end": end.isoformat()})
    if start.year == end.year:
        return None
    across = start < REGIME_START <= end
    last, first = date(start.year, 12, 31), date(end.year, 1, 1)
    return Refusal(
        "period_across_regimes" if across and end.year - start.year == 1 else "period_across_years",
        {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "first_end": last.isoformat(),
            "second_start": first.isoformat(),
        },
    )


def place(start: date, end: date, in_force: Sequence[Period]) -> tuple[list[Any], Refusal | None]:
    """The ratings in force that a new one replaces, or why it cannot stand beside them."""
    touching = [r for r in in_force if r.start <= end and start <= r.end]
    covered = [r for r in touching if start <= r.start and r.end <= end]
    for other in touching:
        if other in covered:
            continue
        params = {"start": other.start.isoformat(), "end": other.end.isoformat()}
        if other.start <= start and end <= other.end:
            return [], Refusal("rating_inside_longer", params)
        return [], Refusal("rating_overlaps", params | {"months": _common(start, end, other)})
    return covered, None


def _common(start: date, end: date, other: Period) -> list[str]:
    """The months two periods share, as "2026-04"."""
    first, last = max(start, other.start), min(end, other.end)
    begun = first.replace(day=1)
    months = [f"{m:%Y-%m}" for m in month_starts(begun, last)]
    return months if f"{last:%Y-%m}" in months else [*months, f"{last:%Y-%m}"]


def in_force() -> Q:
    """The condition of ratings (and opening balances) in force."""
    return Q(superseded_by__isnull=True, withdrawn_at__isnull=True)


@transaction.atomic
def record_ratings(rows: Iterable[RatingRow], actor: User | None, source: str) -> Recorded:
    """Record ratings; `source` is the reason, kept with each person by hand (issue 3 F).

    Rows of one person are taken shortest period first, so that a year in the same call replaces
    its quarters. Refused rows are reported; the others are written. Actors never rate themselves
    (FactError "own_record").
    """
    wanted = sorted(rows, key=lambda r: (r.employee_id, r.end - r.start, r.start))
    ids = sorted({row.employee_id for row in wanted})
    people = {
        e.pk: e
        for e in Employee.everyone.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    }
    standing: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(in_force(), employee_id__in=ids):
        standing.setdefault(rating.employee_id, []).append(rating)
    done = Recorded()
    for row in wanted:
        facts.check_may_change(people[row.employee_id], source, actor)
        _record_one(row, people[row.employee_id], standing, done, source, actor)
    return done


def _record_one(
    row: RatingRow,
    employee: Employee,
    standing: dict[int, list[Rating]],
    done: Recorded,
    source: str,
    actor: User | None,
) -> None:
    mine = standing.setdefault(row.employee_id, [])
    refusal = _refusal(row)
    covered: list[Rating] = []
    if refusal is None:
        covered, refusal = place(row.start, row.end, mine)
    if refusal is not None:
        done.refused.append(Refusal(refusal.code, refusal.params, row))
        return
    if (same := _identical(row, covered)) is not None:
        _refresh_evidence(row, same, employee, done, source, actor)
        return
    rating = Rating.objects.create(
        employee_id=row.employee_id,
        start=row.start,
        end=row.end,
        predicate=row.predicate,
        evidence_number=row.evidence_number,
    )
    replaced = [r.pk for r in covered]
    Rating.objects.filter(pk__in=replaced).update(superseded_by=rating)
    standing[row.employee_id] = [r for r in mine if r not in covered] + [rating]
    done.created.append(rating)
    done.superseded.extend(replaced)
    before = {"ratings": [facts.snapshot(r) for r in covered]} if covered else None
    facts.correct(employee, "rating", source, actor, before, facts.snapshot(rating))


def _refusal(row: RatingRow) -> Refusal | None:
    if row.predicate not in PREDICATES:
        return Refusal("predicate_unknown", {})
    return check_period(row.start, row.end)


def _identical(row: RatingRow, covered: Sequence[Rating]) -> Rating | None:
    if len(covered) != 1:
        return None
    other = covered[0]
    same = (other.start, other.end, other.predicate) == (row.start, row.end, row.predicate)
    return other if same else None


def _refresh_evidence(
    row: RatingRow,
    rating: Rating,
    employee: Employee,
    done: Recorded,
    source: str,
    actor: User | None,
) -> None:
    """The number of the evaluation is no reason for a new rating: it changes no points."""
    if not row.evidence_number or row.evidence_number == rating.evidence_number:
        done.same += 1
        return
    before = facts.snapshot(rating)
    rating.evidence_number = row.evidence_number
    rating.save(update_fields=["evidence_number"])
    done.changed.append(rating)
    facts.correct(employee, "rating", source, actor, before, facts.snapshot(rating))


@transaction.atomic
def withdraw_rating(rating: Rating, reason: str, actor: User | None) -> None:
    """Take back a rating in force; what it had replaced comes back into force.

    Raises FactError("rating_not_in_force").
    """
    employee = facts.locked(rating.employee_id)
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if rating.superseded_by_id is not None or rating.withdrawn_at is not None:
        raise facts.FactError("rating_not_in_force")
    before = facts.snapshot(rating)
    _withdraw(rating)
    facts.correct(employee, "rating", reason, actor, before, facts.snapshot(rating))


def _withdraw(rating: Rating) -> None:
    rating.withdrawn_at = timezone.now()
    rating.save(update_fields=["withdrawn_at"])
    Rating.objects.filter(superseded_by=rating).update(superseded_by=None)


@transaction.atomic
def record_rating(
    row: RatingRow, reason: str, actor: User | None, correcting: Rating | None = None
) -> None:
    """Record one rating by hand, or in the place of one in force. Raises FactError where refused.

    Over the same period a correction replaces the rating; with another period the one in force
    is withdrawn first, and what it had replaced counts again.
    """
    if correcting is not None and (correcting.start, correcting.end) != (row.start, row.end):
        withdraw_rating(correcting, reason, actor)
    for refused in record_ratings([row], actor, reason).refused:
        raise facts.FactError(refused.code, "period", **refused.params)
