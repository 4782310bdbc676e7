"""Help in context: every page of ours is explained, every word in both languages."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from reports.help import screen_of, screens, terms
from tests.accounts.test_policy import OWN, ROUTES, address
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# Downloads and answers to scripts: nothing that somebody looks at as a screen.
FILES = (
    ".pdf",
    ".xlsx",
    ".zip",
    ".toml",
    "bukti/",
    "sso/",
    "kembali/",
    "progres/",
    "pindaian/",
    "bertanda-tangan/",
    "isi/",
    "saran/",
)
PARTS = {"name", "purpose", "first", "after", "ask"}


def test_every_page_has_its_help(client: Client) -> None:
    client.force_login(UserFactory(roles=list(Role)))
    pages = []
    for name, pattern in OWN.items():
        if name.startswith("api:") or str(pattern.pattern).endswith(FILES):
            continue
        if client.get(address(name)).status_code != 405:  # an act, not a page
            pages.append(name)
    assert [name for name in pages if screen_of(name) is None] == []
    assert len(pages) > 30
    shown = [name for name in ROUTES if name.endswith("_changelist") or name == "admin:index"]
    assert [name for name in shown if screen_of(name) is None] == []


def test_no_screen_explains_a_route_that_is_not_there() -> None:
    named = {route for screen in screens().values() for route in screen.routes}
    exact = {route for route in named if not route.endswith("*")}
    assert exact - set(ROUTES) == set()
    for route in named - exact:
        assert any(name.startswith(route[:-1]) for name in ROUTES), route


def complete(texts: Mapping[str, Mapping[str, str]], parts: set[str]) -> bool:
    return set(texts) == {"id", "en"} and all(
        set(said) == parts and all(said.values()) for said in texts.values()
    )


def test_every_screen_and_word_is_told_in_both_languages() -> None:
    assert [s.key for s in screens().values() if not complete(s.texts, PARTS)] == []
    assert [t.key for t in terms().values() if not complete(t.texts, {"name", "text"})] == []
    used = {word for screen in screens().values() for word in screen.terms}
    assert used - set(terms()) == set()
    assert len(terms()) >= 40


@pytest.mark.parametrize(("language", "heading"), [("id", "Daftar pegawai"), ("en", "Employees")])
def test_a_page_leads_to_its_own_explanation(client: Client, language: str, heading: str) -> None:
    client.force_login(UserFactory(roles=[Role.HR], language=language))
    link = client.get(reverse("reports:people")).context["help_page"]
    answer = client.get(link)
    assert f"<h1>{heading}</h1>" in answer.content.decode()


def test_the_admins_pages_lead_to_theirs(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMIN]))
    catalogue = client.get(reverse("admin:positions_position_changelist"))
    assert catalogue.context["help_page"] == reverse("reports:help_screen", args=["katalog"])
    others = client.get(reverse("admin:employees_agency_changelist"))
    assert others.context["help_page"] == reverse("reports:help_screen", args=["administrasi"])


def test_the_index_holds_every_word_and_screen(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    body = client.get(reverse("reports:help")).content.decode()
    for term in terms():
        assert f'id="{term}"' in body
    for screen in screens():
        assert reverse("reports:help_screen", args=[screen]) in body
        assert client.get(reverse("reports:help_screen", args=[screen])).status_code == 200
    assert client.get(reverse("reports:help_screen", args=["tidak-ada"])).status_code == 404


def test_a_word_is_explained_beside_its_heading(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    body = client.get(reverse("reports:overview")).content.decode()
    assert '<details class="help">' in body
    assert terms()["predikat"].text[:30] in body


def figures(texts: Mapping[str, Any]) -> set[str]:
    """The numbers that a text states, whatever the decimal sign."""
    return {word.strip(".,;:()").replace(",", ".") for word in texts["text"].split()} & NUMBERS


NUMBERS = {"3.75", "5", "12.5", "25", "37.5", "50", "15", "20", "60", "100", "150", "200", "450"}


def test_both_languages_state_the_same_figures() -> None:
    for term in terms().values():
        assert figures(term.texts["id"]) == figures(term.texts["en"]), term.key
