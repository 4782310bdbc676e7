"""When conventional points are assessed: twice a year, before the dates of promotion (R-058)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from credits.rules.conventional import pak_due
from credits.rules.editions import Edition
from credits.rules.months import end_of_month

_PROMOTIONS = (4, 10)  # months in which a rank promotion (KP) takes effect


@dataclass(frozen=True, slots=True)
class Assessment:
    """The month in which the PAK is due, both days inclusive, and the promotion it serves."""

    first: date
    last: date
    promotion: date
    article: str


def assessments(edition: Edition, day: date, number: int) -> Iterator[Assessment]:
    """The next so many assessments whose month has not passed on ``day``, soonest first."""
    year, found = day.year, 0
    while found < number:
        for month in _PROMOTIONS:
            promotion = date(year, month, 1)
            first = pak_due(edition, promotion)
            last = end_of_month(first)
            if last >= day and found < number:
                found += 1
                article = edition.cited("pak_due", str(month)).article
                yield Assessment(first, last, promotion, article)
        year += 1
