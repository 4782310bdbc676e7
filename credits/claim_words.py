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
from employees.forms_entry import refusal as fact_refusal

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
    # of the kinds that Biro SDM or the superior decides
    "effect_refused": _("It cannot take effect now. %(fact)s"),
    "whole_only": _("This kind of claim is approved or rejected as a whole."),
    "no_longer_fits": _(
        "The register has changed since this was submitted: the check below names what no longer "
        "fits. Return it or reject it."
    ),
    "opening_stands": _(
        "An opening balance of %(on)s holds by now. Reject this claim, or correct that balance."
    ),
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
    "item.table_replaced": _(
        "A new version of the table replaced this activity. Choose the activity again."
    ),
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
    # of the kinds that end in a fact
    "claim.no_papers": _("No paper is attached. Attach: %(asked)s."),
    "claim.claimed": _(
        "Another claim of the same thing is on its way (%(from)s to %(until)s). Wait for it, or "
        "withdraw it."
    ),
    "claim.own_rules": _(
        "The points of this position follow rules of their own and are not computed here."
    ),
    "rating.no_predicate": _("No rating is stated. Choose the one of the evaluation."),
    "rating.two_years": _(
        "A rating lies within one year. Make two claims: %(start)s to %(first_end)s, and "
        "%(second_start)s to %(end)s."
    ),
    "rating.before_regime": _(
        "Ratings are converted from %(from)s on. Work before that counts by activity items: make "
        "a conventional claim."
    ),
    "rating.no_month": _("There is no whole month in the period, so it gives no points."),
    "rating.part_month": _(
        "Only whole months count; the days before and after them give nothing. Check the dates."
    ),
    "rating.not_over": _("The period is not over before %(on)s. Claim it after that."),
    "rating.no_superior": _(
        "No direct superior is on record for %(on)s, who has to approve. Ask Biro SDM to enter him."
    ),
    "rating.same": _("The same rating counts already. There is nothing to claim."),
    "rating.year_rules": _(
        "The rating of %(from)s to %(until)s covers this time and rules it. Correct that one "
        "instead."
    ),
    "rating.overlaps": _(
        "The rating of %(from)s to %(until)s shares a part of this time. Correct the dates."
    ),
    "rating.waits": _(
        "A rating of %(from)s to %(until)s waits for approval. Let it be approved, returned or "
        "taken back first."
    ),
    "rating.replaces": _("It takes the place of %(count)s rating(s) within its period."),
    "rating.nothing_corrected": _(
        "It is claimed as a correction, but no rating stands in this time. Check the dates."
    ),
    "rating.nothing": _(
        "It would give no points: no functional position was held, or the time does not count. "
        "Check the appointments and statuses up to %(on)s."
    ),
    "degree.missing": _("No degree is stated. Choose it."),
    "degree.not_recorded": _(
        "A degree counts once BKN has recorded it. Enter the day and the number of the letter."
    ),
    "degree.recorded_later": _("The day of recording (%(on)s) lies ahead. Claim it after that."),
    "degree.before_graduation": _(
        "It would be recorded before the graduation. Correct one of the days."
    ),
    "degree.before_regime": _(
        "Degrees recorded before %(from)s are part of the conventional points. Nothing is claimed "
        "here."
    ),
    "degree.used": _(
        "The degree %(degree)s is on record since %(on)s and counts once. If it is wrong, claim a "
        "correction."
    ),
    "degree.first": _(
        "No earlier degree is on record, and the one of the appointment gives no points. Ask Biro "
        "SDM to enter that one first."
    ),
    "degree.not_higher": _(
        "The degree %(degree)s on record is not lower. Only a higher degree gives points."
    ),
    "degree.category_change": _(
        "This degree opened the expert category, and gives no points beside that."
    ),
    "degree.no_rating": _(
        "There is no rating of %(year)s yet, on which it depends. Claim it when the rating counts."
    ),
    "degree.low_rating": _("The rating of %(year)s is below Baik, so the degree gives no points."),
    "degree.nothing": _("The counting gives no points for it. Ask Biro SDM to look at the record."),
    "opening.no_amount": _("No amount is stated. Enter the points of the paper."),
    "opening.negative": _("The amount is below zero. Correct it."),
    "opening.no_day": _("The day or the kind of the balance is missing."),
    "opening.amount.unreadable": _("“%(given)s” is no amount of points. Write it as 37,5."),
    "opening.amount.too_long": _("“%(given)s” has too many digits. Write four decimals at most."),
    "opening.amount.inexact": _("“%(given)s” cannot be kept exactly. Write four decimals at most."),
    "opening.stands": _(
        "An opening balance is on record already (%(kind)s, %(on)s), and points open once. If it "
        "is wrong, claim a correction."
    ),
    "integration.negative": _(
        "%(conventional)s points are less than the base value of the level (%(base_value)s). "
        "Check the PAK and the level held on the day."
    ),
    "integration.out_of_range": _(
        "%(points)s points lie outside what the rank %(golongan)s spans (%(lowest)s to "
        "%(highest)s). Check the PAK; it can be submitted, and is marked."
    ),
    "golongan.outside_level": _(
        "The rank %(golongan)s does not belong to the level held. Check both on the record."
    ),
    "transfer.no_appointment": _(
        "No appointment begins on this day. Choose one, or ask Biro SDM to enter it."
    ),
    "transfer.before_regime": _(
        "Appointments before %(from)s open with the integration. Make a claim of that kind."
    ),
    "transfer.no_way": _("The way of the appointment is missing. Choose it."),
    "transfer.no_origin": _("A transfer names the position before. Choose it."),
    "transfer.computed": _(
        "The points of a transfer from outside are computed from the ratings and AK Dasar. Leave "
        "the amount empty."
    ),
    "transfer.still_held": _(
        "Another functional position was held until then, so this is no transfer from outside. "
        "Correct the position before."
    ),
    "transfer.flat_unknown": _(
        "The rank %(golongan)s does not fit the level, and the table of the regulation has no "
        "amount for it here. Ask Biro SDM to publish the amount."
    ),
    "transfer.base_only": _("AK Dasar opens the balance; the threshold is not lowered beside it."),
    "transfer.kept": _(
        "The points of the functional position before are in this ledger and go on. Nothing is "
        "claimed."
    ),
    "transfer.no_former_level": _("Choose the level in the functional position before."),
    "transfer_jf.level_differs": _(
        "Points are kept at the same level only: %(former)s before, %(level)s now."
    ),
    "correction.no_target": _(
        "Choose what is corrected. What is chosen must still hold; it may have been corrected "
        "meanwhile."
    ),
    "correction.no_reason": _("Say why it is wrong."),
    "correction.no_outcome": _("Choose what comes in its place."),
    "correction.same": _("The new value is the old one. Enter what differs."),
    "correction.more": _("More than was claimed (%(claimed)s) cannot be decided. Lower it."),
    "correction.of_claim": _(
        "A claim brought this in (determined on %(on)s). Correct that claim instead."
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
    params = _plain(error.params)
    if "fact" in params:  # a fact was refused: its own sentence
        params["fact"] = fact_refusal(params["fact"], params.pop("fact_params"))
    return str(text) % params if text else error.code


def finding(found: Finding) -> str:
    """What a check found, with its remedy."""
    if found.code.startswith("fact."):  # as entering the fact itself would say it
        return fact_refusal(found.code.removeprefix("fact."), found.params)
    text = FINDINGS.get(found.code)
    return str(text) % _plain(found.params) if text else found.code
