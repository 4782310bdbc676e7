"""Speed of recalculation against the floor: first posting, nothing changed, some changed."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection

from credits.models import CalculationRun
from credits.services.runs import recalculate_now
from reports.bench import floor
from reports.bench.table import Figure, compared

LARGE = 10_000  # from here on the targets for 100,000 people hold
SHARE = 20  # one in so many is touched: 5 %


def timed(act: Callable[[], Any]) -> float:
    """Seconds that `act` takes, after a checkpoint, so that nobody pays for what was before."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    begin = perf_counter()
    act()
    return perf_counter() - begin


def _recalculate_stale(runs: list[CalculationRun]) -> None:
    runs.append(recalculate({"stale": True}))


def recalculate(scope: dict[str, Any] | None = None) -> CalculationRun:
    """A whole run, with its record, in this process."""
    return recalculate_now(scope or {"all": True}, "bench")


def empty_ledger() -> None:
    """Take everything posted away. Only a table's owner can, and only in a database of his own."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE credits_ledgerentry DISABLE TRIGGER ledger_no_truncate")
        cursor.execute(
            "TRUNCATE credits_ledgerentry, credits_ledgerhead, credits_runissue, credits_runchunk"
        )
        cursor.execute("ALTER TABLE credits_ledgerentry ENABLE TRIGGER ledger_no_truncate")


def first_posting(people: int, repeats: int) -> list[Figure]:
    """T1 (100,000) and T2 (1,904): everybody posted for the first time."""
    empty_ledger()
    entries = recalculate().posted
    results = floor.Results()
    ours, bare, guarded = [], [], []
    for _ in range(repeats):
        bare.append(_floor_of_first(results))
        empty_ledger()
        ours.append(timed(recalculate))
        guarded.append(_floor_of_first(results, triggers=True))
    name = "T1 first posting" if people >= LARGE else "T2 first posting"
    limit = 2.5 if people >= LARGE else 3.0
    return [
        compared(name, people, ours, bare, limit, f"{entries:,} entries"),
        compared("first posting, floor with the trigger", people, ours, guarded),
    ]


def _floor_of_first(results: floor.Results, *, triggers: bool = False) -> float:
    floor.prepare(triggers=triggers)

    def act() -> None:
        floor.copy_out(floor.INPUTS)
        floor.write(results)

    return timed(act)


def nothing_changed(people: int, repeats: int) -> list[Figure]:
    """T3: run again; the ledger and its heads must stay as they are, to the last row version."""
    recalculate()
    before = _fingerprint()
    ours, bare = [], []
    for _ in range(repeats):
        bare.append(timed(lambda: floor.copy_out([*floor.INPUTS, floor.DIGESTS])))
        ours.append(timed(recalculate))
    figure = compared("T3 nothing changed", people, ours, bare, 6.0)
    untouched = before == _fingerprint()
    figure.note = "0 rows written, 0 heads touched" if untouched else "ROWS WERE WRITTEN"
    figure.holds = bool(figure.holds) and untouched
    return [figure]


def _fingerprint() -> tuple[Any, ...]:
    """Changes with any row version of the ledger or its heads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM credits_ledgerentry), (SELECT max(id) FROM"
            " credits_ledgerentry), (SELECT md5(string_agg(employee_id || ':' || xmin || ctid, ''"
            " ORDER BY employee_id)) FROM credits_ledgerhead)"
        )
        return tuple(cursor.fetchone())


_LEVEL_UP = """
    UPDATE employees_appointment SET level = CASE level WHEN 'ahli_pertama' THEN 'ahli_muda'
        WHEN 'ahli_muda' THEN 'ahli_madya' WHEN 'ahli_madya' THEN 'ahli_utama' END
    WHERE employee_id = ANY(%s)"""
_LEVEL_DOWN = """
    UPDATE employees_appointment SET level = CASE level WHEN 'ahli_utama' THEN 'ahli_madya'
        WHEN 'ahli_madya' THEN 'ahli_muda' WHEN 'ahli_muda' THEN 'ahli_pertama' END
    WHERE employee_id = ANY(%s)"""
_OTHER_RATING = """
    UPDATE credits_rating SET predicate = CASE predicate WHEN 'baik' THEN 'sangat_baik'
        ELSE 'baik' END
    WHERE id IN (SELECT max(id) FROM credits_rating WHERE employee_id = ANY(%s)
                 GROUP BY employee_id)"""


def some_touched(people: int, repeats: int, whole_s: float | None = None) -> list[Figure]:
    """T4: one in twenty has other facts. `whole_s`: seconds of a first posting, to compare."""
    recalculate()
    every_line = _touched(people, repeats, (_LEVEL_UP, _LEVEL_DOWN))
    one_line = _touched(people, repeats, (_OTHER_RATING, _OTHER_RATING))
    figure = compared("T4 5 % touched, all lines differ", people, *every_line, 2.2)
    if whole_s and people >= LARGE:
        share = (figure.ours_s or 0) / whole_s
        figure.note = f"{share:.0%} of T1"
        figure.holds = bool(figure.holds) and share <= 0.2
    return [figure, compared("5 % touched, one rating differs", people, *one_line)]


def _touched(
    people: int, repeats: int, changes: tuple[str, str]
) -> tuple[list[float], list[float]]:
    """Seconds of ours and of the floor. Only the touched may be read, else AssertionError."""
    touched = list(range(SHARE, people + 1, SHARE))
    ours, bare = [], []
    for nth in range(repeats):
        floor.prepare(filled=True)
        with connection.cursor() as cursor:
            cursor.execute(changes[nth % 2], [touched])
            cursor.execute(
                "UPDATE employees_employee SET facts_version = facts_version + 1"
                " WHERE id = ANY(%s)",
                [touched],
            )
            cursor.execute("SELECT max(id) FROM credits_ledgerentry")
            since = cursor.fetchone()[0]
        runs: list[CalculationRun] = []
        ours.append(timed(partial(_recalculate_stale, runs)))
        if runs[0].people != len(touched):
            raise AssertionError(f"{runs[0].people} people read instead of {len(touched)}")
        results = floor.Results(since)
        bare.append(timed(partial(_floor_of_touched, touched, results)))
    return ours, bare


def _floor_of_touched(touched: list[int], results: floor.Results) -> None:
    floor.copy_out([*floor.INPUTS, floor.OLD_HEADS, floor.OLD_ENTRIES], touched)
    floor.write(results)
