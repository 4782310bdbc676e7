"""The set of editions in force: what the program ships and what was published beside it.

Every process asks the database which versions are published (one statement over a few rows) when
a request first computes and when a part of a run begins; the set of the same versions is built
once per process and kept.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from credits.models import CalculationRun, RegulationVersion
from credits.rules.edition_files import Edition, EditionFileError
from credits.rules.editions import Rulebook, shipped

log = logging.getLogger("sijafung.regulations")

PUBLISHED = """
    SELECT id, content_hash FROM credits_regulationversion WHERE state = 'published' ORDER BY key"""

Stamp = tuple[tuple[int, str], ...]


def in_force() -> Rulebook:
    """The set in force now. One statement; a second one after a publication. Raises
    EditionFileError when what was published no longer fits the files of the program: then nothing
    is computed, rather than by half of the rules."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED)
        stamp = tuple(cursor.fetchall())
    return _built(stamp) if stamp else shipped()


@lru_cache(maxsize=8)
def _built(stamp: Stamp) -> Rulebook:
    """The set of these published versions; their texts never change, so it may be kept."""
    texts = RegulationVersion.objects.filter(pk__in=[key for key, _ in stamp])
    book = shipped().extended(dict(texts.order_by("key").values_list("key", "source")))
    log.info("regulations.read", extra={"rules_version": book.version, "published": len(stamp)})
    return book


def with_version(book: Rulebook, version: RegulationVersion) -> Rulebook:
    """`book` and a version beside it, as a trial computes. Kept like the sets in force."""
    return _extended(book, version.key, version.source)


@lru_cache(maxsize=4)
def _extended(book: Rulebook, key: str, text: str) -> Rulebook:
    return book.extended({key: text})


# ------------------------------------------------------------------ sets that somebody names


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set of regulations that somebody names, to compare it with another.

    `versions` are the ids of what was published at the moment asked for: the same set is built
    later, whatever is published meanwhile.
    """

    versions: tuple[int, ...] = ()
    on: date | None = None  # only what was in force on this day; None = all
    known: date | None = None  # as published until the end of this day; None = when it was chosen
    beside: int | None = None  # a version beside them, in the place of one of the same day
    without: str = ""  # the key of an edition that is left out

    def stored(self) -> dict[str, Any]:
        """As JSON, with the hash of the set as it is now. Raises EditionFileError."""
        return {
            "versions": list(self.versions),
            "on": self.on and self.on.isoformat(),
            "known": self.known and self.known.isoformat(),
            "beside": self.beside,
            "without": self.without,
            "rules": book_of(self).version,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Chosen":
        days = {k: date.fromisoformat(stored[k]) if stored[k] else None for k in ("on", "known")}
        versions = tuple(stored["versions"])
        return cls(versions, beside=stored["beside"], without=stored["without"], **days)


def published_at(versions: Iterable[RegulationVersion], known_at: datetime | None) -> list[int]:
    """Which of `versions` were published, and not withdrawn, at an instant (None = now)."""
    if known_at is None:
        return [v.pk for v in versions if v.state == RegulationVersion.State.PUBLISHED]
    return [
        v.pk
        for v in versions
        if v.published_at is not None
        and v.published_at <= known_at
        and (v.withdrawn_at is None or v.withdrawn_at > known_at)
    ]


@lru_cache(maxsize=16)
def book_of(chosen: Chosen) -> Rulebook:
    """The set that was chosen. Raises EditionFileError where its versions no longer fit the files
    of the program. At most one statement; the texts never change, so it may be kept."""
    ids = {*chosen.versions, *([chosen.beside] if chosen.beside else [])}
    rows = RegulationVersion.objects.filter(pk__in=ids).order_by("key", "pk") if ids else ()
    versions = {v.pk: v for v in rows}
    if missing := ids - versions.keys():
        raise EditionFileError(f"versions {sorted(missing)} are gone")
    texts = {v.key: v.source for v in versions.values() if v.pk in chosen.versions}
    book = shipped().extended(texts)
    added: Edition | None = None
    if chosen.beside:
        version = versions[chosen.beside]
        book = book.extended({version.key: version.source})
        added = book.by_key[version.key]
    return book.only({e.key for e in book.by_key.values() if e is added or _kept(e, chosen, added)})


def _kept(edition: Edition, chosen: Chosen, added: Edition | None) -> bool:
    if edition.key == chosen.without or (chosen.on and edition.effective_from > chosen.on):
        return False
    place = (edition.regime, edition.effective_from, edition.positions)
    return added is None or place != (added.regime, added.effective_from, added.positions)


# ------------------------------------------------------------------ sets of runs


def of_run(run: CalculationRun) -> Rulebook:
    """By what a run computes: the set in force, and the version that it tries beside it; the
    second of two sets that it compares.

    Where a version no longer fits, the set in force: no longer that of the run, which stops.
    """
    try:
        if run.compared:
            return book_of(Chosen.restored(run.compared["second"]))
        return with_version(in_force(), run.trial_of) if run.trial_of else in_force()
    except EditionFileError:
        return in_force()


def against_run(run: CalculationRun) -> Rulebook | None:
    """The first of two sets that a run compares; None for a run against the ledger."""
    if not run.compared:
        return None
    try:
        return book_of(Chosen.restored(run.compared["first"]))
    except EditionFileError:
        return in_force()


def named_by(run: CalculationRun) -> Rulebook:
    """The set by which the editions in the lines of a run are called by their titles."""
    book, other = of_run(run), against_run(run)
    return book.named_with(other) if other else book


def as_began(run: CalculationRun) -> tuple[Rulebook, Rulebook | None] | None:
    """By what the run computes, and against what (`of_run`, `against_run`).

    None where these are no longer the rules that the run began with.
    """
    rules, first = of_run(run), against_run(run)
    if first is not None and first.version != run.compared["first"]["rules"]:
        return None
    return (rules, first) if rules.version == run.rules_version else None
