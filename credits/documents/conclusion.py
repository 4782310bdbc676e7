"""What a Penetapan concludes, derived from its figures and from nothing else (fault B10).

Pure. Sources: handbook R-020 (what a KP and a KJ need), R-026 (out of the top golongan of a
jenjang the level promotion comes first), R-027 and E-12 (both met: the level first, then the
rank with the same AK), R-028 (top of the ladder), R-029 (equal is enough).
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from credits.documents.content import DeterminationForm, Target


class Outcome(StrEnum):
    """Which promotions the figures allow to be considered."""

    RANK_AND_LEVEL = "rank_and_level"
    RANK = "rank"
    LEVEL = "level"
    NEITHER = "neither"
    NO_TARGET = "no_target"


def conclude(total: Fraction, rank: Target | None, level: Target | None) -> Outcome:
    """The outcome of `total` AK against the next rank and the next level.

    Compared exactly, never as printed (E-01). None means there is no such target: top of the
    ladder, or a PPPK, who has no rank promotion.
    """
    if rank is None and level is None:
        return Outcome.NO_TARGET
    level_met = level is not None and total >= level.minimum
    rank_met = rank is not None and total >= rank.minimum
    if rank is not None and rank.after_level and not level_met:
        rank_met = False
    if rank_met and level_met:
        return Outcome.RANK_AND_LEVEL
    if rank_met:
        return Outcome.RANK
    return Outcome.LEVEL if level_met else Outcome.NEITHER


def conclusion_of(form: DeterminationForm) -> Outcome:
    """The outcome that the figures of this form carry."""
    return conclude(form.total, form.rank, form.level)
