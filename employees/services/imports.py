"""Imports as staged acts: start, read, preview, apply, undo.

The state of the work lives in the batch; whoever works on it holds an advisory lock, which
PostgreSQL frees when the process dies. `run` does whatever the state asks for, so that a sweep may
call it at any time (decision 13). Reading writes nothing but the preview; applying and undoing are
one transaction each: a dead worker leaves no half import.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.memory import without_gc
from accounts.models import User
from accounts.origin import on_behalf_of
from employees.importing import registry
from employees.importing.plan import Finding
from employees.models import ImportBatch
from employees.notices import import_ended
from employees.services import applying, staging, undoing

State = ImportBatch.State
WORKING = (State.READING, State.APPLYING, State.UNDOING)
ATTEMPTS = 3
_LOCKS = 7_203  # namespace of our advisory locks
logger = logging.getLogger("sijafung.imports")


class ImportStateError(Exception):
    """The batch is not in a state that allows this."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = {"state": state}


def start(
    kind: str,
    file: BinaryIO,
    file_name: str,
    actor: User | None,
    *,
    sheet: str | None = None,
    decimal: str | None = None,
    mapping: dict[str, str] | None = None,
    interactive: bool = False,
) -> ImportBatch:
    """Store a file and open a batch; `run` reads it. Raises KeyError for an unknown kind.

    interactive: columns that do not match are asked for instead of refusing the file.
    """
    registry.kind(kind)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    file.seek(0)
    batch = ImportBatch(
        kind=kind,
        file_name=file_name[:300],
        file_hash=digest.hexdigest(),
        options={
            "sheet": sheet,
            "decimal": decimal,
            "mapping": mapping,
            "interactive": interactive,
        },
        created_by=actor,
    )
    suffix = file_name.rpartition(".")[2].lower()
    suffix = suffix if suffix in ("xlsx", "csv", "tsv", "txt") else "bin"
    batch.file.save(f"{batch.public_id}.{suffix}", File(file), save=False)
    batch.save()
    return batch


def remap(batch: ImportBatch, options: dict[str, Any]) -> None:
    """Read again with other options (sheet, decimal, mapping heading -> key)."""
    _move(
        batch,
        (State.MAPPING, State.PREVIEW, State.FAILED),
        State.READING,
        options=batch.options | options,
        refusal=None,
    )


def ask_apply(batch: ImportBatch, actor: User | None, reason: str = "") -> None:
    """Let the worker apply a previewed batch; rows about the actor will be refused."""
    fields = {"applied_by": actor, "reason": reason[:500], "refusal": None, "rows_read": 0}
    _move(batch, (State.PREVIEW,), State.APPLYING, **fields)


def ask_undo(batch: ImportBatch, actor: User | None) -> list[Finding]:
    """Let the worker undo an applied batch, unless there are reasons against it (returned)."""
    batch.undone_by = actor
    reasons = undoing.reasons_against(batch) if batch.state == State.APPLIED else []
    if not reasons:
        _move(batch, (State.APPLIED,), State.UNDOING, refusal=None, undone_by=actor)
    return reasons


def discard(batch: ImportBatch) -> None:
    """Put a batch that was never applied aside; its rows and its file go."""
    states = (State.MAPPING, State.PREVIEW, State.REFUSED, State.FAILED)
    with transaction.atomic():
        _move(batch, states, State.DISCARDED)
        batch.rows.all().delete()
    staging.forget_file(batch)


def _move(batch: ImportBatch, allowed: tuple[State, ...], state: State, **fields: Any) -> None:
    """Change the state if it is one of `allowed`; ImportStateError otherwise."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=allowed).update(
        state=state, state_at=timezone.now(), attempts=0, **fields
    )
    batch.refresh_from_db()
    if not moved:
        raise ImportStateError("import_state", batch.state)


_WORK: dict[str, Callable[[ImportBatch], None]] = {
    State.READING: staging.stage,
    State.APPLYING: applying.apply,
    State.UNDOING: undoing.undo,
}


def run(batch_id: int) -> ImportBatch | None:
    """Do the work that the batch's state asks for; None when somebody else is at it.

    After three tries that ended in a fault the batch is given up; nothing was written by then.
    """
    with _alone(batch_id) as mine:
        if not mine:
            return None
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state not in WORKING:
            return batch
        if batch.attempts >= ATTEMPTS:
            _give_up(batch)
            return batch
        batch.attempts += 1
        batch.save(update_fields=["attempts"])
        with without_gc(), on_behalf_of(_asked_by(batch), batch.reason):
            _WORK[batch.state](batch)
        batch.refresh_from_db()
        logger.info("import %s: %s %s", batch.public_id, batch.state, batch.counts)
        return batch


def _asked_by(batch: ImportBatch) -> int | None:
    """The account in whose name the work of this state is done."""
    asked = {State.APPLYING: batch.applied_by_id, State.UNDOING: batch.undone_by_id}
    return asked.get(State(batch.state), batch.created_by_id)


def _give_up(batch: ImportBatch) -> None:
    """An applied batch stays applied when undoing fails; everything else has written nothing."""
    asked = batch.state
    batch.state = State.APPLIED if asked == State.UNDOING else State.FAILED
    batch.refusal = {"code": "gave_up", "params": {"attempts": ATTEMPTS}}
    batch.state_at = timezone.now()
    with transaction.atomic():
        batch.save(update_fields=["state", "refusal", "state_at"])
        import_ended(batch, asked)
    logger.error("import %s given up", batch.public_id)


def unfinished(older_than_s: int = 30) -> list[int]:
    """Batches whose work should have begun or may have died, for the sweep."""
    before = timezone.now() - timedelta(seconds=older_than_s)
    waiting = Q(state__in=WORKING, state_at__lt=before)
    return list(ImportBatch.objects.filter(waiting).values_list("pk", flat=True))


@contextmanager
def _alone(batch_id: int) -> Iterator[bool]:
    """Whether we are the only one at this batch; held by the connection, not a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, batch_id % 2**31])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, batch_id % 2**31])
