"""What all tests share."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

FIRST_SCHEME = """
    INSERT INTO credits_numberscheme (pattern, start)
    VALUES ('1/{number4}/KP.08.04/{month}/{year}', '2021-01-01')"""


@pytest.fixture(autouse=True, scope="session")
def _emptying_needs_a_superuser() -> Any:
    """Transactional tests empty the tables afterwards, which the ledger's trigger refuses.

    The test database's superuser passes by with `session_replication_role`; the role of a
    production site cannot.
    """

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)
            if any("credits_numberscheme" in sql for sql in sql_list):
                cursor.execute(FIRST_SCHEME)  # a migration wrote it, and all sites have it

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
    yield
    patch.undo()


@pytest.fixture
def forge(db: None) -> Any:
    """Change stored ledger rows as only a superuser with the triggers off could."""

    def run(sql: str, *parameters: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, parameters)
            cursor.execute("SET LOCAL session_replication_role = origin")

    return run


@pytest.fixture
def without_plenary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts of the chair and determinations by themselves, for tests of what follows from them."""
    from credits.services.claims import acts

    alone = {
        act: [do for do in known if not do.__module__.startswith("assessors")]
        for act, known in acts._before.items()
    }
    monkeypatch.setattr(acts, "_before", alone)
