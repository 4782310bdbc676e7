"""The second person: approving ratings that were entered, and withdrawals that were asked for.

Whoever entered a rating does not approve it, and nobody approves the own (decision record 0012).
This is the only place where a rating begins to count or stops: `place` decides what it replaces
then. Rows of an import stay part of the import's own record, so that it can still be undone.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from credits.models import Rating
from credits.services.periods import closed_periods
from credits.services.ratings import (
    Refusal,
    closed_refusal,
    counting,
    place,
    wait_again,
    waiting,
)
from employees.models import Employee, ImportBatch
from employees.services import bulk, facts

State = Rating.State
Ratings = QuerySet[Rating]


@dataclass
class Decided:
    """What came of an approval: ids of ratings that count now, that were withdrawn, and that
    others took the place of; refused ones wait on, each with its reason."""

    approved: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    replaced: dict[int, int] = field(default_factory=dict)  # old -> new
    refused: list[tuple[Rating, Refusal]] = field(default_factory=list)


def undecided() -> Q:
    """What a second person has to decide: ratings that wait, and withdrawals asked for."""
    return waiting() | asked()


def asked() -> Q:
    """Ratings in force that somebody asked to withdraw."""
    return counting() & Q(withdrawal_by__isnull=False)


def by_others(user: User) -> Q:
    """Of those, what the user may decide: neither asked for nor entered by, nor about, them."""
    mine = Q(state=State.ENTERED, entered_by=user) | Q(withdrawal_by=user)
    return ~mine & ~Q(employee__user=user)


def why_not(rating: Rating, user: User | None) -> str | None:
    """Why the user may not decide on a rating (code), if so."""
    if user is None:
        return None
    if rating.employee.user_id == user.pk:
        return "own_record"
    maker = rating.withdrawal_by_id if rating.state == State.APPROVED else rating.entered_by_id
    return "own_entry" if maker == user.pk else None


@transaction.atomic
def approve(which: Ratings, actor: User | None) -> Decided:
    """Let ratings count that wait, and withdraw those asked for, as one act.

    actor None: the operator at the console. Raises FactError (`own_entry`, `own_record`) when one
    of them is not for the actor; then nothing is decided. Ratings that no longer fit, or whose
    period is closed, are refused one by one.
    """
    work = _Work(actor, timezone.now(), closed_periods())
    rows = _locked(which, actor)
    work.read({r.employee_id for r in rows})
    for rating in rows:
        if refusal := closed_refusal(rating.end, work.closed):
            work.done.refused.append((rating, refusal))
        elif rating.state == State.APPROVED:
            work.withdraw(rating)
        else:
            work.put_in_force(rating)
    work.write()
    return work.done


def _locked(which: Ratings, actor: User | None) -> list[Rating]:
    """The undecided ones of `which`, their people locked; withdrawals first, then by time."""
    people = Employee.everyone.filter(id__in=which.values("employee_id"))
    list(people.select_for_update(no_key=True).order_by("id").values_list("pk"))
    rows = which.filter(undecided()).select_related("employee")
    found = sorted(rows, key=lambda r: (r.state != State.APPROVED, r.employee_id, r.start))
    for rating in found:
        if code := why_not(rating, actor):
            raise facts.FactError(code)
    return found


class _Work:
    """One approval: decided in memory, then written with few statements."""

    def __init__(
        self, actor: User | None, now: datetime, closed: Sequence[tuple[date, date]]
    ) -> None:
        self.actor, self.now, self.closed = actor, now, closed
        self.done = Decided()
        self.back: list[int] = []  # in force again
        self.standing: dict[int, list[Rating]] = {}
        self.people: set[int] = set()
        self.of_batch: dict[int, set[int]] = {}  # rows that approving a batch's ratings touches

    def read(self, people: Iterable[int]) -> None:
        for rating in Rating.objects.filter(counting(), employee_id__in=list(people)):
            self.standing.setdefault(rating.employee_id, []).append(rating)

    def put_in_force(self, rating: Rating) -> None:
        """The rule of what a rating replaces (E-04), at the moment at which it begins to count."""
        mine = self.standing.setdefault(rating.employee_id, [])
        corrected = next((r for r in mine if r.pk == rating.corrects_id), None)
        before = self._without(corrected) if corrected else mine
        covered, refusal = place(rating.start, rating.end, before)
        if refusal is not None:
            self.done.refused.append((rating, refusal))
            return
        if corrected:
            self.withdraw(corrected)
        self.done.approved.append(rating.pk)
        self.done.replaced |= {r.pk: rating.pk for r in covered}
        touched = [*covered, *([corrected] if corrected else []), rating]
        if rating.batch_id is not None:
            self.of_batch.setdefault(rating.batch_id, set()).update(r.pk for r in touched)
        self.standing[rating.employee_id] = [r for r in before if r not in covered] + [rating]
        self.people.add(rating.employee_id)

    def withdraw(self, rating: Rating) -> None:
        """Out of force; what it had replaced counts again."""
        self.standing[rating.employee_id] = self._without(rating)
        self.back += [r.pk for r in self._came_before(rating)]
        self.done.withdrawn.append(rating.pk)
        self.people.add(rating.employee_id)

    def _without(self, rating: Rating) -> list[Rating]:
        mine = self.standing.get(rating.employee_id, [])
        return [r for r in mine if r.pk != rating.pk] + self._came_before(rating)

    def _came_before(self, rating: Rating) -> list[Rating]:
        return list(
            Rating.objects.filter(
                superseded_by=rating, withdrawn_at__isnull=True, state=State.APPROVED
            )
        )

    def write(self) -> None:
        kept = {
            batch: bulk.remember(batch, Rating, sorted(rows))
            for batch, rows in self.of_batch.items()
        }
        self._withdraw_rows()
        _supersede(self.done.replaced)
        Rating.objects.filter(pk__in=self.done.approved).update(
            state=State.APPROVED, approved_by=self.actor, approved_at=self.now
        )
        for batch, rows in kept.items():
            bulk.refresh(batch, Rating, rows)
        facts.mark_changed(self.people)

    def _withdraw_rows(self) -> None:
        """Few: each leaves what stood there in the corrections."""
        for rating in Rating.objects.filter(pk__in=self.done.withdrawn).select_related("employee"):
            before = facts.snapshot(rating)
            rating.withdrawn_at = self.now
            rating.save(update_fields=["withdrawn_at"])
            reason = rating.remark or _("Corrected with another period")
            after = facts.snapshot(rating)
            facts.note(rating.employee, "rating", reason, self.actor, before, after)
        Rating.objects.filter(pk__in=self.back).update(superseded_by=None)


def _supersede(replaced: dict[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE credits_rating r SET superseded_by_id = m.new"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS m(old, new) WHERE r.id = m.old",
            [list(replaced), list(replaced.values())],
        )


@transaction.atomic
def annul(rating: Rating, reason: str, actor: User | None) -> None:
    """Withdraw a rating at once: two people have decided on the claim or correction behind it.

    What it had replaced counts again. One that another replaced stays replaced, and never comes
    back. Raises FactError: `rating_not_in_force`, `rating_closed`, `own_record`.
    """
    employee = facts.locked(rating.employee_id)
    facts.check_may_change(employee, reason, actor)
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if rating.withdrawn_at is not None:
        raise facts.FactError("rating_not_in_force")
    work = _Work(actor, timezone.now(), closed_periods())
    if rating.superseded_by_id is None:
        refusal = closed_refusal(rating.end, work.closed)
        if refusal is not None:
            raise facts.FactError(refusal.code, **refusal.params)
        work.withdraw(rating)
    else:
        work.done.withdrawn.append(rating.pk)
    rating.remark = reason[:500]
    rating.save(update_fields=["remark"])
    work.write()


@contextmanager
def _kept_with_batches(rows: Sequence[Rating]) -> Iterator[None]:
    """What happens to an import's rows inside is part of what the import keeps."""
    of_batch: dict[int, list[int]] = {}
    for rating in rows:
        if rating.batch_id is not None:
            of_batch.setdefault(rating.batch_id, []).append(rating.pk)
    kept = {batch: bulk.remember(batch, Rating, ids) for batch, ids in of_batch.items()}
    yield
    for batch, ids in kept.items():
        bulk.refresh(batch, Rating, ids)


@transaction.atomic
def send_back(which: Ratings, reason: str, actor: User) -> int:
    """Return ratings to whoever entered them, with the reason; asked withdrawals are declined.

    Raises FactError: `reason_missing`, `own_record`, `own_entry` (take it back instead).
    """
    if not reason.strip():
        raise facts.FactError("reason_missing", "reason")
    rows = _locked(which, actor)
    waits = [r.pk for r in rows if r.state == State.ENTERED]
    with _kept_with_batches([r for r in rows if r.state == State.ENTERED]):
        wait_again(waits)
        Rating.objects.filter(pk__in=waits).update(
            state=State.RETURNED, returned_by=actor, remark=reason[:500]
        )
    for rating in rows:
        if rating.state == State.APPROVED:
            _decline(rating, reason, actor)
    return len(rows)


def _decline(rating: Rating, reason: str, actor: User) -> None:
    before = facts.snapshot(rating)
    rating.withdrawal_by, rating.remark = None, ""
    rating.save(update_fields=["withdrawal_by", "remark"])
    facts.note(rating.employee, "rating", reason, actor, before, facts.snapshot(rating))


@transaction.atomic
def approve_batch(batch: ImportBatch, actor: User | None) -> Decided:
    """Approve every rating of an applied import that waits, in one act of a second person.

    Raises FactError: `own_entry` for whoever applied it, `import_not_applied`. The approver's own
    rating, if it is among them, waits for somebody else.
    """
    applied = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.APPLIED)
    if not applied.exists():
        raise facts.FactError("import_not_applied")
    if actor is not None and batch.applied_by_id == actor.pk:
        raise facts.FactError("own_entry")
    which = Rating.objects.filter(batch=batch, state=State.ENTERED)
    done = approve(which.filter(by_others(actor)) if actor else which, actor)
    if done.approved and not applied.update(approved_by=actor, approved_at=timezone.now()):
        raise facts.FactError("import_not_applied")  # undone in this moment
    return done
