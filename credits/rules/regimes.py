"""Which method counts: conventional, integration, conversion (R-001)."""

from __future__ import annotations

from datetime import date

from credits.rules.editions import CONVERSION, regime_start
from credits.rules.months import split_at

Period = tuple[date, date]


def split_regimes(start: date, end: date) -> tuple[Period | None, Period | None]:
    """The part of a period before the conversion regime, and the part under it (R-001, E-09).

    A period across 31 December 2022 / 1 January 2023 is refused on input; these are the two
    parts to propose. Dates inclusive; RuleError("period.reversed").
    """
    return split_at(start, end, regime_start(CONVERSION))
