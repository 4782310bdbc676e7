"""Rules of assessor teams (tim penilai) in the conventional regime."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from credits.rules.claims import agreed
from credits.rules.editions import Edition, choose, read_directory
from credits.rules.errors import RuleError
from credits.rules.inputs import read_count

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
