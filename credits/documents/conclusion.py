"""What a Penetapan concludes, derived from its figures and from nothing else (fault B10).

Pure. Sources: handbook R-020 (what a KP and a KJ need), R-026 (out of the top golongan of a
jenjang the level promotion comes first), R-027 and E-12 (both met: the level first, then the
rank with the same AK), R-028 (top of the ladder), R-029 (equal is enough).
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from credits.documents.content import ConventionalForm, DeterminationForm, Target


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


class Rung(StrEnum):
    """What a conventional PAK says of the next grade."""

    MET = "met"
    SHORT = "short"  # of the cumulative minimum
    SHORT_OF_MAIN = "short_of_main"  # of the part that the main elements must give
    TOP = "top"


def conventional(form: ConventionalForm) -> Rung:
    """What the figures allow against the ladder (R-050 to R-052, R-068); exact, never as printed.

    As `credits.rules.conventional.count_for_promotion`: support above its cap is cut.
    """
    if form.minimum is None or form.main_minimum is None or form.support_maximum is None:
        return Rung.TOP
    if form.base + form.main + min(form.support, form.support_maximum) < form.minimum:
        return Rung.SHORT
    return Rung.MET if form.main >= form.main_minimum else Rung.SHORT_OF_MAIN


def shortfall(form: ConventionalForm) -> Fraction:
    """What is missing to the next grade, or (negative) what is above it; 0 at the top."""
    if form.minimum is None or form.support_maximum is None:
        return Fraction(0)
    return form.minimum - form.base - form.main - min(form.support, form.support_maximum)
