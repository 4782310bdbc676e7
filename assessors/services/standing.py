"""As what members of a team act on claims, and which roles their accounts get: told to the services
below when the app starts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.policy import Role, roles_of
from assessors.models import Assignment, Membership, Team
from assessors.policy import seats
from assessors.selectors import holding
from assessors.services import assigning
from assessors.services.plenaries import judges
from credits.models import Claim
from credits.rules.claim_states import Act, Actor, Condition
from credits.services.claims import who
from credits.services.claims.acts import when
from credits.services.claims.errors import ClaimError
from employees.services import accounts


def _holds(user: User, claim: Claim, day: date, *roles: str) -> bool:
    return holding(claim, seats(user, day, *roles).values("team")).exists()


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


def _seated(*roles: str) -> Callable[[date], Q]:
    """Whom the register of teams gives a role on a day: within the seat and the team's term."""

    def people(day: date) -> Q:
        found = Membership.objects.on(day).filter(
            Q(team__end__isnull=True) | Q(team__end__gte=day),
            team__state=Team.State.ACTIVE,
            team__start__lte=day,
        )
        seats = found.filter(role__in=roles) if roles else found
        return Q(pk__in=seats.values("employee"))

    return people


def register() -> None:
    """Tell the services of claims and accounts who the members of teams are."""
    Seat = Membership.Role  # noqa: N806
    accounts.follow(Role.ASSESSOR, _seated())
    accounts.follow(Role.CHAIR, _seated(Seat.CHAIR, Seat.VICE))
    accounts.follow(Role.SECRETARY, _seated(Seat.SECRETARY))
    who.know(Actor.SECRETARY, _is_secretary)
    who.know(Actor.CHAIR, _is_chair)
    who.know(Actor.ASSESSOR, _is_assessor)
    who.demand(Condition.ANOTHER_THAN_JUDGED, _another_than_judged)
    when(Act.ASSIGN, assigning.enough_given)
    when(Act.SCHEDULE, assigning.all_finished)
    when(Act.RETURN, assigning.take_back)
    when(Act.CANCEL, assigning.take_back)
