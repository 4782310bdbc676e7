"""The printed list of what awaits one signatory, from the queue and from a batch."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.policy import Role
from credits.documents.render import render_signing_list
from credits.models import Document, DocumentBatch
from credits.services import documents, issuing
from credits.services.runs import recalculate_now
from credits.services.signing_lists import signing_list
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
DAY = date(2024, 2, 5)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def superior(name: str) -> Any:
    return factories.EmployeeFactory(name=name, user=UserFactory(roles=[Role.SUPERIOR]))


def awaiting(signer: Any, *names: str) -> None:
    """One batch of conversions that await the signer."""
    position = factories.PositionFactory(code="mhi", name="Mediator Hubungan Industrial")
    for name in names:
        person = factories.EmployeeFactory(name=name)
        factories.AppointmentFactory(employee=person, position=position, start=date(2020, 1, 1))
        factories.RankFactory(employee=person)
        factories.RatingFactory(employee=person)
        factories.SuperiorFactory(employee=person, superior=signer)
    recalculate_now({"all": True}, "test")
    batch = DocumentBatch.objects.first() or DocumentBatch.objects.create(
        form="konversi", period_start=YEAR[0], period_end=YEAR[1], state="done"
    )
    for name in names:
        person = factories.EmployeeFactory._meta.model.objects.get(name=name)
        draft = documents.draft(person, Document.Form.CONVERSION, *YEAR)
        Document.objects.filter(pk=draft.pk).update(batch=batch)
        issuing.issue([draft.pk], None, DAY)


@pytest.fixture
def boss() -> Any:
    signer = superior("Budi Santoso")
    awaiting(signer, "Sari Wulandari", "Rina Astuti")
    awaiting(superior("Wati Lain"), "Joko Pribadi")
    return signer


def rows(data: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_the_queue_as_a_workbook_states_only_the_own_forms(client: Client, boss: Any) -> None:
    client.force_login(boss.user)
    found = rows(client.get(reverse("credits:signing_list_xlsx")).content)
    assert [row[3] for row in found] == ["Sari Wulandari", "Rina Astuti"]
    document = Document.objects.get(employee__name="Sari Wulandari")
    assert found[0] == [
        "1",
        document.number,
        "Konversi",
        "Sari Wulandari",
        document.employee.nip,
        "Mediator Hubungan Industrial",
        "Ahli Pertama",
        "Januari s.d. Desember 2023",
        12.5,
        None,
    ]


def test_the_queue_as_a_paper_has_a_column_for_the_initials(client: Client, boss: Any) -> None:
    client.force_login(boss.user)
    answer = client.get(reverse("credits:signing_list_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
    for expected in ("Budi Santoso", "Sari Wulandari", "Rina Astuti", "12,500", "Paraf"):
        assert expected in text
    assert "Joko Pribadi" not in text


def test_what_was_signed_leaves_the_list(client: Client, boss: Any) -> None:
    for document in Document.objects.filter(signer=boss):
        file = issuing.issued_pdf(document) + b"/ByteRange [0 1]"
        issuing.sign(document, file, Document.SignedHow.FILE, None)
    client.force_login(boss.user)
    assert client.get(reverse("credits:signing_list_pdf")).status_code == 404


def test_the_batch_page_offers_a_list_per_signatory(client: Client, boss: Any) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    batch = DocumentBatch.objects.get()
    page = client.get(reverse("credits:document_batch", args=[batch.public_id])).content.decode()
    for ending in ("pdf", "xlsx"):
        name = f"credits:document_batch_list_{ending}"
        address = reverse(name, args=[batch.public_id, boss.public_id])
        assert address in page
        assert client.get(address).status_code == 200
    assert len(rows(client.get(address).content)) == 2


def test_a_superior_reaches_no_list_of_a_batch(client: Client, boss: Any) -> None:
    client.force_login(boss.user)
    batch = DocumentBatch.objects.get()
    name = "credits:document_batch_list_pdf"
    assert client.get(reverse(name, args=[batch.public_id, boss.public_id])).status_code == 403


def test_the_same_list_gives_the_same_bytes_and_numbers_run_in_their_order(boss: Any) -> None:
    for number, document in zip((10, 9), Document.objects.filter(signer=boss), strict=True):
        Document.objects.filter(pk=document.pk).update(number=f"1/{number}/KP/2024")
    listed = signing_list(Document.objects.all(), boss, DAY)
    assert [row.number for row in listed.rows] == ["1/9/KP/2024", "1/10/KP/2024"]
    assert render_signing_list(listed) == render_signing_list(listed)


def test_a_longer_list_asks_no_more_of_the_database(client: Client, boss: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            signing_list(Document.objects.all(), boss, DAY)
        return len(captured)

    before = asked()
    awaiting(boss, *(f"Pegawai {n}" for n in range(5)))
    assert asked() == before
    client.force_login(UserFactory(roles=[Role.HR]))
    batch = DocumentBatch.objects.get()
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("credits:document_batch", args=[batch.public_id]))
    assert len(captured) <= 15
