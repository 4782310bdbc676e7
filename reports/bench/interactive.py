"""One person at a time, statements of a part, and the rules alone against whole numbers only."""

from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from credits.facts import facts_of
from credits.rules.timeline import Facts, expected_lines, held_on
from credits.services.ledger import reconcile
from reports.bench.recalculation import recalculate
from reports.bench.table import Figure, compared

MOST = 12
TIMES = 200
_COEFFICIENTS = {"ahli_pertama": 12_500, "ahli_muda": 25_000, "ahli_madya": 37_500}
_PERCENT = {"sangat_baik": 150, "baik": 100, "butuh_perbaikan": 75, "kurang": 50}


def statements(people: int) -> list[Figure]:
    """T6: statements of a part with everybody and with one, nothing posted before."""
    found = []
    for name, ids in (("a part", range(1, people + 1)), ("one person", range(1, 2))):
        with transaction.atomic():
            _touch(list(ids))
            with CaptureQueriesContext(connection) as captured:
                reconcile(list(ids), 0)
            transaction.set_rollback(True)
        found.append(
            Figure(
                f"T6 statements, {name}",
                len(ids),
                queries=len(captured),
                target=f"<= {MOST} queries",
                holds=len(captured) <= MOST,
            )
        )
    return found


def _touch(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE credits_rating SET predicate = CASE predicate WHEN 'baik' THEN 'sangat_baik'"
            " ELSE 'baik' END WHERE employee_id = ANY(%s)",
            [ids],
        )
        cursor.execute(
            "UPDATE employees_employee SET facts_version = facts_version + 1 WHERE id = ANY(%s)",
            [ids],
        )


def one_person(people: int) -> list[Figure]:
    """T7: the answer that an officer waits for, against a bare `select 1`."""
    recalculate()
    bare, unchanged, posted = [], [], []
    for nth in range(TIMES):
        key = nth % people + 1
        bare.append(_seconds(_select_one))
        unchanged.append(_seconds(partial(_reconcile, key)))
        _touch([key])
        posted.append(_seconds(partial(_reconcile, key)))
    return [
        _against(bare, unchanged, "T7 one person, unchanged", 12),
        _against(bare, posted, "T7 one person, posted anew", 60),
    ]


def _against(bare: list[float], ours: list[float], name: str, limit: float) -> Figure:
    # A statement of a tenth of a millisecond has no pair: medians are compared, not repeats.
    return compared(name, 1, [median(ours)], [median(bare)], limit)


def _seconds(act: Callable[[], object]) -> float:
    begin = perf_counter()
    act()
    return perf_counter() - begin


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _reconcile(key: int) -> None:
    with transaction.atomic():
        reconcile([key], 0)


def core(people: int, repeats: int) -> Figure:
    """T8: the rules over facts in memory, against the same conversions in whole numbers only."""
    facts = list(facts_of(range(1, people + 1)).values())
    ours, bare = [], []
    for _ in range(repeats):
        bare.append(_seconds(lambda: [_plain(one) for one in facts]))
        ours.append(_seconds(lambda: [expected_lines(one) for one in facts]))
    return compared("T8 rules alone", people, ours, bare, 3.0)


def _plain(facts: Facts) -> list[tuple[Any, ...]]:
    """Conversions in thousandths: neither exact nor explained, no base, degree or opening."""
    lines: list[tuple[Any, ...]] = []
    for rating in facts.ratings:
        holding = held_on(facts.appointments, rating.start)
        if holding is None or rating.start < date(2023, 1, 1):
            continue
        months = (rating.end.year - rating.start.year) * 12 + rating.end.month
        months -= rating.start.month - 1
        amount = (
            _COEFFICIENTS.get(holding.level, 50_000) * _PERCENT.get(rating.predicate, 25) * months
        ) // 1200
        lines.append(
            ("conversion", rating.end.isoformat(), amount, holding.level, rating.predicate, months,
             rating.start.isoformat(), rating.end.isoformat(), rating.id)
        )  # fmt: skip
    lines.sort(key=lambda line: line[1])
    return lines
