"""As what members of a team act on claims: told to the claims' services when the app starts."""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.policy import Role, roles_of
from assessors.models import Assignment, Membership
from assessors.policy import seats
from assessors.selectors import claims_for
from assessors.services.plenaries import judges
from credits.models import Claim
from credits.rules.claim_states import Actor, Condition
from credits.services.claims import who
from credits.services.claims.errors import ClaimError


def _holds(user: User, claim: Claim, day: date, *roles: str) -> bool:
    teams = seats(user, day, *roles).values_list("team_id", flat=True)
    return Claim.objects.filter(claims_for(teams), pk=claim.pk).exists() if teams else False


def _is_secretary(user: User, claim: Claim, day: date) -> bool:
    return Role.SECRETARY in roles_of(user) and _holds(user, claim, day, Membership.Role.SECRETARY)


def _is_chair(user: User, claim: Claim, day: date) -> bool:
    """The chair, or the vice chair where the chair may not (his own claim: AZ093)."""
    if Role.CHAIR not in roles_of(user):
        return False
    return _holds(user, claim, day, Membership.Role.CHAIR, Membership.Role.VICE)


def _is_assessor(user: User, claim: Claim, day: date) -> bool:
    mine = Assignment.objects.filter(claim=claim, member__in=seats(user, day))
    return (
        Role.ASSESSOR in roles_of(user) and mine.exclude(state=Assignment.State.REPLACED).exists()
    )


def _another_than_judged(claim: Claim, user: Any, day: date) -> ClaimError | None:
    if user is None:
        return None
    return ClaimError("judged_it", 403) if judges(claim, user) else None


def register() -> None:
    """Tell the claims' services who the members of teams are."""
    who.know(Actor.SECRETARY, _is_secretary)
    who.know(Actor.CHAIR, _is_chair)
    who.know(Actor.ASSESSOR, _is_assessor)
    who.demand(Condition.ANOTHER_THAN_JUDGED, _another_than_judged)
