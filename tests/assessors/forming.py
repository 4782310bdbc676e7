"""A team that keeps every rule, and what it takes: for tests of teams, pages and roles."""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.policy import Role
from assessors.models import Membership, Team
from assessors.services import teams
from employees.models import Employee
from positions.models import Position
from tests import factories

Seat = Membership.Role
START, END = date(2022, 1, 1), date(2024, 12, 31)
TRAINED = {"trained_on": date(2021, 6, 1), "training": "SERT/1"}


def jf(**values: Any) -> Position:
    """A JF of experts whose levels have their ranks."""
    position = factories.PositionFactory(**values)
    lows = {"ahli_pertama": "III/a", "ahli_muda": "III/c", "ahli_madya": "IV/a"}
    for level, low in lows.items():
        position.levels.filter(level=level).update(rank_low=low)
    position.levels.filter(level="ahli_utama").update(rank_low="IV/d")
    return position


def assessor(position: Position, level: str = "ahli_madya", grade: str = "IV/a") -> Employee:
    """A holder with an account without roles, which nobody enters by a password."""
    user = User.objects.create(username=f"asesor{User.objects.count()}", password="!")
    person = factories.EmployeeFactory(user=user)
    factories.AppointmentFactory(
        employee=person, position=position, level=level, start=date(2018, 1, 1)
    )
    factories.RankFactory(employee=person, golongan=grade, effective_on=date(2018, 4, 1))
    factories.MembershipFactory(employee=person, start=date(2018, 1, 1))
    return person


def draft(position: Position, **values: Any) -> Team:
    """A draft up to Ahli Madya with chair, secretary, three members and an alternate."""
    usual: dict[str, Any] = {
        "name": f"Tim Penilai {position.name}",
        "agency": factories.AgencyFactory(),
        "positions": [position],
        "levels": ["ahli_pertama", "ahli_muda", "ahli_madya"],
        "start": START,
        "end": END,
    }
    team = teams.create(None, **(usual | values))
    seats = (Seat.CHAIR, Seat.SECRETARY, *[Seat.MEMBER] * 3, Seat.ALTERNATE)
    for seat in seats:
        person = assessor(position)
        teams.add_member(team, person, None, role=seat, from_hr=seat == Seat.SECRETARY, **TRAINED)
    return team


def active(position: Position, on: date = START, **values: Any) -> Team:
    team = draft(position, **values)
    return teams.activate(team, factories.DecreeFactory(), None, on)


def seat(team: Team, role: str) -> Membership:
    found = team.memberships.select_related("employee").filter(role=role).order_by("pk").first()
    assert found is not None
    return found


def roles(person: Employee) -> set[str]:
    assert person.user is not None
    return set(person.user.groups.values_list("name", flat=True))


MEMBER, CHAIRS, SECRETARIES = Role.ASSESSOR, Role.CHAIR, Role.SECRETARY
