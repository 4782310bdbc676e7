"""The floor: the same inputs copied out of PostgreSQL and the same result rows copied in.

No calculation and no comparison; the tables written have the same columns and indexes as the
ledger and its heads, and on demand the same triggers.
"""

import tempfile
from collections.abc import Sequence
from typing import IO, Any

from django.db import connection, transaction

from credits.services.ledger import COLUMNS

ENTRIES, HEADS = "bench_entry", "bench_head"
HEAD_COLUMNS = (
    "employee_id, seq, hash, balance_units, digest, facts_version, rules_version, run_id,"
    " computed_at"
)
PIECE = 1 << 18

# What a recalculation reads, column by column (credits.facts), each whole or for some people.
INPUTS = (
    "SELECT id, facts_version FROM employees_employee WHERE {id}",
    'SELECT a.employee_id, a.id, p.code, a.level, a.start, a."end", a.way, a.origin, a.top_rank'
    " FROM employees_appointment a JOIN positions_position p ON p.id = a.position_id"
    " WHERE {a.employee_id}",
    "SELECT employee_id, effective_on, golongan FROM employees_rank WHERE {employee_id}",
    'SELECT employee_id, id, start, "end", predicate FROM credits_rating'
    " WHERE superseded_by_id IS NULL AND withdrawn_at IS NULL AND state = 'approved'"
    " AND {employee_id}",
    'SELECT employee_id, id, kind, "on", units FROM credits_openingbalance'
    " WHERE superseded_by_id IS NULL AND withdrawn_at IS NULL AND {employee_id}",
    'SELECT employee_id, id, kind, start, "end", cum_laude FROM employees_statusperiod'
    " WHERE {employee_id}",
    "SELECT employee_id, id, degree, recorded_on FROM employees_education WHERE {employee_id}",
)
DIGESTS = "SELECT employee_id, digest FROM credits_ledgerhead WHERE {employee_id}"
OLD_HEADS = (
    "SELECT employee_id, seq, hash, balance_units, digest, facts_version, rules_version"
    " FROM credits_ledgerhead WHERE {employee_id}"
)
OLD_ENTRIES = f"SELECT {COLUMNS} FROM credits_ledgerentry WHERE {{employee_id}}"  # noqa: S608


class Rows:
    """Result rows kept as the bytes that COPY reads, in a file: any number, little memory."""

    def __init__(self, select: str) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the rows
        with connection.cursor() as cursor, cursor.copy(f"COPY ({select}) TO STDOUT") as copy:
            for block in copy:
                self._file.write(block)

    def write(self, cursor: Any, table: str, columns: str) -> None:
        self._file.seek(0)
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            while piece := self._file.read(PIECE):
                copy.write(piece)


class Results:
    """The entries after number `since` and the heads of a run, to be written again."""

    def __init__(self, since: int = 0) -> None:
        self.entries = Rows(
            f"SELECT {COLUMNS} FROM credits_ledgerentry WHERE id > {since} ORDER BY id"  # noqa: S608
        )
        self.heads = Rows(
            f"SELECT {HEAD_COLUMNS} FROM credits_ledgerhead WHERE run_id ="  # noqa: S608
            " (SELECT max(run_id) FROM credits_ledgerhead) ORDER BY employee_id"
        )


def prepare(*, triggers: bool = False, filled: bool = False) -> None:
    """Empty copies of the ledger's tables; `filled` with the present entries."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ENTRIES}, {HEADS}")
        cursor.execute(f"CREATE TABLE {ENTRIES} (LIKE credits_ledgerentry INCLUDING ALL)")
        cursor.execute(f"CREATE TABLE {HEADS} (LIKE credits_ledgerhead INCLUDING ALL)")
        if triggers:
            cursor.execute(
                f"CREATE TRIGGER people_exist AFTER INSERT ON {ENTRIES} REFERENCING NEW TABLE AS"
                " new_entries FOR EACH STATEMENT EXECUTE FUNCTION credits_people_exist()"
            )
        if filled:
            cursor.execute(
                f"INSERT INTO {ENTRIES} ({COLUMNS})"  # noqa: S608
                f" SELECT {COLUMNS} FROM credits_ledgerentry ORDER BY id"
            )


def copy_out(statements: Sequence[str], ids: Sequence[int] | None = None) -> None:
    """Read statements to the end and throw the bytes away."""
    with connection.cursor() as cursor:
        for statement in statements:
            with cursor.copy(f"COPY ({_restricted(statement, ids)}) TO STDOUT") as copy:
                for _ in copy:
                    pass


def _restricted(statement: str, ids: Sequence[int] | None) -> str:
    before, _, rest = statement.partition("{")
    column, _, after = rest.partition("}")
    if ids is None:
        return f"{before}true{after}"
    return f"{before}{column} = ANY('{{{','.join(map(str, ids))}}}'){after}"


def write(results: Results) -> None:
    """Copy the result rows in, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        results.entries.write(cursor, ENTRIES, COLUMNS)
        results.heads.write(cursor, HEADS, HEAD_COLUMNS)
