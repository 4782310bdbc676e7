"""Reminders before terms end: returned claims, and objections that are still possible."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.services import notify_daily
from credits.models import Claim
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import Actor, State
from credits.services.claims.telling import people_behind
from credits.services.claims.who import objection_ends

BEFORE = (7, 3, 1, 0)  # days before the end of a term on which one is reminded


def returned_until(claim: Claim) -> date:
    """By when a returned claim is to come back, a setting of its path."""
    back = timezone.localtime(claim.state_at).date()
    code = claim.position.code if claim.position else None
    return back + timedelta(days=int(edition_on(back, code).setting("returned_days")))


def remind(on: date | None = None) -> int:
    """Remind coordinators and holders; a second run of the day tells nobody again."""
    day = on or timezone.localdate()
    told = 0
    returned = Claim.objects.filter(state=State.RETURNED)
    for claim in returned.select_related("employee__user", "position", "submitted_by"):
        left = (returned_until(claim) - day).days
        if left in BEFORE:
            told += _tell(claim, "claim.remind.returned", left, day)
    decided = Claim.objects.filter(
        state__in=(State.PARTLY, State.REJECTED), state_at__gte=timezone.now() - timedelta(days=60)
    )
    for claim in decided.select_related("employee__user", "position", "submitted_by"):
        until = objection_ends(claim)
        left = (until - day).days if until else -1
        if left in BEFORE:
            told += _tell(claim, "claim.remind.objection", left, day)
    return told


def _tell(claim: Claim, kind: str, left: int, day: date) -> int:
    url = reverse("credits:claim", args=[claim.public_id])
    people = {
        user.pk: user
        for actor in (Actor.HOLDER, Actor.COORDINATOR)
        for user in people_behind(actor, claim, day)
    }
    return sum(notify_daily(user, kind, {"days": left}, url) for user in people.values())
