"""Cell parsers: what stands in one cell -> (value, notes). Pure functions, never a guess.

A raw cell is None (blank), a str (text, also every cell of a CSV) or a `Typed` (what an XLSX
says beside the characters). A parser returns the value, or None with an error note. Notes carry
no column; the reader adds it. Classes and outcomes: design/bad_input.md, section Sheets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from employees import nip as nip_rules
from employees.sheets import amounts, dates, golongan, texts
from employees.sheets.columns import Column, Note

BLANK_MARKS = frozenset("-\u2010\u2011\u2012\u2013\u2014")


class Typed(NamedTuple):
    """A cell that is not plain text.

    kind: "n" number, "d" number shown as a date, "t" ISO date, "b" boolean, "e" error value,
    "f" formula, "m" covered by a merged range, "l" text beyond what a cell holds (raw = length).
    """

    kind: str
    raw: str


RawCell = str | Typed | None
Notes = tuple[Note, ...]
Parsed = tuple[object, Notes]

_FOUND = {"b": "boolean", "d": "date", "t": "date", "n": "number"}
_ERROR_VALUES = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


@dataclass(frozen=True)
class Context:
    """What holds for a whole sheet: its epoch, the decimal sign stated for the file."""

    epoch1904: bool = False
    decimal: str | None = None


def refuse(code: str, **params: object) -> Parsed:
    """No value and one note."""
    return None, (Note(code, params),)


def shown(text: str) -> str:
    """Cell text as a parameter of a message: at most 40 characters, storable."""
    text = texts.storable(text)
    return text if len(text) <= 40 else text[:39] + "\u2026"


def parse_cell(cell: RawCell, column: Column, context: Context) -> Parsed:
    """Read one cell as its column says.

    Blank cells (also blanks only) give None, with the error `cell_empty` where the column is
    mandatory. A lone dash means blank where the column says so.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip(texts.BLANKS)):
        return refuse("cell_empty") if column.mandatory else (None, ())
    if isinstance(cell, Typed) and cell.kind in _REFUSED:
        return _REFUSED[cell.kind](cell.raw, column)
    if isinstance(cell, str):
        if cell in _ERROR_VALUES:
            return refuse("cell_error", value=cell)
        if cell.strip(texts.BLANKS) in BLANK_MARKS and column.dash_is_blank:
            empty = Note("cell_empty") if column.mandatory else Note("dash_as_empty")
            return None, (empty,)
    return _PARSERS[column.type](cell, column, context)


def _long(raw: str, column: Column) -> Parsed:
    return refuse("text_too_long", length=int(raw), limit=column.max_length)


_REFUSED: Mapping[str, Callable[[str, Column], Parsed]] = {
    "e": lambda raw, _column: refuse("cell_error", value=shown(raw)),
    "f": lambda _raw, _column: refuse("cell_formula"),
    "m": lambda _raw, _column: refuse("cell_merged"),
    "l": _long,
}


def parse_nip(cell: RawCell, column: Column, context: Context) -> Parsed:
    """A NIP (levels 1 and 2 of handbook nip.md): text only, never a number.

    A numeric cell is refused even where its digits happen to be right: beyond 15 digits a
    spreadsheet has already changed some. Warnings that need the person's facts are given by
    `employees.nip.check`, which the kind of import calls.
    """
    if isinstance(cell, Typed):
        return refuse("nip_number")
    number, notes = nip_rules.normalise(cell or "")
    if number is None:
        return None, _from_nip(notes)
    errors = [note for note in nip_rules.check(number) if note.severity == "error"]
    return (None, _from_nip(errors)) if errors else (number, _from_nip(notes))


def _from_nip(notes: list[nip_rules.NipNote]) -> Notes:
    return tuple(Note(note.code, note.params) for note in notes)


def parse_text(cell: RawCell, column: Column, context: Context) -> Parsed:
    """Text kept exact but for blanks at the edges and NFD; see employees.sheets.texts."""
    if isinstance(cell, Typed):
        return _text_from_typed(cell, context)
    return texts.read(cell or "", column.max_length)


def _text_from_typed(cell: Typed, context: Context) -> Parsed:
    if cell.kind == "n":
        digits = cell.raw.lstrip("-")
        if not digits.isdigit() or len(digits) > 15:
            return refuse("text_number_damaged")
        return cell.raw, (Note("text_from_number"),)
    if cell.kind in "dt":
        value, notes = dates.read_typed(cell.kind, cell.raw, context.epoch1904)
        if value is None:
            return value, notes
        return f"{value:%d-%m-%Y}", (Note("text_from_date", {"date": value}),)
    return refuse("cell_type", found=_FOUND[cell.kind])


def parse_name(cell: RawCell, column: Column, context: Context) -> Parsed:
    """A person's name with its titles, as text; a number or a date is no name."""
    if isinstance(cell, Typed):
        return refuse("cell_type", found=_FOUND[cell.kind])
    return texts.read_name(cell or "", column.max_length)


def parse_date(cell: RawCell, column: Column, context: Context) -> Parsed:
    """A calendar date: employees.sheets.dates."""
    if isinstance(cell, Typed):
        if cell.kind == "b":
            return refuse("cell_type", found="boolean")
        return dates.read_typed(cell.kind, cell.raw, context.epoch1904)
    return dates.read_text(cell or "", context.epoch1904)


def parse_amount(cell: RawCell, column: Column, context: Context) -> Parsed:
    """Angka kredit as Decimal: employees.sheets.amounts."""
    if isinstance(cell, Typed):
        if cell.kind == "n":
            return amounts.read_number(cell.raw, column.decimals)
        if cell.kind in "dt":
            return refuse("amount_is_date")
        return refuse("cell_type", found=_FOUND[cell.kind])
    return amounts.read_text(cell or "", column.decimals, context.decimal)


def parse_int(cell: RawCell, column: Column, context: Context) -> Parsed:
    """A whole number, zero or more, of at most nine digits."""
    if isinstance(cell, Typed) and cell.kind != "n":
        return refuse("cell_type", found=_FOUND[cell.kind])
    text = cell.raw if isinstance(cell, Typed) else (cell or "")
    digits = text.strip(texts.BLANKS)
    if isinstance(cell, Typed) and digits.endswith(".0"):
        digits = digits[:-2]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        return refuse("int_unreadable", value=shown(text))
    number = int(digits)
    if isinstance(cell, str) and digits != text:
        return number, (Note("int_normalised", {"number": number}),)
    return number, ()


@lru_cache(maxsize=8192)
def fold_choice(text: str) -> str:
    """Case and blanks taken off, of ASCII letters only: lower() alone turns some homoglyphs
    (the Kelvin sign, the long s) into the letter they imitate.
    """
    plain = "".join(text.split())
    return plain.lower() if plain.isascii() else plain


def parse_choice(cell: RawCell, column: Column, context: Context) -> Parsed:
    """One of the column's choices -> its code; another case or spacing with a warning."""
    choices = column.choices or {}
    text = cell.raw if isinstance(cell, Typed) else (cell or "")
    if isinstance(cell, Typed) and cell.kind != "n":
        return refuse("cell_type", found=_FOUND[cell.kind])
    if text in choices:
        return choices[text], ()
    folded = fold_choice(text)
    for spelling, code in choices.items():
        if fold_choice(spelling) == folded:
            return code, (Note("choice_spelling", {"value": shown(text), "taken": spelling}),)
    # One spelling per code, the first.
    allowed: dict[str, str] = {}
    for spelling, code in choices.items():
        allowed.setdefault(code, spelling)
    return refuse("choice_unknown", value=shown(text), allowed=tuple(allowed.values()))


def parse_golongan(cell: RawCell, column: Column, context: Context) -> Parsed:
    """A golongan ruang or PPPK grade: employees.sheets.golongan."""
    if isinstance(cell, Typed):
        return refuse("cell_type", found=_FOUND[cell.kind])
    return golongan.read(cell or "")


_PARSERS: Mapping[str, Callable[[RawCell, Column, Context], Parsed]] = {
    "nip": parse_nip,
    "text": parse_text,
    "name": parse_name,
    "date": parse_date,
    "amount": parse_amount,
    "int": parse_int,
    "choice": parse_choice,
    "golongan": parse_golongan,
}
