"""One part, one worker: database locks that die with their connection."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def claimed(lock_class: int, keys: Iterable[int]) -> Iterator[int | None]:
    """The first of `keys` that nobody is at, kept for the time of the block; None if none is.

    A worker that is killed gives its part free at once, because its connection ends.
    """
    for key in keys:
        if _ask("SELECT pg_try_advisory_lock(%s, %s)", lock_class, key):
            try:
                yield key
            finally:
                _ask("SELECT pg_advisory_unlock(%s, %s)", lock_class, key)
            return
    yield None


def _ask(sql: str, lock_class: int, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [lock_class, key])
        return bool(cursor.fetchone()[0])
