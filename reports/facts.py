"""Everything on record about one person, in one statement, whatever the length of the history.

Each table gives rows of the same shape; `reports.history` puts them into words.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection


class Fact(NamedTuple):
    """A dated fact. What `first`, `second` and `third` hold depends on the kind (see FACTS)."""

    kind: str  # resource of the policy: appointment, rank, membership, superior, ...
    pk: int
    start: date | None
    end: date | None
    first: str
    second: str
    third: str
    number: str  # of the decree or the document
    flag: bool
    replaced_by: int | None
    recorded_at: datetime | None
    link: UUID | None

    def holds(self, on: date) -> bool:
        return self.start is not None and self.start <= on and (self.end is None or self.end >= on)


FACTS = """
    SELECT 'appointment', a.id, a.start, a."end", p.name, coalesce(l.name, a.level), a.way,
        a.decree_number, a.start_assumed, NULL::bigint, NULL::timestamptz, NULL::uuid
    FROM employees_appointment a JOIN positions_position p ON p.id = a.position_id
    LEFT JOIN positions_positionlevel l ON l.position_id = p.id AND l.level = a.level
    WHERE a.employee_id = %(id)s
    UNION ALL
    SELECT 'rank', id, effective_on, NULL, golongan, '', '', decree_number, false, NULL, NULL, NULL
    FROM employees_rank WHERE employee_id = %(id)s
    UNION ALL
    SELECT 'membership', m.id, m.start, m."end", coalesce(v.name, '–'), '', '', '', false,
        NULL, NULL, NULL
    FROM employees_unitmembership m LEFT JOIN positions_unitversion v ON v.unit_id = m.unit_id
        AND v.start <= %(on)s AND (v."end" IS NULL OR v."end" >= %(on)s)
    WHERE m.employee_id = %(id)s
    UNION ALL
    SELECT 'superior', s.id, s.start, s."end",
        trim(e.front_title || ' ' || e.name)
            || CASE WHEN e.back_title = '' THEN '' ELSE ', ' || e.back_title END,
        s.capacity, s.office, '', false, NULL, NULL, e.public_id
    FROM employees_superior s JOIN employees_employee e ON e.id = s.superior_id
    WHERE s.employee_id = %(id)s
    UNION ALL
    SELECT 'status', id, start, "end", kind, '', '', decree_number, cum_laude, NULL, NULL, NULL
    FROM employees_statusperiod WHERE employee_id = %(id)s
    UNION ALL
    SELECT 'education', id, coalesce(recorded_on, graduated_on), NULL, degree, subject,
        institution, '', recorded_on IS NULL, NULL, NULL, NULL
    FROM employees_education WHERE employee_id = %(id)s
    UNION ALL
    SELECT 'rating', id, start, "end", predicate, state, remark, evidence_number,
        withdrawal_by_id IS NOT NULL, superseded_by_id, recorded_at, NULL
    FROM credits_rating WHERE employee_id = %(id)s AND withdrawn_at IS NULL
    UNION ALL
    SELECT 'opening', id, "on", NULL, kind, '', '', document_number, scan <> '',
        superseded_by_id, recorded_at, NULL
    FROM credits_openingbalance WHERE employee_id = %(id)s AND withdrawn_at IS NULL"""


def facts_about(person_id: int, on: date) -> list[Fact]:
    """All facts of a person, oldest first; units by their names on a day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"id": person_id, "on": on})
        rows = [Fact._make(row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda fact: (fact.start or date.min, fact.pk))


class Origin(NamedTuple):
    """Who brought something into the system: a run, an import, or an entry by hand."""

    kind: str  # run, import, correction
    key: int  # the run; the row that was written
    table: str  # of the row, or the subject of a correction
    public_id: UUID | None
    at: datetime
    text: str  # the reason, or the name of the file
    who: str  # "" = the system
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_WHO = "coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '')"
ORIGINS = f"""
    SELECT 'run', r.id, '', r.public_id, r.created_at, r.reason, {_WHO},
        NULL::jsonb, NULL::jsonb
    FROM credits_calculationrun r LEFT JOIN accounts_user u ON u.id = r.actor_id
    WHERE r.id = ANY(%(runs)s)
    UNION ALL
    (SELECT 'import', c.row_id, c."table", b.public_id, b.applied_at, b.file_name, {_WHO},
        c.before, c.after
    FROM employees_importchange c JOIN employees_importbatch b ON b.id = c.batch_id
    LEFT JOIN accounts_user u ON u.id = b.applied_by_id
    WHERE c.employee_id = %(id)s AND b.applied_at IS NOT NULL AND b.undone_at IS NULL
    ORDER BY b.applied_at DESC, c.id LIMIT %(most)s)
    UNION ALL
    (SELECT 'correction', coalesce((c.after ->> 'id')::bigint, 0), c.subject, NULL, c.at,
        c.reason, {_WHO}, c.before, c.after
    FROM employees_correction c LEFT JOIN accounts_user u ON u.id = c.actor_id
    WHERE c.employee_id = %(id)s ORDER BY c.at DESC, c.id DESC LIMIT %(most)s)"""  # noqa: S608
MOST_ORIGINS = 300  # of each kind, the newest


def origins_of(person_id: int, run_ids: Sequence[int]) -> list[Origin]:
    """The runs named, and what imports and officers wrote about a person. One statement."""
    values: Any = {"id": person_id, "runs": list(run_ids), "most": MOST_ORIGINS}
    with connection.cursor() as cursor:
        cursor.execute(ORIGINS, values)
        rows = cursor.fetchall()
    return [Origin._make((*row[:-2], *map(_read_json, row[-2:]))) for row in rows]


def _read_json(text: Any) -> dict[str, Any] | None:
    """JSON as Django's connection hands it out: as text."""
    return json.loads(text) if isinstance(text, str) else text
