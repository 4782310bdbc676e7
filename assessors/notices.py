"""What members of teams are told: invitations, claims that wait for them, terms that end."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import declare
from accounts.services import notify, notify_daily
from assessors.models import Assignment, Membership, Plenary, Team
from credits.models import Claim
from credits.rules.claim_states import Actor
from credits.services.claims.telling import find

Role = Membership.Role
JUDGING_BEFORE = (3, 1, 0)  # days before the day that is due; then every third day after it
TERM_BEFORE = (90, 30, 7)  # days before the end of a team's term


def invited(plenary: Plenary) -> None:
    """Invite the members of the day, alternates too. Call it in the transaction of the plan."""
    rows = Membership.objects.on(plenary.day).filter(team=plenary.team_id)
    url = reverse("assessors:plenary", args=[plenary.public_id])
    time = f"{plenary.starts_at:%H.%M}" if plenary.starts_at else ""
    for user in _users(rows):
        if user.pk != plenary.called_by_id:
            notify(user, "plenary.invited", {"day": plenary.day.isoformat(), "time": time}, url)


def _users(rows: Any) -> list[User]:
    found = {row.employee.user for row in rows.select_related("employee__user")}
    return sorted((user for user in found if user is not None), key=lambda user: user.pk)


def _of_role(*roles: str) -> Any:
    """The members of these roles in the team that has the claim, or to which it would come."""

    def how(claim: Claim, day: date) -> Iterable[User]:
        team = _team(claim, day)
        return _users(Membership.objects.on(day).filter(team=team, role__in=roles)) if team else []

    return how


def _team(claim: Claim, day: date) -> int | None:
    """The team in whose hands it is; before that, the active one for its position and level."""
    given = Assignment.objects.filter(claim=claim).order_by("-pk").values_list("team_id", flat=True)
    if (team := given.first()) is not None:
        return team
    rows = Team.objects.on(day).filter(state=Team.State.ACTIVE, positions=claim.position_id)
    for row in rows.prefetch_related("units").order_by("-start", "pk"):
        units = {u.pk for u in row.units.all()}
        if (not row.levels or claim.level in row.levels) and (not units or claim.unit_id in units):
            return row.pk
    return None


def _assessors(claim: Claim, day: date) -> Iterable[User]:
    rows = Assignment.objects.filter(claim=claim, state=Assignment.State.OPEN)
    return _users(Membership.objects.filter(pk__in=rows.values("member")))


def register() -> None:
    """Tell the claims' services who is behind the actors of teams."""
    find(Actor.SECRETARY, _of_role(Role.SECRETARY))
    find(Actor.CHAIR, _of_role(Role.CHAIR))
    find(Actor.ASSESSOR, _assessors)


# ------------------------------------------------------------------ reminders


def remind(day: date) -> int:
    """Assessors whose day comes or is over, and teams whose term ends; once a day at most."""
    told = 0
    rows = Assignment.objects.filter(state=Assignment.State.OPEN)
    for row in rows.select_related("member__employee__user", "claim"):
        left = (row.due_on - day).days
        if left in JUDGING_BEFORE or (left < 0 and left % 3 == 0):
            url = reverse("credits:claim", args=[row.claim.public_id])
            told += notify_daily(row.member.employee.user, "judging.remind", {"days": left}, url)
    for team in Team.objects.on(day).filter(state=Team.State.ACTIVE, end__isnull=False):
        left = (team.end - day).days if team.end else -1
        if left not in TERM_BEFORE:
            continue
        leading = (Role.CHAIR, Role.SECRETARY)
        for user in _users(Membership.objects.on(day).filter(team=team, role__in=leading)):
            params = {"days": left}
            told += notify_daily(user, "team.remind", params, reverse("assessors:plenaries"))
    return told


# ------------------------------------------------------------------ words


def _invited(params: Mapping[str, Any]) -> str:
    day = date_format(date.fromisoformat(params["day"]), "j F Y")
    if params.get("time"):
        text = _("You are invited to the plenary of your team on %(day)s at %(time)s.")
        return text % {"day": day, "time": params["time"]}
    return _("You are invited to the plenary of your team on %(day)s.") % {"day": day}


def _judging(params: Mapping[str, Any]) -> str:
    left = int(params["days"])
    if left < 0:
        return _("A claim that you judge was due %(days)s days ago.") % {"days": -left}
    if left == 0:
        return _("A claim that you judge is due today.")
    return _("A claim that you judge is due in %(days)s days.") % {"days": left}


def _team_ends(params: Mapping[str, Any]) -> str:
    text = _("The term of your assessor team ends in %(days)s days. Its successor needs a decree.")
    return text % {"days": params["days"]}


declare("plenary.invited", _invited)
declare("judging.remind", _judging)
declare("team.remind", _team_ends)
