"""Reading the inputs of a rule: every value checked against its domain once, here."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.units import parse_amount
from positions.ladder import Golongan, Level

MONTHS_IN_YEAR = 12


class Predicate(StrEnum):
    """Predikat kinerja, best first (SE Kepala BKN 9/2024 harmonises the names; R-007)."""

    SANGAT_BAIK = "sangat_baik"
    BAIK = "baik"
    BUTUH_PERBAIKAN = "butuh_perbaikan"
    KURANG = "kurang"
    SANGAT_KURANG = "sangat_kurang"


_QUALITY = {predicate: rank for rank, predicate in enumerate(reversed(Predicate))}


def at_least(predicate: Predicate, wanted: Predicate) -> bool:
    """Whether a predikat is as good as another."""
    return _QUALITY[predicate] >= _QUALITY[wanted]


def read_level(given: object) -> Level:
    """A jenjang code; raises RuleError("level.unknown")."""
    try:
        return Level(given)  # type: ignore[arg-type]
    except ValueError:
        raise RuleError("level.unknown", given=str(given)) from None


def read_golongan(given: object) -> Golongan:
    """A golongan ruang as printed; raises RuleError("golongan.unknown")."""
    try:
        return Golongan(given)  # type: ignore[arg-type]
    except ValueError:
        raise RuleError("golongan.unknown", given=str(given)) from None


def read_predicate(edition: Edition, given: object) -> Predicate:
    """A predikat code, or an alias of the edition ("Cukup"); RuleError("predicate.unknown")."""
    try:
        return Predicate(given)  # type: ignore[arg-type]
    except ValueError:
        pass
    if isinstance(given, str):
        wanted = given.strip().casefold()
        for code in Predicate:
            if wanted in (alias.casefold() for alias in _aliases(edition, code)):
                return code
    raise RuleError("predicate.unknown", given=str(given))


def read_months(given: object, at_most: int | None = MONTHS_IN_YEAR) -> int:
    """A whole number of months from 0 (to 12 in one year); RuleError otherwise.

    A bool is not a number of months, and 12.0 is not 12: both mean a faulty caller.
    """
    months = read_count(given, "months")
    if at_most is not None and months > at_most:
        raise RuleError("months.out_of_range", given=months, at_most=at_most)
    return months


def read_count(given: object, name: str) -> int:
    """A whole number from 0; raises RuleError("<name>.not_a_count")."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise RuleError(f"{name}.not_a_count", given=str(given))
    if given < 0:
        raise RuleError(f"{name}.negative", given=given)
    return given


def read_points(given: object, name: str = "points") -> Fraction:
    """An amount of points, not negative; raises RuleError("<name>.negative")."""
    amount = parse_amount(given)
    if amount < 0:
        raise RuleError(f"{name}.negative", given=str(amount))
    return amount


def _aliases(edition: Edition, code: Predicate) -> tuple[str, ...]:
    found = edition.find("predicates", code, "aliases")
    return found.value if found else ()
