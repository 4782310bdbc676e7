"""Dates in cells: day before month, never the other way round, never a guessed century.

Formats: handbook documents.md, section 1 (05-04-2021, 5/4/2021, 2021-04-05, 5 April 2021).
"""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from employees.sheets.columns import Note

FIRST_YEAR, LAST_YEAR = 1900, 2100
# A bare number is taken for a serial only where it cannot be a year or a compact date:
# 1 January 1920 to 31 December 2099.
_BARE_SERIALS = range(7306, 73051)
_FICTIVE_LEAP_DAY = 60  # 29 February 1900, which Excel believes in
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb february pebruari peb",
            "maret mar march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu agt ags agst aug august",
            "september sep sept",
            "oktober okt october oct",
            "november nov nopember nop",
            "desember des december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = r"(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\s*,?\s*)?"
_TIME = (
    r"(?P<time>[T\s]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"\s*(?:Z|WIB|WITA|WIT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d+)" + _TIME, re.ASCII)
_WORDS = re.compile(
    _DAYS + r"(\d{1,2})[\s./-]*([a-z]+)\.?[\s./,-]*(\d+)" + _TIME, re.ASCII | re.IGNORECASE
)
_EDGES = " \t\r\n\u00a0\u202f\u200b\ufeff"
_UNUSUAL_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")

Read = tuple[date | None, tuple[Note, ...]]


def _refuse(code: str, **params: object) -> Read:
    return None, (Note(code, params),)


def read_typed(kind: str, raw: str, epoch1904: bool) -> Read:
    """A date cell ("d"), an ISO date cell ("t") or a bare number ("n") of an XLSX.

    A real date cell is exact; one with a time of day and a bare number get a warning; serial
    60 and below in the 1900 epoch (a day that never was, and the days Excel counts one off),
    and bare numbers outside 1920-2099 are refused.
    """
    if kind == "t":
        return read_text(raw.removesuffix("T00:00:00").removesuffix("T00:00:00.000"), epoch1904)
    try:
        serial = Decimal(raw if raw.isascii() and "_" not in raw else "")
        # int() of a forged 1E9999999 would write out every zero.
        whole = int(serial) if serial.adjusted() < 7 else -1
    except (InvalidOperation, ValueError, OverflowError):
        return _refuse("date_serial", value=raw[:40])
    if kind == "n" and whole not in _BARE_SERIALS:
        return _refuse("date_serial", value=raw[:40])
    lowest = 0 if epoch1904 else _FICTIVE_LEAP_DAY + 1
    if not lowest <= whole < 100_000:
        return _refuse("date_serial", value=raw[:40])
    value = (_EPOCH_1904 if epoch1904 else _EPOCH_1900) + timedelta(days=whole)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return _refuse("date_year", value=raw[:40], first=FIRST_YEAR, last=LAST_YEAR)
    notes = [Note("date_serial_read", {"date": value})] if kind == "n" else []
    if serial != whole:
        notes.append(Note("date_time_dropped", {"date": value}))
    return value, tuple(notes)


def read_text(text: str, epoch1904: bool = False) -> Read:
    """A date written as text: 2021-04-05 exact, other unambiguous forms with a warning.

    Day and month both at most 12: read as day/month, with a warning that carries the date.
    """
    body = _UNUSUAL_BLANK.sub(" ", text.strip(_EDGES))
    if body.isascii() and body.isdigit():
        return _digits(body, epoch1904)
    if re.fullmatch(r"\d{5}[.,]\d+", body, re.ASCII):
        return read_typed("n", body.replace(",", "."), epoch1904)
    for pattern, reader in ((_ISO, _iso), (_NUMERIC, _numeric), (_WORDS, _words)):
        match = pattern.fullmatch(body)
        if match:
            return _finish(reader(match), text, body, match["time"])
    return _refuse("date_unreadable", value=text[:40])


def _digits(body: str, epoch1904: bool) -> Read:
    if len(body) == 8:
        return _build(int(body[:4]), int(body[4:6]), int(body[6:]), body, "date_normalised")
    return read_typed("n", body, epoch1904)


def _finish(read: Read, text: str, body: str, time: str | None) -> Read:
    value, notes = read
    if value is None:
        return read
    if time:
        notes = (*notes, Note("date_time_dropped", {"date": value}))
    if text != body and not notes:
        notes = (Note("date_normalised", {"date": value}),)
    return value, notes


def _iso(match: re.Match[str]) -> Read:
    exact = match[2] == "-" and len(match[3]) == len(match[4]) == 2
    code = None if exact else "date_normalised"
    return _build(int(match[1]), int(match[3]), int(match[4]), match[0], code)


def _numeric(match: re.Match[str]) -> Read:
    day, month = int(match[1]), int(match[3])
    if len(match[4]) == 2:
        return _refuse("date_two_digit_year", value=match[0][:40])
    if month > 12 and 1 <= day <= 12 and month <= 31:
        return _refuse("date_month_first", value=match[0][:40])
    either = "date_normalised" if day == month else "date_ambiguous"  # 01/01 is itself reversed
    code = "date_day_first" if day > 12 else either
    return _year_then_build(match[4], month, day, match[0], code)


def _words(match: re.Match[str]) -> Read:
    month = _MONTHS.get(match[2].lower())
    if month is None:
        return _refuse("date_unreadable", value=match[0][:40])
    if len(match[3]) == 2:
        return _refuse("date_two_digit_year", value=match[0][:40])
    return _year_then_build(match[3], month, int(match[1]), match[0], "date_words")


def _year_then_build(year: str, month: int, day: int, text: str, code: str) -> Read:
    if len(year) != 4:
        return _refuse("date_year", value=text[:40], first=FIRST_YEAR, last=LAST_YEAR)
    return _build(int(year), month, day, text, code)


def _build(year: int, month: int, day: int, text: str, code: str | None) -> Read:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _refuse("date_year", value=text[:40], first=FIRST_YEAR, last=LAST_YEAR)
    try:
        value = date(year, month, day)
    except ValueError:
        return _refuse("date_impossible", value=text[:40])
    return value, ((Note(code, {"date": value}),) if code else ())
