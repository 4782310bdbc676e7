"""Reading the facts of many people at once, as the plain values that the rules take.

Tuples from a cursor, never model instances: three statements for any number of people.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection

from credits.rules.timeline import Appointment, Degree, Determined, Facts, Opening, Pause, Rating

# Heights of formal degrees; a D-IV and an S-1 are equals.
DEGREE_ORDER = {"SMA": 0, "D1": 1, "D2": 2, "D3": 3, "D4": 4, "S1": 4, "S2": 5, "S3": 6}

APPOINTMENTS = """
    SELECT a.employee_id, a.id, p.code, a.level, a.start, a."end", a.way, a.origin, a.top_rank
    FROM employees_appointment a JOIN positions_position p ON p.id = a.position_id
    WHERE {a.employee_id} ORDER BY a.employee_id, a.start"""
RATINGS = """
    SELECT employee_id, id, start, "end", predicate FROM credits_rating
    WHERE {employee_id} AND superseded_by_id IS NULL AND withdrawn_at IS NULL
        AND state = 'approved'
    ORDER BY employee_id, start"""
OTHERS = """
    SELECT employee_id, 'rank', id, golongan, effective_on, NULL::date, 0, false
    FROM employees_rank WHERE {employee_id}
    UNION ALL
    SELECT employee_id, 'opening', id, kind, "on", NULL::date, units, false
    FROM credits_openingbalance
    WHERE {employee_id} AND superseded_by_id IS NULL AND withdrawn_at IS NULL
    UNION ALL
    SELECT employee_id, 'pause', id, kind, start, "end", 0, cum_laude FROM employees_statusperiod
    WHERE {employee_id}
    UNION ALL
    SELECT employee_id, 'degree', id, degree, recorded_on, NULL::date, 0, false
    FROM employees_education WHERE {employee_id}
    UNION ALL
    SELECT employee_id, 'claim', id, edition || E'\x1f' || article, decided_on, effective_on, units,
        false
    FROM credits_claimdecision WHERE {employee_id} AND withdrawn_at IS NULL AND units > 0
    ORDER BY 1, 5, 3"""


def facts_of(ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of people by id; nobody is left out, some may have none."""
    people = {i: Facts(i, [], [], [], [], None, [], []) for i in ids}
    find = people.get  # strangers may come along: see `among`
    with connection.cursor() as cursor:
        for row in _read(cursor, APPOINTMENTS, people):
            if facts := find(row[0]):
                facts.appointments.append(Appointment._make(row[1:]))  # type: ignore[attr-defined]
        for row in _read(cursor, RATINGS, people):
            if facts := find(row[0]):
                facts.ratings.append(_rating(Rating, row[1:]))  # type: ignore[attr-defined]
        for row in _read(cursor, OTHERS, people):
            if facts := find(row[0]):
                _other(facts, row)
    return people


_rating = tuple.__new__  # what Rating() does, without the call in between: most rows are ratings


def _read(cursor: Any, statement: str, ids: Collection[int]) -> list[tuple[Any, ...]]:
    cursor.execute(*among(statement, ids))
    return cursor.fetchall()


def among(statement: str, ids: Collection[int]) -> tuple[str, list[Any]]:
    """A statement with each {column} restricted to ids, which ascend, and its values.

    People who are next to one another are read as a range, which needs neither a search for each
    of them nor sorting; then strangers may come along, no more than were asked for.
    """
    if not ids:
        return among(statement, [0])
    first, last = next(iter(ids)), next(reversed(ids))  # type: ignore[call-overload]
    if last - first < 2 * len(ids):
        condition, values = r"\1 BETWEEN %s AND %s", [first, last]
    else:
        condition, values = r"\1 = ANY(%s)", [array(ids)]
    query, times = _COLUMN.subn(condition, statement)
    return query, values * times


_COLUMN = re.compile(r"\{([a-z._]+)\}")


def array(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it; psycopg would examine each number for quotes."""
    return f"{{{','.join(map(str, values))}}}"


def _other(facts: Facts, row: tuple[Any, ...]) -> None:
    _, what, key, kind, start, end, units, cum_laude = row
    if what == "rank":
        facts.ranks.append((start, kind))  # type: ignore[attr-defined]
    elif what == "opening":
        facts.opening = Opening(key, start, kind, units)
    elif what == "pause":
        facts.pauses.append(Pause(key, kind, start, end, cum_laude))  # type: ignore[attr-defined]
    elif what == "claim":
        edition, _, article = kind.partition("\x1f")
        facts.claims.append(  # type: ignore[attr-defined]
            Determined(key, start, end, units, article, edition)
        )
    else:
        facts.degrees.append(Degree(key, DEGREE_ORDER[kind], start))  # type: ignore[attr-defined]
