"""Which path a claim takes, and its terms: dated data (``credits/claimpaths``)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path as FilePath

from credits.rules.claim_states import Path
from credits.rules.edition_files import Edition, choose, read_directory
from credits.rules.errors import RuleError

DIRECTORY = FilePath(__file__).resolve().parent.parent / "claimpaths"


@lru_cache(maxsize=1)
def editions() -> tuple[Edition, ...]:
    """All editions, oldest first; the files are read once per process."""
    return read_directory(DIRECTORY)


def edition_on(day: date, position_code: str | None = None) -> Edition:
    """The edition in force on ``day`` for a JF; raises RuleError("edition.none")."""
    found = choose(editions(), day, position_code)
    if found is None:
        raise RuleError("edition.none", day=day.isoformat())
    return found


def path_of(edition: Edition, kind: str) -> Path:
    """The path of a kind of claim; raises RuleError("claim.kind_unknown")."""
    found = edition.find("paths", kind)
    if found is None:
        raise RuleError("claim.kind_unknown", kind=kind)
    return Path(found.value)


def tolerance(edition: Edition) -> Fraction:
    """Percent by which two assessors' sums may differ without a word of the plenary."""
    return Fraction(edition.setting("tolerance_percent"))


def objection_until(edition: Edition, decided_on: date) -> date:
    """The last day on which an objection may be made."""
    return decided_on + timedelta(days=int(edition.setting("objection_days")))
