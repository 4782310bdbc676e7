"""One part, one worker: database locks that die with their connection."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from celery import current_app
from django.db import connection, transaction

log = logging.getLogger("sijafung.parts")
WORKERS = 2  # how many are called; each takes parts until none is free


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


def ring(task: str, key: int) -> None:
    """Call the workers once the transaction is in; a broken bell is mended by the sweep."""

    def send() -> None:
        try:
            for _ in range(WORKERS):
                current_app.send_task(task, (key,))
        except Exception:
            log.warning("bell.broken", extra={"task": task, "key": key})

    transaction.on_commit(send)
