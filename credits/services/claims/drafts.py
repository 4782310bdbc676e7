"""Writing claims before they are handed in: frame, items, evidence, and who else has one open.

Every change names the version that its author had before him. Another version is refused and
nothing is overwritten (`edited_meanwhile`). Points are computed here, from the activity table and
the regulation; nobody hands them in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role, roles_of, visible
from credits.models import (
    ActivityItem,
    Claim,
    ClaimEditor,
    ClaimItem,
    EvidenceFile,
    JointWork,
)
from credits.rules.claim_paths import edition_on, path_of
from credits.rules.claim_states import EDITABLE, State
from credits.rules.claims import points_of, same_words
from credits.rules.errors import RuleError
from credits.rules.units import amount_text, to_units
from credits.services.claims.conventional import edition_of, read_items, work_of
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kinds
from credits.services.claims.standing import place
from employees.models import Employee
from positions.models import Position

SEEN = timedelta(minutes=2)  # who was seen since then still has the draft open
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Joint:
    """A work of several authors, and the claimant's place among them (1 = lead)."""

    title: str
    authors: int
    place: int
    published_on: date | None = None
    undetermined: bool = False


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What a person states of one activity. The dates are inclusive."""

    activity: ActivityItem
    start: date
    end: date
    quantity: int
    description: str = ""
    assignment_letter: str = ""
    joint: Joint | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a claim states beside its items."""

    start: date
    end: date
    late_reason: str = ""
    note: str = ""
    history: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


def create(
    kind: str,
    employee: Employee,
    frame: Frame,
    actor: User,
    *,
    corrects: Claim | None = None,
    on: date | None = None,
) -> Claim:
    """A draft of a kind for a person within the actor's reach.

    Raises ClaimError: kind_unknown, not_yours, period_reversed, history_not_yours, draft_exists.
    """
    day = on or timezone.localdate()
    if kind not in {known.code for known in kinds()}:
        raise ClaimError("kind_unknown", 400)
    _refuse_frame(frame, actor)
    reach = visible(Employee.objects.filter(pk=employee.pk), actor, "claimant", "add", day)
    if not reach.exists():
        raise ClaimError("not_yours", 403)
    with transaction.atomic():
        # One at a time for a person: of a double click, the second finds the draft of the first.
        Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        same = Q(period_start=frame.start, period_end=frame.end, corrects=corrects)
        open_ones = Claim.objects.filter(
            same, employee=employee, kind=kind, state__in=[str(s) for s in EDITABLE]
        )
        if open_ones.exists():
            raise ClaimError("draft_exists", start=frame.start, until=frame.end)
        claim = Claim(employee=employee, kind=kind, created_by=actor, corrects=corrects)
        _set(claim, frame)
        claim.path = path_for(kind, claim.position_id, day)
        claim.save()
    return claim


def path_for(kind: str, position_id: int | None, day: date) -> str:
    """The path of a kind for a JF by the regulation's data. Raises ClaimError(kind_unknown)."""
    held = Position.objects.filter(pk=position_id or 0)
    code = held.values_list("code", flat=True).first()
    try:
        return path_of(edition_on(day, code), kind).value
    except RuleError as problem:
        raise ClaimError("kind_unknown", 400) from problem


def edit(claim: Claim, frame: Frame, actor: User, version: int) -> Claim:
    """Other words, dates or details. Raises ClaimError."""
    _refuse_frame(frame, actor, claim)

    def change(locked: Claim) -> None:
        _set(locked, frame)

    return _change(claim, actor, version, change)


def put_item(
    claim: Claim,
    item: ItemInput,
    actor: User,
    version: int,
    number: int | None = None,
    files: Iterable[EvidenceFile] | None = None,
) -> ClaimItem:
    """Add an item, or replace what the item `number` says, and its evidence where `files` is
    given. Raises ClaimError."""
    done: list[ClaimItem] = []
    chosen = None if files is None else _own_files(claim, files)

    def change(locked: Claim) -> None:
        row = _item(locked, number) if number is not None else _new_item(locked)
        _fill(row, item, actor)
        row.save()
        if chosen is not None:
            row.files.set(chosen)
        done.append(row)

    _change(claim, actor, version, change)
    done[0].refresh_from_db()
    return done[0]


def copy_item(claim: Claim, number: int, actor: User, version: int) -> ClaimItem:
    """The same item again, without its evidence and its joint work, for another product."""
    done: list[ClaimItem] = []

    def change(locked: Claim) -> None:
        row = _item(locked, number)
        row.pk, row.number = None, _new_item(locked).number
        row._state.adding = True
        row.work = row.place = None  # a person claims a joint work once
        row.save()
        done.append(row)

    _change(claim, actor, version, change)
    return done[0]


def remove_item(claim: Claim, number: int, actor: User, version: int) -> Claim:
    """Take an item out; the numbers of the others stay."""
    return _change(claim, actor, version, lambda locked: _remove(_item(locked, number)))


def attach(
    claim: Claim, numbers: Iterable[int], files: Iterable[EvidenceFile], actor: User, version: int
) -> Claim:
    """Attach files of the claimant to each of the items; without items, to the claim itself."""
    return _evidence(claim, numbers, files, actor, version, attached=True)


def detach(
    claim: Claim, numbers: Iterable[int], files: Iterable[EvidenceFile], actor: User, version: int
) -> Claim:
    """Take files off the items, or off the claim itself; the files stay with the person."""
    return _evidence(claim, numbers, files, actor, version, attached=False)


def _evidence(
    claim: Claim,
    numbers: Iterable[int],
    files: Iterable[EvidenceFile],
    actor: User,
    version: int,
    *,
    attached: bool,
) -> Claim:
    chosen, wanted = _own_files(claim, files), set(numbers)

    def change(locked: Claim) -> None:
        holders: list[Any] = [*locked.items.filter(number__in=wanted)] if wanted else [locked]
        if wanted and len(holders) != len(wanted):
            raise ClaimError("item_unknown", 404)
        for holder in holders:
            (holder.files.add if attached else holder.files.remove)(*chosen)

    return _change(claim, actor, version, change)


def _own_files(claim: Claim, files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    chosen = [*files]
    if any(file.employee_id != claim.employee_id for file in chosen):
        raise ClaimError("file_of_another", 400)
    return chosen


# ------------------------------------------------------------------ who may, and when


def refusal(claim: Claim, user: User, day: date | None = None) -> ClaimError | None:
    """Why the user may not edit the claim now; None where he may.

    Once a holder has handed it to the coordinator it is the coordinator's, until handed back.
    """
    mine = visible(Claim.objects.filter(pk=claim.pk), user, "claim", "change", day)
    if not mine.exists():
        return ClaimError("not_yours", 403)
    if claim.state not in EDITABLE:
        return ClaimError("not_editable", state=claim.state)
    only_holder = not roles_of(user) & {Role.COORDINATOR, Role.HR}
    if claim.state == State.PROPOSED and only_holder:
        return ClaimError("with_coordinator")
    return None


def _refuse_frame(frame: Frame, actor: User, claim: Claim | None = None) -> None:
    if frame.end < frame.start:
        raise ClaimError("period_reversed", 400)
    changed = frame.history != (claim.history if claim else False)
    if changed and Role.HR not in roles_of(actor):
        raise ClaimError("history_not_yours", 403)


def _change(claim: Claim, actor: User, version: int, do: Callable[[Claim], None]) -> Claim:
    """Change a claim, locked, if it is still the version that the actor saw."""
    with transaction.atomic():
        locked = (
            Claim.objects.select_for_update(no_key=True, of=("self",))
            .select_related("employee", "position", "unit")
            .get(pk=claim.pk)
        )
        problem = refusal(locked, actor)
        if problem is not None:
            raise problem
        if locked.version != version:
            raise ClaimError("edited_meanwhile")
        do(locked)
        locked.version += 1
        locked.save()
        count_items(locked)
    return locked


# ------------------------------------------------------------------ what is written


def _set(claim: Claim, frame: Frame) -> None:
    claim.period_start, claim.period_end = frame.start, frame.end
    claim.late_reason, claim.note = frame.late_reason.strip(), frame.note.strip()
    claim.history = frame.history
    claim.details = plain(frame.details)
    place(claim)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a form as plain JSON: dates in ISO form, amounts as exact text, rows as ids."""

    def one(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal | Fraction):
            return amount_text(Fraction(value))
        if hasattr(value, "pk"):
            return value.pk
        if isinstance(value, Mapping):
            return plain(value)
        return [one(v) for v in value] if isinstance(value, list | tuple) else value

    return {key: one(value) for key, value in values.items()}


def _item(claim: Claim, number: int) -> ClaimItem:
    found = claim.items.filter(number=number).first()
    if found is None:
        raise ClaimError("item_unknown", 404)
    return found


def _new_item(claim: Claim) -> ClaimItem:
    numbers = list(claim.items.values_list("number", flat=True))
    if len(numbers) >= MOST_ITEMS:
        raise ClaimError("too_many_items", 400, most=MOST_ITEMS)
    return ClaimItem(claim=claim, number=max(numbers, default=0) + 1)


def _remove(item: ClaimItem) -> None:
    item.files.clear()
    item.delete()


def _fill(row: ClaimItem, item: ItemInput, actor: User) -> None:
    if item.end < item.start:
        raise ClaimError("period_reversed", 400)
    if item.activity.table.position_id != row.claim.position_id:
        raise ClaimError("activity_of_another", 400)
    row.activity = item.activity
    row.start, row.end, row.quantity = item.start, item.end, item.quantity
    row.description = item.description.strip()
    row.assignment_letter = item.assignment_letter.strip()
    row.work = joint_work(item.joint, actor, row) if item.joint else None
    row.place = item.joint.place if item.joint else None


def joint_work(joint: Joint, actor: User | None, row: ClaimItem | None = None) -> JointWork:
    """The work as others have entered it, so that its places are given once; else a new one.

    A work that no other item names is corrected in its place.
    """
    if not 1 <= joint.place <= joint.authors:
        raise ClaimError("place_beyond", 400, authors=joint.authors)
    values = {
        "title": " ".join(joint.title.split()),
        "published_on": joint.published_on,
        "authors": joint.authors,
        "undetermined": joint.undetermined,
    }
    others = ClaimItem.objects.exclude(pk=row.pk if row and row.pk else 0)
    for known in find_works(joint.title, exact=True):
        alike = known.authors == joint.authors and known.undetermined == joint.undetermined
        days = {known.published_on, joint.published_on} - {None}
        if alike and len(days) <= 1:
            return known
    current = row.work if row and row.work_id else None
    if current is not None and not others.filter(work=current).exists():
        JointWork.objects.filter(pk=current.pk).update(**values)
        current.refresh_from_db()
        return current
    return JointWork.objects.create(created_by=actor, **values)


def find_works(title: str, *, exact: bool = False, most: int = 8) -> list[JointWork]:
    """Joint works whose title holds the words of `title`, or (`exact`) is the same."""
    words = title.split()
    if not words:
        return []
    wanted = Q()
    for word in words:
        wanted &= Q(title__icontains=word)
    found = JointWork.objects.filter(wanted).order_by("title", "id")
    if exact:
        return [work for work in found if same_words(work.title, title)]
    return list(found[:most])


def count_items(claim: Claim) -> None:
    """Compute the points of each item anew; an item that the rules refuse gives none."""
    edition = edition_of(claim)
    changed = []
    for item in read_items(claim):
        try:
            units = to_units(points_of(edition, work_of(item), claim.level).points)
        except (RuleError, ValueError):
            units = 0  # the check says why
        if item.points_units != units:
            item.points_units = units
            changed.append(item)
    ClaimItem.objects.bulk_update(changed, ["points_units"])


# ------------------------------------------------------------------ who has it open


def seen(claim: Claim, user: User) -> list[ClaimEditor]:
    """Note that the user has the draft open; gives the others who have, latest first."""
    now = timezone.now()
    ClaimEditor.objects.bulk_create(
        [ClaimEditor(claim=claim, user=user, seen_at=now)],
        update_conflicts=True,
        unique_fields=["claim", "user"],
        update_fields=["seen_at"],
    )
    others = ClaimEditor.objects.filter(claim=claim, seen_at__gte=now - SEEN).exclude(user=user)
    return list(others.select_related("user"))
