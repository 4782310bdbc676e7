"""Help in context: what a word means and what a screen is for, read from `reports/handbook`.

The texts are data in two languages, written in our own words; a term names the article that it
comes from. A screen names the routes that it explains (an asterisk at the end stands for any
ending); a test walks all routes and fails for a page without help.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "handbook"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, explained in each language; `article` says where it comes from."""

    key: str
    article: str
    texts: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        return _spoken(self.texts)["name"]

    @property
    def text(self) -> str:
        return _spoken(self.texts)["text"]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: what it is for, what to do first, what happens then, whom to ask."""

    key: str
    routes: tuple[str, ...]
    terms: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        return _spoken(self.texts)["name"]

    @property
    def parts(self) -> Mapping[str, str]:
        return _spoken(self.texts)


def _spoken(texts: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return texts.get((get_language() or "id")[:2], texts["id"])


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    return {
        key: Term(key, found["article"], {"id": found["id"], "en": found["en"]})
        for key, found in _read("terms.toml").items()
    }


@lru_cache(maxsize=1)
def term_of_field() -> dict[str, Term]:
    """The word that explains an input, by the input's name."""
    found = _read("terms.toml")
    return {name: terms()[key] for key in found for name in found[key].get("fields", ())}


@lru_cache(maxsize=1)
def screens() -> dict[str, Screen]:
    return {
        key: Screen(
            key,
            tuple(found["routes"]),
            tuple(found.get("terms", ())),
            {"id": found["id"], "en": found["en"]},
        )
        for key, found in _read("screens.toml").items()
    }


def _read(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=512)
def screen_of(route: str) -> Screen | None:
    """The screen that explains a route: named in full, else by the longest beginning."""
    best: tuple[int, Screen | None] = (-1, None)
    for screen in screens().values():
        for named in screen.routes:
            if named == route:
                return screen
            start = named.removesuffix(ANY)
            if named.endswith(ANY) and route.startswith(start) and len(start) > best[0]:
                best = (len(start), screen)
    return best[1]


def help_address(request: HttpRequest) -> str:
    """Where the page on the screen is explained; the index of the help where nowhere."""
    match = request.resolver_match
    screen = screen_of(match.view_name) if match else None
    if screen is None:
        return reverse("reports:help")
    return reverse("reports:help_screen", args=[screen.key])
