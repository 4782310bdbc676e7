"""Reading teams: which claims are theirs, who may judge, how much each has to do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessors.conflicts import Case, Judge, Span
from assessors.models import Assignment, Membership, Team
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, Path, State
from employees.models import Appointment, Employee, Rank, StatusPeriod, Superior
from employees.selectors import deputies, relatives_of
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
    return claims_of(Team.objects.filter(pk__in=teams).prefetch_related("positions", "units"))


def claims_of(teams: Iterable[Team]) -> Q:
    """As `claims_for`, of teams whose positions and units are read."""
    known, today = list(teams), timezone.localdate()
    where = Q(pk__in=Assignment.objects.filter(team__in=[t.pk for t in known]).values("claim"))
    for team in known:
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


def holding(claim: Claim, teams: Any) -> QuerySet[Team]:
    """Those of `teams` (a queryset of ids) whose claim it is, as `claims_for` says. One statement.

    For one claim the other way round is cheaper: pages ask it several times.
    """
    theirs = Exists(Assignment.objects.filter(claim=claim, team=OuterRef("pk")))
    where = Q(theirs)
    if claim.path == Path.TEAM and claim.state not in (State.DRAFT, State.PROPOSED):
        taken = Exists(Assignment.objects.filter(claim=claim).exclude(team=OuterRef("pk")))
        where |= (
            Q(Exists(Team.objects.filter(pk=OuterRef("pk"), positions=claim.position_id)))
            & (Q(levels=[]) | Q(levels__contains=[claim.level]))
            & (
                ~Q(Exists(Team.units.through.objects.filter(team=OuterRef("pk"))))
                | Q(Exists(Team.objects.filter(pk=OuterRef("pk"), units=claim.unit_id)))
            )
            & ~Q(taken)
        )
    return Team.objects.filter(where, pk__in=teams)


def current(rows: QuerySet[Assignment] | None = None) -> QuerySet[Assignment]:
    """Assignments that stand: neither given to another nor taken back."""
    found = Assignment.objects.all() if rows is None else rows
    return found.exclude(state=Assignment.State.REPLACED)


# Judging goes on: the claim is where the assignment's purpose wants it.
UNDER_WAY = Q(claim__state=State.JUDGED, purpose="claim") | Q(
    claim__state=State.OBJECTION, purpose="objection"
)


def to_judge(day: date) -> dict[str, Q]:
    """What assessors have to do: conditions on assignments, by name."""
    waits = UNDER_WAY & Q(state=Assignment.State.OPEN)
    return {
        "open": waits,
        "late": waits & Q(due_on__lt=day),
        "finished": Q(state=Assignment.State.FINISHED),
    }


def stages(day: date) -> dict[str, Q]:
    """Where claims stand on the secretary's desk: conditions on claims, by name, in their order."""
    waits = Assignment.objects.filter(claim=OuterRef("pk"), state=Assignment.State.OPEN)
    judged = Q(state=State.JUDGED)
    return {
        "incoming": Q(state__in=(State.SUBMITTED, State.REPAIRED)),
        "ready": Q(state=State.CHECKED),
        "judged": judged & Q(Exists(waits)),
        "late": judged & Q(Exists(waits.filter(due_on__lt=day))),
        "finished": judged & ~Q(Exists(waits)),
    }


def with_facts(rows: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    """Members with what the rules ask about them on a day; `judge_of` reads it. One statement."""
    own = Q(employee=OuterRef("employee"))
    waits = Assignment.objects.filter(member=OuterRef("pk"), state=Assignment.State.OPEN)
    return rows.select_related("employee", "team").annotate(
        now_level=_first(Appointment.objects.on(day).filter(own), "level"),
        now_rank=_first(_ranks(day).filter(own), "golongan"),
        now_away=_first(StatusPeriod.objects.on(day).filter(own), "kind"),
        now_open=Coalesce(
            Subquery(waits.order_by().values("member").annotate(n=Count("pk")).values("n")), 0
        ),
    )


def _first(rows: QuerySet[Any], field: str) -> Any:
    return Coalesce(Subquery(rows.values(field)[:1]), Value(""))


def _ranks(day: date) -> QuerySet[Rank]:
    """The ranks of a day, the latest first."""
    return Rank.objects.filter(effective_on__lte=day).order_by("-effective_on", "-pk")


def judge_of(member: Any) -> Judge:
    """A member read `with_facts`, as the rules see him."""
    team = member.team
    return Judge(
        person=member.employee_id,
        member=member.pk,
        seat=Span(member.start, member.end),
        team=Span(team.start, team.end) if team.state == Team.State.ACTIVE else None,
        level=member.now_level,
        golongan=member.now_rank,
        left_on=member.employee.left_on,
        away=member.now_away,
        load=member.now_open,
        alternate=member.role == Membership.Role.ALTERNATE,
    )


def cases_of(
    claims: Sequence[Claim], day: date, judged: dict[int, frozenset[int]] | None = None
) -> dict[int, Case]:
    """Claims as the rules of conflicts see them on a day, by id. Six statements.

    `judged`: by claim, the people who judged what an objection is about.
    """
    people = {claim.employee_id for claim in claims}
    own = Q(employee=OuterRef("pk"))
    facts = Employee.everyone.filter(pk__in=people).annotate(
        now_level=_first(Appointment.objects.on(day).filter(own), "level"),
        now_rank=_first(_ranks(day).filter(own), "golongan"),
    )
    now = {pk: rest for pk, *rest in facts.values_list("pk", "now_level", "now_rank")}
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
            today = Span(start, end).covers(day)
            if not today and not _meet(Span(start, end), period):
                continue
            if employee == claim.employee_id:
                above.add(superior)
                if today and superior in acting:
                    above.add(acting[superior].deputy_id)
            elif superior == claim.employee_id:
                below.add(employee)
        found[claim.pk] = Case(
            claimant=claim.employee_id,
            levels=(claim.level, now[claim.employee_id][0]),
            ranks=(claim.golongan, now[claim.employee_id][1]),
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
    for key, actor in events.values_list("claim_id", "actor_id"):
        if actor:
            accounts[actor].add(key)
    found: dict[int, set[int]] = defaultdict(set)
    for person, account in Employee.objects.filter(user__in=accounts).values_list("pk", "user_id"):
        for key in accounts[account or 0]:
            found[key].add(person)
    return found
