"""The official forms through the pages: one person, everybody as ZIPs, who may see which."""

import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.policy import Role
from credits.models import Document, DocumentBatch
from credits.services import documents
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PERIOD = {"start": "01-01-2023", "end": "31-12-2023"}


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def holder(name: str, **appointment: Any) -> Employee:
    person = factories.EmployeeFactory(name=name)
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1), **appointment)
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    factories.RatingFactory(employee=person)
    return person


@pytest.fixture
def person() -> Employee:
    made = holder("Sari Wulandari")
    recalculate_now({"all": True}, "test")
    return made


def draft(client: Client, papers: Sequence[str], **data: Any) -> Any:
    return client.post(reverse("credits:document_new"), PERIOD | {"papers": papers} | data)


def test_three_forms_of_one_person_open_as_pdf(hr: Client, person: Employee) -> None:
    answer = draft(hr, Document.BY_HAND, for_whom="person", person="Sari Wulandari")
    assert answer.headers["Location"] == reverse("reports:person", args=[person.public_id])
    assert Document.objects.count() == 3
    for document in Document.objects.all():
        pdf = hr.get(reverse("credits:document_pdf", args=[document.public_id]))
        assert pdf.headers["Content-Type"] == "application/pdf"
        assert person.nip not in pdf.headers["Content-Disposition"]
        text = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
        assert "Sari Wulandari" in text
    assert "Sari Wulandari" in hr.get(reverse("credits:documents")).content.decode()


def test_nothing_to_state_is_said_and_nothing_is_stored(hr: Client, person: Employee) -> None:
    factories.PositionFactory()
    period = {"start": "01-01-2024", "end": "31-12-2024"}
    answer = draft(hr, ["konversi"], for_whom="person", person=person.nip, **period)
    said = hr.get(answer.headers["Location"]).context["messages"]
    assert len(list(said)) == 1
    assert not Document.objects.exists()


def test_everybody_as_a_zip_per_unit_with_reasons_for_who_is_left_out(
    hr: Client, person: Employee
) -> None:
    unit = factories.UnitFactory(version__name="Biro Contoh")
    factories.MembershipFactory(employee=person, unit=unit)
    lecturer = factories.PositionFactory(code="dosen", name="Dosen", own_rules=True)
    holder("Dosen Satu", position=lecturer)
    recalculate_now({"all": True}, "test")
    answer = draft(hr, ["penetapan"], for_whom="all")
    batch = DocumentBatch.objects.get()
    address = reverse("credits:document_batch", args=[batch.public_id])
    assert answer.headers["Location"] == address
    assert "data-progress-url" in hr.get(address).content.decode()
    documents.work_on(batch.pk)
    page = hr.get(address)
    body = page.content.decode()
    assert "data-progress-url" not in body
    assert "Biro Contoh" in body
    assert [p.name for p, _why in page.context["skipped"]["rows"]] == ["Dosen Satu"]
    part = batch.parts.get(unit=unit)
    zipped = hr.get(reverse("credits:document_part_zip", args=[batch.public_id, part.pk]))
    names = zipfile.ZipFile(BytesIO(b"".join(zipped.streaming_content))).namelist()
    assert names == ["0001-sari-wulandari-penetapan.pdf"]
    assert "biro-contoh" in zipped.headers["Content-Disposition"]


def test_several_forms_are_several_batches(hr: Client, person: Employee) -> None:
    answer = draft(hr, ["konversi", "akumulasi"], for_whom="all")
    assert answer.headers["Location"] == reverse("credits:documents")
    assert DocumentBatch.objects.count() == 2
    assert hr.get(reverse("credits:documents")).status_code == 200


def test_a_batch_is_cancelled(hr: Client, person: Employee) -> None:
    draft(hr, ["konversi"], for_whom="all")
    batch = DocumentBatch.objects.get()
    hr.post(reverse("credits:document_batch_cancel", args=[batch.public_id]))
    documents.work_on(batch.pk)
    batch.refresh_from_db()
    assert batch.state == DocumentBatch.State.CANCELLED
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"end": "31-12-2022"}, "end"),
        ({"end": "31-12-2999"}, "end"),
        ({"papers": []}, "papers"),
        ({"start": "31-31-2023"}, "start"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    hr: Client, person: Employee, data: dict[str, Any], field: str
) -> None:
    wanted = PERIOD | {"papers": ["konversi"], "for_whom": "all"} | data
    answer = hr.post(reverse("credits:document_new"), wanted)
    assert list(answer.context["form"].errors) == [field]
    assert not DocumentBatch.objects.exists()


def test_nobody_meant_is_said(hr: Client) -> None:
    answer = draft(hr, ["konversi"], for_whom="all")
    assert list(answer.context["form"].errors) == ["for_whom"]


def test_a_holder_sees_the_own_forms_and_no_others(client: Client, person: Employee) -> None:
    other = holder("Orang Lain")
    recalculate_now({"all": True}, "test")
    period = (date(2023, 1, 1), date(2023, 12, 31))
    mine = documents.draft(person, "penetapan", *period)
    theirs = documents.draft(other, "penetapan", *period)
    user = UserFactory(roles=[Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    client.force_login(user)
    body = client.get(reverse("credits:documents")).content.decode()
    assert "Sari Wulandari" in body
    assert "Orang Lain" not in body
    pdf = "credits:document_pdf"
    assert client.get(reverse(pdf, args=[mine.public_id])).status_code == 200
    assert client.get(reverse(pdf, args=[theirs.public_id])).status_code == 404
