"""Counting calendar months, and cutting a period where something changes.

Only whole calendar months count (E-06); a month counts for what was held on its first day (E-08).
All dates are inclusive at both ends.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Generic, TypeVar

from credits.rules.errors import RuleError

T = TypeVar("T")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """What held (a level, an appointment …) from ``start`` to ``end`` inclusive; None = open."""

    start: date
    end: date | None
    value: T


@dataclass(frozen=True, slots=True)
class Segment(Generic[T]):
    """Consecutive whole months that count for one value."""

    start: date
    end: date
    months: int
    value: T


def next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def end_of_month(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_starts(start: date, end: date) -> Iterator[date]:
    """First days of the whole calendar months inside ``start``-``end`` (E-06).

    Raises RuleError("period.reversed") when the end lies before the start.
    """
    if end < start:
        raise RuleError("period.reversed", start=start.isoformat(), end=end.isoformat())
    month = start if start.day == 1 else next_month(start)
    while end_of_month(month) <= end:
        yield month
        month = next_month(month)


def whole_months(start: date, end: date) -> int:
    """Number of whole calendar months in ``start``-``end``, both inclusive (E-06).

    A TMT on the 1st counts that month; a later one starts with the next; an end before the last
    day of a month leaves that month out. Raises RuleError("period.reversed").
    """
    if end < start:
        raise RuleError("period.reversed", start=start.isoformat(), end=end.isoformat())
    first = start.year * 12 + start.month + (start.day > 1)
    after = end.year * 12 + end.month + (end == end_of_month(end))
    return max(0, after - first)


def split_months(start: date, end: date, spans: Sequence[Span[T]]) -> tuple[Segment[T], ...]:
    """Cut ``start``-``end`` into segments of whole months by what was held (E-06, E-08).

    A month counts for the span in force on its first day, and only if the spans cover the whole
    month (somebody who leaves in mid-month, with nothing following, does not earn it). Spans must
    not overlap; ``value`` is compared by equality, so that a change of golongan alone does not
    split when golongan is no part of the value. Months nothing covers are left out.
    """
    ordered = sorted(spans, key=lambda span: span.start)
    held = [
        (month, span.value)
        for month in month_starts(start, end)
        if (span := _on(ordered, month)) is not None and _covered(ordered, month)
    ]
    return tuple(_merge(held))


def without(spans: Iterable[Span[T]], gaps: Sequence[Span[Any]]) -> tuple[Span[T], ...]:
    """``spans`` with the days of ``gaps`` (unpaid leave, suspension …) cut out (E-10)."""
    pieces = list(spans)
    for gap in gaps:
        pieces = [part for piece in pieces for part in _cut(piece, gap)]
    return tuple(pieces)


def split_at(
    start: date, end: date, boundary: date
) -> tuple[tuple[date, date] | None, tuple[date, date] | None]:
    """The part before ``boundary`` and the part from it on; None for an empty part."""
    if end < start:
        raise RuleError("period.reversed", start=start.isoformat(), end=end.isoformat())
    before = (start, min(end, boundary - _DAY)) if start < boundary else None
    after = (max(start, boundary), end) if end >= boundary else None
    return before, after


def _on(ordered: Sequence[Span[T]], day: date) -> Span[T] | None:
    return next((s for s in ordered if s.start <= day and (s.end is None or day <= s.end)), None)


def _covered(ordered: Sequence[Span[T]], month: date) -> bool:
    day, last = month, end_of_month(month)
    while day <= last:
        span = _on(ordered, day)
        if span is None:
            return False
        if span.end is None:
            return True
        day = span.end + _DAY
    return True


def _merge(held: Sequence[tuple[date, T]]) -> Iterator[Segment[T]]:
    def run(item: tuple[int, tuple[date, T]]) -> tuple[int, T]:
        position, (month, value) = item
        return month.year * 12 + month.month - position, value

    for _, group in groupby(enumerate(held), key=run):
        months = [pair for _, pair in group]
        first, value = months[0]
        yield Segment(first, end_of_month(months[-1][0]), len(months), value)


def _cut(piece: Span[T], gap: Span[Any]) -> Iterator[Span[T]]:
    if (gap.end is not None and gap.end < piece.start) or (
        piece.end is not None and piece.end < gap.start
    ):
        yield piece
        return
    if piece.start < gap.start:
        yield Span(piece.start, gap.start - _DAY, piece.value)
    if gap.end is not None and (piece.end is None or gap.end < piece.end):
        yield Span(gap.end + _DAY, piece.end, piece.value)
