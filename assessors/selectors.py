"""Reading teams: which claims are theirs, who may judge, how much each has to do."""

from collections.abc import Iterable

from django.db.models import Q

from assessors.models import Assignment, Team
from credits.models import Claim
from credits.rules.claim_states import Path


def claims_for(teams: Iterable[int]) -> Q:
    """The claims of teams: in their hands, or within their scope and with nobody yet.

    Two statements: the teams with their scopes, whatever their number.
    """
    where = Q(pk__in=Assignment.objects.filter(team__in=teams).values("claim"))
    rows = Team.objects.filter(pk__in=teams).prefetch_related("positions", "units")
    for team in rows:
        scope = Q(position__in=[p.pk for p in team.positions.all()], path=Path.TEAM)
        if team.levels:
            scope &= Q(level__in=team.levels)
        if units := [u.pk for u in team.units.all()]:
            scope &= Q(unit__in=units)
        scope &= ~Q(state__in=("draft", "proposed"))
        taken = Assignment.objects.exclude(team=team).values("claim")
        where |= Q(pk__in=Claim.objects.filter(scope).exclude(pk__in=taken).values("pk"))
    return where
