"""The set of editions in force: what the program ships and what was published beside it.

Every process asks the database which versions are published (one statement over a few rows) when
a request first computes and when a part of a run begins; the set of the same versions is built
once per process and kept.
"""

import logging
from functools import lru_cache

from django.db import connection

from credits.models import CalculationRun, RegulationVersion
from credits.rules.edition_files import EditionFileError
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


def of_run(run: CalculationRun) -> Rulebook:
    """By what a run computes: the set in force, and the version that it tries beside it.

    Where that version no longer fits, the set in force: no longer that of the run, which stops.
    """
    book = in_force()
    try:
        return with_version(book, run.trial_of) if run.trial_of else book
    except EditionFileError:
        return book
