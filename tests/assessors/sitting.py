"""A team with everybody in it, and claims that its assessors have finished, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from assessors.models import Assignment, Membership, Plenary, Team, Verdict
from assessors.services import minutes, plenaries
from assessors.services.plenaries import Votes
from credits.models import Claim, ClaimEvent
from employees.models import Employee
from tests import factories
from tests.factories import UserFactory

SCAN = b"%PDF-1.7 scan"


@dataclass
class Seated:
    """A team of five with two alternates; `users` by role of the seat."""

    team: Team
    members: dict[str, list[Membership]]

    def user(self, role: str, n: int = 0) -> User:
        found = self.members[role][n].employee.user
        assert found is not None
        return found

    @property
    def chair(self) -> User:
        return self.user("ketua")

    @property
    def vice(self) -> User:
        return self.user("wakil_ketua")

    @property
    def secretary(self) -> User:
        return self.user("sekretaris")

    @property
    def full(self) -> list[int]:
        """The seats of everybody but the alternates."""
        return [m.pk for role, ms in self.members.items() if role != "pengganti" for m in ms]


_ROLES = {
    "ketua": [Role.CHAIR, Role.ASSESSOR],
    "wakil_ketua": [Role.CHAIR, Role.ASSESSOR],
    "sekretaris": [Role.SECRETARY],
    "anggota": [Role.ASSESSOR],
    "pengganti": [Role.ASSESSOR],
}


def seated(position: Any, **values: Any) -> Seated:
    team = factories.TeamFactory(positions=[position], **values)
    members: dict[str, list[Membership]] = {}
    wanted = [("ketua", 1), ("wakil_ketua", 1), ("sekretaris", 1), ("anggota", 2), ("pengganti", 2)]
    for role, number in wanted:
        for _n in range(number):
            who = factories.EmployeeFactory(user=UserFactory(roles=_ROLES[role]))
            members.setdefault(role, []).append(
                factories.TeamMembershipFactory(team=team, employee=who, role=role)
            )
    return Seated(team, members)


def claimant(position: Any = None, **others: Any) -> Employee:
    values: dict[str, Any] = {"level": "ahli_pertama", "start": date(2020, 1, 1), "way": "first"}
    if position is not None:
        values["position"] = position
    held = factories.AppointmentFactory(**values, **others)
    factories.RankFactory(employee=held.employee, golongan="III/a", effective_on=date(2020, 1, 1))
    factories.MembershipFactory(employee=held.employee, start=date(2020, 1, 1))
    return held.employee


def submitted(who: Employee, quantities: Sequence[int] = (4, 2), **values: Any) -> Claim:
    """A claim in the hands of the team, with one item of half a point for each quantity."""
    claim = factories.ClaimFactory(
        employee=who, state="judged", submitted_at=timezone.now(), **values
    )
    table = claim.position.activity_tables.first() or factories.ActivityTableFactory(
        position=claim.position
    )
    for number, quantity in enumerate(quantities, 1):
        factories.ClaimItemFactory(
            claim=claim,
            activity=factories.ActivityItemFactory(table=table),
            number=number,
            quantity=quantity,
        )
    coordinator = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
    factories.ClaimCoordinatorFactory(unit=claim.unit, employee=coordinator)
    claim.submitted_by = coordinator.user
    claim.save()
    ClaimEvent.objects.create(
        claim=claim,
        act="submit",
        before="draft",
        after="submitted",
        actor=coordinator.user,
        role="coordinator",
    )
    return claim


def finished(
    claim: Claim,
    by: Sequence[Membership],
    found: Sequence[Mapping[int, int]],
    objection: Any = None,
) -> list[Assignment]:
    """Two assessors finished: item number -> quantity of each; what is left out is as claimed."""
    rows = []
    for member, quantities in zip(by, found, strict=True):
        row = Assignment.objects.create(
            claim=claim,
            team=member.team,
            member=member,
            purpose="objection" if objection else "claim",
            objection=objection,
            state="finished",
            finished_at=timezone.now(),
            due_on=timezone.localdate() + timedelta(days=14),
        )
        for item in claim.items.all():
            quantity = quantities.get(item.number, item.quantity)
            same = quantity == item.quantity
            verdict = Verdict(
                assignment=row,
                item=item,
                answer="accept" if same else "change" if quantity else "reject",
                quantity=quantity,
                reason="" if same else "quantity",
                words="" if same else "tidak terbaca",
            )
            if hasattr(verdict, "number"):
                verdict.number = item.number
            verdict.save()
        rows.append(row)
    return rows


def in_session(where: Seated, *, day: date | None = None) -> Plenary:
    """A plenary with everybody present, led by the chair."""
    plenary = plenaries.plan(where.team, day or timezone.localdate(), where.secretary)
    plenaries.attend(plenary, where.full, {}, where.secretary)
    return plenaries.begin(plenary, where.chair)


def closed_and_signed(where: Seated, plenary: Plenary) -> Plenary:
    plenary = plenaries.close(plenary, where.chair)
    return minutes.sign_minutes(plenary, SCAN, where.secretary, scan=True)


def determiner(claim: Claim) -> User:
    officer = factories.EmployeeFactory(user=UserFactory(roles=[Role.DETERMINER]))
    factories.DeterminingOfficerFactory(agency=claim.employee.employer, employee=officer)
    assert officer.user is not None
    return officer.user


ALL = Votes(4)
