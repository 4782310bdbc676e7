"""Small factories for tests: each makes the least that the database accepts."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from assessors.models import Membership, Team
from credits.models import (
    ActivityItem,
    ActivityTable,
    Claim,
    ClaimItem,
    DeterminingOfficer,
    EvidenceFile,
    OpeningBalance,
    Predicate,
    Rating,
)
from credits.rules.units import UNIT
from employees.models import (
    Agency,
    Appointment,
    ClaimCoordinator,
    Education,
    Employee,
    PositionCoordinator,
    Rank,
    StatusPeriod,
    Superior,
    UnitHead,
    UnitMembership,
)
from positions.ladder import Level
from positions.models import Decree, Position, PositionLevel, Supervision, Unit, UnitVersion


class UserFactory(DjangoModelFactory):
    """A user; `UserFactory(roles=[Role.HR])` puts it into the groups of those roles."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = factory.django.Password("password-for-tests")

    @factory.post_generation
    def roles(self, create: bool, roles: Any, **kwargs: Any) -> None:
        if create and roles:
            from django.contrib.auth.models import Group

            self.groups.set(Group.objects.filter(name__in=[str(r.value) for r in roles]))


class DecreeFactory(DjangoModelFactory):
    class Meta:
        model = Decree

    number = factory.Sequence(lambda n: f"1/{n:04d}/KP.08.04/1/2024")
    issued_on = date(2024, 1, 2)
    subject = "Penunjukan"


class PositionFactory(DjangoModelFactory):
    """A position of experts with the four levels of its category."""

    class Meta:
        model = Position
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: 100 + n)
    code = factory.Sequence(lambda n: f"jf-{n}")
    name = factory.Sequence(lambda n: f"Analis Contoh {n}")
    category = Position.Category.EXPERT

    @factory.post_generation
    def with_levels(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False and not self.levels.exists():
            levels = [lv for lv in Level if self.category in (lv.category.value, "keduanya")]
            PositionLevel.objects.bulk_create(
                PositionLevel(
                    position=self, level=level, name=level.label, order=n, retirement_age=58
                )
                for n, level in enumerate(levels, start=1)
            )


class UnitFactory(DjangoModelFactory):
    """A unit with one name since 2017: `UnitFactory(version__name="Biro Umum",
    version__parent=unit)`; `version=False` makes none."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"unit-{n}")
    kind = "biro"

    @factory.post_generation
    def version(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            values = {"start": date(2017, 1, 1), "name": f"Unit {self.code}"} | kwargs
            UnitVersion.objects.create(unit=self, **values)


class UnitVersionFactory(DjangoModelFactory):
    class Meta:
        model = UnitVersion

    unit = factory.SubFactory(UnitFactory, version=False)
    start = date(2017, 1, 1)
    name = factory.Sequence(lambda n: f"Biro Contoh {n}")


class SupervisionFactory(DjangoModelFactory):
    class Meta:
        model = Supervision

    position = factory.SubFactory(PositionFactory)
    unit = factory.SubFactory(UnitFactory)
    decree = factory.SubFactory(DecreeFactory)
    start = date(2021, 3, 1)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency
        django_get_or_create = ("code",)

    code = "kemnaker"
    name = "Kementerian Ketenagakerjaan"
    kind = Agency.Kind.MINISTRY
    place = "Jakarta"


class EmployeeFactory(DjangoModelFactory):
    """A PNS, female, born 1990-01-01, CPNS from 2008 (fictive sequence numbers)."""

    class Meta:
        model = Employee

    # The month runs on, so that more than 1,000 numbers are distinct and still well formed.
    nip = factory.Sequence(
        lambda n: f"19900101{2008 + n // 1200 % 18}{n // 100 % 12 + 1:02d}2{900 + n % 100}"
    )
    name = factory.Sequence(lambda n: f"Pegawai Contoh {n}")
    sex = Employee.Sex.FEMALE
    birth_date = date(1990, 1, 1)
    employer = factory.SubFactory(AgencyFactory)


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    employee = factory.SubFactory(EmployeeFactory)
    position = factory.SubFactory(PositionFactory)
    level = Level.AHLI_PERTAMA.value
    way = Appointment.Way.FIRST
    start = date(2023, 1, 1)


class RankFactory(DjangoModelFactory):
    class Meta:
        model = Rank

    employee = factory.SubFactory(EmployeeFactory)
    golongan = "III/a"
    effective_on = date(2021, 4, 1)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = UnitMembership

    employee = factory.SubFactory(EmployeeFactory)
    unit = factory.SubFactory(UnitFactory)
    start = date(2020, 1, 1)


class SuperiorFactory(DjangoModelFactory):
    class Meta:
        model = Superior

    employee = factory.SubFactory(EmployeeFactory)
    superior = factory.SubFactory(EmployeeFactory)
    start = date(2020, 1, 1)


class StatusPeriodFactory(DjangoModelFactory):
    class Meta:
        model = StatusPeriod

    employee = factory.SubFactory(EmployeeFactory)
    kind = StatusPeriod.Kind.UNPAID_LEAVE
    start = date(2024, 1, 1)
    end = date(2024, 6, 30)


class EducationFactory(DjangoModelFactory):
    class Meta:
        model = Education

    employee = factory.SubFactory(EmployeeFactory)
    degree = Education.Degree.S1


class UnitHeadFactory(DjangoModelFactory):
    class Meta:
        model = UnitHead

    unit = factory.SubFactory(UnitFactory)
    employee = factory.SubFactory(EmployeeFactory)
    office = "Kepala Biro Contoh"
    start = date(2022, 1, 1)


class PositionCoordinatorFactory(DjangoModelFactory):
    class Meta:
        model = PositionCoordinator

    position = factory.SubFactory(PositionFactory)
    employee = factory.SubFactory(EmployeeFactory)
    start = date(2022, 1, 1)


class ClaimCoordinatorFactory(DjangoModelFactory):
    class Meta:
        model = ClaimCoordinator

    unit = factory.SubFactory(UnitFactory)
    employee = factory.SubFactory(EmployeeFactory)
    start = date(2022, 1, 1)


class RatingFactory(DjangoModelFactory):
    """The whole of 2023 at Baik, approved; `state="entered"` waits for that."""

    class Meta:
        model = Rating

    employee = factory.SubFactory(EmployeeFactory)
    start = date(2023, 1, 1)
    end = date(2023, 12, 31)
    predicate = Predicate.GOOD
    state = Rating.State.APPROVED
    approved_at = factory.LazyAttribute(
        lambda o: timezone.now() if o.state == Rating.State.APPROVED else None
    )


class OpeningFactory(DjangoModelFactory):
    """A stated balance; `points=25` are whole points."""

    class Meta:
        model = OpeningBalance
        exclude = ("points",)

    points = 0
    employee = factory.SubFactory(EmployeeFactory)
    on = date(2022, 12, 31)
    kind = OpeningBalance.Kind.PAK
    units = factory.LazyAttribute(lambda o: o.points * UNIT)


class DeterminingOfficerFactory(DjangoModelFactory):
    """For all levels of the ministry, in the own office."""

    class Meta:
        model = DeterminingOfficer

    agency = factory.SubFactory(AgencyFactory)
    lowest = 1
    highest = 8
    employee = factory.SubFactory(EmployeeFactory)
    office = "Kepala Biro Organisasi dan SDM Aparatur"
    start = date(2021, 1, 1)


# ------------------------------------------------------------------ claims and teams


class ActivityTableFactory(DjangoModelFactory):
    class Meta:
        model = ActivityTable

    position = factory.SubFactory(PositionFactory)
    regulation = "Peraturan contoh"
    provenance = ActivityTable.Provenance.INVENTED
    start = date(2019, 1, 1)
    end = date(2022, 12, 31)


class ActivityItemFactory(DjangoModelFactory):
    """An item of the main duties of Ahli Pertama, half a point each."""

    class Meta:
        model = ActivityItem

    table = factory.SubFactory(ActivityTableFactory)
    code = factory.Sequence(lambda n: f"I.A.{n}")
    element = "utama"
    name = "Menyusun laporan contoh"
    product = "laporan"
    level = "ahli_pertama"
    points = Decimal("0.5")


class EvidenceFileFactory(DjangoModelFactory):
    """A row without bytes; tests of the bytes upload them through the service."""

    class Meta:
        model = EvidenceFile

    employee = factory.SubFactory(EmployeeFactory)
    title = "Laporan"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    size = 1000
    content_type = "application/pdf"
    file = factory.LazyAttribute(lambda o: f"evidence/{o.sha256[:2]}/{o.sha256}")


class ClaimFactory(DjangoModelFactory):
    """A draft of a conventional claim of the first half of 2022.

    `ClaimFactory(employee=...)` takes position, level, rank and unit from the person's facts.
    """

    class Meta:
        model = Claim

    employee = factory.SubFactory(EmployeeFactory)
    kind = "konvensional"
    path = "team"
    period_start = date(2022, 1, 1)
    period_end = date(2022, 6, 30)
    late_reason = "Belum pernah dinilai"

    @factory.lazy_attribute
    def position(self) -> Any:
        held = self.employee.appointments.order_by("-start").first()
        return held.position if held else None

    @factory.lazy_attribute
    def level(self) -> str:
        held = self.employee.appointments.order_by("-start").first()
        return held.level if held else ""

    @factory.lazy_attribute
    def golongan(self) -> str:
        rank = self.employee.ranks.order_by("-effective_on").first()
        return rank.golongan if rank else ""

    @factory.lazy_attribute
    def unit(self) -> Any:
        member = self.employee.memberships.order_by("-start").first()
        return member.unit if member else None


class ClaimItemFactory(DjangoModelFactory):
    """One product with one file of the claimant."""

    class Meta:
        model = ClaimItem
        skip_postgeneration_save = True

    claim = factory.SubFactory(ClaimFactory)
    number = factory.Sequence(lambda n: n + 1)
    activity = factory.SubFactory(ActivityItemFactory)
    start = date(2022, 2, 1)
    end = date(2022, 2, 28)
    quantity = 1

    @factory.post_generation
    def evidence(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            self.files.add(EvidenceFileFactory(employee=self.claim.employee))


class TeamFactory(DjangoModelFactory):
    """An active team without members for the positions given: `TeamFactory(positions=[...])`."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Tim Penilai {n}")
    agency = factory.SubFactory(AgencyFactory)
    state = Team.State.ACTIVE
    decree = factory.SubFactory(DecreeFactory)
    start = date(2022, 1, 1)

    @factory.post_generation
    def positions(self, create: bool, positions: Any, **kwargs: Any) -> None:
        if create and positions:
            self.positions.set(positions)


class TeamMembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    employee = factory.SubFactory(EmployeeFactory)
    role = Membership.Role.MEMBER
    start = date(2022, 1, 1)
    trained_on = date(2021, 6, 1)
