"""Sentences for what is wrong with a regulation's file, and why a step is refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from credits.explanations import day
from credits.rules.checking import Finding

_FINDINGS: dict[str, str | Promise] = {
    "not_toml": gettext_lazy(
        "The file is not valid TOML (line %(line)s): %(detail)s. Mend that line first; the other "
        "checks follow then."
    ),
    "too_deep": gettext_lazy(
        "The file is nested too deep or holds a number that is too long. Begin from the file of "
        "the regulation before."
    ),
    "not_an_edition": gettext_lazy("The file cannot be read as a regulation: %(detail)s."),
    "title_missing": gettext_lazy("State the title, at most %(at_most)s characters."),
    "regime_unknown": gettext_lazy(
        "The regime “%(given)s” is not known. Take that of the regulation it changes; a new regime "
        "needs a change of the program."
    ),
    "key_unreadable": gettext_lazy(
        "“%(given)s” is no code. Use 3 to 40 small letters, digits and hyphens, such as "
        "konversi-2026."
    ),
    "key_used": gettext_lazy(
        "The code “%(given)s” is used already. Ledger entries name it, so a new regulation needs "
        "a code of its own."
    ),
    "not_a_date": gettext_lazy(
        "“%(given)s” is no date. Write the first day as 2026-07-01, without quotation marks."
    ),
    "date_out_of_range": gettext_lazy("The date %(given)s lies too far in the future."),
    "extends_unknown": gettext_lazy(
        "There is no regulation “%(given)s” to extend. Name the code of the one it changes."
    ),
    "extends_other_regime": gettext_lazy(
        "“%(given)s” belongs to the regime %(regime)s. Extend one of the same regime."
    ),
    "before_extended": gettext_lazy(
        "It would begin before “%(given)s”, which it extends (%(day)s). Choose a later day."
    ),
    "position_unknown": gettext_lazy(
        "The catalogue has no position “%(given)s”. Use the codes of the catalogue."
    ),
    "not_a_table": gettext_lazy('Here a table is expected, such as { article = "…" }.'),
    "not_text": gettext_lazy("%(key)s has to be text in quotation marks."),
    "key_unknown": gettext_lazy("%(key)s is not known here. Remove it or correct its spelling."),
    "article_missing": gettext_lazy(
        "State the article the value stands in, at most %(at_most)s characters."
    ),
    "confidence_unknown": gettext_lazy("confidence has to be one of: %(known)s."),
    "value_unknown": gettext_lazy(
        "No rule reads this value. Correct the name, or remove it: it would have no effect."
    ),
    "cite_unknown": gettext_lazy(
        "cite names “%(given)s”, which is no citation. Add it under [citations] with its article."
    ),
    "without_citation": gettext_lazy('A value needs its source: write { value = …, cite = "…" }.'),
    "value_missing": gettext_lazy(
        "This value is missing. State it, or extend the regulation that has it."
    ),
    "citation_missing": gettext_lazy("This citation is missing; a rule names it."),
    "not_an_amount": gettext_lazy(
        "“%(given)s” is no amount. Write it in quotation marks with a dot, such as %(wanted)s."
    ),
    "out_of_range": gettext_lazy("%(given)s is out of range (%(wanted)s)."),
    "not_a_percent": gettext_lazy("%(given)s is no whole percentage (%(wanted)s)."),
    "not_a_count": gettext_lazy("%(given)s is no whole number (%(wanted)s)."),
    "not_a_flag": gettext_lazy("Write true or false, without quotation marks."),
    "not_a_text": gettext_lazy("Write text of %(wanted)s characters."),
    "not_a_choice": gettext_lazy("“%(given)s” is not one of: %(wanted)s."),
    "not_a_list": gettext_lazy("Write a list in square brackets."),
    "not_in_order": gettext_lazy("%(given)s is not in order (%(wanted)s)."),
    "not_a_hundred": gettext_lazy("The shares do not add up to 100."),
    "not_growing": gettext_lazy(
        "The value is not above that of %(below)s. Check both: a higher level, rank or rating "
        "asks or gives more."
    ),
    "no_level_above": gettext_lazy("There is no level above this one: remove the value."),
    "setting_fixed": gettext_lazy(
        "The program does “%(wanted)s” here. Another choice needs a change of the program."
    ),
    "not_whole": gettext_lazy(
        "The value leads to points that the ledger cannot hold exactly (1/3,000,000 point). Check "
        "its decimals."
    ),
    "before_regime": gettext_lazy("The regime begins on %(day)s. Choose a later day."),
    "after_regime": gettext_lazy("On %(day)s the next regime begins. Choose an earlier day."),
    "same_day": gettext_lazy(
        "“%(key)s” begins on the same day for the same positions. Choose another day, or withdraw "
        "that one first."
    ),
    "closed_period": gettext_lazy(
        "The period %(start)s to %(end)s is closed, and the regulation reaches into it. Choose a "
        "later day, or state below why closed periods are to change."
    ),
    "ended_by": gettext_lazy("It holds until %(day)s only: then “%(key)s” begins."),
    "not_carried": gettext_lazy(
        "From %(day)s “%(key)s” holds for its positions and does not extend this one: for them the "
        "new values end then, unless that one is extended too."
    ),
    "skips": gettext_lazy(
        "It extends “%(given)s”, but “%(key)s” is in force the day before: what that one changed "
        "is not carried on."
    ),
    "ends_special": gettext_lazy(
        "It is written for all positions and ends the special rules of “%(key)s” on %(day)s. "
        "Extend those too if they go on."
    ),
}


def finding(found: Finding) -> str:
    """What is wrong with a file, and how to mend it."""
    return finding_text(found.code, found.params)


def finding_text(code: str, params: Mapping[str, str]) -> str:
    shown = {k: day(v) if k in ("day", "start", "end") else v for k, v in params.items()}
    try:
        return str(_FINDINGS.get(code, code)) % shown
    except KeyError:
        return str(_FINDINGS[code])


_REFUSED: dict[str, str | Promise] = {
    "too_large": gettext_lazy("The file is larger than 64 KB. A regulation is a few kilobytes."),
    "not_utf8": gettext_lazy("The file is not UTF-8 text. Save it as UTF-8 (TOML)."),
    "loaded_already": gettext_lazy("The same file waits as a draft already."),
    "invalid": gettext_lazy("The file cannot become a regulation as it is."),
    "wrong_state": gettext_lazy(
        "Meanwhile the regulation is in another state. Look at its steps and decide again."
    ),
    "own_draft": gettext_lazy("Who loaded a regulation does not publish it: somebody else does."),
    "reason_missing": gettext_lazy("State the reason."),
    "other_date": gettext_lazy(
        "The date is not the one the file states. Compare it with the decree once more."
    ),
    "not_tried": gettext_lazy(
        "Try it first: the last trial is missing, unfinished, or was made by other rules."
    ),
    "key_taken": gettext_lazy(
        "A regulation with this code was published before. Load the file with a new code."
    ),
    "asked_already": gettext_lazy("Somebody asked already to withdraw it."),
    "not_asked": gettext_lazy("Nobody asks any more to withdraw it."),
    "own_withdrawal": gettext_lazy(
        "Who asked to withdraw a regulation does not confirm it: somebody else does."
    ),
    "others_rest_on_it": gettext_lazy(
        "Another published regulation extends this one. Withdraw that one first."
    ),
    "no_cases": gettext_lazy(
        "The golden cases are missing in this installation (tests/golden). Tell the administrator."
    ),
}


def refused(code: str) -> str:
    """Why a step is refused, and what to do."""
    return str(_REFUSED.get(code, code))
