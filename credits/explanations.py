"""Sentences about points, in the reader's language: from codes and figures, never stored."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from credits.models import LedgerEntry, Predicate
from credits.rules.editions import load_editions
from credits.rules.units import amount_text, display, display_id, from_units
from positions.ladder import Level


def points(amount: Fraction | None, places: int = 3) -> str:
    """Points half-up at `places` decimals, with the reader's decimal sign."""
    if amount is None:
        return "–"
    if get_language() == "en":
        whole, _dot, rest = display(amount, places).partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(digits):,}" + (f".{rest}" if rest else "")
    return display_id(amount, places)


def day(value: Any) -> str:
    """A date in words: 5 April 2021."""
    parsed = parse_date(value) if isinstance(value, str) else value
    return formats.date_format(parsed, "j F Y") if parsed else "–"


def predicate(code: str) -> str:
    """The official Indonesian word of a rating."""
    return code.replace("_", " ").title() if code in Predicate.values else code


def level(code: str) -> str:
    return Level(code).label if code in set(Level) else code


def regulation(edition: str) -> str:
    """The title of a regulation edition."""
    found = load_editions().get(edition)
    return found.title if found else edition


def title(entry: LedgerEntry) -> str:
    """What kind of entry it is, in a few words."""
    label = str(entry.get_kind_display())
    if entry.reverses_seq:
        return _("Reversal of entry %(number)s: %(kind)s") % {
            "number": entry.reverses_seq,
            "kind": label,
        }
    return label


_SENTENCES: dict[str, str | Promise] = {
    "conversion": gettext_lazy(
        "Rating %(predicate)s for %(period)s as %(level)s: %(months)s/12 x %(percent)s%% x "
        "coefficient %(base)s = %(amount)s."
    ),
    "transfer_period": gettext_lazy(
        "Rating %(predicate)s for %(period)s, before the appointment, at the coefficient of "
        "%(level)s: %(months)s/12 x %(percent)s%% x %(base)s = %(amount)s."
    ),
    "transfer": gettext_lazy(
        "Transfer with rank %(golongan)s, which is above the level %(level)s: the table gives "
        "%(amount)s."
    ),
    "base": gettext_lazy(
        "Entered %(level)s with rank %(golongan)s, above the lowest of the level: base points "
        "(AK dasar) %(amount)s."
    ),
    "study": gettext_lazy(
        "Study assignment %(period)s as %(level)s, counted as %(predicate)s: %(months)s/12 x "
        "%(percent)s%% x coefficient %(base)s = %(amount)s."
    ),
    "degree": gettext_lazy(
        "A higher degree recorded by BKN: %(percent)s%% x %(base)s points for a rank promotion of "
        "%(level)s = %(amount)s."
    ),
    "opening": gettext_lazy("The last PAK states %(amount)s as of %(day)s."),
    "integration": gettext_lazy(
        "Integration of the conventional balance as of %(day)s for %(level)s, rank %(golongan)s: "
        "what is above the base value of the level = %(amount)s."
    ),
    "reset": gettext_lazy(
        "New level %(level)s: the count starts again at zero, so the %(base)s earned in the level "
        "before lapse."
    ),
    "carried": gettext_lazy("Carried over: %(amount)s."),
    "claim": gettext_lazy("A decided claim: %(amount)s."),
}


def sentence(entry: LedgerEntry) -> str:
    """The entry explained: its rule with the figures put in."""
    key = "transfer_period" if entry.kind == "transfer" and entry.predicate else entry.kind
    sign = -1 if entry.reverses_seq else 1
    said = str(_SENTENCES[key]) % {
        "predicate": predicate(entry.predicate),
        "period": f"{day(entry.period_start)} – {day(entry.period_end)}",
        "level": level(entry.level),
        "golongan": entry.golongan,
        "months": entry.months,
        "percent": sign * entry.percent,
        "base": points(from_units(entry.base_units)),
        "amount": points(sign * from_units(entry.amount_units)),
        "day": day(entry.effective_on),
    }
    if entry.reverses_seq:
        return _("Entry %(number)s no longer holds and is taken back. It said: %(sentence)s") % {
            "number": entry.reverses_seq,
            "sentence": said,
        }
    return said


def exact(amount: Fraction) -> str:
    """An amount with all its digits, or as a fraction, with the reader's decimal sign."""
    text = amount_text(amount)
    return text if get_language() == "en" else text.replace(".", ",")


def sum_in_words(entry: LedgerEntry) -> str:
    """The sum that gives the amount: "25 × 100% × 12/12 = 25"; "" where it is stated as such."""
    if entry.months is None and entry.percent == WHOLE:
        return ""
    factors = [exact(from_units(entry.base_units)), f"{entry.percent}%".replace("-", "−")]
    if entry.months is not None:
        factors.append(f"{entry.months}/12")
    result = exact(from_units(entry.amount_units)).replace("-", "−")
    return f"{' × '.join(factors)} = {result}"


def inputs(entry: LedgerEntry) -> list[tuple[str, str]]:
    """What the rule was given, each with its name."""
    period = f"{day(entry.period_start)} – {day(entry.period_end)}" if entry.period_start else ""
    rating_like = entry.predicate or entry.months is not None
    base = exact(from_units(entry.base_units))
    rows = [
        (_("Rating"), predicate(entry.predicate)),
        (_("Period"), period),
        (_("Level"), level(entry.level)),
        (_("Rank"), entry.golongan),
        (_("Coefficient") if rating_like else _("Base amount"), base),
        (
            _("Percentage"),
            f"{abs(entry.percent)}%" if entry.percent != WHOLE or rating_like else "",
        ),
        (_("Months counted"), "" if entry.months is None else str(entry.months)),
    ]
    return [(label, value) for label, value in rows if value]


WHOLE = 100  # percent


_ISSUES: dict[str, str | Promise] = {
    "no_appointment": gettext_lazy(
        "Holds no functional position, so nothing is counted. Enter the appointment if there is "
        "one."
    ),
    "own_rules": gettext_lazy(
        "This position follows rules of its own; its credit points are not computed here."
    ),
    "nothing_to_state": gettext_lazy(
        "There is nothing to state in this period. Enter or import the ratings of the period, then "
        "recalculate."
    ),
    "opening_missing": gettext_lazy(
        "No opening balance as of %(on)s. Enter the balance of the last PAK (or import it); until "
        "then only what was earned since is counted."
    ),
    "rank_missing": gettext_lazy(
        "No rank is known on %(on)s. Enter the rank with its effective date (TMT)."
    ),
    "way_unknown": gettext_lazy(
        "The way of the appointment of %(on)s is not stated, so no base points (AK dasar) were "
        "given. Complete the appointment."
    ),
    "integration_out_of_range": gettext_lazy(
        "The integrated balance lies outside the range of rank %(golongan)s. Check the amount on "
        "the last PAK."
    ),
    "integration.negative": gettext_lazy(
        "The conventional balance is below the base value of the level. Check the amount on the "
        "last PAK."
    ),
    "golongan.outside_level": gettext_lazy(
        "The rank %(golongan)s does not belong to the level %(level)s, so no base points were "
        "given. Check rank and level."
    ),
    "study_running": gettext_lazy(
        "A study assignment runs since %(since)s; it is counted when its end is entered."
    ),
    "degree_waits": gettext_lazy(
        "A degree recorded on %(recorded_on)s waits for the performance rating of that year."
    ),
    "degree_rating_too_low": gettext_lazy(
        "A degree was recorded in %(year)s, but the rating of that year is below Baik, so it "
        "gives no points."
    ),
    "part_parked": gettext_lazy(
        "This part of the run failed three times and was given up. Start the run again; if it "
        "fails again, tell the administrator the number of the run."
    ),
    "internal": gettext_lazy(
        "The computation failed for a reason of the program. Tell the administrator the number of "
        "the run."
    ),
}


# Findings that name a date or a figure, as the heading of a list of people.
_HEADINGS: dict[str, str | Promise] = {
    "opening_missing": gettext_lazy("No opening balance: enter what the last PAK states."),
    "rank_missing": gettext_lazy("No rank is known: enter it with its effective date (TMT)."),
    "way_unknown": gettext_lazy(
        "The way of the appointment is not stated, so no base points (AK dasar) were given."
    ),
    "integration_out_of_range": gettext_lazy(
        "The integrated balance lies outside the range of the rank: check the last PAK."
    ),
    "golongan.outside_level": gettext_lazy(
        "The rank does not belong to the level, so no base points were given."
    ),
    "study_running": gettext_lazy(
        "A study assignment runs; it is counted when its end is entered."
    ),
    "degree_waits": gettext_lazy("A recorded degree waits for the rating of its year."),
    "degree_rating_too_low": gettext_lazy(
        "A degree gave no points, because the rating of its year is below Baik."
    ),
}


def issue_heading(code: str) -> str:
    """A kind of finding, for many people at once."""
    return str(_HEADINGS[code]) if code in _HEADINGS else issue(code, {})


def issue(code: str, params: Mapping[str, Any]) -> str:
    """A finding as a sentence that says what to do."""
    text = _ISSUES.get(code)
    if text is None:
        return _("The rules refuse these facts (%(code)s). Check appointment, rank and rating.") % {
            "code": code
        }
    shown = {k: day(v) if k in ("on", "since", "recorded_on") else v for k, v in params.items()}
    if "level" in shown:
        shown["level"] = level(str(shown["level"]))
    try:
        return str(text) % shown
    except KeyError:
        return str(text)


_DOCUMENT_PROBLEMS: dict[str, str | Promise] = {
    "draft_stale": gettext_lazy(
        "The points or the person changed since the draft was made. Draft the form again."
    ),
    "no_signatory": gettext_lazy(
        "No direct superior is known on the last day of the period. Enter the direct superior."
    ),
    "no_determiner": gettext_lazy(
        "A conventional or integration PAK is determined by an officer, and none who could is "
        "registered for this employer and level. Enter one under “Determining officers”."
    ),
    "determines_own_submission": gettext_lazy(
        "Nobody determines a PAK that he drafted or put up for signing. Ask another officer."
    ),
    "period_closed": gettext_lazy("The period is closed. Reopen it, with the reason, first."),
    "under_way": gettext_lazy(
        "The same form of this period already awaits its signature. Revoke that one first."
    ),
    "no_scheme": gettext_lazy(
        "No numbering is in force. An administrator enters one under “Numberings of documents”."
    ),
    "wrong_state": gettext_lazy(
        "Meanwhile the document is in another state. Look at its history and decide again."
    ),
    "own_document": gettext_lazy("Nobody acts on a document about himself. Ask another officer."),
    "reason_missing": gettext_lazy("State the reason."),
    "not_this_document": gettext_lazy(
        "This file is not a signed copy of the form: it does not begin with the issued file. Sign "
        "the PDF downloaded here, without printing or converting it."
    ),
    "no_signature": gettext_lazy("The file carries no electronic signature. Sign it first."),
    "not_a_scan": gettext_lazy("This is no PDF, JPEG or PNG file. Scan it as one of these."),
    "period_closed_already": gettext_lazy("This period is closed already."),
    "period_open_already": gettext_lazy("This period was reopened already."),
}


def document_problem(code: str) -> str:
    """Why an act on a document or a period is refused, and what to do."""
    return str(_DOCUMENT_PROBLEMS[code]) if code in _DOCUMENT_PROBLEMS else issue(code, {})


def why_no_rank_target(code: str | None) -> str:
    """Why there is no number of points to reach for the next rank."""
    return {
        "pppk": _("PPPK have no rank promotion by credit points."),
        "top": _("The highest rank of the ladder is reached; points are still recorded."),
        "rank_missing": _("No rank is known."),
        "rank_open": _("The rank promotion of the last level promotion is still open."),
        "rank_above_level": _("The rank is above the level; the level promotion comes first."),
        "own_rules": _("This position follows rules of its own."),
    }.get(code or "", "")


_THRESHOLDS: dict[str, str | Promise] = {
    "rank_reached": gettext_lazy("reaches the points for the next rank"),
    "rank_lost": gettext_lazy("no longer has the points for the next rank"),
    "level_reached": gettext_lazy("reaches the points for the next level"),
    "level_lost": gettext_lazy("no longer has the points for the next level"),
}


def threshold(code: str) -> str:
    """What a regulation that is tried would mean for somebody's threshold."""
    return str(_THRESHOLDS[code])
