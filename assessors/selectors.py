"""Reading teams: which claims are theirs, who may judge, how much each has to do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet

from assessors.conflicts import Case, Judge, Span
from assessors.models import Assignment, Membership, Team
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, Path
from employees.models import Appointment, Employee, Rank, StatusPeriod, Superior
from employees.selectors import deputies, relatives_of


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


def current(rows: QuerySet[Assignment] | None = None) -> QuerySet[Assignment]:
    """Assignments that stand: neither given to another nor taken back."""
    found = Assignment.objects.all() if rows is None else rows
    return found.exclude(state=Assignment.State.REPLACED)


def judges_of(memberships: Iterable[Membership], day: date) -> dict[int, Judge]:
    """Members (read with employee and team) as the rules see them on a day. Four statements."""
    rows = list(memberships)
    people = [m.employee_id for m in rows]
    levels = dict(
        Appointment.objects.on(day).filter(employee__in=people).values_list("employee", "level")
    )
    ranks = _ranks(people, day)
    away = dict(
        StatusPeriod.objects.on(day).filter(employee__in=people).values_list("employee", "kind")
    )
    loads = dict(
        Assignment.objects.filter(member__in=rows, state=Assignment.State.OPEN)
        .order_by()
        .values_list("member")
        .annotate(n=Count("pk"))
    )
    return {
        m.pk: Judge(
            person=m.employee_id,
            member=m.pk,
            seat=Span(m.start, m.end),
            team=Span(m.team.start, m.team.end) if m.team.state == Team.State.ACTIVE else None,
            level=levels.get(m.employee_id, ""),
            golongan=ranks.get(m.employee_id, ""),
            left_on=m.employee.left_on,
            away=away.get(m.employee_id, ""),
            load=loads.get(m.pk, 0),
            alternate=m.role == Membership.Role.ALTERNATE,
        )
        for m in rows
    }


def _ranks(people: Iterable[int], day: date) -> dict[int, str]:
    """The rank of each person on a day: the last row is the latest."""
    rows = Rank.objects.filter(employee__in=people, effective_on__lte=day)
    return dict(rows.order_by("effective_on", "pk").values_list("employee", "golongan"))


def cases_of(
    claims: Sequence[Claim], day: date, judged: dict[int, frozenset[int]] | None = None
) -> dict[int, Case]:
    """Claims as the rules of conflicts see them on a day, by id. Seven statements.

    `judged`: by claim, the people who judged what an objection is about.
    """
    people = {claim.employee_id for claim in claims}
    levels = dict(
        Appointment.objects.on(day).filter(employee__in=people).values_list("employee", "level")
    )
    ranks = _ranks(people, day)
    kin = relatives_of(people, day)
    acting = deputies(day)
    lines = list(
        Superior.objects.filter(Q(employee__in=people) | Q(superior__in=people)).values_list(
            "employee", "superior", "start", "end"
        )
    )
    submitters = _submitters(claims)
    found = {}
    for claim in claims:
        period = Span(claim.period_start, claim.period_end)
        above, below = set(), set()
        for employee, superior, start, end in lines:
            now = Span(start, end).covers(day)
            if not now and not _meet(Span(start, end), period):
                continue
            if employee == claim.employee_id:
                above.add(superior)
                if now and superior in acting:
                    above.add(acting[superior].deputy_id)
            elif superior == claim.employee_id:
                below.add(employee)
        found[claim.pk] = Case(
            claimant=claim.employee_id,
            levels=(claim.level, levels.get(claim.employee_id, "")),
            ranks=(claim.golongan, ranks.get(claim.employee_id, "")),
            superiors=frozenset(above),
            subordinates=frozenset(below),
            relatives=frozenset(kin[claim.employee_id]),
            submitters=frozenset(submitters[claim.pk]),
            judged=(judged or {}).get(claim.pk, frozenset()),
        )
    return found


def _meet(one: Span, other: Span) -> bool:
    return (other.end is None or one.start <= other.end) and (
        one.end is None or other.start <= one.end
    )


def _submitters(claims: Sequence[Claim]) -> dict[int, set[int]]:
    """Who handed each claim in, as people. Two statements."""
    accounts: dict[int, set[int]] = defaultdict(set)
    for claim in claims:
        if claim.submitted_by_id:
            accounts[claim.submitted_by_id].add(claim.pk)
    events = ClaimEvent.objects.filter(claim__in=claims, act__in=(Act.SUBMIT, Act.RESUBMIT))
    for claim, actor in events.values_list("claim", "actor"):
        if actor:
            accounts[actor].add(claim)
    found: dict[int, set[int]] = defaultdict(set)
    for person, account in Employee.objects.filter(user__in=accounts).values_list("pk", "user"):
        for claim in accounts[account]:
            found[claim].add(person)
    return found
