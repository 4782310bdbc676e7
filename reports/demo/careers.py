"""Believable careers: ranks before 2023 backwards from a state, promotions since 2023 forwards.

Since 2023 points are counted by the rules' own figures, so that whoever is promoted here has
earned it there.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise

from credits.rules.editions import edition
from positions.ladder import GOLONGAN, LEVELS_OF, Golongan, Level
from reports.demo import tables
from reports.demo.facts import Held, Person, Rated

BEFORE_CONVERSION = date(2022, 12, 31)
YEARS = (2023, 2024, 2025)
_DAY = timedelta(days=1)
# Months in which rank promotions take effect.
_RANK_MONTHS = {
    2024: (2, 4, 6, 8, 10, 12),
    2025: (2, 4, 6, 8, 10, 11, 12),
    2026: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
}
_MONTHS_IN_RANK = 24


@dataclass(frozen=True)
class Step:
    """The figures of a level, in points."""

    golongan: tuple[str, ...]
    rank_points: Fraction
    coefficient: Fraction
    base_value: Fraction


@cache
def step(level: str) -> Step:
    """The figures of a level from the regulations of the conversion and the integration."""
    rules, before = edition("konversi-2023"), edition("integrasi-2019")
    return Step(
        tuple(rules.cited("levels", level, "golongan").value),
        rules.cited("levels", level, "rank_points").amount,
        rules.cited("levels", level, "coefficient").amount,
        before.cited("base_values", level).amount,
    )


@cache
def percent(predicate: str) -> Fraction:
    return edition("konversi-2023").cited("predicates", predicate, "percent").amount


def weighted(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def add_months(day: date, months: int) -> date:
    """The first of the month so many months later (or earlier)."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def climb(
    rng: random.Random, entry: str, target: str, by: date = BEFORE_CONVERSION
) -> list[tuple[str, date]]:
    """Ranks from the entry to the target, the last reached in the four years before `by`."""
    steps = GOLONGAN[GOLONGAN.index(Golongan(entry)) : GOLONGAN.index(Golongan(target)) + 1]
    ago = rng.choice((0, 1, 1, 2, 2, 3, 3)) if len(steps) > 1 else rng.choice((2, 3, 4, 5))
    day = date(by.year - ago, rng.choice((4, 10)), 1)
    days = [day]
    # Whoever got to the top was quick.
    pace = (42, 48, 48, 48, 54, 60) if len(steps) < 7 else (36, 36, 42, 42)
    for _ in steps[1:]:
        day = add_months(day, -rng.choice(pace))
        days.append(day)
    days.reverse()
    days[0] = date(days[0].year, rng.choice((1, 2, 3, 4, 12)), 1)
    return [(str(golongan.value), start) for golongan, start in zip(steps, days, strict=True)]


def rank_on(ranks: list[tuple[str, date]], day: date) -> str:
    return next((g for g, start in reversed(ranks) if start <= day), ranks[0][0])


def first_day_at(ranks: list[tuple[str, date]], level: str) -> date:
    """When the ranks reached the lowest golongan of a level."""
    low = GOLONGAN.index(Golongan(step(level).golongan[0]))
    return next(day for g, day in ranks if GOLONGAN.index(Golongan(g)) >= low)


# ------------------------------------------------------------------ until 2022


def past_levels(rng: random.Random, ranks: list[tuple[str, date]], level: str) -> list[Held]:
    """The levels held one after the other, the last still at the end of 2022."""
    category = Level(level).category
    ladder = LEVELS_OF[category]
    path = [lv.value for lv in ladder[: ladder.index(Level(level)) + 1] if lv is not Level.PEMULA]
    entry_way, draw = "first", rng.random()
    if draw < 0.15:
        entry_way = "transfer"
    elif draw < 0.25:
        entry_way = "inpassing"
    if len(path) > 1 and draw < 0.25:
        path = path[-1:]  # came to the level directly
    held: list[Held] = []
    for number, name in enumerate(path):
        low = first_day_at(ranks, name)
        start = add_months(low, rng.choice((12, 14, 18, 24)) if not number else -rng.randrange(4))
        if held and start <= held[-1].start:
            start = add_months(held[-1].start, 12)
        start = min(start, date(2022, rng.randrange(1, 11), 1))
        if held and start <= held[-1].start:
            held.pop()  # there was no time for the level below
        way = entry_way if not held else "promotion"
        held.append(Held(path[number], name, start, way))
    return _closed([h for n, h in enumerate(held) if _reaches(held, n)], level)


def _reaches(held: list[Held], number: int) -> bool:
    """Whether a level was still held when the histories begin."""
    return number + 1 == len(held) or held[number + 1].start > tables.FIRST_DAY


def _closed(held: list[Held], level: str) -> list[Held]:
    for one, following in pairwise(held):
        one.end = following.start - _DAY
    for one in held:
        if one.way == "transfer":
            one.origin = origin_of(one.level)
    return held


def origin_of(level: str) -> str:
    """From where one enters a level by transfer (R-036)."""
    return {"ahli_muda": "pengawas", "ahli_madya": "administrator"}.get(level, "pelaksana")


def integrated(rng: random.Random, level: str, ranks: list[tuple[str, date]]) -> Fraction:
    """A balance at the end of 2022 within the range of the golongan (R-041), in points."""
    figures = step(level)
    golongan = rank_on(ranks, BEFORE_CONVERSION)
    place = figures.golongan.index(golongan)
    since = next(day for g, day in reversed(ranks) if g == golongan)
    months = (2022 - since.year) * 12 + 13 - since.month
    earned = figures.coefficient * months / 12 * rng.randrange(80, 125) / 100
    earned = min(earned, figures.rank_points * rng.randrange(88, 100) / 100)
    thousandths = int((figures.rank_points * place + earned) * 1000)
    return Fraction(thousandths, 1000)


# ------------------------------------------------------------------ since 2023


def year_ratings(
    rng: random.Random, year: int, begin: date, breaks: tuple[date, ...] = ()
) -> list[Rated]:
    """The ratings of a year from `begin` on; split where a position begins."""
    last = date(year, 12, 31)
    predicate = weighted(rng, tables.PREDICATES)
    if begin > last:
        return []
    start = max(begin, date(year, 1, 1))
    if year == 2025 and start == date(year, 1, 1) and not breaks and rng.random() < 0.08:
        return quarters(rng, year, 4)
    rated = []
    for cut in sorted(day for day in breaks if start < day <= last):
        rated.append(Rated(start, cut - _DAY, predicate))
        start = cut
    rated.append(Rated(start, last, predicate))
    return rated


def quarters(rng: random.Random, year: int, number: int, state: bool = True) -> list[Rated]:
    """Periodic ratings of the first quarters of a year."""
    return [
        Rated(
            date(year, 3 * n + 1, 1),
            add_months(date(year, 3 * n + 1, 1), 3) - _DAY,
            weighted(rng, tables.PREDICATES),
            approved=state,
        )
        for n in range(number)
    ]


@dataclass
class Progress:
    """Where somebody stands in the simulation; `since` is the TMT of the golongan."""

    level: str
    golongan: str
    since: date
    balance: Fraction
    counted_from: date
    predicates: list[str] = field(default_factory=list)

    def add(self, rated: list[Rated]) -> None:
        for one in rated:
            start = max(one.start, self.counted_from)
            if start > one.end:
                continue
            months = (one.end.month - start.month + 1) + (one.end.year - start.year) * 12
            self.balance += step(self.level).coefficient * percent(one.predicate) * months / 1200
        self.predicates.append(rated[-1].predicate)

    def good(self, years: int) -> bool:
        return all(p in ("baik", "sangat_baik") for p in self.predicates[-years:])


def simulate(rng: random.Random, person: Person, levels: frozenset[str], start: Fraction) -> None:
    """Ratings 2023-2025 and the promotions that follow from them, until the last day."""
    golongan, since = person.ranks[-1]
    now = Progress(person.held[-1].level, golongan, since, start, date(2023, 1, 1))
    for year in YEARS:
        rated = year_ratings(rng, year, date(year, 1, 1))
        person.ratings += rated
        now.add(rated)
        _promote(rng, person, now, levels, year + 1)
    if rng.random() < 0.3:
        person.ratings += quarters(rng, 2026, 3, state=rng.random() < 0.6)
    if rng.random() < 0.02:
        person.ratings = [r for r in person.ratings if r.start.year != 2025]  # not yet entered


def _promote(
    rng: random.Random, person: Person, now: Progress, levels: frozenset[str], year: int
) -> None:
    figures = step(now.level)
    above = Level(now.level).next_level
    outside = now.golongan not in figures.golongan
    target = figures.rank_points * len(figures.golongan)
    if (
        above
        and above.value in levels
        and now.balance >= target
        and not outside
        and now.good(1)
        and rng.random() < 0.32
    ):
        _new_level(rng, person, now, above.value, year)
        return
    if now.golongan == figures.golongan[-1] or not now.good(2):
        return
    place = -1 if outside else figures.golongan.index(now.golongan)
    if outside or (now.balance >= figures.rank_points * (place + 1) and rng.random() < 0.75):
        _new_rank(person, now, date(year, rng.choice(_RANK_MONTHS[year]), 1))


def _new_level(rng: random.Random, person: Person, now: Progress, level: str, year: int) -> None:
    start = date(year, rng.randrange(2, 10), 1)
    person.held[-1].end = start - _DAY
    position = person.held[-1].position
    person.held.append(Held(position, level, start, "promotion"))
    now.level, now.balance, now.counted_from = level, Fraction(0), start
    day = add_months(start, rng.choice((1, 2)))
    while day.month not in _RANK_MONTHS[day.year]:
        day = add_months(day, 1)
    if now.golongan not in step(level).golongan and rng.random() < 0.9:
        _new_rank(person, now, day)


def _new_rank(person: Person, now: Progress, day: date) -> None:
    months = (day.year - now.since.year) * 12 + day.month - now.since.month
    following = Golongan(now.golongan).next_golongan
    if months < _MONTHS_IN_RANK or following is None or day > tables.TODAY:
        return
    now.golongan, now.since = following.value, day
    person.ranks.append((following.value, day))
