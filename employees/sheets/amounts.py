"""Amounts (angka kredit) in cells: exact Decimal, or the question which sign was meant.

Handbook documents.md, section 1: decimal comma, thousands point; "37,5" and "37.5" both come;
an ambiguous "1.904" is asked, not guessed.
"""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from employees.sheets.columns import Note

# 12 digits before the sign: far beyond any credit points, far within the ledger's column.
LARGEST = Decimal(10) ** 12
# Binary noise shows from the 12th decimal of credit points on; a typed decimal does not.
_NOISE = Decimal("1e-9")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ONE_SIGN = re.compile(r"([0-9]+)([.,])([0-9]+)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)([.,])[0-9]+)?")
_EXPONENT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+")
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "\u221e", "1.#inf", "1.#qnan", "1.#ind"})
_MINUS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63")
_EDGES = " \t\r\n\u00a0\u202f"

Read = tuple[Decimal | None, tuple[Note, ...]]


def _refuse(code: str, **params: object) -> Read:
    return None, (Note(code, params),)


def read_number(raw: str, kept: int) -> Read:
    """A numeric cell: `raw` is the number as the file writes it.

    Noise of binary arithmetic (12.299999999999999) is rounded at `kept` decimals with a
    warning; real further decimals (12.34567) are refused.
    """
    try:
        # Decimal would read underscores and the digits of every script.
        number = Decimal(raw if raw.isascii() and "_" not in raw else "")
    except InvalidOperation:
        return _refuse("amount_unreadable", value=raw[:40])
    if not number.is_finite():
        return _refuse("amount_not_finite", value=raw[:40])
    if number < 0:
        return _refuse("amount_negative", value=raw[:40])
    if number >= LARGEST:
        return _refuse("amount_too_large")
    amount = number.quantize(Decimal(1).scaleb(-kept), ROUND_HALF_EVEN)
    if amount == number:
        return _tidy(amount), ()
    if abs(amount - number) > _NOISE * max(Decimal(1), number):
        return _refuse("amount_decimals", value=raw[:40], kept=kept)
    return _tidy(amount), (Note("amount_noise", {"amount": _tidy(amount)}),)


def read_text(text: str, kept: int, decimal: str | None = None) -> Read:
    """An amount written as text; `decimal` "comma" or "point" where the file states its sign.

    Without it: "37.5" exact, "37,5" and "1.904,5" with a warning, and one sign followed by
    exactly three digits ("12,500", "1.904") refused with the question.
    """
    body = text.strip(_EDGES)
    problem = _judge(body)
    if problem:
        return None, (problem,)
    if not any(sign in body for sign in ".,"):
        return _accept(body, kept, text, None if body == text else "amount_thousands")
    if decimal is not None:
        return _stated(body, kept, text, decimal)
    return _unstated(body, kept, text)


def _judge(body: str) -> Note | None:
    """The forms that are refused whatever the decimal sign is."""
    value = {"value": body[:40]}
    if body.casefold().lstrip("+-") in _NOT_FINITE:
        return Note("amount_not_finite", value)
    if body in _MINUS:  # a lone dash is no amount, below zero or otherwise
        return Note("amount_unreadable", value)
    if body[:1] in _MINUS or body[-1:] in _MINUS or re.fullmatch(r"\([0-9.,]+\)", body):
        return Note("amount_negative", value)
    if _EXPONENT.fullmatch(body):
        return Note("amount_exponent", value)
    if body.startswith("="):
        return Note("cell_formula")
    if "_" in body:
        return Note("amount_underscore", value)
    if any(not c.isascii() and unicodedata.category(c) in {"Nd", "No", "Nl"} for c in body):
        return Note("amount_foreign_digits")
    if not re.fullmatch(r"[0-9]+(?:[.,][0-9]+)*", body):
        return Note("amount_unreadable", value)
    return None


def _stated(body: str, kept: int, text: str, decimal: str) -> Read:
    sign, other = (",", ".") if decimal == "comma" else (".", ",")
    whole, _, fraction = body.partition(sign)
    # No group begins with a zero: nobody writes 1 as "0.001".
    grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:\{other}[0-9]{{3}})+", whole)
    if (other in whole and not grouped) or sign in fraction or other in fraction:
        return _refuse("amount_contradicts", value=body[:40], decimal=decimal)
    plain = whole.replace(other, "") + (f".{fraction}" if fraction else "")
    return _accept(plain, kept, text, "amount_thousands" if grouped else None)


def _unstated(body: str, kept: int, text: str) -> Read:
    single = _ONE_SIGN.fullmatch(body)
    if single:
        whole, sign, fraction = single.groups()
        if len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0":
            return _refuse(
                "amount_ambiguous",
                value=body[:40],
                small=f"{whole}.{fraction}",
                large=whole + fraction,
            )
        code = "amount_comma" if sign == "," else None
        return _accept(f"{whole}.{fraction}", kept, text, code)
    match = _GROUPED.fullmatch(body)
    if not match:
        return _refuse("amount_unreadable", value=body[:40])
    plain = body.replace(match[1], "").replace(",", ".")
    return _accept(plain, kept, text, "amount_thousands")


def _accept(plain: str, kept: int, text: str, code: str | None) -> Read:
    """The plain form (digits, at most one point) at the kept decimals."""
    number = Decimal(plain)
    if number >= LARGEST:
        return _refuse("amount_too_large")
    if number != number.quantize(Decimal(1).scaleb(-kept), ROUND_HALF_EVEN):
        return _refuse("amount_decimals", value=text.strip(_EDGES)[:40], kept=kept)
    notes = [Note(code, {"amount": _tidy(number)})] if code else []
    if text != text.strip(_EDGES) and not notes:
        notes = [Note("blanks_trimmed")]
    return _tidy(number), tuple(notes)


def _tidy(number: Decimal) -> Decimal:
    """Without trailing zeros and never in scientific form: 12.5000 -> 12.5, 0.0000 -> 0."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
