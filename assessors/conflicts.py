"""Who may not judge a claim and why, and how claims are shared out among those who may.

Pure: plain values in, plain values out. `assessors.selectors` reads the facts; the services ask
here when a claim is assigned, and again at the instant of each verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from credits.rules.editions import Edition
from positions.ladder import Golongan, Level

LADDER = tuple(Level)  # skilled from the lowest, then expert
RANKS = tuple(Golongan)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why somebody may not judge a claim. ``row``: of the authorization table, "" = none."""

    code: str
    article: str
    row: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `end`, both inclusive; None = open."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Judge:
    """An assessor, on a day. Empty level or rank: none on record.

    seat: the dates of the membership. team: those of the team, None where it is not active.
    away: why he is not at work on the day (a status), "" = he is. load: open assignments.
    """

    person: int
    member: int
    seat: Span
    team: Span | None
    level: str = ""
    golongan: str = ""
    left_on: date | None = None
    away: str = ""
    load: int = 0
    alternate: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, as far as it matters who judges it. People are ids.

    levels, ranks: the claimant's, at the end of the period and on the day. superiors: who rated
    or rates the claimant, in the period or on the day; subordinates: whom the claimant did or
    does. submitters: who handed it in. judged: who judged what an objection is about.
    """

    claimant: int
    levels: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    superiors: frozenset[int] = frozenset()
    subordinates: frozenset[int] = frozenset()
    relatives: frozenset[int] = frozenset()
    submitters: frozenset[int] = frozenset()
    judged: frozenset[int] = frozenset()


def _place(ladder: Sequence[str], value: str) -> int:
    return ladder.index(value) if value in ladder else -1


def _highest(ladder: Sequence[str], values: Iterable[str]) -> str:
    return max(values, key=lambda value: _place(ladder, value), default="")


# code -> the citation of the edition and the row of the authorization table
_SOURCES = {
    "self": ("self", "AZ083"),
    "superior": ("conflict", "AZ085"),
    "subordinate": ("conflict", "AZ084"),
    "relative": ("kin", "AZ086"),
    "submitter": ("submitter", "AZ088"),
    "level": ("member", "AZ087"),
    "rank": ("member", "AZ087"),
    "seat": ("self", "AZ089"),
    "team": ("self", "AZ089"),
    "left": ("member", "AZ160"),
    "away": ("member", "AZ160"),
    "judged": ("objection", ""),
}


def conflicts(edition: Edition, case: Case, judge: Judge, day: date) -> tuple[Conflict, ...]:
    """Every reason why the assessor may not judge the claim on the day; empty = he may.

    Self, superior, subordinate, relative, submitter, lower level or rank (R-064), out of term
    (R-065), not in service or on leave, and, for an objection, judged it before.
    """
    level, rank = _highest(LADDER, case.levels), _highest(RANKS, case.ranks)
    who = judge.person
    found: list[tuple[str, dict[str, object]]] = []
    found += [
        (code, {})
        for code, holds in (
            ("self", who == case.claimant),
            ("superior", who in case.superiors),
            ("subordinate", who in case.subordinates),
            ("relative", who in case.relatives),
            ("submitter", who in case.submitters),
            ("judged", who in case.judged),
        )
        if holds
    ]
    # Who holds no JF is measured by rank alone.
    if judge.level and _place(LADDER, judge.level) < _place(LADDER, level):
        found.append(("level", {"own": judge.level, "claimant": level}))
    if _place(RANKS, judge.golongan) < _place(RANKS, rank):
        found.append(("rank", {"own": judge.golongan, "claimant": rank}))
    if not judge.seat.covers(day):
        found.append(("seat", {"from": judge.seat.start, "until": judge.seat.end}))
    if judge.team is None or not judge.team.covers(day):
        until = judge.team.end if judge.team else None
        found.append(("team", {"until": until}))
    if judge.left_on is not None and judge.left_on <= day:
        found.append(("left", {"on": judge.left_on}))
    if judge.away:
        found.append(("away", {"kind": judge.away}))
    return tuple(_conflict(edition, code, params) for code, params in found)


def _conflict(edition: Edition, code: str, params: dict[str, object]) -> Conflict:
    citation, row = _SOURCES[code]
    return Conflict(code, edition.citation(citation).article, row, MappingProxyType(params))


# ------------------------------------------------------------------ sharing out


@dataclass(frozen=True, slots=True)
class Share:
    """The assessors proposed for a claim, and why others are not. ``chosen``: members' ids.

    `short`: fewer than asked for may judge it.
    """

    key: int
    chosen: tuple[int, ...]
    excluded: tuple[tuple[int, tuple[Conflict, ...]], ...]
    short: bool


def distribute(
    edition: Edition,
    cases: Sequence[tuple[int, Case]],
    judges: Sequence[Judge],
    per_claim: int,
    day: date,
) -> list[Share]:
    """Assessors for each claim: who has least to do, then whose level is nearest, then by id.

    ``cases``: key and claim, shared out in their order. Alternates come in only where members do
    not suffice. The same input gives the same answer.
    """
    load = {judge.member: judge.load for judge in judges}
    shares = []
    for key, case in cases:
        level = _place(LADDER, _highest(LADDER, case.levels))
        excluded, free = [], []
        for judge in judges:
            reasons = conflicts(edition, case, judge, day)
            if reasons:
                excluded.append((judge.member, reasons))
            else:
                away = max(_place(LADDER, judge.level) - level, 0)
                free.append((judge.alternate, load[judge.member], away, judge.member))
        chosen = tuple(member for *_rest, member in sorted(free)[:per_claim])
        for member in chosen:
            load[member] += 1
        shares.append(Share(key, chosen, tuple(excluded), len(chosen) < per_claim))
    return shares
