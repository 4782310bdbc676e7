"""My data: what is stored, who looked, a copy; and what is not stored at all."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts import retention
from accounts.audit import models_of_ours
from accounts.models import AccessEvent, AuditEvent, Destruction, SavedQuery, Tombstone
from accounts.policy import Role
from credits.models import Document, OpeningBalance
from credits.services import documents
from credits.services.runs import recalculate_now
from employees.models import Delegation, Employee, FormerNip, ImportBatch, ImportRow
from employees.services import facts
from reports.privacy.copies import rows_of
from reports.privacy.holdings import HOLDINGS
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# Data that no rule needs is not stored at all (privacy.md P9).
FORBIDDEN = re.compile(
    r"religion|agama|marital|spouse|nikah|health|kesehatan|bank|rekening|photo|foto|^nik$|"
    r"identity_number|phone|telepon|ponsel|alamat|^home_address$|npwp"
)


@pytest.fixture
def holder() -> Employee:
    """Somebody with a row in every table about people."""
    user = UserFactory(roles=[Role.HOLDER], username="sari")
    person = factories.EmployeeFactory(
        name="Sari Wulandari", birth_place="Bogor", card_number="KARPEG-1", user=user
    )
    unit = factories.UnitFactory()
    position = factories.PositionFactory(name="Pengantar Kerja")
    factories.AppointmentFactory(employee=person, position=position, start=date(2020, 1, 1))
    factories.RankFactory(employee=person)
    factories.MembershipFactory(employee=person, unit=unit)
    factories.EducationFactory(employee=person, institution="Universitas Contoh")
    factories.StatusPeriodFactory(employee=person)
    factories.UnitHeadFactory(employee=person, unit=unit)
    factories.DeterminingOfficerFactory(employee=person)
    factories.PositionCoordinatorFactory(employee=person, position=position)
    factories.ClaimCoordinatorFactory(employee=person, unit=unit)
    boss = factories.EmployeeFactory(name="Rahasia Atasan")
    factories.SuperiorFactory(employee=person, superior=boss, office="Kepala Biro Contoh")
    Delegation.objects.create(officer=person, deputy=boss, start=date(2026, 1, 1), capacity="plh")
    FormerNip.objects.create(employee=person, nip="196001011985031777")
    factories.RatingFactory(employee=person)
    opening = factories.OpeningFactory(employee=person, points=25)
    opening.scan.save("scan.pdf", ContentFile(b"%PDF-scan"))
    recalculate_now({"all": True}, "test")
    officer = UserFactory(roles=[Role.HR], username="petugas")
    documents.draft(person, "konversi", date(2023, 1, 1), date(2023, 12, 31), officer)
    document = Document.objects.get(employee=person)
    document.events.create(kind="issued", actor=officer)
    data = {"birth_place": "Bogor", "name": "Sari Wulandari", "nip": person.nip}
    facts.correct_person(person, data, "Salah ketik", officer)
    return person


def opened(answer: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def about_people() -> list[Any]:
    """Models with a row about somebody on record."""
    columns = {"employee_id", "employee_ids"}
    return [
        model
        for model in models_of_ours()
        if model is Employee
        or any(f.related_model is Employee for f in model._meta.concrete_fields)
        or columns & {f.name for f in model._meta.concrete_fields}
    ]


def test_every_field_about_people_has_a_purpose_in_the_register() -> None:
    known = {holding.model: holding for holding in HOLDINGS}
    for model in {*about_people(), *known}:
        assert model in known, f"{model._meta.label} is not in reports.privacy.holdings"
        stored = {f.name for f in model._meta.concrete_fields}
        assert set(known[model].names()) == stored, model._meta.label


def test_what_no_rule_needs_has_no_column() -> None:
    found = [
        f"{model._meta.label}.{f.name}"
        for model in apps.get_models()
        for f in model._meta.concrete_fields
        if model._meta.app_label in settings.OWN_APPS and FORBIDDEN.search(f.name)
    ]
    assert found == []


def test_the_copy_holds_every_value_and_fits_its_schema(client: Client, holder: Employee) -> None:
    client.force_login(UserFactory(roles=[Role.AUDITOR], first_name="Ira", last_name="Auditor"))
    client.get(reverse("reports:person", args=[holder.public_id]))
    client.force_login(holder.user)
    archive = opened(client.post(reverse("reports:my_copy")))
    copy = json.loads(archive.read("data.json"))
    schema = json.loads(archive.read("schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(copy, schema)
    empty = {label for label, rows in copy["tables"].items() if not rows}
    assert empty <= {
        "employees.CorrectionRequest",
        "credits.RunIssue",
        "employees.Kinship",
        "credits.EvidenceFile",
        "credits.Claim",
        "credits.ClaimItem",
        "credits.ClaimEvent",
        "credits.ClaimDecision",
        "credits.Objection",
        "assessors.Membership",
        "assessors.TeamEvent",
    }
    person = copy["tables"]["employees.Employee"][0]
    assert (person["nip"], person["birth_date"]) == (holder.nip, "1990-01-01")
    assert copy["tables"]["accounts.AccessEvent"][0]["actor_id"] == "Ira Auditor"
    assert "password" not in archive.read("data.json").decode()
    assert "pbkdf2" not in archive.read("data.json").decode()
    scan = OpeningBalance.objects.get(employee=holder).scan.name
    assert archive.read(f"files/{scan}") == b"%PDF-scan"


def test_the_copy_holds_nobody_else(client: Client, holder: Employee) -> None:
    client.force_login(holder.user)
    archive = opened(client.post(reverse("reports:my_copy")))
    copy = json.loads(archive.read("data.json"))
    for form in copy["tables"]["credits.Document"]:
        form.pop("content")  # the paper itself, which names whoever signs it
    said = json.dumps(copy)
    assert "Rahasia" not in said
    assert "petugas" not in said
    assert "Sari Wulandari" in said
    assert "Sari Wulandari" in archive.read("data.html").decode()


def test_the_command_writes_the_same_copy(holder: Employee, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "copy.zip"
    call_command("export_person", nip=holder.nip, out=out)
    assert "data.json" in zipfile.ZipFile(out).namelist()
    with pytest.raises(CommandError) as problem:
        call_command("export_person", nip="1" * 18, out=tmp_path / "other.zip")
    assert "1" * 18 not in str(problem.value)
    assert holder.nip not in capsys.readouterr().out


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("birth_place", ["Bogor", "Bogor 😀"])
def test_the_copy_is_also_a_pdf_with_the_same_rows(
    client: Client, holder: Employee, tmp_path: Path, birth_place: str
) -> None:
    Employee.objects.filter(pk=holder.pk).update(birth_place=birth_place)
    client.force_login(holder.user)
    whole = opened(client.post(reverse("reports:my_copy"))).read("data.pdf")
    answer = client.post(reverse("reports:my_copy"), {"format": "pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    alone = b"".join(answer.streaming_content)
    out = tmp_path / "copy.pdf"
    call_command("export_person", nip=holder.nip, out=out)
    for pdf in (whole, alone, out.read_bytes()):
        said = text_of(pdf)
        for value in ("Sari Wulandari", "Bogor", "Universitas Contoh", "Pengantar Kerja"):
            assert value in said
        assert (b"pdfuaid" in pdf) == (birth_place == "Bogor")


def test_the_holder_sees_what_is_stored_and_who_looked(client: Client, holder: Employee) -> None:
    auditor = UserFactory(roles=[Role.AUDITOR], first_name="Ira", last_name="Auditor")
    client.force_login(auditor)
    client.post(reverse("reports:reveal", args=[holder.public_id]), {"reason": "Pemeriksaan"})
    client.force_login(holder.user)
    body = client.get(reverse("reports:my_data")).content.decode()
    assert "Tanggal lahir" in body
    seen = client.get(reverse("reports:my_access")).content.decode()
    assert "Ira Auditor" in seen
    assert "Pemeriksaan" in seen


def test_my_data_counts_every_row_in_few_statements_however_long_the_history(
    client: Client, holder: Employee, django_assert_max_num_queries: Any
) -> None:
    client.force_login(holder.user)
    page = reverse("reports:my_data")
    client.get(page)  # what the processes keep is read now
    with django_assert_max_num_queries(15) as first:
        held = client.get(page).context["held"]
    counts = {one["holding"].label: one["count"] for one in held}
    for one in held:
        assert one["count"] == rows_of(one["holding"], holder).count(), one["holding"].label
    assert sum(count > 0 for count in counts.values()) > 20
    for year in range(1990, 2010):
        factories.RankFactory(employee=holder, effective_on=date(year, 1, 1))
    with django_assert_max_num_queries(len(first)):
        held = client.get(page).context["held"]
    more = {one["holding"].label: one["count"] for one in held}
    assert more["employees.Rank"] == counts["employees.Rank"] + 20


def test_my_pages_are_about_me_alone(client: Client, holder: Employee) -> None:
    other = factories.EmployeeFactory(user=UserFactory(roles=[Role.HOLDER]))
    client.force_login(UserFactory(roles=[Role.HR]))
    client.get(reverse("reports:person", args=[holder.public_id]))
    client.force_login(other.user)
    assert client.get(reverse("reports:my_access")).context["rows"] == []
    assert holder.nip.encode() not in opened(client.post(reverse("reports:my_copy"))).read(
        "data.json"
    )
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    assert client.get(reverse("reports:my_access")).status_code == 404
    assert client.get(reverse("reports:my_data")).status_code == 200


@pytest.mark.parametrize("size", [2, 45])
def test_who_looked_costs_the_same_for_many(
    client: Client, holder: Employee, size: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(size):
        AccessEvent.objects.create(
            channel="page", what="employee", how="view", subject=holder.pk,
            actor_id=UserFactory().pk,
        )  # fmt: skip
    client.force_login(holder.user)
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("reports:my_access")).context["rows"]) == size


def test_retention_lists_first_and_leaves_a_record_of_what_it_destroys(capsys: Any) -> None:
    user = UserFactory()
    SavedQuery.objects.create(token="t", user=user, text="lama")
    SavedQuery.objects.update(created_at=timezone.now() - timedelta(days=91))
    SavedQuery.objects.create(token="u", user=user, text="baru")
    old = timezone.now() - timedelta(days=31)
    batch = ImportBatch.objects.create(
        kind="combined", file_name="x.csv", file_hash="", state="refused", state_at=old
    )
    batch.file.save("x.csv", ContentFile(b"nip,nama"))
    ImportRow.objects.create(batch=batch, number=1, outcome="refused")
    path = Path(batch.file.path)
    call_command("retention")
    assert (SavedQuery.objects.count(), path.exists()) == (2, True)
    assert not Tombstone.objects.exists()


@pytest.fixture
def old_import() -> ImportBatch:
    """A refused import past its time, with its file."""
    old = timezone.now() - timedelta(days=31)
    batch = ImportBatch.objects.create(
        kind="combined", file_name="x.csv", file_hash="", state="refused", state_at=old
    )
    batch.file.save("x.csv", ContentFile(b"nip,nama"))
    return batch


def officer(role: Role = Role.HR) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


def propose(client: Client, kind: str = "import_file", reason: str = "Lewat masa simpan") -> Any:
    return client.post(reverse("accounts:destruction_propose"), {"kind": kind, "reason": reason})


def decide(client: Client, act: str) -> Any:
    proposal = Destruction.objects.latest("pk")
    return client.post(reverse(f"accounts:destruction_{act}", args=[proposal.pk]), follow=True)


def test_the_command_alone_destroys_nothing(old_import: ImportBatch, capsys: Any) -> None:
    propose(officer())
    call_command("retention", apply=True)
    assert Path(old_import.file.path).exists()
    assert not Tombstone.objects.exists()
    assert reverse("accounts:destructions") in capsys.readouterr().err


def test_what_two_persons_agree_on_is_destroyed_and_leaves_a_record(
    old_import: ImportBatch, django_capture_on_commit_callbacks: Any
) -> None:
    path = Path(old_import.file.path)
    first, second = officer(), officer(Role.ADMIN)
    propose(first)
    with django_capture_on_commit_callbacks(execute=True):
        decide(first, "approve")
    assert path.exists()  # the own proposal waits for another
    decide(second, "approve")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("retention", apply=True)
    old_import.refresh_from_db()
    assert (bool(old_import.file), path.exists()) == (False, False)
    proposal = Destruction.objects.get()
    stone = Tombstone.objects.get(kind="import_file")
    assert (stone.size, len(stone.hash), stone.row_id) == (8, 64, str(old_import.pk))
    assert (stone.proposal, proposal.state) == (proposal.pk, "done")
    assert [r for r in retention.rules() if retention.overdue(r).exists()] == []
    decide(second, "refuse")  # too late, and says so
    proposal.refresh_from_db()
    assert proposal.state == "done"


def test_who_proposed_and_who_approved_stands_in_the_audit_trail(
    old_import: ImportBatch,
) -> None:
    first, second = officer(), officer(Role.ADMIN)
    propose(first, reason="Sesuai JRA")
    answer = decide(second, "approve")
    assert answer.status_code == 200
    proposed, approved = AuditEvent.objects.filter(table="accounts_destruction").order_by("pk")[:2]
    assert (proposed.kind, proposed.reason) == ("insert", "Sesuai JRA")
    assert proposed.actor_id == Destruction.objects.get().proposed_by_id
    assert (approved.actor_id, approved.after["state"]) == (
        Destruction.objects.get().decided_by_id,
        "approved",
    )


def test_a_refused_proposal_destroys_nothing_and_makes_room_for_another(
    old_import: ImportBatch,
) -> None:
    first, second = officer(), officer()
    propose(first)
    propose(second)  # one at a time
    assert Destruction.objects.count() == 1
    decide(second, "refuse")
    retention.carry_out()
    assert Path(old_import.file.path).exists()
    propose(second)
    assert Destruction.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "reason"), [("nothing", "x"), ("import_file", " "), ("document_zip", "x"), ("", "")]
)
def test_a_proposal_needs_a_reason_and_something_past_its_time(
    old_import: ImportBatch, kind: str, reason: str
) -> None:
    propose(officer(), kind, reason)
    assert not Destruction.objects.exists()


def test_what_came_past_its_time_after_the_proposal_waits_for_the_next() -> None:
    reader = UserFactory()
    for token, days in (("t", 91), ("u", 89)):
        SavedQuery.objects.create(token=token, user=reader, text=token)
        SavedQuery.objects.filter(token=token).update(
            created_at=timezone.now() - timedelta(days=days)
        )
    proposal = retention.propose("saved_query", "Lewat masa simpan", UserFactory())
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        retention.approve(proposal.pk, UserFactory())
        assert retention.carry_out() == {"saved_query": 1}
    assert SavedQuery.objects.get().token == "u"


def test_the_database_refuses_one_person_in_both_places(old_import: ImportBatch) -> None:
    proposal = retention.propose("import_file", "x", UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.filter(pk=proposal.pk).update(
            state="approved", decided_by=proposal.proposed_by
        )


@pytest.mark.parametrize("size", [1, 12])
def test_the_page_of_retention_costs_the_same_for_many_proposals(
    size: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(size):
        Destruction.objects.create(
            kind="import_file", number=1, reason="x", state="refused",
            proposed_by=UserFactory(), decided_by=UserFactory(),
        )  # fmt: skip
    client = officer(Role.AUDITOR)
    with django_assert_max_num_queries(12):
        body = client.get(reverse("accounts:destructions")).content.decode()
    assert reverse("accounts:destruction_propose") not in body  # reads only
