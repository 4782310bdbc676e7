"""What all tests share."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations


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
