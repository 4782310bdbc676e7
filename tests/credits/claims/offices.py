"""The accounts that the paths of claims need, and the walk of a claim along them."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from credits.models import Claim, DeterminingOfficer, LedgerEntry
from credits.rules.claim_paths import edition_on, path_of
from credits.rules.claim_states import Act
from credits.rules.units import from_units
from credits.services.claims.acts import perform
from employees.models import Employee
from tests import factories
from tests.factories import UserFactory


def holder(
    level: str = "ahli_pertama",
    golongan: str = "III/a",
    since: date = date(2020, 1, 1),
    **held: Any,
) -> Employee:
    """Somebody in a functional position since a day, of a rank, in a unit, with a superior."""
    position = factories.PositionFactory(code=f"jf-{_category(level)}", category=_category(level))
    appointment = factories.AppointmentFactory(
        **{"position": position, "level": level, "start": since, "way": "first"} | held
    )
    person = appointment.employee
    factories.RankFactory(employee=person, golongan=golongan, effective_on=date(2018, 1, 1))
    factories.MembershipFactory(employee=person, start=date(2018, 1, 1))
    superior = factories.EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    factories.SuperiorFactory(employee=person, superior=superior, start=date(2018, 1, 1))
    return person


def _category(level: str) -> str:
    return "keahlian" if level.startswith("ahli") else "keterampilan"


@dataclass
class Offices:
    """Each office with an account of its own."""

    person: Employee
    coordinator: User = field(init=False)
    superior: User = field(init=False)
    officers: list[User] = field(init=False)
    determiner: User = field(init=False)

    def __post_init__(self) -> None:
        who = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
        unit = self.person.memberships.get().unit
        factories.ClaimCoordinatorFactory(unit=unit, employee=who)
        superior = self.person.superiors.get().superior
        assert who.user
        assert superior.user
        self.coordinator, self.superior = who.user, superior.user
        self.officers = [UserFactory(roles=[Role.HR]) for _ in range(3)]
        known = DeterminingOfficer.objects.filter(agency=self.person.employer).first()
        if known is None:
            chief = factories.EmployeeFactory(user=UserFactory(roles=[Role.DETERMINER]))
            known = factories.DeterminingOfficerFactory(employee=chief, agency=self.person.employer)
        assert known.employee.user
        self.determiner = known.employee.user

    def steps(self, claim: Claim) -> list[tuple[Act, User]]:
        """What it takes from the draft to the determination."""
        first, second, _third = self.officers
        if claim.path == "superior":
            return [
                (Act.SUBMIT, self.coordinator),
                (Act.APPROVE, self.superior),
                (Act.DETERMINE, first),
            ]
        steps = [(Act.SUBMIT, self.coordinator), (Act.CHECK, first), (Act.APPROVE, second)]
        return [*steps, (Act.DETERMINE, self.determiner)] if claim.kind == "integrasi" else steps


def claim_of(
    person: Employee,
    kind: str,
    start: date,
    end: date | None = None,
    /,
    **details: Any,
) -> Claim:
    """A draft with a paper, as it stands when it is handed in."""
    path = path_of(edition_on(end or start), kind)
    claim = factories.ClaimFactory(
        employee=person,
        kind=kind,
        path=path.value,
        period_start=start,
        period_end=end or start,
        details=details,
        late_reason="",
        submitted_at=timezone.now(),
    )
    claim.files.add(factories.EvidenceFileFactory(employee=person))
    return claim


def walk(claim: Claim, offices: Offices, day: date, until: Act | None = None) -> Claim:
    """Take a claim along its path, to its end or up to an act."""
    for act, actor in offices.steps(claim):
        claim = perform(claim, act, actor, on=day)
        if act == until:
            break
    return claim


def balance(person: Employee) -> Fraction:
    """What the ledger holds, in points."""
    units = LedgerEntry.objects.filter(employee=person).values_list("amount_units", flat=True)
    return from_units(sum(units))


def lines(person: Employee, kind: str) -> list[Fraction]:
    """The amounts of a kind that stand in the ledger: entries without their reversals."""
    rows = list(LedgerEntry.objects.filter(employee=person, kind=kind))
    gone = {r.reverses_seq for r in rows if r.reverses_seq}
    return [
        from_units(r.amount_units) for r in rows if r.reverses_seq is None and r.seq not in gone
    ]
