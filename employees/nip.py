"""NIP and NI PPPK: the 18-digit employee numbers, read and judged, never repaired.

Structure (Perka BKN 43/2007; handbook nip.md): birth date yyyymmdd, appointment yyyymm,
sex 1 or 2, sequence 001 and up. A NI PPPK has a frequency code (21, 22, ...) in the place
of the appointment month. A NIP is text: it is not padded, rounded or completed here, and
nothing is derived from it: its parts are only compared with what the record states.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

LENGTH = 18
MINIMUM_AGE = 16
FIRST_APPOINTMENT_YEAR = 1970
PNS = "PNS"
PPPK = "PPPK"
_MALE = {"1", "L", "M", "MALE"}
_FEMALE = {"2", "P", "F", "FEMALE"}
_PPPK_MONTHS = range(21, 100)
_NORMAL = re.compile(r"[0-9]{18}")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|[0-9]+[.,]0+")
# Dashes staff type between the groups; the dot and the blanks are handled beside them.
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014")
_APOSTROPHES = frozenset("'`\u2018\u2019\u02bc\uff07")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class NipNote:
    """One finding about a number: `severity` is "error" or "warning".

    `params` never holds the number itself, so a note may be logged and stored.
    """

    code: str
    severity: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class NipParts:
    """The groups of a number as text, for comparing and for display only."""

    birth: str
    appointment: str
    sex: str
    sequence: str

    @property
    def birth_date(self) -> date | None:
        """The calendar date of the first eight digits, None where it does not exist."""
        try:
            return date(int(self.birth[:4]), int(self.birth[4:6]), int(self.birth[6:]))
        except ValueError:
            return None

    @property
    def appointment_year(self) -> int:
        """Year of appointment (TMT CPNS, or of the PPPK contract)."""
        return int(self.appointment[:4])

    @property
    def appointment_month(self) -> int:
        """Month 1-12 for PNS; for PPPK the frequency code 21, 22, ..."""
        return int(self.appointment[4:])


def _error(code: str, **params: object) -> NipNote:
    return NipNote(code, "error", params)


def _warning(code: str, **params: object) -> NipNote:
    return NipNote(code, "warning", params)


def parts(nip: str) -> NipParts:
    """Split a normalised number into its groups 8-6-1-3.

    Raises ValueError when `nip` is not 18 ASCII digits (the number is not in the message).
    """
    if not _NORMAL.fullmatch(nip):
        raise ValueError("a NIP has 18 digits")
    return NipParts(nip[:8], nip[8:14], nip[14], nip[15:])


def display(nip: str) -> str:
    """The grouping of letters and forms: 8-6-1-3 with blanks."""
    groups = parts(nip)
    return f"{groups.birth} {groups.appointment} {groups.sex} {groups.sequence}"


def normalise(text: str) -> tuple[str | None, list[NipNote]]:
    """Read a number as typed: (18 digits, notes), or (None, notes with an error).

    Taken off, each with a warning: a leading apostrophe, blanks of any kind, zero-width
    characters, the dots, dashes or blanks of the official grouping; full-width digits become
    Latin ones. Anything else refuses the number; it is never padded or rounded.
    """
    if _NORMAL.fullmatch(text):
        return text, []
    body, changes = _strip(text)
    if not body:
        return None, [_error("nip_empty")]
    if _SCIENTIFIC.fullmatch(text.strip()):
        return None, [_error("nip_scientific")]
    body = _separators(body, changes)
    problem = _judge_characters(body)
    if problem:
        return None, [problem]
    if len(body) != LENGTH:
        return None, [_error("nip_length", length=len(body), expected=LENGTH)]
    return body, [_warning("nip_normalised", changes=tuple(sorted(changes)))]


def _strip(text: str) -> tuple[str, set[str]]:
    """Take off the apostrophe, blanks and zero-width characters; read full-width digits."""
    changes: set[str] = set()
    out: list[str] = []
    for char in text:
        if char in _ZERO_WIDTH:
            changes.add("zero_width")
        elif char.isspace():
            changes.add("blanks")
        elif not out and char in _APOSTROPHES:
            changes.add("apostrophe")
        elif "\uff10" <= char <= "\uff19":
            changes.add("full_width")
            out.append(chr(ord(char) - 0xFF10 + ord("0")))
        else:
            out.append(char)
    return "".join(out), changes


def _separators(body: str, changes: set[str]) -> str:
    """Take off dots and dashes that stand between digits, not around the number."""
    if not body[0].isdigit() or not body[-1].isdigit():
        return body
    kept = "".join(char for char in body if char != "." and char not in _DASHES)
    if kept != body:
        changes.add("grouping")
    return kept


def _judge_characters(body: str) -> NipNote | None:
    if body.isascii() and body.isdigit():
        return None
    if body.startswith("="):
        return _error("cell_formula")
    if any(not c.isascii() and unicodedata.category(c) in {"Nd", "No"} for c in body):
        return _error("nip_foreign_digits")
    return _error("nip_characters")


def check(
    nip: str,
    *,
    employment: str | None = None,
    birth_date: date | None = None,
    sex: str | None = None,
    tmt_cpns: date | None = None,
    today: date | None = None,
) -> list[NipNote]:
    """Judge a normalised number by the four levels of the handbook (nip.md).

    `employment` is "PNS", "PPPK" or None (not stated); `sex` L/P (also M/F); facts that are
    not given are not compared and never derived. Errors: form, birth date, age under 16 at
    appointment, sex digit, sequence 000. Warnings: whatever a court order, a re-issued SK or a
    transfer explains.
    """
    if not _NORMAL.fullmatch(nip):
        return [_error("nip_length", length=len(nip), expected=LENGTH)]
    if nip == "0" * LENGTH:
        return [_error("nip_zeros")]
    groups = parts(nip)
    errors = _impossible(groups, today or datetime.now(ZoneInfo("Asia/Jakarta")).date())
    if errors:
        return errors
    return [
        *_appointment_warnings(groups, employment, today),
        *_fact_warnings(groups, birth_date, sex, tmt_cpns),
    ]


def _impossible(groups: NipParts, today: date) -> list[NipNote]:
    born = groups.birth_date
    if born is None or born > today or born.year < 1900:
        return [_error("nip_birth_date")]
    errors = []
    # A PPPK number has no month: the end of its year is the kindest reading.
    month = groups.appointment_month if 1 <= groups.appointment_month <= 12 else 12
    age = groups.appointment_year - born.year - ((month, 1) < (born.month, born.day))
    if month == 12 and groups.appointment_month != 12:
        age = groups.appointment_year - born.year
    if age < MINIMUM_AGE:
        errors.append(_error("nip_age", minimum=MINIMUM_AGE))
    if groups.sex not in "12":
        errors.append(_error("nip_sex"))
    if groups.sequence == "000":
        errors.append(_error("nip_sequence"))
    return errors


def _appointment_warnings(
    groups: NipParts, employment: str | None, today: date | None
) -> list[NipNote]:
    notes = []
    month = groups.appointment_month
    calendar = 1 <= month <= 12
    last_year = (today or datetime.now(ZoneInfo("Asia/Jakarta")).date()).year
    if not FIRST_APPOINTMENT_YEAR <= groups.appointment_year <= last_year:
        notes.append(_warning("nip_year", first=FIRST_APPOINTMENT_YEAR, last=last_year))
    if employment == PPPK and calendar:
        notes.append(_warning("nip_looks_pns"))
    elif employment != PPPK and not calendar:
        if employment is None and month in _PPPK_MONTHS:
            return notes
        code = "nip_looks_pppk" if month in _PPPK_MONTHS else "nip_month"
        notes.append(_warning(code, month=month))
    return notes


def _fact_warnings(
    groups: NipParts, birth_date: date | None, sex: str | None, tmt_cpns: date | None
) -> list[NipNote]:
    notes = []
    if birth_date is not None and groups.birth_date != birth_date:
        notes.append(_warning("nip_birth_date_differs"))
    if sex and not _same_sex(groups.sex, sex):
        notes.append(_warning("nip_sex_differs"))
    if tmt_cpns is not None and groups.appointment != f"{tmt_cpns:%Y%m}":
        year_only = groups.appointment_month in _PPPK_MONTHS
        if not year_only or groups.appointment_year != tmt_cpns.year:
            notes.append(_warning("nip_tmt_differs"))
    return notes


def _same_sex(digit: str, sex: str) -> bool:
    known = _MALE if digit == "1" else _FEMALE
    return sex.upper() in known
