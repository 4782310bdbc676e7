"""The draft of a team's decree: its content from the team as it stands, kept with the team."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from assessors.decree_draft import DecreeDraft, Row, legal_basis, present
from assessors.models import Membership, Team, TeamEvent
from assessors.services.errors import TeamError
from assessors.services.teams import is_own
from assessors.team_words import ANNEX
from credits.documents.render import typeset
from employees.models import Appointment, Rank
from positions.ladder import Golongan, Level
from positions.models import PositionRegulation
from positions.selectors import level_names, unit_names

ORDER = list(Membership.Role.values)
_GRADES = {g.value: g for g in Golongan}


def content_of(team: Team, on: date, office: str) -> DecreeDraft:
    """What the decree would state today. Raises TeamError where the term has no end."""
    if team.end is None:
        raise TeamError("no_end")
    positions = list(team.positions.all())
    names = unit_names(team.start)
    seats = _in_order(team)
    titles = PositionRegulation.objects.filter(position__in=positions).order_by("position", "pk")
    return DecreeDraft(
        agency=str(settings.AGENCY["name"]),
        office=office.strip(),
        place=str(settings.AGENCY["place"]),
        positions=tuple(p.name for p in positions),
        levels=tuple(lv.label for lv in Level if lv.value in team.levels),
        units=tuple(sorted(names.get(u.pk, str(u)) for u in team.units.all())),
        start=team.start,
        end=team.end,
        legal=legal_basis(on, tuple(titles.values_list("title", flat=True))),
        rows=tuple(_rows(seats, team.start)),
        made_on=on,
        borrowed_from="" if is_own(team.agency) else team.agency.name,
        sample=any(seat.employee.is_sample for seat in seats),
    )


def _in_order(team: Team) -> list[Membership]:
    seats = team.memberships.filter(end__isnull=True).select_related("employee")
    return sorted(seats, key=lambda s: (ORDER.index(s.role), s.pk))


def _rows(seats: list[Membership], day: date) -> list[Row]:
    ids = [seat.employee_id for seat in seats]
    held = {
        a.employee_id: a
        for a in Appointment.objects.on(day).filter(employee__in=ids).select_related("position")
    }
    ranks = dict(
        Rank.objects.filter(employee__in=ids, effective_on__lte=day)
        .order_by("effective_on")
        .values_list("employee_id", "golongan")
    )
    names = level_names()
    return [
        Row(
            name=seat.employee.full_name,
            nip=seat.employee.nip,
            rank=_rank(ranks.get(seat.employee_id, "")),
            position=seat.office or _position(held.get(seat.employee_id), names),
            seat=ANNEX[Membership.Role(seat.role)],
        )
        for seat in seats
    ]


def _rank(grade: str) -> str:
    known = _GRADES.get(grade)
    return f"{known.pangkat}, {grade}" if known else grade


def _position(held: Appointment | None, names: dict[tuple[int, str], str]) -> str:
    if held is None:
        return ""
    return f"{held.position.name} {names.get((held.position_id, held.level), held.level)}"


@transaction.atomic
def draft(team: Team, actor: User | None, on: date, office: str) -> Team:
    """Keep the content of the draft with the team; a new draft takes the place of the old one."""
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if team.state != Team.State.DRAFT:
        raise TeamError("state", state=team.state)
    team.draft_content = content_of(team, on, office).to_json()
    team.save()
    TeamEvent.objects.create(team=team, act=TeamEvent.Act.DRAFTED, actor=actor)
    return team


def is_behind(team: Team) -> bool:
    """Whether the team has changed since its decree was drafted."""
    kept = _content(team)
    if kept is None or team.state != Team.State.DRAFT:
        return False
    try:
        return content_of(team, kept.made_on, kept.office) != kept
    except TeamError:
        return True


def _content(team: Team) -> DecreeDraft | None:
    data: dict[str, Any] | None = team.draft_content
    return DecreeDraft.from_json(data) if data else None


def pdf(team: Team) -> bytes | None:
    """The PDF of the kept draft, always the same bytes; None where there is none."""
    content = _content(team)
    return typeset("team_decree", present(content), content.made_on) if content else None
