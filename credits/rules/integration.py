"""Integration of conventional balances (2019-2022), and what that regime set for a year.

History: nothing here blocks a decision of the conversion regime (E-19).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.explained import Explained, explain, step
from credits.rules.inputs import read_golongan, read_level, read_points
from positions.ladder import Golongan, Level


@dataclass(frozen=True, slots=True)
class Integrated:
    """AK integrasi, and whether it lies in the range of the golongan (both ends inclusive)."""

    explained: Explained
    in_range: bool
    lowest: Fraction
    highest: Fraction | None

    @property
    def points(self) -> Fraction:
        """AK integrasi."""
        return self.explained.points


def integration_points(
    edition: Edition, level: Level | str, golongan: Golongan | str, conventional: Fraction
) -> Integrated:
    """AK integrasi = conventional cumulative AK - nilai dasar of the jenjang (R-040, R-041).

    Outside the range of the golongan the papers hold an error: a flag, not a refusal (E-15).
    Raises RuleError("integration.negative") for a negative result, and
    RuleError("golongan.outside_level") for a golongan the jenjang does not span.
    """
    level, golongan = read_level(level), read_golongan(golongan)
    conventional = read_points(conventional, "conventional")
    span = edition.find("ranges", level, golongan)
    if span is None:
        raise RuleError("golongan.outside_level", level=level, golongan=golongan)
    base = edition.cited("base_values", level)
    points = conventional - base.amount
    if points < 0:
        raise RuleError(
            "integration.negative", conventional=str(conventional), base_value=str(base.amount)
        )
    lowest, highest = Fraction(span.value[0]), None
    if len(span.value) > 1:
        highest = Fraction(span.value[1])
    in_range = lowest <= points and (highest is None or points <= highest)
    found = step("integration.out_of_range", lowest=lowest, highest=highest)
    explained = explain(
        edition,
        "integration.points",
        base,
        points,
        inputs={
            "level": level,
            "golongan": golongan,
            "conventional": conventional,
            "base_value": base.amount,
            "in_range": in_range,
        },
        steps=() if in_range else (found,),
    )
    return Integrated(explained, in_range, lowest, highest)


def capped_year(edition: Edition, level: Level | str, earned: Fraction) -> Explained:
    """AK of one year by activity items, at most 150 % of the coefficient (R-046).

    Peraturan BKN 11/2022 Pasal 30 ayat (2).
    """
    level, earned = read_level(level), read_points(earned, "earned")
    source = edition.cited("year_cap", "percent_of_coefficient")
    cap = edition.cited("levels", level, "coefficient").amount * source.amount / 100
    return explain(
        edition,
        "integration.year_cap",
        source,
        min(earned, cap),
        inputs={"level": level, "earned": earned, "cap": cap},
        steps=(step("integration.capped", earned=earned, cap=cap),) if earned > cap else (),
    )


def maintenance_points(edition: Edition, level: Level | str, *, top_rank: bool) -> Explained:
    """AK to be kept up each year: while waiting for a vacancy, or at the top rank (R-047).

    Raises RuleError("maintenance.none") where the regulations name no figure.
    """
    level = read_level(level)
    found = edition.find("maintenance", "top_rank" if top_rank else "waiting_for_vacancy", level)
    if found is None:
        raise RuleError("maintenance.none", level=level, top_rank=top_rank)
    return explain(
        edition,
        "integration.maintenance",
        found,
        found.amount,
        inputs={"level": level, "top_rank": top_rank},
    )
