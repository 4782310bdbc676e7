"""Exact amounts and their printed forms."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.rules.conversion import period_points
from credits.rules.editions import edition, load_editions
from credits.rules.errors import RuleError
from credits.rules.inputs import Predicate
from credits.rules.units import (
    UNIT,
    InexactAmount,
    amount_text,
    display,
    display_id,
    from_units,
    parse_amount,
    plain_decimal,
    to_units,
)
from positions.ladder import Level

ANSWERS = st.builds(
    lambda level, predicate, months: period_points(
        edition("konversi-2023"), level, predicate, months
    ),
    st.sampled_from(Level),
    st.sampled_from(Predicate),
    st.integers(0, 12),
)


@pytest.mark.parametrize("key", [e.key for e in load_editions().values() if e.regime == "konversi"])
def test_every_period_answer_is_whole_in_units(key):
    for level in Level:
        for predicate in Predicate:
            for months in range(13):
                points = period_points(edition(key), level, predicate, months).points
                assert from_units(to_units(points)) == points


@given(st.lists(ANSWERS, max_size=40))
def test_a_sum_of_units_is_the_sum_of_the_points(answers):
    points = sum((answer.points for answer in answers), Fraction(0))
    assert from_units(sum(to_units(answer.points) for answer in answers)) == points


def test_the_smallest_activity_item_of_three_authors_above_ones_level_is_whole():
    smallest = Fraction(1, 10_000) * Fraction(4, 5)
    for share in (Fraction(1, 3), Fraction(1, 4), Fraction(1, 5)):
        to_units(smallest * share)


def test_an_amount_between_two_units_is_refused_and_not_rounded():
    with pytest.raises(InexactAmount):
        to_units(Fraction(1, 7))
    with pytest.raises(InexactAmount):
        to_units(Fraction(1, 2 * UNIT))


@pytest.mark.parametrize("faulty", [12.5, True, "12.5", None])
def test_only_exact_numbers_become_units(faulty):
    with pytest.raises(RuleError):
        to_units(faulty)


@given(st.decimals(-(10**6), 10**6, allow_nan=False, places=5), st.integers(0, 4))
def test_display_rounds_half_up_as_decimal_does(amount, places):
    shown = display(amount, places)
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert Decimal(shown) == rounded
    assert len(shown.partition(".")[2]) == places
    assert not (shown.startswith("-") and Decimal(shown) == 0)


@pytest.mark.parametrize(
    ("amount", "places", "shown"),
    [
        (Fraction(1025, 24), 3, "42,708"),
        (Fraction("1234567.885"), 2, "1.234.567,89"),
        (Fraction("-1050.5"), 0, "-1.051"),
        (Fraction("-0.004"), 2, "0,00"),
    ],
)
def test_indonesian_numbers_have_a_comma_and_points_between_thousands(amount, places, shown):
    assert display_id(amount, places) == shown


@given(st.fractions(max_denominator=3000))
def test_amount_text_reads_back_as_the_same_amount(amount):
    assert parse_amount(amount_text(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction("12.50"), "12.5"),
        (Fraction(100), "100"),
        (Fraction(25, 12), "2.083"),
        (Fraction("10.9375"), "10.9375"),
    ],
)
def test_plain_decimals_drop_zeros_and_round_only_what_never_ends(amount, text):
    assert plain_decimal(amount) == text


@pytest.mark.parametrize(
    "given", ["9" * 5000, "1." + "3" * 200, Decimal("1e99999999"), Decimal("1e-99999999"), 10**4000]
)
def test_a_number_of_more_digits_than_any_amount_is_refused_at_once(given):
    with pytest.raises(RuleError, match=r"amount\.too_long"):
        parse_amount(given)


@pytest.mark.parametrize("text", ["12,5", "1e3", "1_000", " 5", "", "1/0", "nan", 1.5, True, None])
def test_what_is_no_exact_number_is_not_read(text):
    with pytest.raises(RuleError):
        parse_amount(text)
