"""Rules of assessor teams (tim penilai) in the conventional regime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

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
