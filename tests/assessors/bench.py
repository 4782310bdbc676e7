"""A team of five with accounts, and claims of its position in the states of the team's path."""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.policy import Role
from assessors.models import Assignment, Membership, Team
from assessors.services import assigning
from credits.models import Claim
from employees.models import Employee
from positions.models import Position
from tests import factories
from tests.factories import UserFactory

START = date(2020, 1, 1)
Seat = Membership.Role
ROLES = {
    Seat.CHAIR: [Role.CHAIR, Role.ASSESSOR],
    Seat.SECRETARY: [Role.SECRETARY, Role.ASSESSOR],
}


def holder(
    position: Position, level: str = "ahli_muda", golongan: str = "III/d", **more: Any
) -> Employee:
    """A holder of the position with an account of the roles given."""
    roles = more.pop("roles", [Role.HOLDER])
    who = factories.EmployeeFactory(user=UserFactory(roles=roles), **more)
    factories.AppointmentFactory(
        employee=who, position=position, level=level, start=START, way="first"
    )
    factories.RankFactory(employee=who, golongan=golongan, effective_on=START)
    return who


class Bench:
    """The team, its members by role, and what stands on the secretary's desk."""

    def __init__(self, members: int = 3, **team: Any) -> None:
        self.position = team.pop("position", None) or factories.PositionFactory()
        known = self.position.activity_tables.first()
        self.table = known or factories.ActivityTableFactory(position=self.position)
        self.team: Team = factories.TeamFactory(positions=[self.position], **team)
        self.chair = self.seat(Seat.CHAIR)
        self.secretary = self.seat(Seat.SECRETARY)
        self.members = [self.seat(Seat.MEMBER) for _n in range(members)]

    def seat(self, role: str, **person: Any) -> Membership:
        """Somebody new in the team."""
        roles = ROLES.get(role, [Role.ASSESSOR])
        who = holder(self.position, roles=[*roles, Role.HOLDER], **person)
        return factories.TeamMembershipFactory(
            team=self.team, employee=who, role=role, from_hr=role == Seat.SECRETARY
        )

    def claim(
        self, state: str = "checked", items: int = 2, quantity: int = 3, **more: Any
    ) -> Claim:
        """A claim of an Ahli Pertama with items of half a point each."""
        claimant = more.pop("employee", None) or holder(self.position, "ahli_pertama", "III/a")
        if not claimant.memberships.exists():
            factories.MembershipFactory(employee=claimant, start=START)
        claim = factories.ClaimFactory(
            employee=claimant, state=state, submitted_at=timezone.now(), **more
        )
        for number in range(1, items + 1):
            activity = factories.ActivityItemFactory(table=self.table)
            factories.ClaimItemFactory(
                claim=claim, activity=activity, number=number, quantity=quantity
            )
        return claim

    @property
    def clerk(self) -> Any:
        """The secretary's account."""
        return self.secretary.employee.user

    def assigned(self, claim: Claim | None = None, **more: Any) -> list[Assignment]:
        """A claim with the first two members."""
        claim = claim or self.claim(**more)
        assigning.assign(claim, self.members[:2], self.clerk)
        return list(claim.assignments.order_by("pk"))


def account(assignment: Assignment) -> Any:
    """The account of who judges."""
    return assignment.member.employee.user
