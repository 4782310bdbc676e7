"""Dates, periods and numbers as Indonesian papers write them (handbook, documents 1)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.documents.indonesian import long_date, number, period, plain_number, short_date


def test_dates_have_no_leading_zero_in_text_and_one_in_tables() -> None:
    assert long_date(date(2021, 4, 5)) == "5 April 2021"
    assert short_date(date(2021, 4, 5)) == "05-04-2021"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2021, 1, 1), date(2021, 12, 31), "Januari s.d. Desember 2021"),
        (date(2023, 7, 1), date(2024, 2, 29), "Juli 2023 s.d. Februari 2024"),
        (date(2024, 2, 1), date(2024, 2, 29), "Februari 2024"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 Februari 2024 s.d. 28 Februari 2024"),
        (date(2023, 3, 15), date(2023, 12, 31), "15 Maret 2023 s.d. 31 Desember 2023"),
    ],
)
def test_a_period_names_days_only_where_months_would_not_be_true(
    start: date, end: date, text: str
) -> None:
    assert period(start, end) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("37.5", 3, "37,500"),
        ("1904", 3, "1.904,000"),
        ("25/12", 3, "2,083"),
        ("0.0005", 3, "0,001"),
        ("-0.0005", 3, "-0,001"),
        ("-0.0004", 3, "0,000"),
        ("999.9995", 3, "1.000,000"),
        ("2.5", 0, "3"),
    ],
)
def test_numbers_have_a_decimal_comma_and_are_rounded_half_up(
    value: str, decimals: int, text: str
) -> None:
    assert number(Fraction(value), decimals) == text


@given(st.decimals(min_value=-10_000, max_value=10_000, places=5), st.integers(0, 4))
def test_rounding_agrees_with_decimal_half_up(value: Decimal, decimals: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    printed = number(Fraction(value), decimals).replace(".", "").replace(",", ".")
    assert Decimal(printed) == expected


def test_a_coefficient_has_only_the_decimals_it_needs() -> None:
    shown = [plain_number(Fraction(text)) for text in ("12.5", "150", "3.75", "0", "100")]
    assert shown == ["12,5", "150", "3,75", "0", "100"]
