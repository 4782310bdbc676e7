"""Text cells: stored exact, with a warning for what a reader of the page should know."""

import re
import unicodedata

from employees.sheets.columns import Note

# Blanks that carry no meaning at the edge of a cell; TAB and CR are kept (stored exact).
_EDGES = (
    " \n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
BLANKS = _EDGES + "\t\r"
_FORMULA_STARTS = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_LINE_BREAKS = frozenset("\t\r\n\u2028\u2029")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u2060\ufeff]|\u200d(?![\u2190-\U0001faff])")
_UNUSUAL_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_EMOJI_EXTRA = frozenset("\u200d\ufe0f\u20e3")
# The planes of pictograms, also those that this Python's Unicode does not know yet.
_PICTOGRAMS = range(0x1F000, 0x1FB00)
_INNER_BLANKS = re.compile(r"(?<=\S)(?:\s{2,}|[\t\r\n\u2028\u2029])(?=\S)|(?<=\S)[\t\r]+$")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Read = tuple[object, tuple[Note, ...]]


def read(text: str, max_length: int) -> Read:
    """Text as read, NFC; (None, error) for bidi or control characters and overlong text.

    Changed, each with a warning: blanks at the edges, NFD, invisible characters, no-break and
    other unusual blanks. Kept exact with a warning: a start that a spreadsheet would run as a
    formula (every export neutralises it), line breaks, emoji.
    """
    if len(text) > max_length:
        return None, (Note("text_too_long", {"length": len(text), "limit": max_length}),)
    if text.isascii() and text.isprintable():
        if text[0] not in _FORMULA_STARTS and text[0] != " " and text[-1] != " ":
            return text, ()
    else:
        refused = _forbidden(text)
        if refused:
            return None, (refused,)
    return _normalise(text)


def read_name(text: str, max_length: int) -> Read:
    """A person's name: text in one line, with one blank between its words."""
    value, notes = read(text, max_length)
    if not isinstance(value, str):
        return value, notes
    plain = _INNER_BLANKS.sub(" ", value).rstrip(" ")
    if plain == value:
        return value, notes
    rest = tuple(n for n in notes if n.code not in ("text_line_break", "blanks_unusual"))
    return plain, (*rest, Note("blanks_unusual"))


def storable(text: str) -> str:
    """Text that UTF-8 and PostgreSQL can hold: NUL and lone surrogates become U+FFFD."""
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def _forbidden(text: str) -> Note | None:
    for char in text:
        if char in _BIDI:
            return Note("text_bidi", {"codepoint": f"U+{ord(char):04X}"})
        if char in _LINE_BREAKS:
            continue
        if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and not _is_emoji(char):
            return Note("text_control", {"codepoint": f"U+{ord(char):04X}"})
    return None


def _normalise(text: str) -> Read:
    notes: list[Note] = []
    value = text.strip(_EDGES)
    if value != text:
        notes.append(Note("blanks_trimmed"))
    for code, changed in (
        ("blanks_unusual", _UNUSUAL_BLANK.sub(" ", value)),
        ("invisible_removed", _INVISIBLE.sub("", value)),
        ("text_composed", unicodedata.normalize("NFC", value)),
    ):
        if changed != value:
            notes.append(Note(code))
    value = _INVISIBLE.sub("", _UNUSUAL_BLANK.sub(" ", value))
    value = unicodedata.normalize("NFC", value)
    if not value:
        return None, (Note("cell_empty"),)
    if value[0] in _FORMULA_STARTS:
        notes.append(Note("text_formula_like", {"character": _name(value[0])}))
    if any(char in _LINE_BREAKS for char in value[1:]):
        notes.append(Note("text_line_break"))
    if any(_is_emoji(char) for char in value):
        notes.append(Note("text_emoji"))
    return value, tuple(notes)


def _name(char: str) -> str:
    return {"\t": "TAB", "\r": "CR"}.get(char, char)


def _is_emoji(char: str) -> bool:
    if char in _EMOJI_EXTRA or ord(char) in _PICTOGRAMS:
        return True
    return ord(char) > 0x2190 and unicodedata.category(char) == "So"
