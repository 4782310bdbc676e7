"""The demonstration ministry: 3,669 invented people in the units of the catalogue.

Pure and deterministic: the same seed gives the same people, whatever day it is.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fnmatch import fnmatch

from positions import catalogue
from reports.demo import edge_cases, people, tables
from reports.demo.facts import Heading, Ministry, Person, Placed, Under

_DAY = timedelta(days=1)
_WITHOUT_HEAD = {"kemnaker", "uptp", "staf-ahli"}  # the minister is no member of staff
HEADS_SINCE = date(2022, 1, 3)
ROTATED_ON = date(2024, 1, 8)
VACANT_SINCE = date(2026, 7, 1)
DEPUTY_FROM, DEPUTY_UNTIL = date(2026, 11, 16), date(2026, 11, 30)
_DITJEN = ("lavotas", "penta", "phi", "wasnaker")
_HEAD_RANKS = {
    "unit_utama": ("IV/e",),
    "upt_balai": ("IV/a", "IV/b"),
    "upt_balai_besar": ("IV/b", "IV/c"),
    "politeknik": ("IV/b",),
}
_NEWCOMERS = (0.055, 0.05)  # shares of former CPNS and of transfers among the other holders
CLAIM_UNITS = 32
SHOWN = "at_rank_target"  # the edge case whose account is a demonstration account


class Builder:
    """Puts the ministry together, step by step, from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - chance for invented people, no secret
        self.make = people.Maker(self.rng)
        self.units = catalogue.units()
        self.people: list[Person] = []
        self.heads: list[Heading] = []
        self.head_people: dict[str, Person] = {}
        self.kinds = {code: row["kind"] for code, row in self.units.items()}
        self.parents = {code: self._first(row)["parent"] for code, row in self.units.items()}
        self.groups: dict[str, list[str]] = defaultdict(list)
        for code in self.units:
            if self.kinds[code] not in ("kementerian", "kelompok", "unit_utama", "staf_ahli"):
                self.groups[self.group(code)].append(code)

    @staticmethod
    def _first(row: catalogue.Row) -> catalogue.Row:
        return row[f"version {catalogue.FIRST_DAY}"]

    def group(self, code: str) -> str:
        """The group of units that the handbook's split speaks of."""
        if self.kinds[code].startswith("upt") or self.kinds[code] == "politeknik":
            return "upt"
        top = code.split("-")[0]
        return "ditjen" if top in _DITJEN else top

    def build(self) -> Ministry:
        special = edge_cases.people()
        for person in special:
            person.public_id = self.make.public_id()
            self.make.card(person)
            self.make.used.add(person.nip)
        self.people += special
        self._holders(special)
        self._heads()
        self._others()
        self._superiors()
        return Ministry(
            self.people,
            self.heads,
            self._position_coordinators(),
            self._claim_coordinators(),
        )

    # -------------------------------------------------------------- holders

    def _holders(self, special: list[Person]) -> None:
        taken = Counter(person.position for person in special)
        contracts = Counter(p.position for p in special if p.employment == "PPPK")
        holders: list[Person] = []
        for position, number in tables.HOLDERS.items():
            equalised = tables.EQUALISED.get(position, 0)
            contracted = tables.CONTRACTED.get(position, 0) - contracts[position]
            rest = number - taken[position] - equalised - contracted
            holders += [self._equalised(position) for _ in range(equalised)]
            holders += [people.contracted(self.make, position) for _ in range(contracted)]
            holders += [self._way_in(position)(self.make, position) for _ in range(rest)]
        self._assign(holders, Counter(self.group(p.unit) for p in special))
        self.people += holders

    def _equalised(self, position: str) -> Person:
        return people.settled(self.make, position, equalised=True)

    def _way_in(self, position: str) -> Callable[[people.Maker, str], Person]:
        draw = self.rng.random()
        if position == "dosen":
            return people.settled
        if draw < _NEWCOMERS[0]:
            return people.candidate
        levels = people.levels_of(position)
        if draw < sum(_NEWCOMERS) and "ahli_madya" in levels:
            return people.transferred
        return people.settled

    def _assign(self, holders: list[Person], placed: Counter[str]) -> None:
        """Positions with a home go there; the others fill each group up to its share."""
        everywhere = []
        total = len(holders) + placed.total()
        for person in holders:
            homes = tables.HOME.get(person.position or "")
            if homes is None:
                everywhere.append(person)
                continue
            unit = self._choose([c for c in self.units if any(fnmatch(c, h) for h in homes)])
            placed[self.group(unit)] += 1
            people.place(self.rng, person, unit, self.groups[self.group(unit)])
        for person, group in zip(everywhere, self._open_places(placed, total), strict=True):
            people.place(self.rng, person, self._choose(self.groups[group]), self.groups[group])

    def _open_places(self, placed: Counter[str], total: int) -> list[str]:
        """One group name per place still open, in random order; UPT take the rounding."""
        wanted = {g: total * share // 100 for g, share in tables.GROUP_SHARE.items()}
        wanted["upt"] += total - sum(wanted.values())
        places = [g for g, number in wanted.items() for _ in range(number - placed[g])]
        self.rng.shuffle(places)
        return places

    def _choose(self, codes: list[str]) -> str:
        """A unit, the large institutes three times as likely as a small one."""
        weights = [3 if self.kinds[code] == "upt_balai_besar" else 2 for code in codes]
        return self.rng.choices(codes, weights)[0]

    # -------------------------------------------------------------- heads

    def _heads(self) -> None:
        """One head per unit; some changed places in 2024, some units are led by a Plt. or Plh."""
        led = [code for code in self.units if code not in _WITHOUT_HEAD]
        for code in led:
            ranks = _HEAD_RANKS.get(self.kinds[code], ("IV/c", "IV/d"))
            person = people.officer(self.make, self.rng.choice(ranks))
            person.placed = [Placed(code, max(person.joined_on, tables.FIRST_DAY))]
            self.head_people[code] = person
            self.people.append(person)
        directorates = [code for code in led if self.kinds[code] == "direktorat"]
        vacant = self.rng.sample([c for c in led if self.kinds[c] == "biro"], 2)
        vacant += self.rng.sample(directorates, 2)
        rotating = self.rng.sample([code for code in directorates if code not in vacant], 8)
        pairs = dict(zip(rotating[::2], rotating[1::2], strict=True))
        pairs |= {two: one for one, two in pairs.items()}
        for code in led:
            self._lead(code, pairs.get(code), code in vacant)
        for code in self.rng.sample([c for c in led if c not in (*vacant, *rotating)], 3):
            self._stand_in(code, "plh", DEPUTY_FROM, DEPUTY_UNTIL)

    def _lead(self, code: str, partner: str | None, vacant: bool) -> None:
        person, office = self.head_people[code], self.office(code)
        if partner:
            other = self.head_people[partner]
            self.heads.append(Heading(code, other.nip, office, HEADS_SINCE, ROTATED_ON - _DAY))
            self.heads.append(Heading(code, person.nip, office, ROTATED_ON))
            since = person.placed[0].start
            person.placed = [Placed(partner, since, ROTATED_ON - _DAY), Placed(code, ROTATED_ON)]
        elif vacant:
            self.heads.append(Heading(code, person.nip, office, HEADS_SINCE, VACANT_SINCE - _DAY))
            person.placed[-1].end = VACANT_SINCE - _DAY
            person.placed.append(Placed("staf-ahli", VACANT_SINCE))
            self._stand_in(code, "plt", VACANT_SINCE, None)
        else:
            self.heads.append(Heading(code, person.nip, office, HEADS_SINCE))

    def _stand_in(self, code: str, capacity: str, start: date, end: date | None) -> None:
        """The head of the unit's secretariat, or of the unit above, acts beside the own office."""
        parent = self.parents[code]
        beside = [c for c, p in self.parents.items() if p == parent and c != code]
        beside = [c for c in beside if self.kinds[c] in ("sekretariat", "biro", "pusat")]
        acting = self.head_people.get(beside[0] if beside else parent)
        if acting is None or acting.unit == "staf-ahli":
            acting = self.head_people[parent if parent in self.head_people else "setjen"]
        if acting is not self.head_people[code]:
            self.heads.append(Heading(code, acting.nip, self.office(code), start, end, capacity))

    def office(self, code: str) -> str:
        """What the head of a unit is called: "Direktur Bina ...", "Kepala Biro ..."."""
        row = self.units[code]
        name = str(row.get(f"version {catalogue.RENAMED_ON}", self._first(row))["name"])
        for beginning, title in (
            ("Sekretariat Jenderal", "Sekretaris Jenderal"),
            ("Direktorat Jenderal", "Direktur Jenderal"),
            ("Inspektorat Jenderal", "Inspektur Jenderal"),
            ("Sekretariat", "Sekretaris"),
            ("Direktorat", "Direktur"),
            ("Inspektorat", "Inspektur"),
            ("Politeknik", "Direktur Politeknik"),
        ):
            if name.startswith(beginning):
                return title + name.removeprefix(beginning)
        return f"Kepala {name}"

    # -------------------------------------------------------------- the others

    def _others(self) -> None:
        others = [people.executor(self.make) for _ in range(tables.STAFF - len(self.people))]
        groups = self._open_places(Counter(), len(others))
        for person, group in zip(others, groups, strict=True):
            people.place(self.rng, person, self._choose(self.groups[group]), self.groups[group])
        self.people += others

    def _superiors(self) -> None:
        """Everybody is rated by the head of the own unit, a head by the head above."""
        leading: dict[str, list[Heading]] = defaultdict(list)
        for heading in self.heads:
            if heading.capacity != "plh":
                leading[heading.unit].append(heading)
        for person in self.people:
            for placed in person.placed:
                self._under(person, placed, leading)

    def _under(self, person: Person, placed: Placed, leading: dict[str, list[Heading]]) -> None:
        own = leading[placed.unit]
        is_head = any(h.nip == person.nip and h.capacity == "definitive" for h in own)
        above = leading[self.parents[placed.unit] or ""] if is_head else own
        for heading in above:
            start = max(placed.start, heading.start)
            end = min(filter(None, (placed.end, heading.end)), default=None)
            if heading.nip == person.nip or (end and end < start):
                continue
            person.under.append(Under(heading.nip, start, end, heading.capacity, heading.office))

    # -------------------------------------------------------------- coordinators

    def _position_coordinators(self) -> list[tuple[str, str, date]]:
        """Per position one holder of the highest level, a civil servant."""
        found = []
        for position in tables.HOLDERS:
            holders = [p for p in self.people if p.position == position and p.employment == "PNS"]
            chosen = min(holders, key=lambda p: (people.highest_first(p), p.nip))
            start = max(chosen.held[0].start, date(2021, 4, 1))
            found.append((position, chosen.nip, start))
        return found

    def _claim_coordinators(self) -> list[tuple[str, str, date]]:
        """In the units with the most holders, one of the staff without a JF."""
        holders = Counter(p.unit for p in self.people if p.held)
        staff: dict[str, list[Person]] = defaultdict(list)
        heads = {heading.nip for heading in self.heads}
        for person in self.people:
            if not person.held and person.employment == "PNS" and person.nip not in heads:
                staff[person.unit].append(person)
        # The unit of the holder whose account is shown goes first: the roles meet there.
        shown = next(p.unit for p in self.people if p.nip == edge_cases.EDGE_CASES[SHOWN])
        largest = sorted(holders, key=lambda code: (code != shown, -holders[code], code))
        chosen = [code for code in largest if staff[code]][:CLAIM_UNITS]
        return [
            (code, one.nip, max(one.placed[-1].start, HEADS_SINCE))
            for code in chosen
            for one in (self.rng.choice(staff[code]),)
        ]


def build(seed: int) -> Ministry:
    """All people of the demonstration with everything about them, for a seed."""
    return Builder(seed).build()
