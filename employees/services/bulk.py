"""Set-based writes that record what they did: few statements for thousands of rows.

Rows travel as one JSON parameter (jsonb_populate_recordset), so that one statement inserts or
updates a chunk of any table and, in the same statement, keeps the row as it was and as it is now
(`ImportChange`). Undoing reads these images back. Table and column names come from models only.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Field, Model

from employees.importing.plan import Rec
from employees.models import Employee

# Bookkeeping of the counting, which only grows; no part of what undoing restores.
UNTRACKED = ("facts_version", "facts_changed_at")

Values = dict[str, Any]


def new_ids(model: type[Model], count: int) -> list[int]:
    """Fresh primary keys of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def create(batch_id: int, model: type[Model], recs: Sequence[Rec], now: datetime) -> None:
    """Insert new rows (ids given) and keep their image."""
    if not recs:
        return
    fields = _columns(model)
    rows = [_complete(rec, fields, now) for rec in recs]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH made AS (
                INSERT INTO "{table}" ({columns})
                SELECT {columns} FROM jsonb_populate_recordset(NULL::"{table}", %s)
                RETURNING *)
            INSERT INTO employees_importchange
                (batch_id, "table", row_id, employee_id, before, after)
            SELECT %s, %s, made.id, {_person(model, "made")}, NULL, {_image("made")} FROM made
            ORDER BY made.id""",  # noqa: S608 - names from models
            [_json(rows), batch_id, table],
        )


def update(batch_id: int, model: type[Model], recs: Iterable[Rec]) -> None:
    """Write the changed columns of present rows and keep the images before and after."""
    groups: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for rec in recs:
        changed = rec.changed()
        row = {"id": rec.id} | {k: _plain(v) for k, v in changed.items()}
        groups[tuple(sorted(changed))].append(row)
    table = model._meta.db_table
    column_of = {f.attname: f.column for f in _columns(model)}
    for columns, rows in groups.items():
        names = [column_of[c] for c in columns]
        setting = ", ".join(f'"{name}" = v."{name}"' for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH v AS (
                    SELECT * FROM jsonb_populate_recordset(NULL::"{table}", %s)),
                old AS (SELECT t.* FROM "{table}" t JOIN v ON v.id = t.id),
                made AS (UPDATE "{table}" t SET {setting} FROM v WHERE t.id = v.id RETURNING t.*)
                INSERT INTO employees_importchange
                    (batch_id, "table", row_id, employee_id, before, after)
                SELECT %s, %s, made.id, {_person(model, "made")}, {_image("old")}, {_image("made")}
                FROM made JOIN old ON old.id = made.id ORDER BY made.id""",  # noqa: S608
                [_json(rows), batch_id, table],
            )


def remember(batch_id: int, model: type[Model], ids: Sequence[int]) -> list[int]:
    """Take rows that are about to change as part of an applied batch into what it keeps.

    Call it before the change, then `refresh` with what it returns: the rows that nobody else has
    changed since the batch. The others stay a later change, which undoing reports.
    """
    table, image = model._meta.db_table, _image("t")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH kept AS (
                SELECT row_id, after FROM employees_importchange
                WHERE batch_id = %s AND "table" = %s AND row_id = ANY(%s)),
            added AS (
                INSERT INTO employees_importchange
                    (batch_id, "table", row_id, employee_id, before, after)
                SELECT %s, %s, t.id, {_person(model, "t")}, {image}, {image} FROM "{table}" t
                WHERE t.id = ANY(%s) AND t.id NOT IN (SELECT row_id FROM kept) RETURNING row_id)
            SELECT row_id FROM added UNION ALL
            SELECT k.row_id FROM kept k JOIN "{table}" t ON t.id = k.row_id
            WHERE {image} @> k.after""",  # noqa: S608 - names from models
            [batch_id, table, list(ids)] * 2,
        )
        return [row[0] for row in cursor.fetchall()]


def refresh(batch_id: int, model: type[Model], ids: Sequence[int]) -> None:
    """Keep rows as they are now as the work of the batch: see `remember`."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE employees_importchange c SET after = {_image("t")} FROM "{table}" t
            WHERE c.batch_id = %s AND c."table" = %s AND c.row_id = t.id
              AND t.id = ANY(%s)""",  # noqa: S608 - names from models
            [batch_id, table, list(ids)],
        )


def touched_since(batch_id: int, model: type[Model]) -> list[tuple[int, int | None]]:
    """Rows of a batch that are no longer as the batch left them: (row id, person).

    Columns that did not exist then are no difference.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT c.row_id, c.employee_id FROM employees_importchange c
            LEFT JOIN "{table}" t ON t.id = c.row_id
            WHERE c.batch_id = %s AND c."table" = %s
              AND (t.id IS NULL OR NOT {_image("t")} @> c.after) ORDER BY c.row_id""",  # noqa: S608
            [batch_id, table],
        )
        return cursor.fetchall()


def delete_created(batch_id: int, model: type[Model], keep: Sequence[int]) -> None:
    """Delete the rows that a batch created, but those in `keep`."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""DELETE FROM "{table}" t USING employees_importchange c
            WHERE c.batch_id = %s AND c."table" = %s AND c.before IS NULL AND t.id = c.row_id
              AND NOT t.id = ANY(%s)""",  # noqa: S608
            [batch_id, table, list(keep)],
        )


def restore_changed(batch_id: int, model: type[Model]) -> None:
    """Give the rows that a batch changed all their former columns back."""
    table = model._meta.db_table
    names = [f.column for f in _columns(model) if f.column not in {"id", *UNTRACKED}]
    setting = ", ".join(f'"{name}" = (b.r)."{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE "{table}" t SET {setting} FROM (
                SELECT c.row_id, jsonb_populate_record(o, c.before) AS r
                FROM employees_importchange c JOIN "{table}" o ON o.id = c.row_id
                WHERE c.batch_id = %s AND c."table" = %s AND c.before IS NOT NULL) b
            WHERE t.id = b.row_id""",  # noqa: S608
            [batch_id, table],
        )


def _columns(model: type[Model]) -> "list[Field[Any, Any]]":
    return [f for f in model._meta.concrete_fields if not f.generated]


def _complete(rec: Rec, fields: "Sequence[Field[Any, Any]]", now: datetime) -> Values:
    row: Values = {}
    for f in fields:
        if f.attname in rec.values:
            value = rec.values[f.attname]
        elif getattr(f, "auto_now_add", False):
            value = now
        else:
            value = f.get_default()
        row[str(f.column)] = _plain(value)
    row["id"] = rec.id
    return row


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Rec) else value


def _json(rows: list[Values]) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder)


def _person(model: type[Model], alias: str) -> str:
    """Whom a row is about; the parts of a claim say it by their claim alone."""
    if model is Employee:
        return f"{alias}.id"
    known = any(f.attname == "employee_id" for f in model._meta.concrete_fields)
    return f"{alias}.employee_id" if known else "NULL::bigint"


def _image(alias: str) -> str:
    untracked = ", ".join(f"'{name}'" for name in UNTRACKED)
    return f"(to_jsonb({alias}.*) - ARRAY[{untracked}])"
