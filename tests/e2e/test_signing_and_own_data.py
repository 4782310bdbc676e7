"""The superior signs what waits for him; the holder sees balance, reasons, and who looked."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from accounts.policy import Role
from credits.models import Document, NumberScheme
from credits.services import documents, issuing
from credits.services.runs import recalculate_now
from tests import factories
from tests.e2e.test_officers_day import menu, no_barriers, sign_out

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
FORMS = (Document.Form.CONVERSION, Document.Form.ACCUMULATION, Document.Form.DETERMINATION)


def holder(superior: Any, name: str, **more: Any) -> Any:
    person = factories.EmployeeFactory(name=name, employer=superior.employer, **more)
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    factories.RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])
    factories.SuperiorFactory(employee=person, superior=superior, start=date(2020, 1, 1))
    return person


def test_a_superior_signs_fifteen_forms_at_once(page: Page, sign_in: Any, media: Path) -> None:
    NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )
    superior = factories.EmployeeFactory(user=factories.UserFactory(roles=[Role.SUPERIOR]))
    people = [holder(superior, f"Pegawai {n}") for n in range(5)]
    recalculate_now({"all": True}, "test")
    drafts = [documents.draft(person, form, *YEAR) for person in people for form in FORMS]
    issuing.issue([draft.pk for draft in drafts], None, date(2024, 2, 5))

    sign_in(user=superior.user)
    expect(page.locator("main")).to_contain_text("15")
    menu(page, "Tanda tangan")
    no_barriers(page)
    with page.expect_download() as started:
        page.locator("a[href$='berkas.zip']").click()
    with ZipFile(BytesIO(Path(started.value.path()).read_bytes())) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdf")]
        # What a signing service does: it appends the signature to the bytes.
        signed = [
            {
                "name": name.rsplit("/", 1)[-1],
                "mimeType": "application/pdf",
                "buffer": archive.read(name) + b"\n<< /ByteRange [0 1 2 3] >>",
            }
            for name in names
        ]
    assert len(signed) == 15
    page.set_input_files("form[action$='/unggah/'] input[type=file]", signed)
    page.click("form[action$='/unggah/'] button")
    expect(page.locator(".messages")).to_contain_text("15")
    expect(page.locator("main")).to_contain_text("Tidak ada yang menunggu")
    assert Document.objects.filter(state=Document.State.SIGNED).count() == 15


def test_a_holder_sees_why_and_who_looked(page: Page, sign_in: Any) -> None:
    superior = factories.EmployeeFactory()
    account = factories.UserFactory(roles=[Role.HOLDER])
    person = holder(superior, "Sari Wulandari", user=account)
    recalculate_now({"all": True}, "test")

    officer = sign_in(Role.HR)
    page.goto(f"/pegawai/{person.public_id}/")
    sign_out(page)

    sign_in(user=account)
    expect(page.locator("main")).to_contain_text("37,500 / 50,000")
    page.goto(f"/pegawai/{person.public_id}/")
    reason = page.locator(".timeline details.why").first
    reason.locator("summary").click()
    expect(reason.locator(".trace__sum")).to_contain_text("12/12")
    no_barriers(page)
    menu(page, "Data saya")
    no_barriers(page)
    page.locator("a[href$='/data-saya/akses/']").first.click()
    expect(page.locator("main")).to_contain_text(officer.get_full_name())
    no_barriers(page)
