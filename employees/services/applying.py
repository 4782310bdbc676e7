"""Applying a batch: its accepted rows, planned anew against the present database, as one act."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.fields.json import KT
from django.utils import timezone

from employees.importing import catalogue, reading, registry
from employees.importing.facets import Context
from employees.importing.plan import REFUSED, Finding, Person, Rec, SheetRow
from employees.importing.reading import Group
from employees.models import Employee, ImportBatch, ImportRow
from employees.services import bulk
from employees.services.facts import mark_changed
from employees.services.staging import move

State = ImportBatch.State
_LONG = 5_000  # rows from which on progress is shown while applying
_WRITERS = 7_204  # advisory lock: one import writes at a time


def apply(batch: ImportBatch) -> None:
    """Write the accepted rows in one transaction and record every row touched.

    Rows that the database no longer allows since the preview become refused; the others are
    written. When somebody else's change collides in the last moment (a constraint), everything is
    rolled back and the batch goes back to its preview with the reason.
    """
    try:
        with transaction.atomic():
            lock_writers()
            _apply(batch)
    except IntegrityError:
        batch.refresh_from_db()
        batch.refusal = {"code": "collided", "params": {}}
        move(batch, State.PREVIEW)


def lock_writers() -> None:
    """Until the end of the transaction no other import applies or undoes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_WRITERS])


def _apply(batch: ImportBatch) -> None:
    kind = registry.kind(batch.kind)
    officers = frozenset(filter(None, [batch.created_by_id, batch.applied_by_id]))
    context = Context(
        catalogue.load(),
        timezone.localdate(),
        officers,
        comparing=False,
        batch=batch.pk,
        actor=batch.applied_by_id,
    )
    now = timezone.now()
    _lock_people(batch)
    touched: set[int] = set()
    with _signs_of_life(batch) as tick:
        for part in reading.chunks(_groups(batch, kind)):
            people = reading.plan(kind, part, context)
            _refuse_rows(batch, part)
            touched |= _write(batch, people, now)
            tick(sum(len(rows) for _nip, rows in part))
    if kind.is_fact:
        mark_changed(touched)
    with connection.cursor() as cursor:  # deferred constraints speak now, inside the try
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    batch.applied_at = now
    batch.refusal = None
    batch.rows_read = batch.rows_total
    move(batch, State.APPLIED)


@contextmanager
def _signs_of_life(batch: ImportBatch) -> Iterator[Callable[[int], None]]:
    """Progress by a connection of its own: nobody sees into our transaction before its end."""
    if batch.rows_total < _LONG:
        yield lambda rows: None
        return
    aside = connection.copy()
    done = 0

    def tick(rows: int) -> None:
        nonlocal done
        done += rows
        with aside.cursor() as cursor:
            cursor.execute(
                "UPDATE employees_importbatch SET rows_read = %s WHERE id = %s", [done, batch.pk]
            )

    try:
        yield tick
    finally:
        aside.close()


def _lock_people(batch: ImportBatch) -> None:
    """All known people of the sheet, in the order in which everybody locks people."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.id FROM employees_employee e WHERE e.nip IN (
                SELECT r."values" ->> 'nip' FROM employees_importrow r
                WHERE r.batch_id = %s AND r.outcome <> %s)
            ORDER BY e.id FOR NO KEY UPDATE""",
            [batch.pk, REFUSED],
        )


def _groups(batch: ImportBatch, kind: registry.Kind) -> Iterator[Group]:
    """Accepted rows by person, streamed: memory does not grow with the sheet."""
    headings = kind.headings(batch.options["matched"])
    rows = (
        ImportRow.objects.filter(batch=batch)
        .exclude(outcome=REFUSED)
        .annotate(nip=KT("values__nip"))
        .order_by("nip", "number")
        .values_list("nip", "number", "values")
        .iterator(reading.CHUNK)
    )
    for nip, group in groupby(rows, key=lambda row: row[0]):
        decoded = [(n, reading.decode(kind, v | {"nip": nip})) for _nip, n, v in group]
        for _number, values in decoded:
            values.pop("nip")
        yield nip, [SheetRow(number, values, headings) for number, values in decoded]


def _refuse_rows(batch: ImportBatch, groups: Sequence[Group]) -> None:
    """Rows that were fine in the preview and are not any more."""
    for _nip, rows in groups:
        for row in rows:
            if row.outcome == REFUSED:
                before = ImportRow.objects.get(batch=batch, number=row.number)
                batch.counts[before.outcome] -= 1
                batch.counts[REFUSED] += 1
                before.outcome = REFUSED
                late = Finding("changed_since_preview", {}).stored()
                errors = [*(e.stored() for e in row.errors), late]
                before.errors = json.loads(reading.encode(errors))
                before.save(update_fields=["outcome", "errors"])


def _write(batch: ImportBatch, people: Sequence[Person], now: datetime) -> set[int]:
    """Write what is touched: people first, then table by table, changes before new rows.

    Returns the people known before whose facts changed; new ones were never computed anyway.
    """
    touched = [(person, person.touched()) for person in people]
    made: dict[type[Model], list[Rec]] = defaultdict(list)
    changed: dict[type[Model], list[Rec]] = defaultdict(list)
    for _person, recs in touched:
        for rec in recs:
            (made if rec.id is None else changed)[rec.model].append(rec)
    for model, recs in made.items():
        for rec, pk in zip(recs, bulk.new_ids(model, len(recs)), strict=True):
            rec.id = pk
    new = {rec.id for rec in made[Employee]}
    ids: set[int] = set()
    for person, recs in touched:
        if recs and person.employee is not None and person.employee.id is not None:
            ids.add(person.employee.id)
            for rec in recs:
                if rec.model is not Employee:
                    rec.values["employee_id"] = person.employee.id
    for model in registry.tables().values():
        bulk.update(batch.pk, model, changed[model])
        bulk.create(batch.pk, model, made[model], now)
    return ids - new
