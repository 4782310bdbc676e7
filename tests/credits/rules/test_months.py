"""Whole calendar months, and cutting periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.rules.errors import RuleError
from credits.rules.months import Span, month_starts, split_months, whole_months, without
from credits.rules.regimes import split_regimes

DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
PERIODS = st.tuples(DAYS, DAYS).map(sorted)
DAY = timedelta(days=1)


@given(PERIODS)
def test_counting_agrees_with_naming_the_months(period):
    assert whole_months(*period) == len(list(month_starts(*period)))


def test_an_end_before_the_start_is_refused():
    with pytest.raises(RuleError, match=r"period\.reversed"):
        whole_months(date(2024, 3, 1), date(2024, 2, 29))


@given(PERIODS, st.lists(DAYS, unique=True, max_size=5).map(sorted))
def test_spans_without_a_gap_lose_no_month_and_count_none_twice(period, changes):
    bounds = [date(2018, 1, 1), *changes]
    ends = [*(change - DAY for change in changes), None]
    spans = [Span(*held) for held in zip(bounds, ends, range(len(bounds)), strict=True)]
    segments = split_months(*period, spans)
    assert sum(segment.months for segment in segments) == whole_months(*period)
    for segment in segments:
        held = spans[segment.value]
        assert held.start <= segment.start
        assert whole_months(segment.start, segment.end) == segment.months


def test_a_month_counts_for_the_level_of_its_first_day():
    spans = [
        Span(date(2020, 1, 1), date(2024, 4, 14), "pertama"),
        Span(date(2024, 4, 15), None, "muda"),
    ]
    segments = split_months(date(2024, 1, 1), date(2024, 12, 31), spans)
    assert [(s.value, s.months) for s in segments] == [("pertama", 4), ("muda", 8)]


def test_a_month_in_which_somebody_leaves_or_comes_late_does_not_count():
    spans = [Span(date(2024, 2, 10), date(2024, 6, 20), "held")]
    (segment,) = split_months(date(2024, 1, 1), date(2024, 12, 31), spans)
    assert (segment.start, segment.end) == (date(2024, 3, 1), date(2024, 5, 31))


def test_a_gap_makes_two_segments_of_one_level():
    spans = without(
        [Span(date(2024, 1, 1), None, "held")], [Span(date(2024, 5, 1), date(2024, 7, 31), None)]
    )
    segments = split_months(date(2024, 1, 1), date(2024, 12, 31), spans)
    assert [(s.start.month, s.months) for s in segments] == [(1, 4), (8, 5)]


@given(st.lists(PERIODS, max_size=4), DAYS)
def test_leaves_take_away_their_own_days_and_no_other(leaves, day):
    whole = [Span(date(2018, 1, 1), date(2026, 6, 30), "held")]
    rest = without(whole, [Span(start, end, None) for start, end in leaves])
    on_leave = any(start <= day <= end for start, end in leaves)
    held = any(span.start <= day <= span.end for span in rest)
    assert held == (day <= date(2026, 6, 30) and not on_leave)


@given(PERIODS)
def test_the_two_regimes_share_a_period_without_rest(period):
    before, after = split_regimes(*period)
    days = sum((part[1] - part[0]).days + 1 for part in (before, after) if part)
    assert days == (period[1] - period[0]).days + 1
    assert before is None or before[1] < date(2023, 1, 1)
    assert after is None or after[0] >= date(2023, 1, 1)
