"""Objections (keberatan): the holder or the coordinator names items and says why, within the term.

The act carries the item numbers in its details; the objection is written in its transaction. Who
reviews it, and the plenary that answers it, is the team's side.
"""

from collections.abc import Iterable
from datetime import date

from accounts.models import User
from credits.models import Claim, ClaimEvent, Objection
from credits.rules.claim_states import Act
from credits.services.claims.acts import afterwards, perform
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.services.claims.who import last_decision


def object_to(
    claim: Claim, numbers: Iterable[int], reason: str, actor: User, on: date | None = None
) -> Objection:
    """Object to what was decided on these items (none for a claim without items).

    Raises ClaimError: objection_items, objection_answered, objection_too_late, reason_missing,
    not_yours.
    """
    perform(claim, Act.OBJECT, actor, reason=reason, details={"items": sorted(set(numbers))}, on=on)
    return claim.objections.get(outcome=Objection.Outcome.OPEN)


def _write(claim: Claim, event: ClaimEvent) -> None:
    if event.act != Act.OBJECT:
        return
    numbers = set(event.details.get("items", ()))
    items = list(claim.items.filter(number__in=numbers))
    if len(items) < len(numbers) or (kind_of(claim).has_items and not items):
        raise ClaimError("objection_items", 400)
    decided = last_decision(claim)
    answered = claim.objections.filter(outcome=Objection.Outcome.UPHELD)
    if decided is not None and answered.filter(closed_at__gte=decided.at).exists():
        raise ClaimError("objection_answered")
    objection = Objection.objects.create(claim=claim, reason=event.reason, made_by=event.actor)
    objection.items.set(items)


afterwards(_write)
