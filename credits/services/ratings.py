"""Performance ratings: entering them so that those in force never overlap (E-04, B08).

What is entered waits: it counts once a second person approves it (`credits.services.approvals`,
decision record 0012). Approved, it replaces those in force that lie wholly inside its period (a
yearly one the quarters it covers; the same period with another predikat is a correction). It is
refused where it lies inside a longer one, or overlaps one in part; the same holds among those that
wait. What is replaced stays readable.
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
from credits.services.periods import closed_periods, period_over
from employees.models import Employee
from employees.services import facts

REGIME_START = date(2023, 1, 1)
PREDICATES = frozenset(Predicate.values)
State = Rating.State
Source = Rating.Source


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
    """What came of `record_ratings`; `refused` rows wrote nothing.

    `superseded` names what waited and was replaced at once.
    """

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
    """Neither replaced nor withdrawn: of ratings (counting or waiting) and opening balances."""
    return Q(superseded_by__isnull=True, withdrawn_at__isnull=True)


def counting() -> Q:
    """The ratings that points are computed from."""
    return in_force() & Q(state=State.APPROVED)


def waiting() -> Q:
    """The ratings that wait for a second person."""
    return in_force() & Q(state=State.ENTERED)


def place_entered(
    start: date, end: date, standing: Sequence[Any]
) -> tuple[list[Any], list[Any], Refusal | None]:
    """What an entered rating replaces once approved, what at once, or why it cannot wait.

    `standing`: the ratings of the person neither replaced nor withdrawn. At once it replaces what
    waits or was returned inside its period.
    """
    replaces, refusal = place(start, end, [r for r in standing if r.state == State.APPROVED])
    if refusal is not None:
        return [], [], refusal
    at_once, refusal = place(start, end, [r for r in standing if r.state == State.ENTERED])
    if refusal is not None:
        code = refusal.code.replace("rating_", "waiting_")
        return [], [], Refusal(code, refusal.params)
    at_once += [
        r for r in standing if r.state == State.RETURNED and start <= r.start and r.end <= end
    ]
    return replaces, at_once, None


def identical(
    start: date, end: date, predicate: str, replaces: Sequence[Any], at_once: Sequence[Any]
) -> tuple[Any | None, Refusal | None]:
    """The rating that says the same already; refused where another one waits in its place."""
    stated = (start, end, predicate)
    waits = [r for r in at_once if r.state == State.ENTERED]
    for found in (waits, replaces):
        if len(found) == 1 and (found[0].start, found[0].end, found[0].predicate) == stated:
            if found is replaces and waits:
                return None, Refusal("another_waits", {})
            return found[0], None
    return None, None


@dataclass
class _Entering:
    """One call of `record_ratings`: who enters, why, and what it has to know."""

    reason: str
    actor: User | None
    source: str
    correcting: Rating | None
    closed: list[tuple[date, date]]
    standing: dict[int, list[Rating]]
    done: Recorded = field(default_factory=Recorded)


@transaction.atomic
def record_ratings(
    rows: Iterable[RatingRow],
    actor: User | None,
    reason: str,
    source: str = Source.OFFICER,
    correcting: Rating | None = None,
) -> Recorded:
    """Enter ratings; the reason is kept with each person. They wait for approval.

    Rows of one person are taken shortest period first, so that a year in the same call replaces
    its quarters. Refused rows are reported; the others are written. Actors never rate themselves
    (FactError "own_record"). correcting: the rating of another period that these take the place
    of, once approved.
    """
    wanted = sorted(rows, key=lambda r: (r.employee_id, r.end - r.start, r.start))
    ids = sorted({row.employee_id for row in wanted})
    people = {
        e.pk: e
        for e in Employee.everyone.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    }
    standing = _standing(ids, correcting)
    entering = _Entering(reason, actor, source, correcting, closed_periods(), standing)
    for row in wanted:
        facts.check_may_change(people[row.employee_id], reason, actor)
        _enter(row, people[row.employee_id], entering)
    return entering.done


def _standing(ids: Sequence[int], correcting: Rating | None) -> dict[int, list[Rating]]:
    """The ratings neither replaced nor withdrawn; as if the one to be corrected were gone."""
    where = in_force()
    if correcting is not None:
        came_before = Q(superseded_by=correcting, withdrawn_at__isnull=True, state=State.APPROVED)
        where = where & ~Q(pk=correcting.pk) | came_before
    standing: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(where, employee_id__in=ids):
        standing.setdefault(rating.employee_id, []).append(rating)
    return standing


def _enter(row: RatingRow, employee: Employee, entering: _Entering) -> None:
    done, mine = entering.done, entering.standing.setdefault(row.employee_id, [])
    refusal = _refusal(row)
    replaces: list[Any] = []
    at_once: list[Any] = []
    same = None
    if refusal is None:
        replaces, at_once, refusal = place_entered(row.start, row.end, mine)
    if refusal is None:
        same, refusal = identical(row.start, row.end, row.predicate, replaces, at_once)
    if refusal is None and same is None:
        refusal = closed_refusal(row.end, entering.closed)
    if refusal is not None:
        done.refused.append(Refusal(refusal.code, refusal.params, row))
    elif same is not None:
        _refresh_evidence(row, same, employee, entering)
    else:
        rating = _create(row, entering)
        Rating.objects.filter(pk__in=[r.pk for r in at_once]).update(superseded_by=rating)
        entering.standing[row.employee_id] = [r for r in mine if r not in at_once] + [rating]
        done.created.append(rating)
        done.superseded.extend(r.pk for r in at_once)
        before = {"ratings": [facts.snapshot(r) for r in (*replaces, *at_once)]}
        _note(employee, entering, before if replaces or at_once else None, rating)


def _create(row: RatingRow, entering: _Entering) -> Rating:
    return Rating.objects.create(
        employee_id=row.employee_id,
        start=row.start,
        end=row.end,
        predicate=row.predicate,
        evidence_number=row.evidence_number,
        source=entering.source,
        entered_by=entering.actor,
        corrects=entering.correcting,
    )


def _note(
    employee: Employee, entering: _Entering, before: dict[str, Any] | None, rating: Rating
) -> None:
    facts.note(employee, "rating", entering.reason, entering.actor, before, facts.snapshot(rating))


def _refusal(row: RatingRow) -> Refusal | None:
    if row.predicate not in PREDICATES:
        return Refusal("predicate_unknown", {})
    return check_period(row.start, row.end)


def closed_refusal(end: date, closed: Sequence[tuple[date, date]]) -> Refusal | None:
    """A rating whose last day lies in a closed period is neither entered nor approved."""
    found = period_over(end, closed)
    if found is None:
        return None
    return Refusal("rating_closed", {"start": found[0].isoformat(), "end": found[1].isoformat()})


def _refresh_evidence(
    row: RatingRow, rating: Rating, employee: Employee, entering: _Entering
) -> None:
    """The number of the evaluation is no reason for a new rating: it changes no points."""
    if not row.evidence_number or row.evidence_number == rating.evidence_number:
        entering.done.same += 1
        return
    before = facts.snapshot(rating)
    rating.evidence_number = row.evidence_number
    rating.save(update_fields=["evidence_number"])
    entering.done.changed.append(rating)
    _note(employee, entering, before, rating)


@transaction.atomic
def withdraw_rating(rating: Rating, reason: str, actor: User) -> None:
    """Take back a rating that waits; or ask that one in force be withdrawn, which counts until a
    second person agrees (`approvals.approve`).

    Raises FactError: `rating_not_in_force`, `withdrawal_waits`, `rating_closed`.
    """
    employee = facts.locked(rating.employee_id)
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if rating.superseded_by_id is not None or rating.withdrawn_at is not None:
        raise facts.FactError("rating_not_in_force")
    before = facts.snapshot(rating)
    if rating.state != State.APPROVED:
        take_back(rating)
    elif rating.withdrawal_by_id is not None:
        raise facts.FactError("withdrawal_waits")
    elif refusal := closed_refusal(rating.end, closed_periods()):
        raise facts.FactError(refusal.code, **refusal.params)
    else:
        rating.withdrawal_by, rating.remark = actor, reason[:500]
        rating.save(update_fields=["withdrawal_by", "remark"])
    facts.note(employee, "rating", reason, actor, before, facts.snapshot(rating))


def take_back(rating: Rating) -> None:
    """Withdraw a rating that waits or was returned; what it had replaced waits again."""
    if rating.state == State.ENTERED:
        wait_again([rating.pk])
    rating.withdrawn_at = timezone.now()
    rating.save(update_fields=["withdrawn_at"])


def wait_again(gone: Sequence[int]) -> None:
    """What waited before these replaced it waits again."""
    Rating.objects.filter(superseded_by_id__in=gone).exclude(state=State.APPROVED).update(
        superseded_by=None
    )


@transaction.atomic
def record_rating(
    row: RatingRow, reason: str, actor: User | None, correcting: Rating | None = None
) -> None:
    """Enter one rating by hand, or in the place of another. Raises FactError where refused.

    Over the same period a correction replaces the rating when it is approved. With another period
    the one in force is withdrawn then, and what it had replaced counts again; one that only waits
    is taken back at once.
    """
    other = correcting is not None and (correcting.start, correcting.end) != (row.start, row.end)
    if correcting is not None and other and correcting.state != State.APPROVED:
        employee, before = facts.locked(correcting.employee_id), facts.snapshot(correcting)
        take_back(correcting)
        facts.note(employee, "rating", reason, actor, before, facts.snapshot(correcting))
        other = False
    done = record_ratings([row], actor, reason, correcting=correcting if other else None)
    for refused in done.refused:
        raise facts.FactError(refused.code, "period", **refused.params)
