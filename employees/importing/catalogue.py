"""Names in cells -> rows of the catalogue, looked up in memory (a few queries for a whole sheet).

JF and units are understood by full name, abbreviation, former name or code; levels by name, former
name or code; employers by name or code. Case, blanks and punctuation do not count.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings

from employees.models import Agency
from employees.sheets.columns import fold
from positions.ladder import Level
from positions.models import Position, PositionLevel, Unit, UnitVersion
from positions.selectors import fold_name, position_index, unit_index

# Handbook pangkat.json: BKN's codes and the names before PermenPANRB 1/2023.
_LEVEL_NAMES = {
    Level.PEMULA: ("PM", "Pelaksana Pemula"),
    Level.TERAMPIL: ("TR", "Pelaksana"),
    Level.MAHIR: ("MH", "Pelaksana Lanjutan"),
    Level.PENYELIA: ("PY",),
    Level.AHLI_PERTAMA: ("PT", "Pertama"),
    Level.AHLI_MUDA: ("MU", "Muda"),
    Level.AHLI_MADYA: ("MA", "Madya"),
    Level.AHLI_UTAMA: ("UT", "Utama"),
}
LEVELS = {
    fold(name): level.value
    for level, names in _LEVEL_NAMES.items()
    for name in (level.label, level.value, *names)
}


@dataclass(frozen=True)
class LevelEntry:
    """A level of a position: its name there and the ranks it spans."""

    level: str
    name: str
    order: int
    rank_low: str
    rank_high: str


@dataclass
class Catalogue:
    """The look-ups of one sheet; the indexes leave out what may mean two rows."""

    positions: dict[str, int]
    units: dict[str, int]
    position_names: dict[int, str] = field(default_factory=dict)
    position_codes: dict[int, str] = field(default_factory=dict)
    levels: dict[int, dict[str, LevelEntry]] = field(default_factory=lambda: defaultdict(dict))
    unit_names: dict[int, str] = field(default_factory=dict)
    agencies: dict[str, int] = field(default_factory=dict)
    agency_names: dict[int, str] = field(default_factory=dict)
    ministry: int = 0

    def position(self, text: str) -> int | None:
        """The id of the JF a cell means."""
        return self.positions.get(fold_name(text))

    def unit(self, text: str) -> int | None:
        """The id of the unit a cell means."""
        return self.units.get(fold_name(text))

    def agency(self, text: str) -> int | None:
        """The id of the employer a cell means."""
        return self.agencies.get(fold_name(text))

    def level(self, position: int, text: str) -> str | None:
        """The code of the level a cell means, None where nothing is known."""
        folded = fold(text)
        for entry in self.levels[position].values():
            if folded in (fold(entry.name), fold(entry.level)):
                return entry.level
        return LEVELS.get(folded)


def load() -> Catalogue:
    """Everything a sheet may name, in some ten queries."""
    book = Catalogue(positions=position_index(), units=unit_index())
    for pk, code, name in Position.objects.values_list("id", "code", "name"):
        book.position_names[pk], book.position_codes[pk] = name, code
    for level in PositionLevel.objects.order_by("order"):
        book.levels[level.position_id][level.level] = LevelEntry(
            level.level, level.name, level.order, level.rank_low, level.rank_high
        )
    book.unit_names = dict(Unit.objects.values_list("id", "code"))
    book.unit_names |= dict(UnitVersion.objects.order_by("start").values_list("unit_id", "name"))
    for pk, code, name, kind in Agency.objects.order_by("-id").values_list(
        "id", "code", "name", "kind"
    ):
        book.agency_names[pk] = name
        book.agencies |= {fold_name(code): pk, fold_name(name): pk}
        if kind == Agency.Kind.MINISTRY:
            book.ministry = pk
    return book


def ensure_ministry() -> None:
    """The employer of people whose sheet names none exists."""
    if not Agency.objects.filter(kind=Agency.Kind.MINISTRY).exists():
        Agency.objects.create(
            code="kementerian",
            name=settings.AGENCY["name"],
            kind=Agency.Kind.MINISTRY,
            place=settings.AGENCY["place"],
        )
