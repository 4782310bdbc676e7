"""Rules of a plenary (sidang pleno): quorum, the sample, and what a decision on items amounts to.

The regulations name the plenary as what decides (R-054, R-066); quorum and sample are settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from math import ceil


class Result(StrEnum):
    """What the decision on the items makes of a claim."""

    APPROVED = "approved"
    PARTLY = "partly"
    REJECTED = "rejected"


def quorum_of(members: int, stated: int | None) -> int:
    """How many must be present: what the team states, else more than half of its members."""
    return stated if stated is not None else members // 2 + 1


def sample(keys: Iterable[str], percent: Fraction, seed: str) -> frozenset[str]:
    """The keys that are looked at again: `percent` of them, rounded up, chosen by the seed alone.

    The same keys and seed give the same sample in any order, so that anybody can check the choice.
    """
    known = sorted(set(keys))
    number = min(len(known), ceil(len(known) * percent / 100))
    ordered = sorted(known, key=lambda key: sha256(f"{seed}/{key}".encode()).digest())
    return frozenset(ordered[:number])


def result_of(claimed: Mapping[int, int], decided: Mapping[int, int]) -> Result:
    """What quantities by item number amount to, against what was claimed."""
    if not any(decided.values()):
        return Result.REJECTED
    return Result.APPROVED if dict(decided) == dict(claimed) else Result.PARTLY


def carried(votes_for: int, votes_against: int) -> bool:
    """Whether more voted for a decision than against it."""
    return votes_for > votes_against
