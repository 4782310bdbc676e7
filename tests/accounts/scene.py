"""One person in the scope of every role, one outside of it, and an account per role.

`Sari` is the holder herself, rated by the superior, in the coordinator's unit and in the JF of the
JF coordinator; the determining officer determines her PAK of 2022. Nobody but staff reaches `Joko`.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import ApiClient
from accounts.policy import Role
from credits.models import (
    CalculationRun,
    ClosedPeriod,
    Document,
    DocumentBatch,
    DocumentPart,
    NumberScheme,
)
from credits.services import documents, issuing
from credits.services.runs import recalculate_now
from employees.models import Delegation, Employee, ImportBatch
from tests import factories
from tests.factories import UserFactory

DAY = date(2024, 2, 5)
YEAR_2022 = (date(2022, 1, 1), date(2022, 12, 31))
YEAR_2023 = (date(2023, 1, 1), date(2023, 12, 31))
NOBODY = uuid.UUID(int=7)
FACTS = {
    "rating": "ratings",
    "opening": "openings",
    "rank": "ranks",
    "appointment": "appointments",
    "membership": "memberships",
    "superior": "superiors",
    "status": "statuses",
    "education": "education",
}


@dataclass
class Scene:
    """`clients[role]` is signed in; `papers[person pk]` are its documents by what they are."""

    sari: Employee
    joko: Employee
    users: dict[Role, Any] = field(default_factory=dict)
    clients: dict[Role | None, Client] = field(default_factory=dict)
    papers: dict[int, dict[str, Document]] = field(default_factory=dict)
    common: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What a coordinator has of it: the own imports alone, of claims.
    coordinators: dict[str, dict[str, Any]] = field(default_factory=dict)

    def values(self, what: str, role: Role | None, inside: bool) -> dict[str, Any]:
        """The values of an address: of an object inside the role's scope, or outside of it.

        Whoever reaches everybody has nothing outside: there the object does not exist.
        """
        if role == Role.COORDINATOR and what in self.coordinators:
            known = self.coordinators[what]
            others = {"import": self.common["import"], "kind": {"kind": "tidak-ada"}}
            return known if inside else others[what]
        if what in self.common:
            known = self.common[what]
            return known if inside else {k: _missing(v) for k, v in known.items()}
        limited = role in LIMITED
        if not inside and not limited:
            return {"public_id": NOBODY} | ({"pk": 0} if what in FACTS else {})
        person = self.sari if inside else self.joko
        if what == "person":
            return {"public_id": person.public_id}
        if what in FACTS:
            row = getattr(person, FACTS[what]).order_by("pk").last()
            return {"public_id": person.public_id, "pk": row.pk}
        kind = f"{_OWN_PAPERS[role]} {what}" if role in _OWN_PAPERS else what
        return {"public_id": self.papers[person.pk][kind].public_id}


_OWN_PAPERS: dict[Role | None, str] = {Role.DETERMINER: "determined", Role.CHAIR: "found"}


LIMITED = (
    Role.HOLDER,
    Role.SUPERIOR,
    Role.COORDINATOR,
    Role.POSITION_COORDINATOR,
    Role.DETERMINER,
    Role.CHAIR,
)


def _missing(value: Any) -> Any:
    return NOBODY if isinstance(value, uuid.UUID) else "x" * 24 if isinstance(value, str) else 0


def build() -> Scene:
    """Make everything; the caller rolls it back."""
    NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )
    users = {role: UserFactory(roles=[role]) for role in Role}
    staff = {role: factories.EmployeeFactory(user=users[role]) for role in Role}
    scene = Scene(_person("Sari Wulandari"), _person("Joko Pribadi"), users)
    Employee.objects.filter(pk=staff[Role.HOLDER].pk).update(user=None)
    scene.sari.user = users[Role.HOLDER]
    scene.sari.save()
    other = factories.EmployeeFactory(name="Atasan Lain")
    factories.SuperiorFactory(employee=scene.sari, superior=staff[Role.SUPERIOR])
    factories.SuperiorFactory(employee=scene.joko, superior=other)
    factories.ClaimCoordinatorFactory(
        unit=scene.sari.memberships.get().unit, employee=staff[Role.COORDINATOR]
    )
    factories.PositionCoordinatorFactory(
        position=scene.sari.appointments.get().position, employee=staff[Role.POSITION_COORDINATOR]
    )
    elsewhere = factories.AgencyFactory(code="prov", name="Provinsi", kind="province")
    scene.joko.employer = elsewhere
    scene.joko.save()
    factories.DeterminingOfficerFactory(employee=staff[Role.DETERMINER])
    factories.DeterminingOfficerFactory(employee=other, agency=elsewhere)
    recalculate_now({"all": True}, "test")
    for person in (scene.sari, scene.joko):
        scene.papers[person.pk] = _papers(person)
        chair = staff[Role.CHAIR] if person == scene.sari else other
        scene.papers[person.pk] |= _found(scene.papers[person.pk], chair)
    scene.common = _common(staff)
    mine = ImportBatch(
        kind="claims", file_name="usulan.xlsx", state="preview", created_by=users[Role.COORDINATOR]
    )
    mine.file.save("usulan.xlsx", ContentFile(b"PK"))
    scene.coordinators = {"import": {"public_id": mine.public_id}, "kind": {"kind": "claims"}}
    for role in (*Role, None):
        client = Client()
        if role is not None:
            client.force_login(users[role])
        scene.clients[role] = client
    return scene


def _person(name: str) -> Any:
    person = factories.EmployeeFactory(name=name)
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
    factories.RankFactory(employee=person)
    factories.MembershipFactory(employee=person)
    factories.RatingFactory(employee=person)
    factories.StatusPeriodFactory(employee=person)
    factories.EducationFactory(employee=person)
    opening = factories.OpeningFactory(employee=person, points=130, kind="integration")
    opening.scan.save("scan.pdf", ContentFile(b"%PDF-1.7"))
    return person


def _papers(person: Any) -> dict[str, Document]:
    """Awaiting and signed, of the superior and of the officer who determines."""
    made = {}
    for prefix, form, period in (
        ("", Document.Form.CONVERSION, YEAR_2023),
        ("determined ", Document.Form.DETERMINATION, YEAR_2022),
    ):
        for kind, end in (("signed", period[1]), ("document", period[1])):
            draft = documents.draft(person, form, period[0], end)
            (document,) = issuing.issue([draft.pk], None, DAY).documents
            if kind == "signed":
                file = issuing.issued_pdf(document) + b"/ByteRange [0 1]"
                document = issuing.sign(document, file, Document.SignedHow.FILE, None)
            made[prefix + kind] = document
    return made


def _found(papers: dict[str, Document], chair: Any) -> dict[str, Document]:
    """The same once more as results of a team, which its chair signs."""
    made = {}
    for kind in ("signed", "document"):
        paper = Document.objects.get(pk=papers[kind].pk)
        paper.pk, paper.public_id, paper.token = None, uuid.uuid4(), uuid.uuid4().hex
        paper.form, paper.signer, paper.number = Document.Form.FINDING, chair, paper.number + "/H"
        paper.pdf, paper.signed_file = "", ""  # each document has files of its own
        paper.save()
        if kind == "signed":
            paper.signed_file.save("signed.pdf", ContentFile(b"%PDF-1.7"))
        made[f"found {kind}"] = paper
    return made


def _common(staff: dict[Role, Any]) -> dict[str, dict[str, Any]]:
    """What only those see who see everybody."""
    batch = DocumentBatch.objects.create(
        form="konversi", period_start=YEAR_2023[0], period_end=YEAR_2023[1], state="done"
    )
    Document.objects.update(batch=batch)
    part = DocumentPart(batch=batch, employee_ids=[], state="done")
    part.file.save("part.zip", ContentFile(b"PK"))
    sheet = ImportBatch(kind="combined", file_name="rekap.xlsx", state="preview")
    sheet.file.save("rekap.xlsx", ContentFile(b"PK"))
    period = ClosedPeriod.objects.create(start=date(2020, 1, 1), end=date(2020, 12, 31))
    Delegation.objects.create(
        officer=staff[Role.AUDITOR], deputy=staff[Role.ASSESSOR], start=DAY, end=DAY
    )
    factories.SupervisionFactory()
    factories.UnitHeadFactory()
    NumberScheme.objects.create(start=date(2090, 1, 1), pattern="{number}/{year}")  # not used yet
    ApiClient.objects.create_key(name="Laporan", scopes=["balances"])
    decree = factories.DecreeFactory()
    decree.file.save("sk.pdf", ContentFile(b"%PDF-1.7"))
    seat = factories.TeamMembershipFactory(
        team__positions=[factories.PositionFactory()], employee=staff[Role.SECRETARY]
    )
    run = CalculationRun.objects.order_by("pk").last()
    assert run is not None
    return {
        "run": {"public_id": run.public_id},
        "batch": {"public_id": batch.public_id},
        "part": {"public_id": batch.public_id, "pk": part.pk},
        "signatory": {"public_id": batch.public_id, "signer": staff[Role.SUPERIOR].public_id},
        "import": {"public_id": sheet.public_id},
        "kind": {"kind": "combined"},
        "period": {"pk": period.pk},
        "team": {"public_id": seat.team.public_id},
        "seat": {"public_id": seat.team.public_id, "pk": seat.pk},
        "decree": {"pk": decree.pk},
        "token": {"token": Document.objects.exclude(token="")[0].token},
    }


def signed_in(client: Client, session: str | None) -> Client:
    """The client with its session, whatever the last answer did to its cookies."""
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def signed_copy(document: Document) -> SimpleUploadedFile:
    """As a signing service leaves it: appended to the issued bytes."""
    data = issuing.issued_pdf(document) + b"\n/ByteRange [0 1 2 3]"
    return SimpleUploadedFile("a.pdf", data, "application/pdf")
