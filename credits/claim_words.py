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
    # evidence
    "evidence_none": _("Choose a file first."),
    "evidence_empty": _("“%(name)s” is empty (zero bytes). Save it again and upload it again."),
    "evidence_too_large": _(
        "“%(name)s” is larger than %(limit)s MiB. Scan it at a lower resolution, or split it."
    ),
    "evidence_type": _(
        "“%(name)s” is no PDF, JPEG or PNG by its content. Scan it, or save it as one of these."
    ),
    "evidence_cut": _("“%(name)s” is cut off or damaged. Scan it again, or copy it again."),
    "evidence_two_in_one": _(
        "“%(name)s” hides an archive (ZIP) behind its pages. Print it to PDF and upload that."
    ),
    "evidence_infected": _(
        "The scanner found “%(found)s” in “%(name)s”. It was not taken in. Tell the "
        "administrator, and do not pass the file on."
    ),
    "evidence_scanner_silent": _(
        "“%(name)s” could not be scanned for malware and was not taken in. Try again later, or "
        "tell the administrator."
    ),
    "evidence_frozen": _(
        "“%(title)s” belongs to a submitted claim and stays as it is. Upload another file, and "
        "attach that one if the claim is returned to you."
    ),
    "evidence_in_draft": _(
        "“%(title)s” is attached in %(count)s draft(s). Take it off there first, or replace it."
    ),
    "evidence_title": _("Write a title."),
    # tables of activities
    "import_not_open": _("This import was applied or put aside meanwhile. Open the list anew."),
    "import_has_errors": _(
        "Nothing was written: some rows have errors. Correct the sheet and upload it again."
    ),
    "table_overlaps": _(
        "Another table of this position is in force from %(start)s to %(end)s. Choose the same "
        "dates to replace it, or dates that share no day with it."
    ),
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
    "item.table_replaced": _(
        "A new version of the table replaced this activity. Choose the activity again."
    ),
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
