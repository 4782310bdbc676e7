"""Indonesian dates, periods and numbers as official papers print them (handbook, documents 1).

Pure, and exact: numbers are `Fraction`, rounded half-up only here, where a paper prints.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def month_name(day: date) -> str:
    """ "April"."""
    return MONTHS[day.month - 1]


def long_date(day: date) -> str:
    """ "5 April 2021": no leading zero."""
    return f"{day.day} {month_name(day)} {day.year}"


def short_date(day: date) -> str:
    """ "05-04-2021", for tables."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def _whole_months(start: date, end: date) -> bool:
    return start.day == 1 and end.day == monthrange(end.year, end.month)[1]


def period(start: date, end: date) -> str:
    """ "Januari s.d. Desember 2021"; with days where the period is not whole months."""
    if not _whole_months(start, end):
        return f"{long_date(start)} s.d. {long_date(end)}"
    last = f"{month_name(end)} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    first = month_name(start) if start.year == end.year else f"{month_name(start)} {start.year}"
    return f"{first} s.d. {last}"


def month_range(start: date, end: date) -> str:
    """ "Januari - Desember", for a column that stands beside the year."""
    if (start.year, start.month) == (end.year, end.month):
        return month_name(start)
    return f"{month_name(start)} - {month_name(end)}"


def half_up(value: Fraction, decimals: int) -> Fraction:
    """`value` at so many decimals, halves away from zero (E-01)."""
    scale = 10**decimals
    magnitude = (abs(value) * scale * 2 + 1) // 2
    return Fraction(magnitude if value >= 0 else -magnitude, scale)


def number(value: Fraction, decimals: int) -> str:
    """ "37,500", "1.904,000": decimal comma, thousands point, half-up."""
    scaled = int(half_up(value, decimals) * 10**decimals)
    whole, rest = divmod(abs(scaled), 10**decimals)
    text = f"{whole:,}".replace(",", ".")
    if decimals:
        text += f",{rest:0{decimals}d}"
    return f"-{text}" if scaled < 0 else text


def plain_number(value: Fraction, decimals: int = 4) -> str:
    """As few decimals as the value needs, at most `decimals`: "12,5", "150"."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text
