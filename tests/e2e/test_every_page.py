"""Every page that a role can reach by links, looked at on three screens, enlarged, and by axe.

A walk from the start page over all links of the site, as one role after the other; of each route
up to two pages, since one page may be in several states. A desk's screen at 200 % is 640 px wide
(WCAG 2.2, 1.4.10), and its text alone may be twice as large (1.4.4): nothing may be cut then.
Whoever asks for less motion gets none. With SCREENS=folder each page is kept as a picture.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from accounts.models import User
from accounts.policy import Role
from credits.models import NumberScheme
from reports.demo import accounts
from tests.e2e.conftest import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WIDTHS = (1280, 768, 640, 390)
AXE_AT = (1280, 390)
ENLARGED_TEXT = "document.documentElement.style.fontSize = '200%'"
# Boxes whose content runs out of them unseen; what scrolls, and what is for screen readers, may.
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  if (one.scrollWidth <= one.clientWidth + 1 || !one.clientWidth) { return false; }
  const style = getComputedStyle(one);
  return ["hidden", "clip"].includes(style.overflowX) && style.clipPath === "none"
    && style.textOverflow !== "ellipsis" && style.visibility === "visible"
    && !one.matches("input, select, textarea, svg, svg *, .select2-container *");
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
MOVING = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { transitionDuration, animationDuration } = getComputedStyle(one);
  const seconds = `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
  return Math.max(...seconds) > 0.01;
}).map((one) => `${one.tagName}.${one.className}`)"""
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "preload": False}
LEAVES = re.compile(
    r"\.(pdf|zip|xlsx|csv|json|txt|toml)$|/(logout|keluar|bertanda-tangan|bukti|pindaian|isi)/"
)
TIMES = 2  # pages of one route, which may be in different states
ALWAYS = {"", "pegawai/<uuid:public_id>/"}  # what differs by role
AT_MOST = 250  # pages of one role: a walk that never ends is a fault of its own


@pytest.fixture
def demonstration(settings: Any, tmp_path: Path) -> None:
    """The demonstration ministry with its accounts, all with one password."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    for role in Role:
        Group.objects.get_or_create(name=role.value)
    NumberScheme.objects.get_or_create(
        start=date(2021, 1, 1), defaults={"pattern": "1/{number4}/KP.08.04/{month}/{year}"}
    )
    call_command("load_demo", no_claims=True, verbosity=0)  # theirs: not gone through yet
    for user in User.objects.filter(username__in=accounts.names()):
        user.set_password(PASSWORD)
        user.save()


def test_every_page_is_in_order(browser: Any, live_server: Any, demonstration: None) -> None:
    wrong: dict[str, None] = {}  # a set that keeps its order
    examined: Counter[str] = Counter()
    for role in Role:
        context = browser.new_context(
            locale="id-ID", base_url=live_server.url, reduced_motion="reduce"
        )
        for fault in _walk(context.new_page(), role, examined):
            wrong[f"{role.value}: {fault}"] = None
        context.close()
    if wrong:
        pytest.fail("\n".join([f"{examined.total()} pages of {len(examined)} routes", *wrong]))


def _walk(page: Page, role: Role, examined: Counter[str]) -> Iterator[str]:
    """Follow all links as one role; what was examined often enough is only passed through."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.goto("/login/")
    page.fill("#id_username", role.value)
    page.fill("#id_password", PASSWORD)
    page.click("form:has(#id_password) [type=submit]")
    page.wait_for_url("**/")
    mine: Counter[str] = Counter()
    visited: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        route = _route(address)
        if address in visited or route is None or mine[route] >= TIMES:
            continue
        visited.add(address)
        mine[route] += 1
        assert len(visited) < AT_MOST, "the walk does not end"
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            yield f"{answer and answer.status} {address}"
            continue
        waiting += _links(page)
        if examined[route] < TIMES or (route in ALWAYS and mine[route] == 1):
            examined[route] += 1
            yield from (
                f"{route} ({address}): {fault}"
                for fault in _faults(page, role, route, examined[route])
            )
        yield from (f"{route} ({address}): {text}" for text in said)
        said.clear()


def _route(address: str) -> str | None:
    """The pattern that serves an address; None for files and what leaves the site."""
    path = urlsplit(address).path
    if LEAVES.search(path):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return path  # a dead link: visited, and reported by its status
    return match.route


def _links(page: Page) -> list[str]:
    """Addresses of the page's links on this site that open a page."""
    hrefs = page.eval_on_selector_all(
        "a[href]:not([download])", "nodes => nodes.map(node => node.getAttribute('href'))"
    )
    here = page.url
    script = "([href, here]) => new URL(href, here).href"
    full = (urldefrag(page.evaluate(script, [href, here]))[0] for href in dict.fromkeys(hrefs))
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(here))
    return [url[len(origin) :] for url in full if url.startswith(origin + "/")]


def _faults(page: Page, role: Role, route: str, number: int) -> list[str]:
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        real = page.evaluate("document.documentElement.scrollWidth")
        if real > width:
            found.append(f"{real} px wide on a screen of {width}")
        found += [f"cut at {width}: {one}" for one in page.evaluate(CUT)]
        if width in AXE_AT:
            violations = Axe().run(page, options=AXE).response["violations"]
            found += [
                f"axe at {width}: {v['id']} ({v['impact']}) {v['nodes'][0]['html'][:200]}"
                for v in violations
            ]
        if folder := os.environ.get("SCREENS"):
            name = re.sub(r"\W+", "-", route).strip("-") or "start"
            path = Path(folder) / role.value / f"{name}-{number}-{width}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)
    found += [f"moves: {one}" for one in page.evaluate(MOVING)]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.evaluate(ENLARGED_TEXT)
    real = page.evaluate("document.documentElement.scrollWidth")
    if real > WIDTHS[0]:
        found.append(f"{real} px wide on a screen of {WIDTHS[0]} with text at 200 %")
    found += [f"cut with text at 200 %: {one}" for one in page.evaluate(CUT)]
    return found
