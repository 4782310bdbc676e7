"""Rules of assessor teams (tim penilai) in the conventional regime.

`team_reasons` judges figures alone (the golden cases); `composition` judges a whole team with its
people, rule by rule, each with its article. Nothing here knows a database or a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from credits.rules.claims import agreed
from credits.rules.editions import Edition, choose, read_directory
from credits.rules.errors import RuleError
from credits.rules.inputs import read_count
from positions.ladder import Category, Golongan, Level

DIRECTORY = Path(__file__).resolve().parent / "regulations"


@dataclass(frozen=True, slots=True)
class TeamReason:
    """Why a team is not valid."""

    code: str  # ketua, min_members, odd, same_jf, sekretaris, self
    article: str
    params: Mapping[str, object]


@lru_cache(maxsize=1)
def load_team_editions() -> tuple[Edition, ...]:
    """All editions, oldest first; the files are read once per process."""
    return read_directory(DIRECTORY)


def team_edition_on(day: date, position_code: str | None = None) -> Edition:
    """The edition in force on ``day`` for a JF; raises RuleError("edition.none")."""
    found = choose(load_team_editions(), day, position_code)
    if found is None:
        raise RuleError("edition.none", day=day.isoformat())
    return found


def team_reasons(
    edition: Edition,
    *,
    members: int,
    same_position_members: int,
    chair_qualified: bool,
    secretary_from_hr: bool,
    self_assessment: bool,
) -> tuple[TeamReason, ...]:
    """What makes a team invalid, sorted by code; empty = valid (R-060 to R-065, E-14).

    PermenPANRB 47/2022 Pasal 33. ``members`` counts chair and secretary too. The size is only
    complained of when the number is odd: an even number has to change anyway.
    """
    members = read_count(members, "members")
    same = read_count(same_position_members, "same_position_members")
    least: int = edition.setting("min_team_size")
    least_same: int = edition.cited("team", "same_position_members").value
    odd = members % 2 == 1
    checks: tuple[tuple[str, str, bool, dict[str, int]], ...] = (
        ("ketua", "chair", not chair_qualified, {}),
        ("min_members", "size", odd and members < least, {"members": members, "least": least}),
        ("odd", "odd", not odd, {"members": members}),
        ("same_jf", "same_position", same < least_same, {"members": same, "least": least_same}),
        ("sekretaris", "secretary", not secretary_from_hr, {}),
        ("self", "self", self_assessment, {}),
    )
    return tuple(
        TeamReason(code, edition.citation(citation).article, MappingProxyType(dict(params)))
        for code, citation, failed, params in checks
        if failed
    )


# ------------------------------------------------------------------ two assessors, one result

WHOLE = 0  # the number under which a claim without items is judged: quantity 1 or 0


@dataclass(frozen=True, slots=True)
class Found:
    """What one assessor found on one item: how many, and why where it is not what was claimed."""

    quantity: int  # 0 = rejected
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ItemProposal:
    """What the plenary is asked to confirm on an item; `differs`: the assessors found otherwise."""

    number: int
    found: Found
    differs: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the verdicts on a claim lead to.

    agreed: the plenary confirms the items as they stand here, en bloc. Not agreed: it decides on
    each item that differs; the others stand. sums: points of each assessor's verdicts, in their
    order; proposed: points of the items as they stand here.
    """

    agreed: bool
    items: tuple[ItemProposal, ...]
    sums: tuple[Fraction, ...]
    proposed: Fraction

    @property
    def quantities(self) -> dict[int, int]:
        """Item number -> quantity."""
        return {item.number: item.found.quantity for item in self.items}

    @property
    def differing(self) -> tuple[int, ...]:
        """The numbers of the items on which the assessors differ."""
        return tuple(item.number for item in self.items if item.differs)


def proposal(
    found: Sequence[Mapping[int, Found]],
    count: Callable[[Mapping[int, int]], Fraction],
    tolerance: Fraction,
) -> Proposal:
    """What the verdicts of all assessors of a claim lead to, once each has finished.

    `found`: for each assessor, item number -> what was found, the same numbers for all. `count`:
    points of a claim by quantities. Per item the lower quantity stands, so that nothing counts
    that one of them did not see. Agreed where the result is within the tolerance (percent, a
    setting) of the higher sum: differences that cancel each other in the sums do not hide in them.
    The regulations (R-054, R-066) name the plenary as what decides; they give no tolerance.
    Raises RuleError("verdict.missing") where an item lacks a verdict.
    """
    if not found or any(set(one) != set(found[0]) for one in found):
        raise RuleError("verdict.missing")
    items = []
    for number in sorted(found[0]):
        seen = [one[number] for one in found]
        lowest = min(seen, key=lambda f: f.quantity)
        items.append(ItemProposal(number, lowest, any(f.quantity != lowest.quantity for f in seen)))
    sums = tuple(count({n: f.quantity for n, f in one.items()}) for one in found)
    proposed = count({item.number: item.found.quantity for item in items})
    return Proposal(agreed(max(sums), proposed, tolerance), tuple(items), sums, proposed)


# ------------------------------------------------------------------ a team with its people


class Seat(StrEnum):
    """What somebody is in a team."""

    CHAIR = "ketua"
    VICE = "wakil_ketua"
    SECRETARY = "sekretaris"
    MEMBER = "anggota"
    ALTERNATE = "pengganti"


class Office(StrEnum):
    """A structural office, lowest first."""

    SUPERVISOR = "pengawas"
    ADMINISTRATOR = "administrator"
    JPT_PRATAMA = "jpt_pratama"
    JPT_MADYA = "jpt_madya"


class Severity(StrEnum):
    """An error refuses the activation; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends inclusive; `end` None = still open. `kind` says of what, where asked."""

    start: date
    end: date | None = None
    kind: str = ""

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def meets(self, other: Span) -> bool:
        """Whether the two share a day."""
        return (other.end is None or self.start <= other.end) and (
            self.end is None or other.start <= self.end
        )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team, with what the register says of him on the day of the check.

    `person` is any id. `position` and `level`: the JF held. `ranked` False: a PPPK, who has no
    golongan. `assessed`: the team may come to judge claims of his own. `terms`: earlier terms in
    teams for the same JF, this one not among them. `away`: periods of leave and the like, by kind.
    """

    person: int
    name: str
    seat: Seat
    position: str | None = None
    level: Level | None = None
    golongan: Golongan | None = None
    ranked: bool = True
    office: Office | None = None
    from_hr: bool = False
    trained_on: date | None = None
    left_on: date | None = None
    away: tuple[Span, ...] = ()
    assessed: bool = False
    terms: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """A JF that the team judges: its levels, with the lowest golongan of each (None: unknown)."""

    position: str
    levels: Mapping[Level, Golongan | None]
    name: str = ""

    def top(self, category: Category | None = None) -> Level | None:
        """The highest level, of a category or of all (keahlian stands above keterampilan)."""
        found = [lv for lv in Level if lv in self.levels and category in (None, lv.category)]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A team as it is to be judged on `day`; whoever holds no seat that day is left out."""

    day: date
    term: Span
    covers: tuple[Covered, ...]
    members: tuple[Member, ...]
    few_holders_because: str = ""

    def of(self, *seats: Seat) -> list[Member]:
        return [m for m in self.members if m.seat in seats]

    @property
    def regular(self) -> list[Member]:
        """Everybody but the alternates: whose number has to be odd."""
        return [m for m in self.members if m.seat is not Seat.ALTERNATE]

    @property
    def assesses_experts(self) -> bool:
        return any(lv.category is Category.KEAHLIAN for c in self.covers for lv in c.levels)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: whose (`person`) or of which JF (`position`), with its figures."""

    code: str
    severity: Severity = Severity.ERROR
    person: int | None = None
    position: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule with its article and everything that breaks it; nothing = met."""

    rule: str
    article: str
    violations: tuple[Violation, ...] = ()

    @property
    def errors(self) -> tuple[Violation, ...]:
        return tuple(v for v in self.violations if v.severity is Severity.ERROR)


Editions = Mapping[str, Edition]  # position code -> the edition that holds for it


def composition(editions: Editions, plan: Plan) -> tuple[RuleResult, ...]:
    """Every rule of the composition (R-060 to R-065, E-14), met or not, in a fixed order.

    `editions` holds one edition for each JF of the plan; where they differ in a figure of the
    whole team, the strictest speaks, with its article. A plan that covers no JF breaks "scope"
    alone; there is nothing to measure the rest by.
    """
    if not plan.covers:
        return (RuleResult("scope", "", (Violation("scope_empty"),)),)
    found = [RuleResult("scope", "", tuple(_scope(plan)))]
    for rule, citation, check in _RULES:
        violations = tuple(check(editions, plan))
        strict = _strictest(editions, plan)
        found.append(RuleResult(rule, strict.citation(citation).article, violations))
    return tuple(found)


def _scope(plan: Plan) -> Iterator[Violation]:
    for covered in plan.covers:
        if not covered.levels:
            yield Violation(
                "no_level", position=covered.position, params={"position": covered.name}
            )


def errors_of(results: Iterable[RuleResult]) -> tuple[tuple[RuleResult, Violation], ...]:
    """What refuses an activation, each with its rule."""
    return tuple((result, v) for result in results for v in result.errors)


def _strictest(editions: Editions, plan: Plan) -> Edition:
    of_team = [editions[c.position] for c in plan.covers]
    return max(of_team, key=lambda e: (e.setting("min_team_size"), e.setting("vice_chair")))


def _shortest(editions: Editions, plan: Plan, *path: str) -> int:
    return min(int(editions[c.position].cited(*path).value) for c in plan.covers)


def _size(editions: Editions, plan: Plan) -> Iterator[Violation]:
    edition = _strictest(editions, plan)
    members, least = len(plan.regular), int(edition.setting("min_team_size"))
    if members < least:
        yield Violation("too_few", params={"members": members, "least": least})
    ordinary = len(plan.of(Seat.MEMBER))
    least = int(edition.cited("team", "ordinary_members").value)
    if ordinary < least:
        yield Violation("too_few_ordinary", params={"members": ordinary, "least": least})


def _odd(editions: Editions, plan: Plan) -> Iterator[Violation]:
    members = len(plan.regular)
    if members % 2 == 0:
        yield Violation("even", params={"members": members})


def _chair(editions: Editions, plan: Plan) -> Iterator[Violation]:
    chairs, vices = plan.of(Seat.CHAIR), plan.of(Seat.VICE)
    if not chairs:
        yield Violation("chair_missing")
    if len(chairs) > 1:
        yield Violation("chairs", params={"number": len(chairs)})
    if len(vices) > 1:
        yield Violation("vices", params={"number": len(vices)})
    if not vices and _strictest(editions, plan).setting("vice_chair"):
        yield Violation("vice_missing")
    for member in (*chairs, *vices):
        if not chair_qualified(member, plan.assesses_experts):
            code = "chair_experts" if plan.assesses_experts else "chair_skilled"
            yield Violation(code, person=member.person, params={"name": member.name})


def chair_qualified(member: Member, experts: bool) -> bool:
    """Whether somebody may lead a team (R-061).

    For keahlian at least JPT pratama or Ahli Madya; for keterampilan alone at least administrator
    or Penyelia, with whom Ahli Muda shares the golongan.
    """
    offices, levels = list(Office), list(Level)
    office = Office.JPT_PRATAMA if experts else Office.ADMINISTRATOR
    lowest = [Level.AHLI_MADYA] if experts else [Level.PENYELIA, Level.AHLI_MUDA]
    if member.office is not None and offices.index(member.office) >= offices.index(office):
        return True
    return member.level is not None and any(
        member.level.category is low.category and levels.index(member.level) >= levels.index(low)
        for low in lowest
    )


def _secretary(editions: Editions, plan: Plan) -> Iterator[Violation]:
    secretaries = plan.of(Seat.SECRETARY)
    if not secretaries:
        yield Violation("secretary_missing")
    if len(secretaries) > 1:
        yield Violation("secretaries", params={"number": len(secretaries)})
    for member in secretaries:
        if not member.from_hr:
            yield Violation("secretary_not_hr", person=member.person, params={"name": member.name})


def _same_position(editions: Editions, plan: Plan) -> Iterator[Violation]:
    for covered in plan.covers:
        least = int(editions[covered.position].cited("team", "same_position_members").value)
        holders = sum(m.position == covered.position for m in plan.regular)
        if holders >= least:
            continue
        params: dict[str, object] = {
            "position": covered.name,
            "members": holders,
            "least": least,
        }
        if plan.few_holders_because.strip():
            params["reason"] = plan.few_holders_because.strip()
            yield Violation(
                "few_holders_filled", Severity.WARNING, position=covered.position, params=params
            )
        else:
            yield Violation("few_holders", position=covered.position, params=params)


def measure(plan: Plan, member: Member) -> tuple[Level | None, Golongan | None]:
    """The level and the golongan that a member must at least have (R-064).

    Who holds a JF that the team judges is measured by that JF, in his category; everybody else by
    the highest level of the team. A level of another category than his own is not comparable:
    then the golongan decides, and keterampilan never reaches keahlian.
    """
    own = [c for c in plan.covers if c.position == member.position]
    levels = list(Level)
    category = member.level.category if member.level else None
    best: tuple[Level | None, Golongan | None] = (None, None)
    for covered in own or plan.covers:
        top = (covered.top(category) if category else None) or covered.top()
        if top is None:
            continue
        level, golongan = best
        low = covered.levels[top]
        if level is None or levels.index(top) > levels.index(level):
            level = top
        if low is not None and (golongan is None or low.order > golongan.order):
            golongan = low
        best = level, golongan
    return best


def _level(editions: Editions, plan: Plan) -> Iterator[Violation]:
    levels = list(Level)
    for member in plan.members:
        level, _golongan = measure(plan, member)
        if member.level is None or level is None:
            continue  # no JF: measured by rank
        same = member.level.category is level.category
        below = levels.index(member.level) < levels.index(level)
        if below and (same or member.level.category is Category.KETERAMPILAN):
            yield Violation(
                "level_low",
                person=member.person,
                params={"name": member.name, "level": member.level, "least": level},
            )


def _rank(editions: Editions, plan: Plan) -> Iterator[Violation]:
    for member in plan.members:
        _lowest, golongan = measure(plan, member)
        if golongan is None or not member.ranked:
            if not member.ranked and member.level is None:
                yield Violation("neither", person=member.person, params={"name": member.name})
            continue
        if member.golongan is None:
            yield Violation("rank_missing", person=member.person, params={"name": member.name})
        elif member.golongan.order < golongan.order:
            yield Violation(
                "rank_low",
                person=member.person,
                params={
                    "name": member.name,
                    "golongan": member.golongan.value,
                    "least": golongan.value,
                },
            )


# Who is on these is no active official; who studies is asked about, as some keep working.
NOT_ACTIVE = frozenset({"unpaid_leave", "suspension", "dismissal"})


def _active(editions: Editions, plan: Plan) -> Iterator[Violation]:
    for member in plan.members:
        said = {"name": member.name}
        if member.left_on is not None and member.left_on <= plan.day:
            yield Violation("left", person=member.person, params=said | {"on": member.left_on})
        elif member.left_on is not None and plan.term.holds(member.left_on):
            yield Violation(
                "leaves",
                Severity.WARNING,
                person=member.person,
                params=said | {"on": member.left_on},
            )
        for span in member.away:
            if not span.holds(plan.day):
                continue
            code, severity = (
                (span.kind, Severity.ERROR)
                if span.kind in NOT_ACTIVE
                else ("studies", Severity.WARNING)
            )
            yield Violation(code, severity, person=member.person, params=said)


def _training(editions: Editions, plan: Plan) -> Iterator[Violation]:
    if not any(editions[c.position].cited("team", "trained").value for c in plan.covers):
        return
    for member in plan.members:
        if member.trained_on is None or member.trained_on > plan.day:
            yield Violation("untrained", person=member.person, params={"name": member.name})


def years_on(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(start: date, years: int) -> date:
    """The last day of a term of so many years."""
    return years_on(start, years) - timedelta(days=1)


def term_years(editions: Editions, plan: Plan) -> int:
    """The length of a term; the shortest of the JF that the team judges."""
    return _shortest(editions, plan, "term", "years")


def _term(editions: Editions, plan: Plan) -> Iterator[Violation]:
    years = term_years(editions, plan)
    if plan.term.end is None:
        yield Violation("term_open", params={"years": years})
    elif plan.term.end > last_day(plan.term.start, years):
        yield Violation(
            "term_long", params={"years": years, "until": last_day(plan.term.start, years)}
        )


def terms_in_a_row(terms: Iterable[Span], start: date, years: int) -> tuple[int, date | None]:
    """How many terms come directly before `start`, and the first day after a due pause.

    Terms follow one another unless a pause of a whole term lies between. Terms with days in
    common, in two teams at a time, are one; one that still runs on `start` is one with what
    begins there. No terms: (0, None).
    """
    begun = start
    merged: list[tuple[date, date]] = []
    for span in sorted((t for t in terms if t.start < start), key=lambda t: t.start):
        if span.end is None or span.end >= start:
            begun = min(begun, span.start)
        elif merged and span.start <= merged[-1][1]:
            first, last = merged.pop()
            merged.append((first, max(last, span.end)))
        else:
            merged.append((span.start, span.end))
    count, after = 0, begun
    for first, last in reversed(merged):
        if years_on(last, years) < after:
            break
        count, after = count + 1, first
    if not count:
        return 0, None
    return count, years_on(merged[-1][1], years) + timedelta(days=1)


def _in_a_row(editions: Editions, plan: Plan) -> Iterator[Violation]:
    years = term_years(editions, plan)
    most = _shortest(editions, plan, "term", "terms_in_a_row")
    for member in plan.regular:
        count, free = terms_in_a_row(member.terms, plan.term.start, years)
        if count >= most:
            yield Violation(
                "terms",
                person=member.person,
                params={"name": member.name, "terms": count, "most": most, "from": free},
            )


def _self(editions: Editions, plan: Plan) -> Iterator[Violation]:
    concerned = [m for m in plan.regular if m.assessed]
    if concerned and not plan.of(Seat.ALTERNATE):
        names = ", ".join(m.name for m in concerned)
        yield Violation("no_alternate", params={"names": names, "number": len(concerned)})


def _one_seat(editions: Editions, plan: Plan) -> Iterator[Violation]:
    seats = Counter(m.person for m in plan.members)
    names = {m.person: m.name for m in plan.members}
    for person, number in seats.items():
        if number > 1:
            yield Violation(
                "two_seats", person=person, params={"name": names[person], "number": number}
            )


# Rule, citation, check: in the order in which they are shown.
_RULES: tuple[tuple[str, str, Callable[[Editions, Plan], Iterator[Violation]]], ...] = (
    ("size", "size", _size),
    ("odd", "odd", _odd),
    ("chair", "chair", _chair),
    ("secretary", "secretary", _secretary),
    ("same_position", "same_position", _same_position),
    ("level", "member", _level),
    ("rank", "member", _rank),
    ("active", "member", _active),
    ("training", "member", _training),
    ("term", "self", _term),
    ("in_a_row", "self", _in_a_row),
    ("self", "self", _self),
    ("one_seat", "size", _one_seat),
)
RULES: tuple[str, ...] = ("scope", *(rule for rule, _citation, _check in _RULES))


# ------------------------------------------------------------------ two teams


@dataclass(frozen=True, slots=True)
class Reach:
    """What a team judges and when. `levels` and `units` empty = all of them."""

    positions: frozenset[str]
    levels: frozenset[str]
    units: frozenset[int]
    term: Span


def overlap(one: Reach, other: Reach) -> frozenset[str]:
    """The JF that both would judge for the same level, unit and day; empty = they keep apart."""

    def share(a: frozenset[object], b: frozenset[object]) -> bool:
        return not a or not b or bool(a & b)

    apart = not (
        share(frozenset(one.levels), frozenset(other.levels))
        and share(frozenset(one.units), frozenset(other.units))
        and one.term.meets(other.term)
    )
    return frozenset() if apart else one.positions & other.positions
