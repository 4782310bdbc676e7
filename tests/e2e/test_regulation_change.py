"""A regulation changes, in a real browser: loaded, tried, published by a second person, applied."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.policy import Role
from credits.models import LedgerHead, RegulationVersion
from credits.rules.units import UNIT
from credits.services.runs import recalculate_now
from tests.credits.regulations.helpers import EXAMPLE, holder
from tests.e2e.test_officers_day import PATIENCE_MS, menu, no_barriers

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def hand_in(page: Page, text: str) -> None:
    file = {"name": "uji.toml", "mimeType": "application/toml", "buffer": text.encode()}
    page.set_input_files("#id_file", file)
    page.click("form:has(#id_file) [type=submit]")


def test_a_regulation_is_previewed_and_published_by_a_second_person(
    page: Page, sign_in: Any, worker: None
) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    sign_in(Role.ADMIN)
    menu(page, "Peraturan")
    no_barriers(page)
    page.click("a[href='/peraturan/muat/']")

    # A faulty file is answered with the line; the mended one becomes a draft.
    hand_in(page, EXAMPLE.replace('"15"', "15.5"))
    expect(page.locator("main")).to_contain_text("levels.ahli_pertama.coefficient")
    no_barriers(page)
    hand_in(page, EXAMPLE)
    expect(page.locator("h1 .badge-warn")).to_be_visible()
    no_barriers(page)

    # Its trial: all golden cases and everybody, nothing posted; who loaded it cannot publish it.
    page.click("form[action$='/coba/'] button")
    expect(page.locator("#changes")).to_contain_text("+2,500", timeout=PATIENCE_MS)
    expect(page.locator("form[action$='/terbitkan/']")).to_have_count(0)
    no_barriers(page)
    address = page.url
    assert LedgerHead.objects.get(employee=person).balance_units == 12.5 * UNIT

    # Somebody else publishes it, then recalculates.
    page.context.clear_cookies()
    sign_in(Role.HR)
    page.goto(address)
    page.fill("#id_effective_from", "01-01-2025")
    page.fill("#id_reason", "Uji penerbitan")
    no_barriers(page)
    page.click("form[action$='/terbitkan/'] button")
    expect(page.locator("h1 .badge-ok")).to_be_visible()
    assert RegulationVersion.objects.get().state == "published"
    no_barriers(page)
    page.click("main a[href$='?scope=stale']")
    page.fill("#id_reason", "Peraturan baru")
    page.click("[name=apply]")
    expect(page.locator("h1 .badge-ok")).to_be_visible(timeout=PATIENCE_MS)
    assert LedgerHead.objects.get(employee=person).balance_units == 15 * UNIT

    # The list says since when, and the page says what rests on it.
    menu(page, "Peraturan")
    page.get_by_role("link", name="Contoh: koefisien Ahli Pertama 15 sejak 2025").first.click()
    expect(page.locator("dl.figures")).to_contain_text("1")
    expect(page.locator("main")).to_contain_text("Contoh Pasal 1")
    no_barriers(page)
