"""Sentences about teams in the reader's language: rules, what breaks them, refusals."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from assessors.models import Membership
from assessors.rules import RuleResult, Violation
from assessors.services.errors import TeamError
from positions.ladder import Level

RULES: dict[str, Any] = {
    "scope": _("The team judges at least one functional position"),
    "size": _("There are enough members"),
    "odd": _("The number of members is odd"),
    "chair": _("There is one chair, who is qualified"),
    "secretary": _("There is one secretary, from the HR element"),
    "same_position": _("Enough members hold the functional position that is assessed"),
    "level": _("Nobody has a lower level than those who are assessed"),
    "rank": _("Nobody has a lower rank than those who are assessed"),
    "active": _("Everybody is in active service"),
    "training": _("Everybody has been trained as an assessor"),
    "term": _("The term is as long as allowed"),
    "in_a_row": _("Nobody serves more terms in a row than allowed"),
    "self": _("Nobody assesses himself: there is an alternate"),
    "one_seat": _("Each person has one seat"),
    "overlap": _("No other team judges the same people at the same time"),
}

VIOLATIONS: dict[str, Any] = {
    "scope_empty": _("No functional position is chosen. Choose at least one."),
    "no_level": _("%(position)s has none of the chosen levels. Choose other levels."),
    "too_few": _("There are %(members)s members, at least %(least)s are needed. Add some."),
    "too_few_ordinary": _(
        "Beside chair, vice chair and secretary there are %(members)s members, at least "
        "%(least)s are needed. Add some."
    ),
    "even": _("%(members)s members are an even number. Add or take out one."),
    "chair_missing": _("There is no chair. Give the seat to a member."),
    "chairs": _("There are %(number)s chairs. Leave one."),
    "vices": _("There are %(number)s vice chairs. Leave one."),
    "vice_missing": _("A vice chair is prescribed for this position. Add one."),
    "chair_experts": _(
        "%(name)s may not lead: at least JPT pratama or Ahli Madya is asked. Choose another one, "
        "or enter the structural office."
    ),
    "chair_skilled": _(
        "%(name)s may not lead: at least administrator or Penyelia is asked. Choose another one, "
        "or enter the structural office."
    ),
    "secretary_missing": _("There is no secretary. Add one from the HR element."),
    "secretaries": _("There are %(number)s secretaries. Leave one."),
    "secretary_not_hr": _("%(name)s does not come from the HR element. Choose somebody who does."),
    "few_holders": _(
        "%(position)s: %(members)s members hold this position, at least %(least)s are needed. Add "
        "holders; where they are lacking, state the reason in the draft."
    ),
    "few_holders_filled": _(
        "%(position)s: %(members)s of at least %(least)s members hold this position; others fill "
        "up: %(reason)s"
    ),
    "level_low": _("%(name)s is %(level)s; the assessed reach %(least)s. Choose another one."),
    "rank_low": _(
        "%(name)s has rank %(golongan)s; at least %(least)s is asked. Choose another one."
    ),
    "rank_missing": _("No rank of %(name)s is on record. Ask Biro SDM to enter it."),
    "neither": _("%(name)s has neither a rank nor a functional position to compare."),
    "left": _("%(name)s left the service on %(on)s. Choose another one."),
    "leaves": _("%(name)s leaves the service on %(on)s, before the term ends."),
    "unpaid_leave": _("%(name)s is on leave outside the state's responsibility."),
    "suspension": _("%(name)s is suspended from the functional position."),
    "dismissal": _("%(name)s is dismissed from the functional position."),
    "studies": _("%(name)s is on a study assignment. Make sure that there is time to judge."),
    "untrained": _(
        "No assessor training of %(name)s is on record by then. Enter the date and certificate."
    ),
    "term_open": _("The term has no last day. Enter one, at most %(years)s years after the first."),
    "term_long": _("The term is longer than %(years)s years. It may last until %(until)s."),
    "terms": _(
        "%(name)s has served %(terms)s terms in a row; after %(most)s a pause of one term is due. "
        "A new term is possible from %(from)s."
    ),
    "no_alternate": _("These members may be assessed themselves: %(names)s. Add an alternate."),
    "two_seats": _("%(name)s has %(number)s seats. Leave one."),
    "overlap": _("“%(team)s” judges them from %(from)s until %(until)s. Change scope or term."),
}

PROBLEMS: dict[str, Any] = {
    "composition": _("The composition breaks rules; each is named below with its article."),
    "state": _("This is no longer possible: the state of the team has changed. Look again."),
    "end_before_start": _("The last day lies before the first. Correct one of them."),
    "no_end": _("The team has no last day, so that no next term can follow it."),
    "followed": _("The next term is being formed already, or in force."),
    "borrowed_reason": _(
        "A team of another agency serves only where the own one cannot be formed. State the "
        "reason in the draft."
    ),
    "not_longer": _("The term ends on %(end)s already. Enter a later day."),
    "same_decree": _("%(number)s put the team in force. An extension needs a decree of its own."),
    "replace_day": _(
        "The first day of the new member lies after %(start)s and not after the last day of the "
        "team, %(end)s."
    ),
    "outside_term": _("The days lie outside the term: %(start)s to %(end)s."),
    "seat_ended": _("This seat ended on %(end)s."),
    "has_seat": _("%(name)s has a seat in this team already. Everybody has one."),
    "seat_taken": _("There is one already on this seat (%(role)s)."),
    "reason_missing": _("Say why: a reason is asked for here."),
}

# As the annex of a decree says it; an official paper, hence in Indonesian alone.
ANNEX = {
    Membership.Role.CHAIR: "Ketua merangkap anggota",
    Membership.Role.VICE: "Wakil ketua merangkap anggota",
    Membership.Role.SECRETARY: "Sekretaris merangkap anggota",
    Membership.Role.MEMBER: "Anggota",
    Membership.Role.ALTERNATE: "Anggota pengganti",
}
OPEN_END = _("no last day")


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    def one(value: Any) -> Any:
        if isinstance(value, date):
            return date_format(value, "d-m-Y")
        if isinstance(value, Level):
            return value.label
        return OPEN_END if value is None else value

    return {key: one(value) for key, value in params.items()}


def violation(found: Violation) -> str:
    """What is wrong, with its remedy."""
    text = VIOLATIONS.get(found.code)
    return str(text) % _plain(found.params) if text else found.code


def rule(result: RuleResult) -> str:
    return str(RULES.get(result.rule, result.rule))


def problem(error: TeamError) -> str:
    """Why an act was refused; a broken composition with each sentence and its article."""
    text = PROBLEMS.get(error.code)
    said = str(text) % _plain(error.params) if text else error.code
    details = [
        f"{violation(v)} ({result.article})" if result.article else violation(v)
        for result in error.broken
        for v in result.errors
    ]
    return " ".join([said, *details])
