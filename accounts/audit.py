"""Which tables are audited, and the triggers that do it.

Every table of our own apps is audited unless its app says why not (`exempt`); `install` gives new
tables their triggers after each migration, so that none is forgotten.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import Model

# Never kept, in whatever table they stand; that they changed is.
SECRETS = frozenset(
    {"password", "hashed_key", "token", "token_hash", "secret", "secret_key", "key"}
)
PREFIX = "audit_"
_KINDS = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Watch:
    """How a table is audited. `person` is the column with the person's id ("" = none);
    `ignored` columns are no acts (counters); `hidden` ones are kept as changed, without value."""

    person: str = ""
    ignored: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


_declared: dict[str, Watch] = {}
_exempt: dict[str, str] = {}


def watch(
    table: str,
    *,
    person: str | None = None,
    ignored: tuple[str, ...] = (),
    hidden: tuple[str, ...] = (),
) -> None:
    """Say what differs from the rule: person = `employee_id` where there is one, all columns."""
    _declared[table] = Watch(person or "", ignored, hidden)


def exempt(table: str, because: str) -> None:
    """Leave a table out of the audit trail, with the reason."""
    _exempt[table] = because


def exemptions() -> dict[str, str]:
    return dict(_exempt)


def models_of_ours() -> list[type[Model]]:
    """All models with a table of their own, many-to-many tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in settings.OWN_APPS
        and model._meta.managed
        and not model._meta.proxy
    ]


def watched() -> dict[str, Watch]:
    """The tables to audit, and how."""
    found = {}
    for model in models_of_ours():
        table = model._meta.db_table
        if table in _exempt:
            continue
        columns = {str(f.column) for f in model._meta.concrete_fields}
        given = _declared.get(table, Watch())
        person = given.person or ("employee_id" if "employee_id" in columns else "")
        hidden = tuple(sorted(set(given.hidden) | columns & SECRETS))
        found[table] = Watch(person, given.ignored, hidden)
    return found


def _key(table: str) -> str:
    model = next(m for m in models_of_ours() if m._meta.db_table == table)
    return str(model._meta.pk.column)


def install(using: str = "default", **kwargs: Any) -> None:
    """Give every watched table its triggers, where they are missing or differ (post_migrate)."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if connection.vendor != "postgresql" or "accounts_auditevent" not in present:
        return
    known = installed(using)
    for table, how in watched().items():
        if table not in present:
            continue
        arguments = (_key(table), how.person, ",".join(how.ignored), ",".join(how.hidden))
        for kind in _KINDS:
            if known.get((table, kind)) != arguments:
                with connection.cursor() as cursor:
                    cursor.execute(_trigger(table, kind, arguments))
    for table, kind in known:
        if table in _exempt:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP TRIGGER {PREFIX}{kind} ON "{table}"')


def installed(using: str = "default") -> dict[tuple[str, str], tuple[str, ...]]:
    """The triggers that are there and enabled, with their arguments, by table and kind."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, encode(t.tgargs, 'escape') FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'audit\\_%%' AND t.tgenabled <> 'D' AND NOT t.tgisinternal"
            " AND pg_table_is_visible(c.oid)"
        )
        return {
            (table, name.removeprefix(PREFIX)): tuple(arguments.split("\\000")[:-1])
            for table, name, arguments in cursor.fetchall()
        }


def missing(using: str = "default") -> list[str]:
    """Watched tables without one of their triggers."""
    known = installed(using)
    return [t for t in watched() if any((t, kind) not in known for kind in _KINDS)]


def _trigger(table: str, kind: str, arguments: tuple[str, ...]) -> str:
    rows = {
        "insert": "REFERENCING NEW TABLE AS new_rows",
        "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "REFERENCING OLD TABLE AS old_rows",
        "truncate": "",
    }
    given = ", ".join(f"'{argument}'" for argument in arguments)
    return (
        f'CREATE OR REPLACE TRIGGER {PREFIX}{kind} AFTER {kind.upper()} ON "{table}"'
        f" {rows[kind]} FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit({given})"
    )
