"""A team as its rules see it: the facts of its people on the day, and what they break."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from assessors import rules
from assessors.models import Membership, Team
from assessors.rules import Covered, Member, Office, Plan, Reach, RuleResult, Seat, Span, Violation
from assessors.selectors import units_with_below
from credits.rules.editions import Edition
from employees.models import Appointment, Employee, Rank, StatusPeriod, UnitMembership
from positions.ladder import Category, Golongan, Level
from positions.models import Position

_GRADES = {g.value for g in Golongan}
_LEVELS = {lv.value for lv in Level}


def day_of(team: Team, today: date) -> date:
    """The day on which a team is judged: today within its term, else its first or last day."""
    day = max(team.start, today)
    return min(day, team.end) if team.end else day


def editions_of(positions: Iterable[Position], day: date) -> dict[str, Edition]:
    """The rules in force on a day, by the code of the JF. Raises RuleError where there are none."""
    return {p.code: rules.team_edition_on(day, p.code) for p in positions}


def check(team: Team, today: date) -> tuple[RuleResult, ...]:
    """Every rule, met or not, for the team as it stands. A constant number of statements."""
    plan = plan_of(team, today)
    return judged(team, plan)


def judged(team: Team, plan: Plan) -> tuple[RuleResult, ...]:
    """Every rule for a plan of the team; the last one is that no other team has its scope."""
    editions = editions_of(team.positions.all(), team.start)
    return (*rules.composition(editions, plan), _apart(team))


def plan_of(team: Team, today: date, members: Iterable[Membership] | None = None) -> Plan:
    """The facts that the rules ask for.

    `members`: other seats than those of the day, for a replacement that is only tried.
    """
    day = day_of(team, today)
    if members is None:
        members = team.memberships.on(day).select_related("employee")
    seats = list(members)
    return Plan(
        day=day,
        term=Span(team.start, team.end),
        covers=tuple(_covered(team)),
        members=tuple(_people(team, seats, day)),
        few_holders_because=team.few_holders_because,
    )


def _covered(team: Team) -> Iterable[Covered]:
    for position in team.positions.prefetch_related("levels"):
        floors = {
            Level(row.level): Golongan(row.rank_low) if row.rank_low in _GRADES else None
            for row in position.levels.all()
            if row.level in _LEVELS and (not team.levels or row.level in team.levels)
        }
        yield Covered(position.code, floors, position.name)


def _people(team: Team, seats: list[Membership], day: date) -> Iterable[Member]:
    ids = [seat.employee_id for seat in seats]
    held = {
        a.employee_id: a
        for a in Appointment.objects.on(day).filter(employee__in=ids).select_related("position")
    }
    ranks = _ranks(ids, day)
    away = defaultdict(list)
    for status in StatusPeriod.objects.on(day).filter(employee__in=ids):
        away[status.employee_id].append(Span(status.start, status.end, status.kind))
    terms = earlier_terms(team, ids)
    units = dict(
        UnitMembership.objects.on(day)
        .filter(employee__in=ids)
        .order_by()
        .values_list("employee_id", "unit_id")
    )
    reached = units_with_below([u.pk for u in team.units.all()], day)
    positions = {p.pk for p in team.positions.all()}
    for seat in seats:
        person, own = seat.employee, held.get(seat.employee_id)
        yield Member(
            person=seat.employee_id,
            name=person.full_name,
            seat=Seat(seat.role),
            position=own.position.code if own else None,
            level=Level(own.level) if own and own.level in _LEVELS else None,
            golongan=ranks.get(seat.employee_id),
            ranked=person.employment != Employee.Employment.PPPK,
            office=Office(seat.office_rank) if seat.office_rank else None,
            from_hr=seat.from_hr,
            trained_on=seat.trained_on,
            left_on=person.left_on,
            away=tuple(away[seat.employee_id]),
            assessed=bool(
                own
                and own.position_id in positions
                and (not team.levels or own.level in team.levels)
                and (not reached or units.get(seat.employee_id) in reached)
            ),
            terms=tuple(terms.get(seat.employee_id, ())),
        )


def _ranks(ids: list[int], day: date) -> dict[int, Golongan]:
    rows = Rank.objects.filter(employee__in=ids, effective_on__lte=day).order_by("effective_on")
    return {
        pk: Golongan(grade)
        for pk, grade in rows.values_list("employee_id", "golongan")
        if grade in _GRADES
    }


def earlier_terms(team: Team, ids: Iterable[int]) -> Mapping[int, list[Span]]:
    """Person -> the terms served before in teams for one of the same JF, or that this one follows.

    Alternates serve no term.
    """
    chain = Q(team__in=_followed(team)) if team.follows_id else Q()
    same = Q(team__positions__in=[p.pk for p in team.positions.all()])
    rows = (
        Membership.objects.filter(
            same | chain,
            employee__in=list(ids),
            team__state__in=(Team.State.ACTIVE, Team.State.ENDED),
            team__start__lt=team.start,
        )
        .exclude(role=Membership.Role.ALTERNATE)
        .exclude(team=team.pk)
        .order_by()
        .values_list("employee_id", "start", "end", "team__end")
        .distinct()
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for person, start, end, team_end in rows:
        ends = [day for day in (end, team_end) if day]
        found[person].append(Span(start, min(ends) if ends else None))
    return found


def _followed(team: Team) -> list[int]:
    """The teams of the terms before, back to the first: a handful at most."""
    found: list[int] = []
    row: Any = team.follows
    while row is not None and row.pk not in found:
        found.append(row.pk)
        row = row.follows
    return found


# ------------------------------------------------------------------ other teams


def reach_of(team: Team) -> Reach:
    return Reach(
        positions=frozenset(p.code for p in team.positions.all()),
        levels=frozenset(team.levels),
        units=frozenset(units_with_below([u.pk for u in team.units.all()], team.start)),
        term=Span(team.start, team.end),
    )


def rivals(team: Team) -> list[tuple[Team, frozenset[str]]]:
    """Teams by decree that would judge the same people on the same day, with the JF they share."""
    own = reach_of(team)
    others = (
        Team.objects.filter(
            state__in=(Team.State.ACTIVE, Team.State.ENDED), positions__in=team.positions.all()
        )
        .exclude(pk=team.pk)
        .prefetch_related("positions", "units")
        .distinct()
    )
    if team.end:
        others = others.filter(start__lte=team.end)
    others = others.filter(Q(end__isnull=True) | Q(end__gte=team.start))
    found = [(other, rules.overlap(own, reach_of(other))) for other in others]
    return [(other, shared) for other, shared in found if shared]


def _apart(team: Team) -> RuleResult:
    return RuleResult(
        "overlap",
        "",
        tuple(
            Violation(
                "overlap",
                position=sorted(shared)[0],
                params={"team": other.name, "from": other.start, "until": other.end},
            )
            for other, shared in rivals(team)
        ),
    )


# ------------------------------------------------------------------ who would fit

SUGGESTED = 20
LOOKED_AT = 200  # holders of high levels whose facts are compared
_PERSONAL = frozenset({"level", "rank", "active", "in_a_row"})


def candidates(team: Team, today: date) -> list[Appointment]:
    """Holders of the assessed JF in the team's agency who break no rule about a member.

    Without those who have a seat. At most `SUGGESTED`, the highest levels first. Training is not
    asked: the register of people does not hold it.
    """
    day = day_of(team, today)
    seated = team.memberships.filter(Q(end__isnull=True) | Q(end__gte=day)).values("employee")
    order = list(Level)
    tops = {c.top(category) for c in _covered(team) for category in Category} - {None}
    enough = [
        lv
        for lv in order
        for top in tops
        if top and lv.category is top.category and order.index(lv) >= order.index(top)
    ]
    held = (
        Appointment.objects.on(day)
        .filter(position__in=team.positions.all(), employee__employer=team.agency)
        .filter(level__in=[lv.value for lv in enough], employee__withdrawn_at__isnull=True)
        .exclude(employee__in=seated)
        .select_related("employee", "position")
    )
    found = sorted(
        held.order_by("employee__name")[:LOOKED_AT], key=lambda a: -order.index(Level(a.level))
    )
    seats = [
        Membership(team=team, employee=a.employee, role=Membership.Role.MEMBER, start=team.start)
        for a in found
    ]
    plan = plan_of(team, today, seats)
    unfit = {
        v.person
        for r in rules.composition(editions_of(team.positions.all(), team.start), plan)
        if r.rule in _PERSONAL
        for v in r.errors
    }
    return [a for a in found if a.employee_id not in unfit][:SUGGESTED]
