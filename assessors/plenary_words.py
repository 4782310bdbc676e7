"""Sentences about plenaries, objections and determinations: why an act is refused."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from credits import claim_words

PROBLEMS: dict[str, Any] = {
    "plenary_in_the_past": _("The plenary cannot be on %(day)s: that day is over."),
    "team_over": _("The term of the team ends on %(end)s. Choose a day before."),
    "nothing_ready": _(
        "No claim is ready for a plenary: the assessors of each have to finish first."
    ),
    "plenary_state": _("This is not possible now: the plenary is %(state)s."),
    "plenary_decided": _(
        "Something was decided already. Close the plenary instead of calling it off."
    ),
    "plenary_not_yet": _("The plenary is on %(day)s and cannot begin before."),
    "stand_in_wrong": _(
        "An alternate stands in for one absent member, and each member has one seat. Correct the "
        "attendance."
    ),
    "no_quorum": _(
        "There is no quorum: %(present)s are present and may vote on this, %(quorum)s are needed. "
        "Record who came, let alternates stand in, or postpone."
    ),
    "item_decided": _("This claim was decided already. See the agenda for the result."),
    "votes_wrong": _(
        "The votes do not fit: at most %(present)s may vote on this claim (the claimant and his "
        "relatives do not)."
    ),
    "not_carried": _(
        "The decision was not carried: more must be for it than against it. Postpone the claim, or "
        "vote on another decision."
    ),
    "item_missing": _("Item %(item)s has no decision yet. Enter a quantity."),
    "quantity_wrong": _(
        "Item %(item)s: the quantity is from 0 to %(most)s, which is what was claimed."
    ),
    "item_reason_missing": _("Item %(item)s: choose a reason for what is not accepted."),
    "objection_lowers": _(
        "Item %(item)s: an objection does not make the decision worse. A mistake in it is mended "
        "by a correction."
    ),
    "not_leading": _("Another member leads this plenary and decides here."),
    "not_ready": _("Its assessors have not finished. The plenary takes the claim after that."),
    "not_en_bloc": _("This claim is decided by itself: the assessors differ, or it is a sample."),
    "only_by_agenda": _("A claim comes to a plenary when the secretary plans one."),
    "only_in_plenary": _("This is decided in a plenary, with its votes."),
    "plenary_not_closed": _("The plenary that decided it is not closed yet."),
    "minutes_not_signed": _(
        "The minutes of the plenary are not signed yet. The secretary hands in the signed file."
    ),
    "minutes_signed_before": _("The signed minutes are on record already."),
    "minutes_not_this_document": _(
        "This file is not a signed copy of these minutes: it must begin with the issued PDF. "
        "Choose “scan” for a paper that was signed by hand."
    ),
    "minutes_no_signature": _("The file has no electronic signature. Sign it first."),
    "minutes_not_a_scan": _("The file is neither PDF, JPEG nor PNG."),
}
claim_words.PROBLEMS.update(PROBLEMS)
