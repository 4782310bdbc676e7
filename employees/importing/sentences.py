"""Sentences of what kinds of import find, beside those of the sheet reader (employees.messages).

What is stored is a code with parameters; the sentence is made when somebody reads it, in their
language. Each says what is wrong and what to do.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from employees import messages

_SENTENCES: dict[str, str | Promise] = {
    # errors of rows
    "person_unknown": _(
        "Nobody with this NIP is on record. Import the person first (kind People), or correct "
        "the NIP."
    ),
    "rows_conflict": _(
        "Rows %(rows)s state the same fact of the same person differently. Keep the right one."
    ),
    "stated_twice": _(
        "Another row of this file states a different value of “%(field)s” for the same person. "
        "Make the rows agree."
    ),
    "agency_unknown": _("The employer “%(value)s” is not known. Write its name or code as listed."),
    "unit_unknown": _(
        "The unit “%(value)s” is not known or may mean several. Write its full name or its code."
    ),
    "position_unknown": _(
        "The functional position “%(value)s” is not known. Write its name, abbreviation or code."
    ),
    "level_unknown": _("The level “%(value)s” is not known. %(position)s has: %(allowed)s."),
    "level_not_in_position": _("%(position)s has no level “%(value)s”. It has: %(allowed)s."),
    "golongan_employment": _(
        "“%(value)s” is no rank of %(employment)s staff. Correct the rank or the employment."
    ),
    "rank_date_missing": _("The effective date of this rank is missing. Fill in TMT Golongan."),
    "appointment_date_missing": _("The effective date is missing. Fill in TMT Jabatan."),
    "appointment_conflict": _(
        "On %(start)s the person already begins as %(known)s. Correct the date, or the appointment."
    ),
    "end_before_start": _("The period ends (%(end)s) before it begins (%(start)s)."),
    "period_across_years": _(
        "The period lies in two assessment years. Write two rows: %(start)s to %(first_end)s, and "
        "%(second_start)s to %(end)s."
    ),
    "period_across_regimes": _(
        "The period lies across 31 December 2022, where the rules change. Write two rows: "
        "%(start)s to %(first_end)s, and %(second_start)s to %(end)s."
    ),
    "rating_overlaps": _(
        "The period shares %(months)s with the rating of %(start)s to %(end)s. Correct the period."
    ),
    "rating_inside_longer": _(
        "The rating of %(start)s to %(end)s is in force and covers this period already. Leave the "
        "row out, or correct the longer rating."
    ),
    "waiting_overlaps": _(
        "The period shares %(months)s with the rating of %(start)s to %(end)s, which waits for "
        "approval. Let that one be approved, returned or taken back first."
    ),
    "waiting_inside_longer": _(
        "The rating of %(start)s to %(end)s waits for approval and covers this period already. "
        "Let that one be approved, returned or taken back first."
    ),
    "another_waits": _(
        "This rating is in force already, but another one for the same time waits for approval. "
        "Let that one be returned or taken back."
    ),
    "rating_closed": _(
        "The period %(start)s to %(end)s is closed. Biro SDM reopens it, with the reason, first."
    ),
    "year_out_of_range": _("The year %(value)s is not between %(first)s and %(last)s."),
    "amount_inexact": _("This amount cannot be kept exactly. Write it with four decimals at most."),
    "changed_since_preview": _(
        "The record has changed since the preview, so that this row was not applied. Look at it "
        "and import it again."
    ),
    # warnings and notices
    "name_differs": _(
        "The name “%(stated)s” is not the one on record (“%(known)s”). Check the NIP; the record "
        "stays as it is."
    ),
    "employment_from_nip": _(
        "Employment taken as PPPK from the form of the NIP. State it in a column if it is not so."
    ),
    "appointment_start_assumed": _(
        "Without TMT Jabatan the appointment is taken to begin with the first period (%(start)s), "
        "and is marked so."
    ),
    "rank_start_assumed": _(
        "Without TMT Golongan the rank is taken to begin with the period (%(start)s)."
    ),
    "unit_start_assumed": _("The unit is taken to hold from %(start)s."),
    "rank_outside_level": _(
        "The rank %(golongan)s lies outside the span of %(level)s. Check whether a promotion is "
        "due."
    ),
    "nip_former": _(
        "This is a former NIP; the row is taken for the person who has another one now."
    ),
    "person_returns": _("The person was withdrawn by undoing an import, and comes back."),
    "rating_replaces": _(
        "Replaces %(count)s rating(s) of the same time once it is approved; they stay readable."
    ),
    "file_seen": _("The same file was applied before, on %(day)s."),
    # of batches
    "gave_up": _(
        "The work failed %(attempts)s times and was given up; nothing was written. Tell the "
        "administrator."
    ),
    "collided": _(
        "Somebody changed the same people in this moment; nothing was written. Apply again."
    ),
    "undo_refused": _("The import cannot be undone; the reasons stand below."),
    "undo_collided": _(
        "Later entries stand where this import would restore former ones. Take those back first."
    ),
    "later_change": _("%(count)s row(s) of %(what)s were changed after the import: %(people)s."),
    "later_fact": _("%(count)s row(s) of %(what)s were added after the import: %(people)s."),
    "documents_issued": _("%(count)s document(s) rest on this import: %(documents)s."),
    "import_state": _("The import is in the state “%(state)s”, which does not allow this."),
    # refusals by hand
    "nip_known": _("This NIP is on record already."),
    "reason_missing": _("State the reason."),
    "own_record": _("Nobody changes the own record. Ask another officer."),
    "rank_date_taken": _("Another rank already begins on %(day)s."),
    "overlaps": _("It overlaps the one from %(start)s to %(end)s."),
    "own_superior": _("Nobody is the own superior."),
    "degree_known": _("This degree is on record already."),
    "rating_not_in_force": _("This rating is not in force any more."),
    "withdrawal_waits": _("Its withdrawal was asked for already, and waits for a second person."),
    "own_entry": _(
        "Whoever entered a rating does not approve it. A second person does: another officer, or "
        "the direct superior."
    ),
    "import_not_applied": _("The import is not in force, so there is nothing to approve."),
    "opening_not_in_force": _("This opening balance is not in force any more."),
    "fact_gone": _("This fact is no longer on record."),
    "own_relative": _("Nobody is the own relative. Enter the other person."),
    "kinship_known": _("This relation is declared already."),
    "kinship_kind": _("Choose how the two are related."),
    "kinship_ended": _("This relation ended on %(day)s already."),
    "kinship_end_ahead": _("The day lies ahead. Enter it once it has come."),
    "predicate_unknown": _("This rating is not known."),
    "opening_kind_unknown": _("This kind of opening balance is not known."),
    "invalid": _("%(detail)s"),
    # claims
    "claim_out_of_reach": _(
        "This person does not belong to the units whose claims you coordinate. Leave the row to "
        "the coordinator of that unit."
    ),
    "claim_activity_unknown": _(
        "There is no activity “%(value)s” in the table of this position for these dates. Write "
        "the code as the table has it."
    ),
    "claim_not_a_holder": _(
        "No functional position or no rank is on record on %(on)s. Ask Biro SDM to enter it."
    ),
    "claim_outside_period": _(
        "The activity lies outside the period of the claim (%(start)s to %(end)s). Correct one of "
        "the dates."
    ),
    "claim_quantity": _("The quantity is a whole number from 1."),
    "claim_product": _(
        "The activity is counted in “%(known)s”, not in “%(stated)s”. Enter the quantity in that "
        "unit."
    ),
    "claim_joint": _(
        "A joint work needs its title, the number of authors (2 to 4) and the place among them."
    ),
    "claim_no_points": _(
        "The work is more than one level above or below this person's, so that it gives no points."
    ),
    "claim_handed_in": _(
        "The claim of this period was handed in already. Add what is missing once it is returned."
    ),
    "claim_item_there": _(
        "The draft holds this activity as number %(number)s with another quantity. Correct it "
        "there."
    ),
}

# What a preview calls the fields of a change.
FIELDS: dict[str, str | Promise] = {
    "employee.name": _("Name"),
    "employee.front_title": _("Title before the name"),
    "employee.back_title": _("Title after the name"),
    "employee.birth_date": _("Birth date"),
    "employee.birth_place": _("Birth place"),
    "employee.sex": _("Sex"),
    "employee.card_number": _("Karpeg number"),
    "employee.employment": _("Employment"),
    "rank.golongan": _("Rank"),
    "rank.effective_on": _("Rank from"),
    "unitmembership.unit": _("Unit"),
    "unitmembership.end": _("Former unit until"),
    "appointment.position": _("Appointment"),
    "appointment.start": _("Appointment from"),
    "appointment.end": _("Former appointment until"),
    "appointment.way": _("Way of appointment"),
    "appointment.origin": _("Position before"),
    "appointment.decree_number": _("Decree number"),
    "appointment.decree_date": _("Decree date"),
    "education.degree": _("Degree"),
    "education.subject": _("Subject"),
    "education.graduated_on": _("Graduated on"),
    "rating.period": _("Period of the rating"),
    "rating.predicate": _("Rating"),
    "rating.replaces": _("Replaces the rating of"),
    "rating.evidence_number": _("Number of the evaluation"),
    "openingbalance.units": _("Opening balance"),
    "openingbalance.on": _("Opening balance as of"),
    "claim.period": _("Period of the claim"),
    "claimitem.activity": _("Activity"),
    "claimitem.quantity": _("Quantity"),
    "claimitem.points": _("Points"),
    "claimitem.work": _("Joint work"),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code in the active language; the code itself when nobody wrote one."""
    template = _SENTENCES.get(code)
    if template is None:
        return messages.sentence(code, params)
    words = {name: shown(value) for name, value in params.items()}
    if "what" in params:
        words["what"] = str(apps.get_model(params["what"])._meta.verbose_name)
    return str(template) % words


def field_name(field: str) -> str:
    """What the preview calls a changed field."""
    return str(FIELDS.get(field, field))


def shown(value: Any) -> str:
    """A parameter or a cell of a preview as people read it; dates in words."""
    if value is None:
        return gettext("open")
    if isinstance(value, list | tuple):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, str):
        return _date_in_words(value)
    return str(value)


def _date_in_words(text: str) -> str:
    parts = text.split("/")
    try:
        days = [date.fromisoformat(part) for part in parts if len(part) == 10]
    except ValueError:
        return text
    if len(days) != len(parts):
        return text
    return " – ".join(formats.date_format(day, "j F Y") for day in days)
