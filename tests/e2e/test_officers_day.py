"""The officer's first five minutes, in a real browser: from a recap to a PAK."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.policy import Role
from credits.models import Document, LedgerHead, NumberScheme
from credits.rules.units import UNIT
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.employees.importing import COMBINED, NIP, combined, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 30_000
NARROW = 720  # below it the menu is behind a button


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )
    factories.PositionFactory(name="Analis Contoh")
    factories.UnitFactory(version__name="Biro Contoh")


def open_menu(page: Page) -> None:
    """On a phone the menu is behind a button, which the page's script puts there."""
    if (page.viewport_size or {"width": 0})["width"] < NARROW:
        page.locator("[data-nav-button]").click()


def menu(page: Page, name: str) -> None:
    open_menu(page)
    page.locator("nav.site-nav").get_by_role("link", name=name, exact=True).click()


def sign_out(page: Page) -> None:
    open_menu(page)
    page.click("form[action='/logout/'] button")


def no_barriers(page: Page) -> None:
    """Nothing that a screen reader or a keyboard would stumble over (axe, WCAG 2.1 AA)."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []


def test_from_a_recap_to_a_pak(page: Page, sign_in: Any, worker: None, media: Path) -> None:
    file = media / "rekap 2024.xlsx"
    file.write_bytes(workbook(COMBINED, combined({}, {"NIP": "123"})).getvalue())
    sign_in(Role.HR)
    no_barriers(page)

    # The sheet: read, looked at, applied.
    menu(page, "Impor")
    page.locator("a[href='/impor/baru/']").first.click()
    page.select_option("#id_kind", "combined")
    page.set_input_files("#id_file", file)
    no_barriers(page)
    page.click("form:has(#id_file) [type=submit]")
    apply = page.locator("form[action$='/terapkan/'] button")
    expect(apply).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text("Budi Santoso")
    no_barriers(page)
    page.fill("#reason", "Rekap pertama")
    apply.click()
    expect(page.locator("form[action$='/urungkan/']")).to_have_count(1, timeout=PATIENCE_MS)
    assert NIP not in page.url

    _approve_the_import(page, sign_in)

    # The start page leads on: a preview, then the run.
    menu(page, "Beranda")
    page.locator("a[href$='?scope=stale']").click()
    page.fill("#id_reason", "Rekap pertama")
    page.click("[name=preview]")
    post = page.locator("form[action$='/terapkan/'] button")
    expect(post).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#changes")).to_contain_text("+12,500")
    no_barriers(page)
    post.click()
    expect(page.locator("[data-progress-url]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("h1 .badge-ok")).to_be_visible(timeout=PATIENCE_MS)
    assert LedgerHead.objects.get(employee__nip=NIP).balance_units == 12.5 * UNIT

    # The person, found by a piece of the NIP, with a reason for every point.
    menu(page, "Pegawai")
    page.fill("#q", NIP[6:14])
    page.click("form[role=search] [type=submit]")
    assert NIP[6:14] not in page.url
    no_barriers(page)
    page.get_by_role("link", name="Budi Santoso").first.click()
    expect(page.locator(".balance")).to_have_text("12,500")
    expect(page.locator(".timeline")).to_contain_text("Pasal")
    no_barriers(page)

    # The forms.
    page.locator("a[href*='/dokumen/baru/']").click()
    page.fill("#id_start", "01-01-2024")
    page.fill("#id_end", "31-12-2024")
    no_barriers(page)
    page.click("form.scope-form [type=submit]")
    _sign_one_and_check_it(page)


def _approve_the_import(page: Page, sign_in: Any) -> None:
    """A second officer approves the ratings; whoever applied the import may not."""
    approve = page.locator("form[action$='/setujui/'] button")
    expect(approve).to_have_count(0)
    address = page.url
    sign_out(page)
    sign_in(Role.HR)
    page.goto(address)
    no_barriers(page)
    approve.click()
    expect(page.locator(".messages")).to_contain_text("1 predikat disetujui")
    expect(approve).to_have_count(0)


def _sign_one_and_check_it(page: Page) -> None:
    person = Employee.objects.get(nip=NIP)
    superior = factories.EmployeeFactory(employer=person.employer)
    factories.SuperiorFactory(employee=person, superior=superior)
    forms = page.locator("th a[href^='/dokumen/']")
    expect(forms).to_have_count(3)

    # One of them: numbered, signed by hand, checked by anybody.
    forms.first.click()
    no_barriers(page)
    page.click("form[action='/dokumen/ajukan/'] button")
    expect(page.locator(".messages")).to_be_visible()
    document = Document.objects.exclude(number="").get()
    expect(page.locator("main")).to_contain_text(document.number)
    pdf = page.request.get(f"/dokumen/{document.public_id}.pdf").body()
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "Budi Santoso" in text
    assert document.number in text
    page.select_option("#id_how", "scan")
    page.set_input_files(
        "#id_file", {"name": "pindai.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    page.click("form[action$='/tandatangani/'] button")
    expect(page.locator("h1 .badge-ok")).to_be_visible()
    no_barriers(page)
    page.goto(f"/periksa/{document.token}/")
    expect(page.locator("main")).to_contain_text("Asli dan berlaku")
    no_barriers(page)
    page.set_input_files(
        "#file", {"name": "pindai.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    page.locator("form:has(#file) button").click()
    expect(page.locator(".notice-ok")).to_be_visible()


def test_a_rating_is_corrected_by_hand_and_the_points_follow(
    page: Page, sign_in: Any, worker: None, media: Path
) -> None:
    person = factories.EmployeeFactory(name="Sari Wulandari")
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
    factories.RatingFactory(employee=person)
    factories.RankFactory(employee=person)
    recalculate_now({"all": True}, "test")
    sign_in(Role.HR)
    page.goto(f"/pegawai/{person.public_id}/")
    expect(page.locator(".balance")).to_have_text("12,500")
    page.locator("a[href*='/predikat/'][href$='/']").filter(has_text="Koreksi").click()
    no_barriers(page)
    page.select_option("#id_predicate", "sangat_baik")
    page.click("form.form--entry [type=submit]")
    expect(page.locator(".errorlist")).to_have_count(0)  # the browser itself asks for a reason
    page.fill("#id_reason", "Berita acara 12")
    page.click("form.form--entry [type=submit]")
    expect(page.locator(".timeline")).to_contain_text("menunggu persetujuan")
    _approve_as_a_second_officer(page, sign_in)
    page.goto(f"/pegawai/{person.public_id}/")
    expect(page.locator(".notice-warn").first).to_be_visible()
    page.locator("a[href*='/perhitungan/baru/']").click()
    page.fill("#id_reason", "Koreksi predikat")
    page.click("[name=apply]")
    expect(page.locator("h1 .badge-ok")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"/pegawai/{person.public_id}/")
    expect(page.locator(".balance")).to_have_text("18,750")
    page.locator("details summary").first.click()
    expect(page.locator("details .timeline")).to_contain_text("-12,500")


def _approve_as_a_second_officer(page: Page, sign_in: Any) -> None:
    sign_out(page)
    sign_in(Role.HR)
    menu(page, "Persetujuan")
    no_barriers(page)
    page.locator("input[name=rating]").check()
    page.click("button[value=approve] >> nth=0")
    no_barriers(page)
    page.locator("main form [type=submit]").click()
    expect(page.locator(".messages")).to_contain_text("1 predikat disetujui")


def test_a_superior_rates_his_people_and_biro_sdm_approves(page: Page, sign_in: Any) -> None:
    person = factories.EmployeeFactory(name="Sari Wulandari")
    user = factories.UserFactory(roles=[Role.SUPERIOR])
    boss = factories.EmployeeFactory(name="Budi Santoso", user=user)
    factories.SuperiorFactory(employee=person, superior=boss)
    sign_in(user=user)
    menu(page, "Predikat kinerja")
    no_barriers(page)
    page.select_option(f"#predicate-{person.pk}", "sangat_baik")
    page.get_by_role("button", name="Simpan semua baris").click()
    expect(page.locator("main")).to_contain_text("oleh Anda, Biro SDM yang menyetujui")
    _approve_as_a_second_officer(page, sign_in)


def test_a_holder_sees_where_they_stand_in_two_languages(page: Page, sign_in: Any) -> None:
    person = factories.EmployeeFactory(name="Sari Wulandari")
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    factories.RatingFactory(employee=person)
    recalculate_now({"all": True}, "test")
    user = sign_in_as_holder(person)
    sign_in(user=user)
    expect(page.locator("main")).to_contain_text("37,500 / 50,000")
    no_barriers(page)
    open_menu(page)
    page.click("button[name=language][value=en]")
    expect(page.locator("main")).to_contain_text("37.500 / 50.000")
    page.get_by_role("link", name="Open your page").click()
    expect(page.locator("h1")).to_contain_text(re.compile("Sari Wulandari"))
    expect(page.locator("main")).not_to_contain_text("Enter by hand")


def sign_in_as_holder(person: Employee) -> Any:
    user = factories.UserFactory(roles=[Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    return user
