"""What the catalogue of translations is made from."""

import re
from pathlib import Path

from django.contrib import admin, auth

from accounts.wording import TEXTS
from config.messages import APPS, KEYWORDS, ROOT
from reports.regulation_words import NOTES

NOTE = re.compile(r'note = "([^"]+)"')
ALIAS = re.compile(r"^from django\.utils\.translation import \w*gettext\w* as (\w+)$", re.M)


def test_every_name_that_marks_a_text_is_extracted() -> None:
    """A text marked by another name would stay English without the check seeing it."""
    used = {
        name
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for name in ALIAS.findall(path.read_text("utf-8"))
    }
    assert used >= {"_"}
    assert used <= set(KEYWORDS)


def test_words_in_place_of_djangos_are_djangos() -> None:
    """Renamed by Django, a text would be Django's own Indonesian again."""
    sources = "".join(
        path.read_text("utf-8")
        for part in (admin, auth)
        for path in Path(part.__path__[0]).rglob("locale/id/LC_MESSAGES/django.po")
    )
    joined = sources.replace('"\n"', "")
    assert [text for text in TEXTS if f'"{text}"' not in joined] == []


def test_remarks_of_our_regulations_are_worded() -> None:
    """An edition's file is in English; what its page shows is in the reader's language."""
    files = [*ROOT.glob("*/regulations/*.toml")]
    found = {text for file in files for text in NOTE.findall(file.read_text("utf-8"))}
    assert found == set(NOTES)
