"""The officer's way with the keyboard alone: at each stop one sees where one is."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import ElementHandle, Page, expect

from accounts.policy import Role
from credits.services.runs import recalculate_now
from tests import factories
from tests.e2e.conftest import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AT_MOST = 150  # stops of one page
NARROW = 720  # below it the menu is behind a button

# What is wrong with the element that has the focus, as a sentence, or nothing. It must have a ring
# and lie in the window, under nothing else.
FAULT = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return "the focus is lost"; }
  const name = one.outerHTML.slice(0, 120);
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) { return `no ring: ${name}`; }
  const box = one.getBoundingClientRect();
  if (box.width < 5 || box.height < 5) { return `too small to see: ${name}`; }
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  if (right <= left || bottom <= top) { return `outside the window: ${name}`; }
  if (box.height > innerHeight / 2) { return null; }  // a table that scrolls
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const own = hit && (one.contains(hit) || hit.contains(one) && hit.closest("label, li, td, th"));
  return own ? null : `under something else: ${name}`;
}"""
RING = "one => getComputedStyle(one).outlineStyle"


def tab(page: Page) -> None:
    """One stop on; what was left has no ring any more."""
    left: ElementHandle | None = page.evaluate_handle("document.activeElement").as_element()
    page.keyboard.press("Tab")
    assert page.evaluate(FAULT) is None, page.url
    if left is not None and left.evaluate("one => one !== document.activeElement"):
        assert left.evaluate(RING) == "none"


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone to the first stop that fits a selector."""
    for _ in range(AT_MOST):
        tab(page)
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"no way by Tab to {selector} on {page.url}")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def menu(page: Page, address: str) -> None:
    if (page.viewport_size or {"width": 0})["width"] < NARROW:
        tab_to(page, "[data-nav-button]")
        page.keyboard.press("Enter")
        expect(page.locator("[data-nav-button]")).to_have_attribute("aria-expanded", "true")
    tab_to(page, f"nav.site-nav a[href='{address}']")
    enter(page)


@pytest.fixture
def people() -> Any:
    for name in ("Budi Santoso", "Sari Wulandari", "Tono Wijaya"):
        person = factories.EmployeeFactory(name=name)
        factories.AppointmentFactory(employee=person, start=date(2020, 1, 1))
        factories.RankFactory(employee=person)
        factories.RatingFactory(employee=person)
    recalculate_now({"all": True}, "test")
    return factories.UserFactory(roles=[Role.HR])


def test_an_officers_way_needs_no_mouse(page: Page, people: Any) -> None:
    page.goto("/login/")
    if not page.evaluate("document.activeElement.matches('#id_username')"):
        tab_to(page, "#id_username")
    page.keyboard.type(people.username)
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    enter(page)
    menu(page, "/pegawai/")

    # Search: the suggestions open while typing, and Escape shuts them.
    tab_to(page, "#q")
    page.keyboard.type("Sari")
    expect(page.locator("#suggestions [role=option]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    assert page.evaluate(FAULT) is None
    enter(page)
    expect(page.locator("tbody tr")).to_have_count(1)

    # The person, and why a point was given.
    tab_to(page, "tbody th a")
    enter(page)
    expect(page.locator("h1")).to_contain_text("Sari Wulandari")
    tab_to(page, ".timeline summary")
    expect(page.locator(".trace").first).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".trace").first).to_be_visible()

    # Back, other columns, and an act on many people: its effect is shown first.
    page.reload()  # the keyboard begins at the top again
    tab_to(page, ".crumbs a")
    enter(page)
    tab_to(page, ".popover:has([name=columns]) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=columns][value=unit]")
    page.keyboard.press("Space")
    tab_to(page, "form:has([name=columns]) button")
    enter(page)
    expect(page.locator("td[data-label^='Unit kerja']")).to_have_count(0)
    tab_to(page, "input[name=people]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=recalculate]")
    enter(page)
    expect(page.locator("[name=do]")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("1 pegawai")


def test_tab_comes_round_each_page(page: Page, people: Any, sign_in: Any) -> None:
    sign_in(user=people)
    for address in ("/", "/pegawai/", "/ringkasan/", "/dokumen/baru/"):
        page.goto(address)
        tab(page)
        assert page.evaluate("document.activeElement.matches('.skip-link')")
        stops = 1
        while page.evaluate(
            "document.activeElement !== document.body"
        ):  # the browser's own buttons
            assert page.evaluate(FAULT) is None, address
            page.keyboard.press("Tab")
            stops += 1
            assert stops < AT_MOST, f"the keyboard is trapped on {address}"
