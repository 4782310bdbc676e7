"""Exact amounts of points: the smallest unit, and the two ways a document prints them.

Decision 1: 1/3,000,000 point is a unit in which every amount of every known rule is whole, so
that the ledger's integers sum in SQL to the rules' own fraction, to the last digit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from credits.rules.errors import RuleError

UNIT = 3_000_000  # units per point

_LONGEST = 60  # characters or digits: no amount is longer, and a number of millions halts a process
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?(/0*[1-9][0-9]*)?\Z")


class InexactAmount(RuleError):  # noqa: N818 - a domain word, not a fault
    """An amount is not a whole number of units; it is refused, never rounded."""

    def __init__(self, amount: Fraction) -> None:
        super().__init__("amount.inexact", amount=str(amount), unit=UNIT)


def to_units(amount: Fraction | Decimal | int) -> int:
    """Units (1/3,000,000 point) of an amount in points.

    Raises InexactAmount when it is not whole, RuleError for a float or a bool.
    """
    if isinstance(amount, bool) or not isinstance(amount, Fraction | Decimal | int):
        raise RuleError("amount.not_exact_number", given=repr(amount))
    units = Fraction(amount) * UNIT
    if units.denominator != 1:
        raise InexactAmount(Fraction(amount))
    return units.numerator


def from_units(units: int) -> Fraction:
    """Points of a whole number of units."""
    return Fraction(units, UNIT)


def parse_amount(text: object) -> Fraction:
    """Points from "9.375", "25/12", an int or a Decimal; never from a float.

    Raises RuleError("amount.unreadable") for everything else, RuleError("amount.too_long") for a
    number of more digits than any amount has.
    """
    if _digits(text) > _LONGEST:
        raise RuleError("amount.too_long", at_most=_LONGEST)
    if isinstance(text, str) and _AMOUNT.match(text):
        # "2.5/3" is not a number Fraction reads at once, but it has one meaning.
        over, _, under = text.partition("/")
        return Fraction(over) / Fraction(under or 1)
    if isinstance(text, bool) or not isinstance(text, int | Decimal | Fraction):
        raise RuleError("amount.unreadable", given=repr(text))
    if isinstance(text, Decimal) and not text.is_finite():
        raise RuleError("amount.unreadable", given=repr(text))
    return Fraction(text)


def _digits(given: object) -> int:
    """How long a number is once written out; 0 for what is no number."""
    if isinstance(given, str):
        return len(given)
    if isinstance(given, Decimal) and given.is_finite():
        return len(given.as_tuple().digits) + abs(int(given.as_tuple().exponent))
    # Three bits and a third to the digit, without writing the number.
    return given.bit_length() * 3 // 10 if isinstance(given, int) else 0


def amount_text(amount: Fraction) -> str:
    """The shortest exact text: a decimal where it ends ("9.375"), else a fraction ("25/12")."""
    places = _decimal_places(amount)
    if places is None:
        return str(amount)
    return display(amount, places)


def plain_decimal(amount: Fraction, places_if_endless: int = 3) -> str:
    """A decimal without trailing zeros; half-up at ``places_if_endless`` if it never ends."""
    places = _decimal_places(amount)
    text = display(amount, places_if_endless if places is None else places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def display(amount: Fraction | Decimal | int, places: int) -> str:
    """``amount`` half-up (away from zero at the half) at ``places`` decimals, with a dot.

    For print only (E-01, E-23): what is stored or compared stays exact.
    """
    scaled = Fraction(amount) * 10**places
    magnitude = (abs(scaled.numerator) * 2 + scaled.denominator) // (scaled.denominator * 2)
    digits = str(magnitude).rjust(places + 1, "0")
    sign = "-" if scaled < 0 and magnitude else ""
    if places == 0:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def display_id(amount: Fraction | Decimal | int, places: int) -> str:
    """As ``display``, the Indonesian way: decimal comma and a point between thousands."""
    whole, _, decimals = display(amount, places).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}".replace(",", ".")
    return sign + grouped + (f",{decimals}" if decimals else "")


def _decimal_places(amount: Fraction) -> int | None:
    """How many decimals the number has, or None when it never ends."""
    rest, twos, fives = amount.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None
