"""Reading teams: which claims are theirs, who may judge, how much each has to do."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessors.models import Assignment, Team
from credits.models import Claim
from credits.rules.claim_states import Path
from employees.models import Appointment
from positions.models import Position
from positions.selectors import below, units_below

ENDING_DAYS = 90  # a team that ends within so many days is told about
IN_FORCE = Q(state=Team.State.ACTIVE)


def units_with_below(units: list[int], on: date) -> set[int]:
    """The units of a team's scope with everything below them; none = all units."""
    return units_below(units, on) if units else set()


def in_force(on: date) -> QuerySet[Team]:
    """Teams that may judge on a day: active and within their term."""
    found: QuerySet[Team] = Team.objects.on(on).filter(IN_FORCE)
    return found


def ending(on: date, days: int = ENDING_DAYS) -> QuerySet[Team]:
    """Teams in force whose term ends within so many days and that no other team follows yet."""
    following = Team.objects.filter(follows=OuterRef("pk"), state=Team.State.ACTIVE)
    last = date.fromordinal(on.toordinal() + days)
    return in_force(on).filter(~Exists(following), end__lte=last)


def without_team(on: date) -> QuerySet[Position]:
    """JF that somebody holds, counted by the general rules, and that no team in force judges."""
    held = Appointment.objects.on(on).filter(position=OuterRef("pk"))
    judged = in_force(on).filter(positions=OuterRef("pk"))
    return Position.objects.filter(Exists(held), ~Exists(judged), own_rules=False)


def claims_for(teams: Iterable[int]) -> Q:
    """The claims of teams: in their hands, or within their scope and with nobody yet.

    Two statements: the teams with their scopes, whatever their number.
    """
    where = Q(pk__in=Assignment.objects.filter(team__in=teams).values("claim"))
    today = timezone.localdate()
    rows = Team.objects.filter(pk__in=teams).prefetch_related("positions", "units")
    for team in rows:
        scope = Q(position__in=[p.pk for p in team.positions.all()], path=Path.TEAM)
        if team.levels:
            scope &= Q(level__in=team.levels)
        if units := [u.pk for u in team.units.all()]:
            within = Q(unit__in=units)
            for unit in units:  # parts of the statement: no statement of their own
                within |= Q(unit__in=below(unit, today))
            scope &= within
        scope &= ~Q(state__in=("draft", "proposed"))
        taken = Assignment.objects.exclude(team=team).values("claim")
        where |= Q(pk__in=Claim.objects.filter(scope).exclude(pk__in=taken).values("pk"))
    return where
