"""The assessor's acts: a verdict on each item, then the end. Points are computed here only.

The rules of conflicts and the term are asked again at the instant of each write: what was right
on the day of the assignment may not be so today.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role, roles_of
from assessors.models import Assignment, Verdict
from assessors.rules import WHOLE, Found, Proposal, proposal
from assessors.selectors import current
from assessors.services.assigning import (
    CLAIM,
    JUDGING,
    OBJECTION,
    judged_before,
    path_edition,
    per_claim,
    require_none,
)
from credits.models import Claim, ClaimItem, Objection
from credits.rules.claim_paths import tolerance
from credits.rules.units import to_units
from credits.services.claims import conventional
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of

Answer = Verdict.Answer


def _mine(assignment: Assignment, user: User, day: date) -> Assignment:
    """The assignment, locked after its claim, if the user may write to it now."""
    rows = Claim.objects.select_for_update(no_key=True, of=("self",))
    claim = rows.select_related("employee", "position").get(pk=assignment.claim_id)
    found = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("member__employee", "member__team")
        .get(pk=assignment.pk)
    )
    found.claim = claim
    require_own(found, user, day)
    if claim.state not in JUDGING[found.purpose]:
        raise ClaimError("not_being_judged")
    return found


def require_own(assignment: Assignment, user: User, day: date) -> None:
    """Raise ClaimError (403) unless the user may judge it on the day: his, and no conflict."""
    if assignment.member.employee.user_id != user.pk or Role.ASSESSOR not in roles_of(user):
        raise ClaimError("not_your_assignment", 403)
    if assignment.state == Assignment.State.REPLACED:
        raise ClaimError("assignment_replaced", 403)
    claim = assignment.claim
    judged = judged_before(claim) if assignment.purpose == OBJECTION else frozenset()
    require_none(claim, assignment.member, day, judged, 403)


def give(
    assignment: Assignment,
    user: User,
    number: int,
    answer: str,
    *,
    quantity: int | None = None,
    reason: str = "",
    words: str = "",
    on: date | None = None,
) -> Verdict:
    """The verdict on one item, or its change before the end. The same post twice is one row.

    `number` WHOLE for a claim without items. `quantity` counts for CHANGE alone. Raises ClaimError.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        mine = _mine(assignment, user, day)
        if mine.state == Assignment.State.FINISHED:
            raise ClaimError("assignment_finished")
        item = _item(mine.claim, number)
        claimed = item.quantity if item else 1
        found = _quantity(answer, quantity, claimed, number)
        if answer == Answer.ACCEPT:
            reason, words = "", words
        elif reason not in Verdict.Reason.values:
            raise ClaimError("verdict_reason", 400, item=number)
        elif reason == Verdict.Reason.OTHER and not words.strip():
            raise ClaimError("words_missing", 400, item=number)
        verdict, _new = Verdict.objects.update_or_create(
            assignment=mine,
            number=number,
            defaults={
                "item": item,
                "answer": answer,
                "quantity": found,
                "reason": reason,
                "words": words.strip()[:500],
            },
        )
    return verdict


def _item(claim: Claim, number: int) -> ClaimItem | None:
    if not kind_of(claim).has_items:
        if number != WHOLE:
            raise ClaimError("item_unknown", 400, item=number)
        return None
    item = claim.items.filter(number=number).first()
    if item is None:
        raise ClaimError("item_unknown", 400, item=number)
    return item


def _quantity(answer: str, quantity: int | None, claimed: int, number: int) -> int:
    if answer == Answer.ACCEPT:
        return claimed
    if answer == Answer.REJECT:
        return 0
    if answer != Answer.CHANGE or number == WHOLE:
        raise ClaimError("verdict_unknown", 400, item=number)
    # More than was claimed is not the assessors' to give.
    if quantity is None or not 0 < quantity < claimed:
        raise ClaimError("verdict_quantity", 400, item=number, claimed=claimed)
    return quantity


def finish(assignment: Assignment, user: User, *, on: date | None = None) -> Assignment:
    """The end: each item has a verdict, the sum is computed, nothing changes any more.

    A second time it is the same end. Raises ClaimError.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        mine = _mine(assignment, user, day)
        if mine.state == Assignment.State.FINISHED:
            return mine
        items = _items([mine.claim])[mine.claim_id]
        given = dict(mine.verdicts.values_list("number", "quantity"))
        wanted = _numbers(mine.claim, items)
        missing = [n for n in wanted if n not in given]
        if missing:
            raise ClaimError("verdicts_missing", count=len(missing), item=missing[0])
        mine.units = to_units(points(mine.claim, items, given)) if items else None
        mine.state, mine.finished_at = Assignment.State.FINISHED, timezone.now()
        mine.save(update_fields=["state", "finished_at", "units"])
    return mine


def points(claim: Claim, items: Sequence[ClaimItem], quantities: Mapping[int, int]) -> Fraction:
    """What a claim counts by judged quantities; for one without items, 1 or 0.

    An item that no quantity is given for counts nothing.
    """
    if not kind_of(claim).has_items:
        return Fraction(quantities.get(WHOLE, 0))
    every = {item.number: quantities.get(item.number, 0) for item in items}
    return conventional.count(claim, items, every)[0].counted


def _numbers(claim: Claim, items: Sequence[ClaimItem]) -> list[int]:
    return [i.number for i in items] if kind_of(claim).has_items else [WHOLE]


def _items(claims: Sequence[Claim]) -> dict[int, list[ClaimItem]]:
    """The items of each claim with what counting needs. One statement."""
    found: dict[int, list[ClaimItem]] = {claim.pk: [] for claim in claims}
    rows = ClaimItem.objects.filter(claim__in=claims).select_related("activity__table", "work")
    for item in rows.order_by("number"):
        found[item.claim_id].append(item)
    return found


def results(
    claims: Sequence[Claim], *, objection: Objection | None = None, on: date | None = None
) -> dict[int, Proposal]:
    """What the verdicts lead to, for the claims that all their assessors have finished.

    Claims come with their position read. Three statements, whatever their number. With
    `objection`: what its reviewers found.
    """
    day = on or timezone.localdate()
    purpose = OBJECTION if objection else CLAIM
    rows = current(Assignment.objects.filter(claim__in=claims, purpose=purpose))
    if objection:
        rows = rows.filter(objection=objection)
    by_claim: dict[int, list[Assignment]] = {}
    for row in rows.prefetch_related("verdicts").order_by("pk"):
        by_claim.setdefault(row.claim_id, []).append(row)
    items = _items(claims)
    found = {}
    for claim in claims:
        assigned = by_claim.get(claim.pk, [])
        done = all(a.state == Assignment.State.FINISHED for a in assigned)
        if len(assigned) < per_claim(claim, day) or not done:
            continue
        mine = items[claim.pk]
        found[claim.pk] = proposal(
            [
                {v.number: Found(v.quantity, v.reason, v.words) for v in a.verdicts.all()}
                for a in assigned
            ],
            lambda q, claim=claim, mine=mine: points(claim, mine, q),  # type: ignore[misc]
            tolerance(path_edition(claim, day)),
        )
    return found


def result(
    claim: Claim, *, objection: Objection | None = None, on: date | None = None
) -> Proposal | None:
    """As `results`, of one claim; None while somebody has not finished."""
    return results([claim], objection=objection, on=on).get(claim.pk)
