"""The ways into a functional position that fix angka kredit (Peraturan BKN 3/2023 Pasal 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from credits.rules.conversion import converted_months
from credits.rules.editions import Cited, Edition
from credits.rules.errors import RuleError
from credits.rules.explained import Explained, Step, explain, step
from credits.rules.inputs import (
    MONTHS_IN_YEAR,
    Predicate,
    read_count,
    read_golongan,
    read_level,
    read_months,
    read_points,
    read_predicate,
)
from credits.rules.targets import base_points, golongan_of
from positions.ladder import Golongan, Level

Years = Sequence[tuple[Predicate | str, int]]  # (predikat, months), oldest first


class Origin(StrEnum):
    """What somebody was before a perpindahan from outside the functional positions (R-036)."""

    PELAKSANA = "pelaksana"
    PENGAWAS = "pengawas"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Entry:
    """What opens the ledger: the converted time, and AK Dasar; two entries of one act."""

    conversion: Explained
    base: Explained

    @property
    def points(self) -> Fraction:
        """Both together."""
        return self.conversion.points + self.base.points


def first_appointment_points(
    edition: Edition, level: Level | str, golongan: Golongan | str, segments: Years
) -> Entry:
    """First appointment: predikat reached on JF tasks as CPNS, by month, plus AK Dasar.

    Peraturan BKN 3/2023 Pasal 5, Lampiran I angka 1 (R-038); AK Dasar above the lowest golongan
    as E-18 says. Segments may be longer than a year. Raises RuleError for a level that knows no
    first appointment and a golongan outside the level.
    """
    level = read_level(level)
    allowed: tuple[str, ...] = edition.cited("first_appointment", "levels").value
    if level not in allowed:
        raise RuleError("first_appointment.level", level=level, allowed=allowed)
    base = base_points(edition, level, golongan)
    if not edition.setting("first_appointment_base_points"):
        base = _no_base(edition, level, golongan)
    source = edition.citation("first_appointment")
    return Entry(_sum(edition, "first_appointment", source, level, segments), base)


def transfer_points(
    edition: Edition,
    origin: Origin | str,
    level: Level | str,
    golongan: Golongan | str,
    years: Years,
    *,
    top_rank: bool,
    with_base: bool = True,
) -> Entry:
    """Perpindahan: the time in the last golongan at the target's coefficient, plus AK Dasar.

    Peraturan BKN 3/2023 Pasal 7 ayat (1)-(4) (R-033, R-034). ``years`` holds a predikat for each
    year (E-17), part years by the month (E-05). Only where the golongan is the highest of the
    former position (``top_rank``) and held for more than three years, the last three count.
    ``with_base`` False gives the conversion alone. Raises RuleError("golongan.outside_level")
    where the flat table applies (``transfer_flat_points``).
    """
    level, origin = read_level(level), read_origin(origin)
    base = base_points(edition, level, golongan)
    if not with_base or not transfer_adds_base(edition, origin):
        base = _no_base(edition, level, golongan)
    counted, steps = list(years), []
    limit = transfer_limit(edition, top_rank=top_rank)
    held = sum(read_months(months, at_most=None) for _, months in years)
    if limit and held > limit.value:
        counted = _last_months(years, limit.value)
        steps.append(
            step("transfer.limited", months=held, counted=limit.value, article=limit.article)
        )
    if level not in edition.cited("transfer", "targets", origin).value:
        steps.append(step("transfer.unusual_target", origin=origin, level=level))
    source = edition.citation("transfer")
    return Entry(_sum(edition, "transfer", source, level, counted, tuple(steps)), base)


def same_predicate(predicate: Predicate | str, years: int, months: int) -> Years:
    """The short form of E-17: one predikat for all of ``years`` years and ``months`` months."""
    total = read_count(years, "years") * MONTHS_IN_YEAR + read_months(months, at_most=None)
    return ((predicate, total),)


def transfer_flat_points(
    edition: Edition, origin: Origin | str, level: Level | str, golongan: Golongan | str
) -> Explained:
    """Perpindahan with a golongan that does not fit the jenjang: a flat amount, no time.

    Peraturan BKN 3/2023 Pasal 7 ayat (5), Lampiran II angka 3 (R-035). Raises
    RuleError("transfer_flat.fits") where the golongan fits, RuleError("transfer_flat.unknown")
    for a cell of the table that nobody has seen: it is not guessed.
    """
    origin, level, golongan = read_origin(origin), read_level(level), read_golongan(golongan)
    if golongan in golongan_of(edition, level):
        raise RuleError("transfer_flat.fits", level=level, golongan=golongan)
    found = edition.find("transfer_flat", origin, level, golongan)
    if found is None:
        raise RuleError("transfer_flat.unknown", origin=origin, level=level, golongan=golongan)
    inputs = {"origin": origin, "level": level, "golongan": golongan}
    return explain(edition, "transfer.flat", found, found.amount, inputs=inputs)


def transfer_between_positions(
    edition: Edition, former: Level | str, level: Level | str, balance: Fraction
) -> Explained:
    """JF to another JF of the same jenjang: the AK of the former JF is kept (R-037).

    Raises RuleError("transfer_jf.level_differs") for another jenjang.
    """
    former, level = read_level(former), read_level(level)
    if former != level:
        raise RuleError("transfer_jf.level_differs", former=former, level=level)
    return explain(
        edition,
        "transfer.jf",
        edition.citation("transfer_jf"),
        read_points(balance, "balance"),
        inputs={"level": level},
    )


def read_origin(given: object) -> Origin:
    """A former position; raises RuleError("origin.unknown")."""
    try:
        return Origin(given)  # type: ignore[arg-type]
    except ValueError:
        raise RuleError("origin.unknown", given=str(given)) from None


def transfer_limit(edition: Edition, *, top_rank: bool) -> Cited | None:
    """How many of the last months count (R-034); None = all of the time in the last golongan."""
    return edition.cited("transfer", "limit_months") if top_rank else None


def transfer_adds_base(edition: Edition, origin: Origin | str) -> bool:
    """Whether AK Dasar is added to the converted time of a perpindahan (R-033, E-03)."""
    # E-03: Pasal 7 ayat (1) knows no exception for pelaksana; public tools read one into it.
    return origin != Origin.PELAKSANA or bool(edition.setting("base_points_for_pelaksana"))


def _no_base(edition: Edition, level: Level | str, golongan: Golongan | str) -> Explained:
    known = base_points(edition, level, golongan)
    source = edition.cited("base_points", read_level(level), read_golongan(golongan))
    steps = (step("base.not_added", points=known.points),)
    return explain(edition, "base.points", source, Fraction(0), inputs=known.inputs, steps=steps)


def _last_months(years: Years, limit: int) -> list[tuple[Predicate | str, int]]:
    kept: list[tuple[Predicate | str, int]] = []
    left = limit
    for predicate, months in reversed(years):
        kept.insert(0, (predicate, min(months, left)))
        left -= kept[0][1]
    return [(predicate, months) for predicate, months in kept if months]


def _sum(
    edition: Edition,
    rule: str,
    source: Cited,
    level: Level,
    years: Iterable[tuple[Predicate | str, int]],
    steps: tuple[Step, ...] = (),
) -> Explained:
    parts = [
        (
            read_predicate(edition, predicate),
            months,
            converted_months(edition, level, predicate, months),
        )
        for predicate, months in years
    ]
    lines = tuple(
        step(
            "conversion.months",
            predicate=predicate,
            months=months,
            percent=part.percent,
            coefficient=part.base,
            points=part.points,
        )
        for predicate, months, part in parts
    )
    return explain(
        edition,
        f"{rule}.conversion",
        source,
        sum((part.points for _, _, part in parts), Fraction(0)),
        inputs={"level": level, "months": sum(months for _, months, _ in parts)},
        steps=steps + lines,
    )
