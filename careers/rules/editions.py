"""The dated regulations of careers (``careers/regulations``)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from credits.rules.editions import Edition, choose, read_directory, version_of
from credits.rules.errors import RuleError

DIRECTORY = Path(__file__).resolve().parent.parent / "regulations"


@lru_cache(maxsize=1)
def load_career_editions() -> tuple[Edition, ...]:
    """All editions, oldest first; the files are read once per process."""
    return read_directory(DIRECTORY)


@lru_cache(maxsize=65_536)
def career_edition_on(day: date, position_code: str | None = None) -> Edition:
    """The edition in force on ``day``; raises RuleError("edition.none")."""
    found = choose(load_career_editions(), day, position_code)
    if found is None:
        raise RuleError("edition.none", day=day.isoformat())
    return found


@lru_cache(maxsize=1)
def career_rules_version() -> str:
    """Short hash of what a decision was made with."""
    return version_of(DIRECTORY)
