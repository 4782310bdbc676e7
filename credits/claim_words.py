"""Sentences about claims in the reader's language: what is wrong, why an act is refused, acts.

Each module of the claims adds its own to the dictionaries; parameters are named as in the code.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from credits.rules.claim_states import Act, Actor
from credits.rules.claims import Finding
from credits.services.claims.errors import ClaimError

ACTS: dict[str, Any] = {
    Act.PROPOSE: _("Hand to the coordinator"),
    Act.HAND_BACK: _("Hand back to the holder"),
    Act.SUBMIT: _("Submit"),
    Act.RETURN: _("Return"),
    Act.RESUBMIT: _("Submit again"),
    Act.CHECK: _("Complete: pass on"),
    Act.ASSIGN: _("Give to assessors"),
    Act.SCHEDULE: _("Put on the agenda"),
    Act.POSTPONE: _("Take off the agenda"),
    Act.APPROVE: _("Approve"),
    Act.APPROVE_PARTLY: _("Approve in part"),
    Act.REJECT: _("Reject"),
    Act.OBJECT: _("Object"),
    Act.UPHOLD: _("Uphold the determination"),
    Act.DETERMINE: _("Determine"),
    Act.ANNUL: _("Annul"),
    Act.WITHDRAW: _("Withdraw"),
    Act.CANCEL: _("Cancel"),
    Act.ARCHIVE: _("Archive"),
}

ACTORS: dict[str, Any] = {
    Actor.HOLDER: _("holder"),
    Actor.COORDINATOR: _("coordinator"),
    Actor.OFFICER: _("officer of Biro SDM"),
    Actor.SECRETARY: _("secretary of the team"),
    Actor.ASSESSOR: _("assessors"),
    Actor.CHAIR: _("chair of the team"),
    Actor.SUPERIOR: _("direct superior"),
    Actor.DETERMINER: _("determining officer"),
    Actor.SYSTEM: _("the system"),
}

PROBLEMS: dict[str, Any] = {
    "act_not_open": _("This is no longer possible: somebody was faster. See below what happened."),
    "not_yours": _("This act is not yours: your role or your term does not cover this claim."),
    "own_claim": _("Nobody acts on a claim of his own here. Ask another one of the same office."),
    "relative": _("You are a declared relative of the claimant. Another person must do this."),
    "four_eyes": _("You did the step before this one. A second person must do it."),
    "judged_it": _("You judged this claim or led its plenary, hence somebody else determines it."),
    "reason_missing": _("Say why: a reason is asked for here."),
    "edited_meanwhile": _(
        "Somebody else changed this claim after you opened it. Nothing of his was overwritten: "
        "open it anew and enter yours again."
    ),
    "has_errors": _("The claim cannot be submitted yet: the check below names what to mend."),
    "left_service": _("The claimant left the service on %(on)s."),
    "not_in_service": _(
        "The claimant is on leave outside the state's responsibility or dismissed."
    ),
    "objection_too_late": _("The term for objections ended on %(until)s."),
    "objection_still_open": _("An objection is possible until %(until)s; archive it after that."),
    "not_determined": _("There is no determination that could be upheld."),
    "determined_already": _("This claim is determined already."),
    # objections, papers
    "objection_items": _("Name at least one item of this claim that you object to."),
    "objection_answered": _(
        "An objection to this decision was answered already: the decision stands."
    ),
    "no_dupak": _("There is no DUPAK: the claim has no activities, or no position is on record."),
}

FINDINGS: dict[str, Any] = {
    "claim.after_regime": _(
        "Points by activity items end before %(from)s. Shorten the period; later work counts by "
        "the yearly rating."
    ),
    "claim.not_a_holder": _(
        "No functional position or no rank is on record on %(on)s. Ask Biro SDM to enter it."
    ),
    "claim.no_items": _("There is no activity yet. Add at least one."),
    "claim.closed": _(
        "Conventional claims had to reach the team by %(on)s. State why this one comes later."
    ),
    "claim.support_cut": _(
        "Supporting activities give %(claimed)s points, of which %(counted)s count (at most "
        "%(percent)s %% of what the next rank asks)."
    ),
    "item.outside_period": _("The dates lie outside the period of the claim. Correct one of them."),
    "item.other_position": _("The activity belongs to another position. Choose one of your own."),
    "item.outside_table": _("The table of this activity was not in force on these dates."),
    "item.no_evidence": _("No evidence is attached. Attach a file: %(asked)s"),
    "item.over_limit": _("At most %(limit)s can be claimed for these dates. Lower the quantity."),
    "item.no_assignment": _(
        "Work of another level needs a letter of assignment. Enter its number."
    ),
    "item.level_too_far": _(
        "The work is more than one level above or below the claimant's. It gives no points."
    ),
    "item.other_category": _("The work belongs to the other category. It gives no points."),
    "item.credited": _(
        "The same activity with overlapping dates stands in another claim (from %(from)s)."
    ),
    "item.place_taken": _("Place %(place)s among the authors is claimed by another person."),
    "item.author_twice": _("This work stands in another claim of the same person."),
    "authors.number": _("A work has one to four authors."),
    "authors.place": _("There is no place %(place)s among %(authors)s authors."),
    "ladder.none": _("The rank %(golongan)s is not on the ladder of conventional points."),
}


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    from credits.rules.units import display_id

    def one(value: Any) -> Any:
        if hasattr(value, "isoformat"):
            return date_format(value, "d-m-Y")
        if hasattr(value, "numerator") and not isinstance(value, int):
            return display_id(value, 3)
        return value

    return {key: one(value) for key, value in params.items()}


def problem(error: ClaimError) -> str:
    """Why an act was refused."""
    text = PROBLEMS.get(error.code)
    return str(text) % _plain(error.params) if text else error.code


def finding(found: Finding) -> str:
    """What a check found, with its remedy."""
    text = FINDINGS.get(found.code)
    return str(text) % _plain(found.params) if text else found.code
