"""The demonstration's people as plain values, before they become rows of the database."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


@dataclass
class Held:
    """A functional position held at a level, from when to when."""

    position: str
    level: str
    start: date
    way: str
    end: date | None = None
    origin: str = ""
    top_rank: bool = False
    notes: str = ""


@dataclass
class Rated:
    """A performance rating; `superseded` means that a yearly one took its place."""

    start: date
    end: date
    predicate: str
    approved: bool = True
    superseded: bool = False


@dataclass
class Paused:
    kind: str
    start: date
    end: date | None
    cum_laude: bool = False


@dataclass
class Schooling:
    degree: str
    subject: str
    institution: str
    graduated_on: date
    recorded_on: date | None


@dataclass
class Placed:
    """A time in a unit, by its code."""

    unit: str
    start: date
    end: date | None = None


@dataclass
class Under:
    """A time under a direct superior, by the superior's NIP."""

    superior: str
    start: date
    end: date | None
    capacity: str
    office: str


@dataclass
class Person:
    """One member of staff. `conventional` is the amount (points) of the PAK integrasi."""

    nip: str
    name: str
    sex: str
    birth_date: date
    joined_on: date
    employment: str = "PNS"
    public_id: str = ""
    front_title: str = ""
    back_title: str = ""
    birth_place: str = "Jakarta"
    card_number: str = ""
    ranks: list[tuple[str, date]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    ratings: list[Rated] = field(default_factory=list)
    pauses: list[Paused] = field(default_factory=list)
    schooling: list[Schooling] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    under: list[Under] = field(default_factory=list)
    conventional: Fraction | None = None
    former_nip: str = ""

    @property
    def unit(self) -> str:
        """The unit at the end of the story."""
        return self.placed[-1].unit

    @property
    def position(self) -> str | None:
        """The functional position held at the end of the story."""
        return self.held[-1].position if self.held else None


@dataclass
class Heading:
    """A time at the head of a unit."""

    unit: str
    nip: str
    office: str
    start: date
    end: date | None = None
    capacity: str = "definitive"


@dataclass
class Ministry:
    """Everything that `load_demo` writes."""

    people: list[Person]
    heads: list[Heading]
    position_coordinators: list[tuple[str, str, date]]  # position, NIP, from
    claim_coordinators: list[tuple[str, str, date]]  # unit, NIP, from
