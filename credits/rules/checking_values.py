"""What a value of a regulation may be, by its place: the schema of an edition.

A pattern is a path whose parts may be kinds of names (a level, a golongan, ...); beside it stands
what the value has to be. Every path that no pattern fits is refused: it would be read by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from credits.rules.entry import Origin
from credits.rules.errors import RuleError
from credits.rules.inputs import MONTHS_IN_YEAR, Predicate
from credits.rules.units import UNIT, parse_amount
from positions.ladder import Golongan, Level

MAX_AMOUNT = 10_000  # points: no threshold of any regulation comes near
MAX_PERCENT = 1_000
MAX_TEXT = 40
MAX_MONTHS = 600
MAX_DECIMALS = 6

Wrong = tuple[str, str]  # code, what is wanted
Kind = Callable[[Any], Wrong | None]


def _is_level(name: str) -> bool:
    return name in set(Level)


def _is_golongan(name: str) -> bool:
    return name in set(Golongan)


NAMES: dict[str, Callable[[str], bool]] = {
    "<level>": _is_level,
    "<golongan>": _is_golongan,
    "<predicate>": lambda name: name in set(Predicate),
    "<origin>": lambda name: name in set(Origin),
    "<number>": lambda name: name.lstrip("-").isdigit() and len(name) < 4,
    "<position>": lambda name: bool(name),
    "<setting>": lambda name: bool(name),
}


def _amount(value: Any) -> Wrong | None:
    if not isinstance(value, str):
        return "not_an_amount", '"12.5"'
    try:
        amount = parse_amount(value)
    except (RuleError, ZeroDivisionError):
        return "not_an_amount", '"12.5"'
    if not 0 <= amount <= MAX_AMOUNT:
        return "out_of_range", f"0–{MAX_AMOUNT}"
    return None if (amount * UNIT).denominator == 1 else ("not_whole", f"1/{UNIT}")


def _positive(value: Any) -> Wrong | None:
    wrong = _amount(value)
    if wrong is None and parse_amount(value) == 0:
        return "out_of_range", f"> 0, ≤ {MAX_AMOUNT}"
    return wrong


def _percent(value: Any) -> Wrong | None:
    wrong = _amount(value)
    if wrong:
        return wrong
    percent = parse_amount(value)
    fine = percent.denominator == 1 and percent <= MAX_PERCENT
    return None if fine else ("not_a_percent", f"0–{MAX_PERCENT}")


def _count(least: int, most: int) -> Kind:
    def kind(value: Any) -> Wrong | None:
        fine = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return None if fine else ("not_a_count", f"{least}–{most}")

    return kind


def _flag(value: Any) -> Wrong | None:
    return None if isinstance(value, bool) else ("not_a_flag", "true, false")


def _text(value: Any) -> Wrong | None:
    fine = isinstance(value, str) and 0 < len(value.strip()) <= MAX_TEXT
    return None if fine else ("not_a_text", f"1–{MAX_TEXT}")


def _one_of(*allowed: str) -> Kind:
    def kind(value: Any) -> Wrong | None:
        return None if value in allowed else ("not_a_choice", ", ".join(allowed))

    return kind


def _list_of(one: Kind, least: int = 0, most: int = 20) -> Kind:
    def kind(value: Any) -> Wrong | None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            return "not_a_list", f"{least}–{most}"
        return next((wrong for wrong in map(one, value) if wrong), None)

    return kind


def _span(value: Any) -> Wrong | None:
    """Golongan one after the other, lowest first (R-003)."""
    ladder = [str(g) for g in Golongan]
    wrong = _list_of(_one_of(*ladder), least=1)(value)
    if wrong:
        return wrong
    at = ladder.index(value[0])
    return None if ladder[at : at + len(value)] == value else ("not_in_order", " < ".join(ladder))


def _range(value: Any) -> Wrong | None:
    wrong = _list_of(_amount, least=1, most=2)(value)
    if wrong or len(value) == 1:
        return wrong
    low, high = map(parse_amount, value)
    return None if low < high else ("not_in_order", "[min, max]")


def _shares(value: Any) -> Wrong | None:
    wrong = _list_of(_percent, least=1)(value)
    if wrong:
        return wrong
    whole = sum((parse_amount(one) for one in value), Fraction(0)) == 100
    return None if whole else ("not_a_hundred", "100")


def _anything(value: Any) -> Wrong | None:
    plain = isinstance(value, str | bool | int) and len(str(value)) <= 80
    return None if plain else ("not_a_text", "1–80")


_LEVEL = _one_of(*map(str, Level))
_LEVELS = _list_of(_LEVEL)
_PREDICATE = _one_of(*map(str, Predicate))
_MONTHS = _count(0, MAX_MONTHS)

# The settings that functions read to choose; any other states what the program does.
SETTINGS: dict[str, Kind] = {
    "base_points_for_pelaksana": _flag,
    "first_appointment_base_points": _flag,
    "study_leave_counts": _flag,
    "degree_at_category_change": _flag,
    "decimals_forms": _count(0, MAX_DECIMALS),
    "decimals_dashboards": _count(0, MAX_DECIMALS),
}

SCHEMA: dict[str, dict[str, Kind]] = {
    "konversi": {
        "levels.<level>.golongan": _span,
        "levels.<level>.rank_points": _positive,
        "levels.<level>.level_points": _positive,
        "levels.<level>.coefficient": _positive,
        "base_points.<level>.<golongan>": _amount,
        "predicates.<predicate>.percent": _percent,
        "predicates.<predicate>.label": _text,
        "predicates.<predicate>.aliases": _list_of(_text),
        "degree.percent_of_rank_points": _percent,
        "degree.min_predicate": _PREDICATE,
        "remote.percent_of_rank_points": _percent,
        "remote.per": _one_of("rank_promotion"),
        "first_appointment.levels": _LEVELS,
        "transfer.limit_months": _MONTHS,
        "transfer.targets.<origin>": _LEVELS,
        "transfer_flat.<origin>.<level>.<golongan>": _amount,
        "study_leave.predicate": _PREDICATE,
        "study_leave.predicate_cumlaude": _PREDICATE,
        "study_leave.limit_months": _MONTHS,
        "unpaid_leave.months_counted": _count(0, MONTHS_IN_YEAR),
        "own_rules.<position>": _one_of("not_computed"),
        "settings.<setting>": _anything,
    },
    "integrasi": {
        "levels.<level>.coefficient": _positive,
        "base_values.<level>": _amount,
        "ranges.<level>.<golongan>": _range,
        "year_cap.percent_of_coefficient": _percent,
        "maintenance.waiting_for_vacancy.<level>": _amount,
        "maintenance.top_rank.<level>": _amount,
        "settings.<setting>": _anything,
    },
    "konvensional": {
        "ladder.<golongan>": _amount,
        "shares.main_min_percent": _percent,
        "shares.support_max_percent": _percent,
        "item_level.<number>": _percent,
        "authors.<number>": _shares,
        "authors_undetermined.equal_shares": _flag,
        "pak_due.<number>": _count(1, MONTHS_IN_YEAR),
        "settings.<setting>": _anything,
    },
}
_PATTERNS = {
    regime: [(tuple(pattern.split(".")), kind) for pattern, kind in patterns.items()]
    for regime, patterns in SCHEMA.items()
}


def _kind(regime: str, path: tuple[str, ...]) -> Kind | None:
    for pattern, kind in _PATTERNS.get(regime, ()):
        if len(pattern) == len(path) and all(map(_fits, pattern, path)):
            return SETTINGS.get(path[1], kind) if path[0] == "settings" else kind
    return None


def _fits(pattern: str, name: str) -> bool:
    return NAMES[pattern](name) if pattern in NAMES else pattern == name


def known(regime: str, path: tuple[str, ...]) -> bool:
    """Whether any rule of the regime reads a value at this place."""
    return _kind(regime, path) is not None


def suits(regime: str, path: tuple[str, ...], value: Any) -> Wrong | None:
    """What is wrong with a value at its place: a code and what is wanted; None when it is fine."""
    kind = _kind(regime, path)
    return kind(value) if kind else None
