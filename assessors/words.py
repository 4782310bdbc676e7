"""Sentences of the secretary and the assessors in the reader's language."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessors.conflicts import Conflict
from assessors.models import Verdict
from credits import claim_words
from credits.services.claims.errors import ClaimError
from employees.models import StatusPeriod
from positions.ladder import Level

CONFLICTS: dict[str, Any] = {
    "self": gettext_lazy("It is his own claim."),
    "superior": gettext_lazy("He rates the claimant, today or in the period."),
    "subordinate": gettext_lazy("The claimant rates him, today or in the period."),
    "relative": gettext_lazy("He is a declared relative of the claimant."),
    "submitter": gettext_lazy("He submitted the claim."),
    "level": gettext_lazy("His level (%(own)s) is below the claimant's (%(claimant)s)."),
    "rank": gettext_lazy("His rank (%(own)s) is below the claimant's (%(claimant)s)."),
    "seat": gettext_lazy("His seat in the team is not in force today."),
    "team": gettext_lazy("The team is not in its term today."),
    "left": gettext_lazy("He left the service on %(on)s."),
    "away": gettext_lazy("He is not at work: %(kind)s."),
    "judged": gettext_lazy("He judged the claim, or led the plenary on it."),
}

LACKS: dict[str, Any] = {
    "missing": gettext_lazy("a paper is missing"),
    "unreadable": gettext_lazy("the file cannot be read"),
    "other_person": gettext_lazy("the paper is of somebody else"),
    "dates": gettext_lazy("the dates do not fit the paper"),
    "letter": gettext_lazy("the letter of assignment is missing"),
    "wrong_item": gettext_lazy("the work belongs to another activity"),
    "other": gettext_lazy("something else"),
}

claim_words.PROBLEMS.update(
    {
        "conflict": gettext_lazy("%(name)s may not judge this claim."),
        "assessors_number": gettext_lazy(
            "%(wanted)s different assessors judge a claim. Choose as many."
        ),
        "assigned_already": gettext_lazy("This assessor has the claim already. Choose another."),
        "assignment_finished": gettext_lazy(
            "This judging is finished and cannot be changed any more."
        ),
        "assignment_replaced": gettext_lazy(
            "This claim is no longer with this assessor: it was given to another or taken back."
        ),
        "not_your_assignment": gettext_lazy(
            "This judging belongs to another assessor. Each judges alone."
        ),
        "not_being_judged": gettext_lazy("The claim is not being judged now."),
        "not_all_finished": gettext_lazy(
            "Not all assessors have finished. The plenary takes the claim after that."
        ),
        "verdicts_missing": gettext_lazy(
            "%(count)s items have no verdict yet. Go on with item %(item)s."
        ),
        "verdict_unknown": gettext_lazy("Item %(item)s: choose one of the verdicts."),
        "verdict_quantity": gettext_lazy(
            "Item %(item)s: enter a whole number from 1 to less than the claimed %(claimed)s. "
            "Reject the item where nothing is left."
        ),
        "verdict_reason": gettext_lazy("Item %(item)s: choose a reason from the list."),
        "words_missing": gettext_lazy("Item %(item)s: say in words what the other reason is."),
        "item_unknown": gettext_lazy("This claim has no item %(item)s."),
        "lacks_named": gettext_lazy(
            "You named what is not complete. Return the claim, or choose “complete” there."
        ),
        "lack_unknown": gettext_lazy("Choose from the list what is not complete."),
    }
)


def conflict(found: Conflict) -> str:
    """Why somebody may not judge, with the article where there is one."""
    params = {key: _plain(key, value) for key, value in found.params.items()}
    text = str(CONFLICTS[found.code]) % params
    return f"{text} ({found.article})" if found.article else text


def _plain(key: str, value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return date_format(value, "d-m-Y")
    if value in Level._value2member_map_:
        return Level(value).label
    if key == "kind":
        return StatusPeriod.Kind(value).label
    return value or _("none on record")


def problem(error: ClaimError) -> str:
    """Why an act was refused; a conflict with each of its reasons."""
    reasons = [conflict(c) for c in error.params.get("conflicts", ())]
    return " ".join([claim_words.problem(error), *reasons])


def reason(code: str) -> str:
    """A reason of a verdict; "" where none was needed."""
    return str(Verdict.Reason(code).label) if code else ""
