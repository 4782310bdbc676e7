"""What is destroyed after its time, by one register: each app declares its own classes.

One person proposes a class, a second one agrees, then it is destroyed (privacy.md, P8).

Facts, the ledger and the trails are in no class: how long the personnel file itself is kept stands
in the ministry's retention schedule (JRA), which we do not have. What is destroyed leaves a
tombstone: what it was, its hash and size, when, on which basis.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.errors import Refusal
from accounts.models import Destruction, Tombstone, User
from accounts.origin import on_behalf_of


@dataclass(frozen=True)
class Rule:
    """A class of records. `due` gives the rows whose time, ending before a moment, is over.

    With `file` only the bytes behind that field go and the row stays; without, the rows go.
    """

    kind: str
    title: Any
    basis: Any
    kept: timedelta
    due: "Callable[[datetime], QuerySet[Any]]"
    file: str = ""


_rules: dict[str, Rule] = {}


def declare(rule: Rule) -> None:
    _rules[rule.kind] = rule


def rules() -> Iterable[Rule]:
    return _rules.values()


def overdue(rule: Rule, now: datetime | None = None) -> "QuerySet[Any]":
    """The rows of a class whose time is over."""
    rows = rule.due((now or timezone.now()) - rule.kept)
    return rows.exclude(**{rule.file: ""}) if rule.file else rows


def past_their_time() -> list[tuple[Rule, int]]:
    """Every class with how many files or rows are past its time."""
    return [(rule, overdue(rule).count()) for rule in rules()]


class DestructionError(Refusal):
    """A step is refused: `code` says why."""


def propose(kind: str, reason: str, actor: User) -> Destruction:
    """Propose to destroy what of a class is past its time now.

    Raises DestructionError: `unknown_class`, `no_reason`, `nothing_due`, `proposed_already`.
    """
    rule = _rules.get(kind)
    if rule is None:
        raise DestructionError("unknown_class")
    if not reason.strip():
        raise DestructionError("no_reason")
    now = timezone.now()
    number = overdue(rule, now).count()
    if not number:
        raise DestructionError("nothing_due")
    try:
        with transaction.atomic():
            return Destruction.objects.create(
                kind=kind, number=number, reason=reason.strip(), proposed_by=actor, proposed_at=now
            )
    except IntegrityError:
        raise DestructionError("proposed_already") from None


def approve(pk: int, actor: User) -> Destruction:
    """Agree to a proposal of another; `carry_out` then destroys.

    Raises DestructionError: `decided_already`, `own_proposal`.
    """
    return _decide(pk, Destruction.State.APPROVED, actor)


def refuse(pk: int, actor: User) -> Destruction:
    """Refuse a proposal of another. Raises as `approve`."""
    return _decide(pk, Destruction.State.REFUSED, actor)


@transaction.atomic
def _decide(pk: int, state: str, actor: User) -> Destruction:
    proposal = Destruction.objects.select_for_update().get(pk=pk)
    if proposal.state != Destruction.State.PROPOSED:
        raise DestructionError("decided_already")
    if proposal.proposed_by_id == actor.pk:
        raise DestructionError("own_proposal")
    proposal.state = state
    proposal.decided_by = actor
    proposal.decided_at = timezone.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    return proposal


def carry_out() -> dict[str, int]:
    """Destroy what two persons agreed on; how many files or rows, by class. Takes up what an
    earlier call left unfinished."""
    done = {}
    approved = Destruction.objects.filter(state=Destruction.State.APPROVED)
    for proposal in approved.select_related("decided_by"):
        with on_behalf_of(proposal.decided_by_id, proposal.reason):
            done[proposal.kind] = _destroy(proposal)
            approved.filter(pk=proposal.pk).update(
                state=Destruction.State.DONE, done_at=timezone.now()
            )
    return done


def _destroy(proposal: Destruction) -> int:
    rule = _rules[proposal.kind]
    rows = overdue(rule, proposal.proposed_at)
    if rule.file:
        return sum(_destroy_file(rule, pk, proposal) for pk in rows.values_list("pk", flat=True))
    with transaction.atomic():
        Destruction.objects.select_for_update().get(pk=proposal.pk)  # one at a time
        number = int(rows.count())
        if number:
            Tombstone.objects.create(
                kind=rule.kind,
                row_id="",
                size=number,
                basis=str(rule.basis)[:200],
                proposal=proposal.pk,
            )
            rows.delete()
        return number


def _destroy_file(rule: Rule, pk: Any, proposal: Destruction) -> int:
    """The record first, in one transaction; the bytes go once that is certain."""
    with transaction.atomic():
        rows = rule.due(proposal.proposed_at - rule.kept).model._default_manager
        row = rows.select_for_update(of=("self",)).exclude(**{rule.file: ""}).filter(pk=pk).first()
        if row is None:
            return 0
        file = getattr(row, rule.file)
        found, size = _hash(file)
        storage, name = file.storage, file.name
        Tombstone.objects.create(
            kind=rule.kind,
            row_id=str(row.pk),
            hash=found,
            size=size,
            basis=str(rule.basis)[:200],
            proposal=proposal.pk,
        )
        rows.filter(pk=row.pk).update(**{rule.file: ""})
        transaction.on_commit(lambda: storage.delete(name))
    return 1


def _hash(file: Any) -> tuple[str, int]:
    """SHA-256 and size of a stored file; "" where its bytes are gone already."""
    digest, size = sha256(), 0
    try:
        with file.open("rb") as stored:
            while block := stored.read(1 << 20):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        return "", 0
    return digest.hexdigest(), size
