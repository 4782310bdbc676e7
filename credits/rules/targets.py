"""AK Dasar and what a promotion asks: the thresholds of the ledger of one jenjang."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.explained import Explained, explain
from credits.rules.inputs import read_golongan, read_level, read_points
from positions.ladder import Golongan, Level


@dataclass(frozen=True, slots=True)
class Target:
    """A threshold of the cumulative AK in the present jenjang; equality is enough (R-029)."""

    points: Fraction
    rule: str
    article: str
    edition: str

    def missing(self, balance: Fraction) -> Fraction:
        """AK still missing, 0 when reached."""
        return max(Fraction(0), self.points - balance)

    def surplus(self, balance: Fraction) -> Fraction:
        """AK above the threshold, 0 when not reached."""
        return max(Fraction(0), balance - self.points)


@cache
def golongan_of(edition: Edition, level: Level | str) -> tuple[Golongan, ...]:
    """The golongan a jenjang spans, lowest first (R-003)."""
    return tuple(
        Golongan(code) for code in edition.cited("levels", read_level(level), "golongan").value
    )


def place_in_level(edition: Edition, level: Level | str, golongan: Golongan | str) -> int:
    """1-based index i of the golongan in the jenjang.

    Raises RuleError("golongan.outside_level") when the jenjang does not span it.
    """
    span, wanted = golongan_of(edition, level), read_golongan(golongan)
    if wanted not in span:
        raise RuleError("golongan.outside_level", level=str(level), golongan=str(wanted))
    return span.index(wanted) + 1


@cache
def base_points(edition: Edition, level: Level | str, golongan: Golongan | str) -> Explained:
    """AK Dasar: what stands in the ledger of who enters a jenjang above its lowest golongan.

    Peraturan BKN 3/2023 Lampiran II angka 2 (R-014). Raises RuleError("golongan.outside_level").
    """
    level, golongan = read_level(level), read_golongan(golongan)
    place_in_level(edition, level, golongan)
    found = edition.cited("base_points", level, golongan)
    return explain(
        edition,
        "base.points",
        found,
        found.amount,
        inputs={"level": level, "golongan": golongan},
    )


@cache
def rank_target(edition: Edition, level: Level | str, golongan: Golongan | str) -> Target | None:
    """Cumulative AK for the KP out of ``golongan``: P x i (R-004, R-020).

    For the top golongan of a jenjang with a next one it is the AK a KP without vacancy asks
    (R-091); None at the top of the ladder (Penyelia III/d, Ahli Utama IV/e: R-028). Raises
    RuleError("golongan.outside_level").
    """
    level, place = read_level(level), place_in_level(edition, level, golongan)
    if level.next_level is None and place == len(golongan_of(edition, level)):
        return None
    step = edition.cited("levels", level, "rank_points")
    return Target(step.amount * place, "target.rank", step.article, edition.key)


@cache
def level_target(edition: Edition, level: Level | str) -> Target | None:
    """Cumulative AK for the KJ out of the jenjang (R-005); None where nothing is above."""
    found = edition.find("levels", read_level(level), "level_points")
    if found is None:
        return None
    return Target(found.amount, "target.level", found.article, edition.key)


def remaining_to_level(
    edition: Edition, level: Level | str, entry: Golongan | str, earned: Fraction
) -> Fraction | None:
    """AK missing for the KJ of who entered at ``entry`` and has earned ``earned`` since.

    Threshold minus AK Dasar (R-015, E-02): the same as a threshold in proportion to the entry
    golongan; never both. None where there is no KJ.
    """
    target = level_target(edition, level)
    opening = base_points(edition, level, entry).points
    if target is None:
        return None
    return target.missing(opening + read_points(earned, "earned"))
