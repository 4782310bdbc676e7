"""Dates and ages of a career: periods of KP, retirement, the latest age of a perpindahan."""

from __future__ import annotations

from datetime import MAXYEAR, date

from careers.rules.editions import career_edition_on
from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.inputs import read_count, read_golongan, read_level
from credits.rules.months import next_month
from positions.ladder import Golongan, Level


def kp_period_open(month: date) -> bool:
    """Whether a KP can take effect on the first day of the month (R-071, E-22).

    April and October; six a year from January 2024 (Peraturan BKN 4/2023); every month from
    October 2025 (Peraturan BKN 4/2025).
    """
    first = month.replace(day=1)
    return first.month in career_edition_on(first).cited("calendar", "months").value


def next_kp_period(day: date) -> date:
    """The first TMT of a KP on or after ``day``."""
    month = day if day.day == 1 else next_month(day)
    while not kp_period_open(month):
        month = next_month(month)
    return month


def retirement_on(
    edition: Edition, level: Level | str, born: date, *, age: int | None = None
) -> date:
    """TMT of retirement: first day of the month after the birthday (PP 11/2017 Pasal 239, R-045).

    ``age`` is that of the position where another law sets it (Pasal 240).
    """
    if age is None:
        age = edition.cited("retirement_age", read_level(level)).value
    year = born.year + read_count(age, "age")
    if year >= MAXYEAR:
        raise RuleError("date.out_of_range", born=born.isoformat())
    # Through the month alone, since 29 February has no birthday in most years.
    return next_month(date(year, born.month, 1))


def transfer_age_ok(
    edition: Edition, level: Level | str, age: int, *, related: bool = False
) -> bool:
    """Whether somebody of ``age`` completed years may still enter by perpindahan (R-044).

    ``related``: an Ahli Utama coming from a related JF, for whom the age is higher.
    """
    level = read_level(level)
    name = "ahli_utama_related" if related and level is Level.AHLI_UTAMA else level
    limit: int = edition.cited("transfer_age", name).value
    return read_count(age, "age") <= limit


def kp_authority(edition: Edition, golongan: Golongan | str) -> str | None:
    """Who decides a KP to ``golongan``: presiden, kepala_bkn or ppk (R-092).

    Peraturan BKN 11/2022 Pasal 39 ayat (2)-(4). None where the text seen is silent (to IV/d, and
    below III/b): nobody is named by guess.
    """
    found = edition.find("authority", read_golongan(golongan))
    return str(found.value) if found else None
