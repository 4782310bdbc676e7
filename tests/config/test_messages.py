"""What the catalogue of translations is made from."""

import re

from config.messages import APPS, KEYWORDS, ROOT

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
