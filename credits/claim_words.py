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
    # drafts
    "kind_unknown": _("This kind of claim is not known for this position."),
    "period_reversed": _("The period ends before it begins. Correct one of the dates."),
    "history_not_yours": _("Only Biro SDM enters what was decided before."),
    "draft_exists": _(
        "A claim of this kind for %(start)s to %(until)s is being written already. Open that one."
    ),
    "not_editable": _("The claim was handed in. It can be changed once it is returned."),
    "with_coordinator": _(
        "The claim is with the coordinator. Ask for it back before you change it."
    ),
    "item_unknown": _("This activity is not in the claim any more."),
    "too_many_items": _("A claim has at most %(most)s activities. Make a second claim."),
    "activity_of_another": _("The activity belongs to another position."),
    "place_beyond": _("The place among the authors is between 1 and %(authors)s."),
    "file_of_another": _("Only files of the claimant can be attached, and none that was removed."),
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
    "item.outside_period": _(
        "The dates lie outside the period of the claim (%(from)s to %(until)s). Correct one of "
        "them."
    ),
    "item.other_position": _(
        "The activity belongs to another position. Choose one of the position held at the end of "
        "the period."
    ),
    "item.outside_table": _(
        "The table of this activity was not in force on these dates. Choose the activity anew."
    ),
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
        "The same activity was handed in before for %(from)s to %(until)s (activity %(other)s of "
        "that claim). Take it out, or describe what was done on both sides."
    ),
    "item.place_taken": _(
        "Place %(place)s among the authors is claimed by another person. Correct the place, or ask "
        "the co-authors."
    ),
    "item.author_twice": _(
        "This joint work stands in another claim of the same person. Take it out here."
    ),
    "authors.number": _("A work has one to four authors."),
    "authors.place": _("There is no place %(place)s among %(authors)s authors."),
    "ladder.none": _("The rank %(golongan)s is not on the ladder of conventional points."),
    # double claims, periods, joint works
    "claim.period_twice": _(
        "Another claim of this kind was handed in for %(from)s to %(until)s. Claim only what it "
        "does not hold."
    ),
    "claim.period_drafted": _(
        "Another claim of this kind is being written for %(from)s to %(until)s. Put both together, "
        "or divide the period."
    ),
    "claim.level_changed": _(
        "The level changed on %(from)s. All activities are counted at the level held at the end; "
        "divide the claim there if that is not right."
    ),
    "item.not_held": _(
        "The position was not held on %(from)s. Correct the dates, or ask Biro SDM to correct the "
        "appointment."
    ),
    "item.twice": _(
        "The same activity with overlapping dates stands under number %(other)s too. Take one out, "
        "or describe in both what was done."
    ),
    "item.work_twice": _(
        "The same joint work stands under number %(other)s too. Take one of them out."
    ),
    "item.drafted": _(
        "The same activity for %(from)s to %(until)s stands in another claim that is being "
        "written. Take one of them out."
    ),
    "item.similar": _(
        "The same kind of activity was handed in for %(from)s to %(until)s with another "
        "description. Make sure that it is other work."
    ),
    "item.over_year": _(
        "Together %(sum)s are claimed for %(year)s, of which %(limit)s are allowed. Lower the "
        "quantities."
    ),
    "item.shares_over": _(
        "With this place the shares of “%(title)s” are more than the whole work: it was entered "
        "twice. Search for its title and take the place in that one. Other work of this title "
        "needs its date."
    ),
    "item.file_elsewhere": _(
        "The file “%(file)s” is the evidence of another person for the same activity. Enter it as "
        "a joint work if both did it."
    ),
}


# What is said once an act is done.
DONE: dict[str, Any] = {
    Act.PROPOSE: _("Handed to the coordinator."),
    Act.HAND_BACK: _("Handed back to the holder."),
    Act.SUBMIT: _("Submitted."),
    Act.RESUBMIT: _("Submitted again."),
    Act.RETURN: _("Returned."),
    Act.WITHDRAW: _("Withdrawn."),
    Act.CANCEL: _("Cancelled."),
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
