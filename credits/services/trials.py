"""What another set of regulations would mean for thresholds: who reaches one, who loses one."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.db import connection

from credits.rules.editions import Rulebook
from credits.rules.units import from_units
from credits.selectors import HOLDING, Targets, targets_of

RANK_REACHED, RANK_LOST = "rank_reached", "rank_lost"
LEVEL_REACHED, LEVEL_LOST = "level_reached", "level_lost"


def crossed(
    ids: Sequence[int],
    before_units: Mapping[int, int],
    after_units: Mapping[int, int],
    before: Rulebook,
    after: Rulebook,
    day: date,
) -> tuple[dict[int, list[str]], dict[int, int]]:
    """Thresholds reached or lost by person, and their balances by the first set. One statement.

    `before_units` are balances by the first set where it is not the ledger; `after_units` those
    that differ by the second: the others stay, but their thresholds may not. Rank and level are
    those held on `day`, thresholds those of the day by either set.
    """
    found: dict[int, list[str]] = {}
    units: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, {"on": day, "ids": list(ids)})
        for row in cursor:
            key, employment, _, _, code, _, level, golongan, balance, *_ = row
            now = before_units.get(key, balance or 0)
            then = after_units.get(key, now)
            targets = [
                targets_of(book, code, level, golongan or "", employment, day)
                for book in (before, after)
            ]
            if tags := _tags(now, then, *targets):
                found[key], units[key] = tags, now
    return found, units


def _tags(now: int, then: int, before: Targets, after: Targets) -> list[str]:
    if now == then and before == after:
        return []
    pairs = (
        (before.rank, after.rank, RANK_REACHED, RANK_LOST),
        (before.level, after.level, LEVEL_REACHED, LEVEL_LOST),
    )
    return [
        reached if _has(then, new) else lost
        for old, new, reached, lost in pairs
        if _has(now, old) != _has(then, new)
    ]


def _has(units: int, target: Fraction | None) -> bool:
    return target is not None and from_units(units) >= target
