"""Making single persons: numbers, births, schooling, holders of each kind, other staff."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from positions import catalogue
from positions.ladder import LEVELS_OF, Category, Level
from reports.demo import careers, names, tables
from reports.demo.facts import Held, Paused, Person, Placed, Schooling

_GOLONGAN = {
    "terampil": {"II/c": 45, "II/d": 55},
    "mahir": {"III/a": 55, "III/b": 45},
    "penyelia": {"III/c": 55, "III/d": 45},
    "ahli_pertama": {"III/a": 55, "III/b": 45},
    "ahli_muda": {"III/c": 58, "III/d": 42},
    "ahli_madya": {"IV/a": 55, "IV/b": 33, "IV/c": 12},
    "ahli_utama": {"IV/d": 70, "IV/e": 30},
}
_CONTRACT_RANK = {"ahli_pertama": "IX", "terampil": "VII"}
YOUNGEST, OLDEST_ENTRY = 22, 34


@dataclass
class Maker:
    """Draws persons; a number once given is not given again."""

    rng: random.Random
    used: set[str] = field(default_factory=set)
    cards: int = 0

    def nip(self, born: date, joined: date, sex: str, *, contract: bool = False) -> str:
        """A fictive NIP: sequence 900-989 (990-999 are the edge cases')."""
        appointed = f"{joined:%Y}21" if contract else f"{joined:%Y%m}"
        stem = f"{born:%Y%m%d}{appointed}{1 if sex == 'L' else 2}"
        while (nip := f"{stem}{self.rng.randrange(900, 990)}") in self.used:
            pass
        self.used.add(nip)
        return nip

    def public_id(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def person(
        self, ranks: list[tuple[str, date]], retirement_age: int, *, employment: str = "PNS"
    ) -> Person:
        """Somebody with these ranks, old enough for the first and young enough for today."""
        rng = self.rng
        joined = ranks[0][1]
        youngest = YOUNGEST if ranks[0][0] >= "III" else YOUNGEST - 2
        served = tables.TODAY.year - joined.year
        oldest = max(youngest, min(OLDEST_ENTRY, retirement_age - 2 - served))
        born = date(joined.year - rng.randint(youngest, oldest), 1, 1)
        born += timedelta(days=rng.randrange(365))
        sex = rng.choice("LP")
        person = Person(
            nip=self.nip(born, joined, sex, contract=employment == "PPPK"),
            name=names.full_name(rng, sex),
            sex=sex,
            birth_date=born,
            joined_on=joined,
            employment=employment,
            public_id=self.public_id(),
            birth_place=rng.choice(names.PLACES),
            ranks=ranks,
        )
        self.card(person)
        return person

    def card(self, person: Person) -> None:
        """A fictive Karpeg number; contract employees have none."""
        self.cards += 1
        if person.employment == "PNS":
            person.card_number = f"CONTOH {self.cards:05d}"


_positions = cache(catalogue.positions)


@cache
def levels_of(position: str) -> frozenset[str]:
    """The level codes that the catalogue gives a position."""
    row = _positions()[position]
    return frozenset(k.removeprefix("level ") for k in row if k.startswith("level "))


def retirement_age(position: str, level: str) -> int:
    return int(_positions()[position][f"level {level}"]["retirement_age"])


def category_of(rng: random.Random, position: str) -> Category:
    """The category of a holder, where the position has both by its share."""
    of_position = _positions()[position]["category"]
    if of_position != "keduanya":
        return Category(of_position)
    skilled = rng.randrange(100) < tables.SKILLED_SHARE[position]
    return Category.KETERAMPILAN if skilled else Category.KEAHLIAN


def _level(rng: random.Random, position: str, weights: dict[str, int]) -> str:
    known = levels_of(position)
    return careers.weighted(rng, {k: v for k, v in weights.items() if k in known})


def _entry_rank(rng: random.Random, level: str, target: str) -> str:
    if Level(level).category is Category.KEAHLIAN:
        return "III/b" if target != "III/a" and rng.random() < 0.08 else "III/a"
    if target == "II/b":
        return "II/b"
    return "II/a" if target != "II/c" and rng.random() < 0.25 else "II/c"


# ------------------------------------------------------------------ holders


def settled(make: Maker, position: str, *, equalised: bool = False) -> Person:
    """Somebody in the position since before 2023, with the promotions that followed."""
    rng = make.rng
    category = Category.KEAHLIAN if equalised else category_of(rng, position)
    weights = tables.LEVELS_2022["penyetaraan" if equalised else category.value]
    level = _level(rng, position, weights)
    golongan = careers.weighted(rng, _GOLONGAN[level])
    ranks = careers.climb(rng, _entry_rank(rng, level, golongan), golongan)
    while equalised and ranks[0][1] > date(2016, 1, 1):
        ranks = careers.climb(rng, "III/a", golongan)
        if len(ranks) <= 2:  # no time to reach an office before 2020
            ranks = [(ranks[0][0], date(2012, 3, 1)), *ranks[1:]]
    person = make.person(ranks, retirement_age(position, level))
    if equalised:
        office = {"ahli_muda": "pengawas", "ahli_madya": "administrator"}.get(level, "pelaksana")
        person.held = [Held(position, level, tables.EQUALISED_ON, "penyetaraan", origin=office)]
        if rng.random() < 0.2:
            person.held[0].notes = "Subkoordinator kelompok substansi (data contoh)."
    else:
        person.held = careers.past_levels(rng, ranks, level)
        for one in person.held:
            one.position = position
    school(make, person, category, position)
    if position == "dosen":
        for year in careers.YEARS:
            person.ratings += careers.year_ratings(rng, year, date(year, 1, 1))
        return person
    balance = careers.integrated(rng, level, ranks)
    person.conventional = balance + careers.step(level).base_value
    careers.simulate(rng, person, levels_of(position), balance)
    _interruption(rng, person)
    return person


def _interruption(rng: random.Random, person: Person) -> None:
    """A few leaves and study assignments, only of people whose level has not changed since."""
    draw = rng.random()
    if draw >= 0.012 or person.held[-1].start >= date(2023, 1, 1):
        return
    year = rng.choice((2023, 2024, 2025))
    start = date(year, rng.randrange(1, 7), 1)
    end = careers.add_months(start, rng.choice((3, 6))) - timedelta(days=1)
    person.pauses = [Paused("unpaid_leave" if draw < 0.005 else "study", start, end)]


def candidate(make: Maker, position: str) -> Person:
    """A former CPNS, appointed for the first time since 2023."""
    rng = make.rng
    skilled = category_of(rng, position) is Category.KETERAMPILAN
    joined = rng.choice((date(2022, 3, 1), date(2022, 12, 1), date(2024, 3, 1), date(2025, 5, 1)))
    start = careers.add_months(joined, rng.choice((12, 13, 14, 15)))
    level, golongan = ("terampil", "II/c") if skilled else ("ahli_pertama", "III/a")
    person = make.person([(golongan, joined)], retirement_age(position, level))
    person.held = [Held(position, level, start, "first")]
    school(make, person, Level(level).category, position)
    _rate_since(rng, person, max(joined, date(2023, 1, 1)), start)
    return person


def transferred(make: Maker, position: str) -> Person:
    """Somebody who came from another kind of position since 2023."""
    rng = make.rng
    level = _level(rng, position, {"ahli_pertama": 45, "ahli_muda": 45, "ahli_madya": 10})
    golongan = careers.weighted(rng, {k: v for k, v in _GOLONGAN[level].items() if k != "IV/c"})
    ranks = careers.climb(rng, "III/a", golongan)
    person = make.person(ranks, retirement_age(position, level))
    start = date(rng.choice((2023, 2024, 2025)), rng.randrange(2, 12), 1)
    person.held = [Held(position, level, start, "transfer", origin=careers.origin_of(level))]
    school(make, person, Category.KEAHLIAN, position)
    _rate_since(rng, person, date(2023, 1, 1), start)
    return person


def contracted(make: Maker, position: str) -> Person:
    """A contract employee (PPPK) of the recruitment of 2022 or later."""
    rng = make.rng
    category = category_of(rng, position)
    level = "terampil" if category is Category.KETERAMPILAN else "ahli_pertama"
    start = rng.choice((date(2023, 6, 1), date(2024, 5, 1), date(2025, 3, 1)))
    person = make.person(
        [(_CONTRACT_RANK[level], start)], retirement_age(position, level), employment="PPPK"
    )
    person.held = [Held(position, level, start, "first")]
    school(make, person, category, position)
    _rate_since(rng, person, start, start)
    return person


def _rate_since(rng: random.Random, person: Person, begin: date, start: date) -> None:
    """Ratings from `begin`, split at the start of the position."""
    for year in careers.YEARS:
        if begin.year <= year:
            person.ratings += careers.year_ratings(rng, year, begin, (start,))
    if start < date(2026, 1, 1) and rng.random() < 0.3:
        person.ratings += careers.quarters(rng, 2026, 3)


# ------------------------------------------------------------------ schooling and titles


def school(make: Maker, person: Person, category: Category, position: str | None) -> None:
    """Degrees that fit the category, with the titles they give; a few got a higher one lately."""
    rng = make.rng
    subject, first, second = tables.SUBJECTS.get(position or "", rng.choice(tables.ANY_SUBJECT))
    graduated = date(person.joined_on.year - 1, 8, 20)
    if category is Category.KETERAMPILAN:
        low = "D3" if person.ranks[0][0] not in ("II/a", "II/b") else "SMA"
        person.schooling = [_degree(rng, low, subject, graduated, person.joined_on)]
        person.back_title = "A.Md." if low == "D3" else ""
        return
    person.schooling = [_degree(rng, "S1", subject, graduated, person.joined_on)]
    titles = [first]
    settled_long = bool(person.held) and person.held[0].start < date(2020, 1, 1)
    draw = rng.random()
    if person.joined_on.year <= 2014 and draw < 0.4:
        recorded = date(person.joined_on.year + 6, 2, 1)
        person.schooling.append(
            _degree(rng, "S2", subject, date(recorded.year - 1, 8, 20), recorded)
        )
        titles.append(second)
    elif settled_long and draw < 0.46:
        recorded = date(rng.choice((2023, 2024, 2025)), rng.randrange(1, 13), 5)
        person.schooling.append(
            _degree(rng, "S2", subject, careers.add_months(recorded, -3), recorded)
        )
        titles.append(second)
    if position == "dokter":
        person.front_title = "dr."
    elif len(titles) > 1 and person.joined_on.year <= 2004 and rng.random() < 0.12:
        recorded = date(person.joined_on.year + 14, 2, 1)
        person.schooling.append(
            _degree(rng, "S3", subject, date(recorded.year - 1, 8, 20), recorded)
        )
        person.front_title = "Dr."
    person.back_title = ", ".join(titles)


def _degree(
    rng: random.Random, degree: str, subject: str, graduated: date, recorded: date
) -> Schooling:
    subject = "" if degree == "SMA" else subject
    return Schooling(degree, subject, rng.choice(names.UNIVERSITIES), graduated, recorded)


# ------------------------------------------------------------------ other staff


def officer(make: Maker, golongan: str) -> Person:
    """The head of a unit: a long career as a civil servant, no functional position."""
    ranks = careers.climb(make.rng, "III/a", golongan)
    person = make.person(ranks, 60)
    school(make, person, Category.KEAHLIAN, None)
    return person


def executor(make: Maker) -> Person:
    """A pelaksana, a remaining pengawas or administrator, a PPPK or a CPNS without a JF."""
    rng = make.rng
    draw = rng.random()
    if draw < 0.05:
        start = rng.choice((date(2024, 5, 1), date(2025, 3, 1)))
        person = make.person([("IX", start)], 58, employment="PPPK")
        school(make, person, Category.KEAHLIAN, None)
        return person
    if draw < 0.075:
        start = date(2026, rng.choice((3, 5)), 1)
        person = make.person([("III/a", start)], 58, employment="CPNS")
        school(make, person, Category.KEAHLIAN, None)
        return person
    expert = rng.random() < 0.62
    if expert:
        target = careers.weighted(
            rng, {"III/a": 25, "III/b": 30, "III/c": 22, "III/d": 17, "IV/a": 6}
        )
        ranks = careers.climb(rng, "III/a", target)
    else:
        target = careers.weighted(
            rng, {"II/b": 10, "II/c": 25, "II/d": 30, "III/a": 22, "III/b": 13}
        )
        ranks = careers.climb(
            rng, "II/a" if target == "II/b" or rng.random() < 0.6 else "II/c", target
        )
    person = make.person(ranks, 58)
    school(make, person, Category.KEAHLIAN if expert else Category.KETERAMPILAN, None)
    return person


def place(rng: random.Random, person: Person, unit: str, others: list[str]) -> None:
    """Put somebody into a unit; a few came from another one."""
    start = max(person.joined_on, tables.FIRST_DAY)
    choices = [other for other in others if other != unit]
    if choices and start < date(2019, 1, 1) and rng.random() < 0.08:
        moved = date(rng.randrange(2019, 2026), rng.randrange(1, 13), 1)
        before = Placed(rng.choice(choices), start, moved - timedelta(days=1))
        person.placed = [before, Placed(unit, moved)]
    else:
        person.placed = [Placed(unit, start)]


def highest_first(person: Person) -> tuple[int, date]:
    """Sort key: the highest level first, then whoever holds it longest."""
    held = person.held[-1]
    ladder = LEVELS_OF[Level(held.level).category]
    expert = Level(held.level).category is Category.KEAHLIAN
    return (-(ladder.index(Level(held.level)) + 4 * expert), held.start)
