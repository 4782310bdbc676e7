"""Points of a performance rating (predikat kinerja) under the conversion regime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from credits.rules.editions import Edition
from credits.rules.explained import Explained, explain, step, weakest
from credits.rules.inputs import (
    Predicate,
    at_least,
    read_level,
    read_months,
    read_predicate,
)
from positions.ladder import Level


# typed: True == 1 and 12.0 == 12 would otherwise find the answer of the int.
@lru_cache(maxsize=None, typed=True)
def period_points(
    edition: Edition, level: Level | str, predicate: Predicate | str, months: int
) -> Explained:
    """AK of a rating period of at most one year: months/12 x percent x coefficient.

    Peraturan BKN 3/2023 Pasal 13, PermenPANRB 1/2023 Pasal 37 (R-008). ``months`` is 0 to 12.
    Raises RuleError for an unknown level or predikat and for months outside that. Cached: there
    are at most 8 x 5 x 13 answers per edition.
    """
    return _converted(edition, "conversion.period", level, predicate, read_months(months))


def converted_months(
    edition: Edition, level: Level | str, predicate: Predicate | str, months: int
) -> Explained:
    """The same formula for a time that may be longer than a year (perpindahan, CPNS, R-033)."""
    months = read_months(months, at_most=None)
    return _converted(edition, "conversion.months", level, predicate, months)


def coefficient(edition: Edition, level: Level | str) -> Fraction:
    """AK of a full year at Baik (koefisien per tahun, R-006)."""
    return edition.cited("levels", read_level(level), "coefficient").amount


def percent_of(edition: Edition, predicate: Predicate | str) -> Fraction:
    """Percent of the coefficient a predikat earns (R-007)."""
    return edition.cited("predicates", read_predicate(edition, predicate), "percent").amount


def accumulated(
    opening: Fraction, periods: Iterable[Explained], extra: Iterable[Fraction] = ()
) -> Fraction:
    """Opening + periods + extra, summed exactly; nothing is rounded on the way (E-01)."""
    return sum((p.points for p in periods), opening) + sum(extra, Fraction(0))


def split_year(
    edition: Edition, predicate: Predicate | str, segments: Sequence[tuple[Level | str, int]]
) -> dict[Level, Fraction]:
    """A yearly predikat over the jenjang held in that year, each at its own coefficient (E-08).

    Raises RuleError("months.out_of_range") when the segments add up to more than a year.
    """
    result: dict[Level, Fraction] = {}
    read_months(sum(read_months(months) for _, months in segments))
    for given, months in segments:
        level = read_level(given)
        points = period_points(edition, level, predicate, months).points
        result[level] = result.get(level, Fraction(0)) + points
    return result


def degree_points(
    edition: Edition,
    level: Level | str,
    predicate: Predicate | str,
    *,
    recorded: bool,
    already_used: bool,
) -> Explained:
    """AK of a higher formal degree: 25 % of the AK for a KP of the jenjang held, once (R-016).

    Zero, with the reason as a step, unless BKN has recorded the degree, the predikat of the year
    is at least Baik and the same degree was not used before (PermenPANRB 1/2023; E-11).
    """
    level, predicate = read_level(level), read_predicate(edition, predicate)
    wanted = Predicate(edition.cited("degree", "min_predicate").value)
    steps = []
    if not recorded:
        steps.append(step("degree.not_recorded"))
    if already_used:
        steps.append(step("degree.already_used"))
    if not at_least(predicate, wanted):
        steps.append(step("degree.predicate_too_low", predicate=predicate, at_least=wanted))
    share = edition.cited("degree", "percent_of_rank_points")
    base = edition.cited("levels", level, "rank_points")
    return explain(
        edition,
        "degree.bonus",
        share,
        base.amount,
        percent=Fraction(0) if steps else share.amount,
        inputs={
            "level": level,
            "predicate": predicate,
            "recorded": recorded,
            "already_used": already_used,
        },
        steps=tuple(steps),
    )


def remote_points(edition: Edition, level: Level | str) -> Explained:
    """AK for duty in a remote or dangerous area: 25 % of the AK for a KP, once per KP.

    PermenPANRB 21/2025 Pasal 19 ayat (4): discretionary, it rests on a decision (E-20).
    Raises RuleError("figure.missing") under an edition that does not know it.
    """
    level = read_level(level)
    share = edition.cited("remote", "percent_of_rank_points")
    base = edition.cited("levels", level, "rank_points")
    return explain(
        edition,
        "remote.bonus",
        share,
        base.amount,
        percent=share.amount,
        inputs={"level": level},
    )


def study_leave_points(
    edition: Edition, level: Level | str, months: int, *, cum_laude: bool
) -> Explained:
    """AK of a study assignment: counted as Baik (cum laude: Sangat Baik) for at most 4 years.

    R-043, policy E-10 (setting ``study_leave_counts``, to be verified). The degree is booked by
    itself: ``degree_points``.
    """
    level, months = read_level(level), read_months(months, at_most=None)
    name = "predicate_cumlaude" if cum_laude else "predicate"
    source = edition.cited("study_leave", name)
    limit: int = edition.cited("study_leave", "limit_months").value
    counted = min(months, limit) if edition.setting("study_leave_counts") else 0
    steps = []
    if counted == 0 and months:
        steps.append(step("study_leave.not_counted", months=months))
    elif counted < months:
        steps.append(step("study_leave.limited", months=months, counted=counted))
    return explain(
        edition,
        "study_leave.period",
        source,
        coefficient(edition, level),
        percent=percent_of(edition, source.value),
        months=counted,
        inputs={
            "level": level,
            "months": months,
            "cum_laude": cum_laude,
            "predicate": source.value,
        },
        steps=tuple(steps),
    )


def unpaid_leave_points(edition: Edition, level: Level | str, months: int) -> Explained:
    """AK of unpaid leave (CLTN): the months count nothing, the balance stays (R-043, E-10)."""
    level, months = read_level(level), read_months(months, at_most=None)
    source = edition.cited("unpaid_leave", "months_counted")
    counted = months if edition.setting("unpaid_leave_counts") else source.value
    return explain(
        edition,
        "unpaid_leave.period",
        source,
        coefficient(edition, level),
        months=counted,
        inputs={"level": level, "months": months},
        steps=(step("unpaid_leave.not_counted", months=months),) if not counted else (),
    )


def _converted(
    edition: Edition, rule: str, level: Level | str, predicate: Predicate | str, months: int
) -> Explained:
    level, predicate = read_level(level), read_predicate(edition, predicate)
    base = edition.cited("levels", level, "coefficient")
    percent = edition.cited("predicates", predicate, "percent")
    source = edition.citation("period")
    return explain(
        edition,
        rule,
        source,
        base.amount,
        percent=percent.amount,
        months=months,
        inputs={"level": level, "predicate": predicate, "months": months},
        confidence=weakest(source.confidence, base.confidence, percent.confidence),
    )
