"""Reading the facts of many people at once, as the plain values that the rules take.

Tuples from a cursor, never model instances: six statements for any number of people.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from credits.rules.timeline import Appointment, Degree, Facts, Opening, Pause, Rating

# Heights of formal degrees; a D-IV and an S-1 are equals.
DEGREE_ORDER = {"SMA": 0, "D1": 1, "D2": 2, "D3": 3, "D4": 4, "S1": 4, "S2": 5, "S3": 6}

APPOINTMENTS = """
    SELECT a.employee_id, a.id, p.code, a.level, a.start, a."end", a.way, a.origin, a.top_rank
    FROM employees_appointment a JOIN positions_position p ON p.id = a.position_id
    WHERE a.employee_id = ANY(%s) ORDER BY a.employee_id, a.start"""
RANKS = """
    SELECT employee_id, effective_on, golongan FROM employees_rank
    WHERE employee_id = ANY(%s) ORDER BY employee_id, effective_on"""
RATINGS = """
    SELECT employee_id, id, start, "end", predicate FROM credits_rating
    WHERE employee_id = ANY(%s) AND superseded_by_id IS NULL AND withdrawn_at IS NULL
    ORDER BY employee_id, start"""
OTHERS = """
    SELECT employee_id, 'opening', id, kind, "on", NULL::date, units, false
    FROM credits_openingbalance
    WHERE employee_id = ANY(%s) AND superseded_by_id IS NULL AND withdrawn_at IS NULL
    UNION ALL
    SELECT employee_id, 'pause', id, kind, start, "end", 0, cum_laude FROM employees_statusperiod
    WHERE employee_id = ANY(%s)
    UNION ALL
    SELECT employee_id, 'degree', id, degree, recorded_on, NULL::date, 0, false
    FROM employees_education WHERE employee_id = ANY(%s)
    ORDER BY 1, 5, 3"""


def facts_of(ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of people by id; nobody is left out, some may have none."""
    people = {i: Facts(i, [], [], [], [], None, []) for i in ids}
    wanted = array(ids)
    with connection.cursor() as cursor:
        cursor.execute(APPOINTMENTS, [wanted])
        for row in cursor.fetchall():
            people[row[0]].appointments.append(Appointment._make(row[1:]))  # type: ignore[attr-defined]
        cursor.execute(RANKS, [wanted])
        for row in cursor.fetchall():
            people[row[0]].ranks.append(row[1:])  # type: ignore[attr-defined]
        cursor.execute(RATINGS, [wanted])
        for row in cursor.fetchall():
            people[row[0]].ratings.append(Rating._make(row[1:]))  # type: ignore[attr-defined]
        cursor.execute(OTHERS, [wanted] * 3)
        for row in cursor.fetchall():
            _other(people[row[0]], row[1:])
    return people


def array(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it; psycopg would examine each number for quotes."""
    return f"{{{','.join(map(str, values))}}}"


def _other(facts: Facts, row: tuple[Any, ...]) -> None:
    what, key, kind, start, end, units, cum_laude = row
    if what == "opening":
        facts.opening = Opening(key, start, kind, units)
    elif what == "pause":
        facts.pauses.append(Pause(key, kind, start, end, cum_laude))  # type: ignore[attr-defined]
    else:
        facts.degrees.append(Degree(key, DEGREE_ORDER[kind], start))  # type: ignore[attr-defined]
