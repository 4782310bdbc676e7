"""Invented people straight into the tables by COPY: the same seed gives the same people.

Per person 1 to 3 appointments, 6 to 9 ratings 2023-2026 (one year by quarters), 1 to 3 ranks, an
opening balance for 60 %, a higher degree for 8 %: about ten ledger entries.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from credits.rules.editions import edition_on
from credits.rules.errors import RuleError
from credits.rules.units import UNIT
from employees.models import Agency
from positions.ladder import Level
from positions.models import Position, Unit

SEED = 20261124
BLOCK = 10_000  # people in memory at once
CHUNK_OF_NIPS = 8_000  # birth days: all of age when they were appointed, from 2010 on
_DAY = timedelta(days=1)
_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_LEVELS = (Level.AHLI_PERTAMA, Level.AHLI_MUDA, Level.AHLI_MADYA)
_RANKS = ("III/a", "III/c", "IV/a")  # the lowest of each level
_PREDICATES = ("baik", "sangat_baik", "butuh_perbaikan", "kurang")
_WEIGHTS = (85, 10, 4, 1)
_QUARTERS = ((1, 1, 3, 31), (4, 1, 6, 30), (7, 1, 9, 30), (10, 1, 12, 31))

TABLES = {
    "employees_employee": (
        "id, public_id, nip, employment, name, front_title, back_title, sex, birth_date,"
        " birth_place, card_number, facts_version, facts_changed_at, is_sample, employer_id"
    ),
    "employees_unitmembership": "employee_id, unit_id, start",
    "employees_rank": "employee_id, effective_on, golongan, decree_number",
    "employees_appointment": (
        'employee_id, start, "end", level, way, position_id, origin, top_rank, start_assumed,'
        " decree_number, notes"
    ),
    "employees_education": "employee_id, degree, recorded_on, subject, institution",
    "credits_openingbalance": (
        'employee_id, "on", kind, units, document_number, scan, recorded_at'
    ),
    "credits_rating": (
        'employee_id, start, "end", predicate, state, evidence_number, recorded_at, approved_at,'
        " source, remark"
    ),
}


@dataclass
class _Block:
    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {table: [] for table in TABLES}
    )

    def add(self, table: str, *row: Any) -> None:
        self.rows[table].append(row)


def fill(people: int, seed: int = SEED) -> None:
    """Insert `people` people into a database that has the catalogue and nobody else."""
    chance = Random(seed)  # noqa: S311  sample data
    positions = _computed_positions()
    units = list(Unit.objects.order_by("id").values_list("id", flat=True))
    employer = Agency.objects.get(code="kemnaker").pk
    for begin in range(1, people + 1, BLOCK):
        block = _Block()
        for number in range(begin, min(begin + BLOCK, people + 1)):
            _person(block, number, chance, positions, units, employer)
        _copy(block)
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('employees_employee', 'id'), %s)", [people]
        )


def nip_of(number: int) -> str:
    """A well-formed invented NIP for each number from 0 to a million."""
    born = date(1970, 1, 1) + timedelta(days=number % CHUNK_OF_NIPS)
    rest = number // CHUNK_OF_NIPS
    return f"{born:%Y%m%d}{2010 + rest % 10}{rest // 1000 + 1:02d}1{900 + rest // 10 % 100}"


def _computed_positions() -> list[int]:
    """Positions of experts that follow the general rules."""

    def is_computed(code: str) -> bool:
        try:
            edition_on(date(2023, 1, 1), code)
        except RuleError:
            return False
        return True

    found = Position.objects.filter(category=Position.Category.EXPERT).order_by("code")
    return [pk for pk, code in found.values_list("id", "code") if is_computed(code)]


def _person(
    block: _Block,
    number: int,
    chance: Random,
    positions: Sequence[int],
    units: Sequence[int],
    employer: int,
) -> None:
    block.add(
        "employees_employee", number, UUID(int=chance.getrandbits(128)), nip_of(number), "PNS",
        f"Pegawai Uji {chance.randrange(10**6):06d}", "", "S.E.", chance.choice("LP"),
        date(1970, 1, 1) + timedelta(days=number % CHUNK_OF_NIPS), "Jakarta", "", 1, _NOW, True,
        employer,
    )  # fmt: skip
    block.add("employees_unitmembership", number, chance.choice(units), date(2017, 1, 1))
    opened = chance.random() < 0.6
    starts = _starts(chance, opened=opened)
    lowest = chance.choice((0, 0, 1)) if len(starts) < 3 else 0
    position = chance.choice(positions)
    for nth, start in enumerate(starts):
        last = starts[nth + 1] - _DAY if nth + 1 < len(starts) else None
        way = "promotion" if nth else "first"
        level = _LEVELS[lowest + nth].value
        block.add(
            "employees_appointment", number, start, last, level, way, position, "", False, False,
            "", "",
        )  # fmt: skip
        held_since = date(2016, 4, 1) if nth == 0 else start
        block.add("employees_rank", number, held_since, _RANKS[lowest + nth], "")
    block.add("employees_education", number, "S1", None, "", "")
    if chance.random() < 0.08:
        block.add("employees_education", number, "S2", date(2025, 3, 10), "", "")
    if opened:
        units_stated = chance.randrange(1, 200_000) * UNIT // 1000
        block.add(
            "credits_openingbalance", number, date(2022, 12, 31), "pak", units_stated, "", "", _NOW
        )
    for start, end in _periods(chance):
        predicate = chance.choices(_PREDICATES, _WEIGHTS)[0]
        approved = ("approved", "", _NOW, _NOW, "officer", "")
        block.add("credits_rating", number, start, end, predicate, *approved)


def _starts(chance: Random, *, opened: bool) -> list[date]:
    """The first days of one to three appointments."""
    if opened:
        first = date(chance.randrange(2017, 2023), chance.randrange(1, 13), 1)
    else:
        first = date(2023, chance.choice((1, 1, 4)), 1)
    promotions = chance.choices((0, 1, 2), (45, 40, 15))[0]
    later = sorted(chance.sample(((2024, 4), (2024, 10), (2025, 4), (2025, 7)), promotions))
    return [first, *(date(year, month, 1) for year, month in later)]


def _periods(chance: Random) -> Iterable[tuple[date, date]]:
    """One of the years 2023-2025 by quarters, the others whole, and none to three of 2026."""
    quarterly = chance.randrange(2023, 2026)
    for year in (2023, 2024, 2025):
        if year == quarterly:
            yield from _quarters(year, 4)
        else:
            yield date(year, 1, 1), date(year, 12, 31)
    yield from _quarters(2026, chance.randrange(4))


def _quarters(year: int, count: int) -> Iterable[tuple[date, date]]:
    for month, day, last_month, last_day in _QUARTERS[:count]:
        yield date(year, month, day), date(year, last_month, last_day)


def _copy(block: _Block) -> None:
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                write: Callable[[Sequence[Any]], None] = copy.write_row
                for row in block.rows[table]:
                    write(row)
