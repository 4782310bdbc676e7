"""Teams: formed as drafts, put in force by a decree, extended, changed and ended; all of it dated.

Whatever is in force is never overwritten: a seat gets its last day and another one begins. Each
act writes an event with its decree. Raises TeamError.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessors.models import Membership, Team, TeamEvent
from assessors.rules import RuleResult, last_day, term_years
from assessors.services import compositions
from assessors.services.errors import TeamError
from employees.models import Agency, Employee
from employees.services import accounts
from positions.models import Decree, Position
from positions.models import fold_number as folded

Act = TeamEvent.Act
Role = Membership.Role
State = Team.State

SCOPE = ("positions", "units")
PLAIN = (
    "name", "tier", "agency", "levels", "start", "end", "follows", "quorum",
    "few_holders_because", "borrowed_because",
)  # fmt: skip
SEAT = ("role", "trained_on", "training", "from_hr", "office_rank", "office")


# ------------------------------------------------------------------ drafts


@transaction.atomic
def create(actor: User | None, **values: Any) -> Team:
    """Begin a draft. `values`: `PLAIN` fields, `positions` and `units` (iterables of rows)."""
    team = Team(created_by=actor, **{k: values[k] for k in PLAIN if k in values})
    _dates(team.start, team.end)
    team.save()
    _scope(team, values)
    _note(team, Act.CREATED, actor)
    return team


@transaction.atomic
def change(team: Team, actor: User | None, **values: Any) -> Team:
    """Change a draft; seats begin with the team."""
    team = _locked(team, State.DRAFT)
    for name in PLAIN:
        if name in values:
            setattr(team, name, values[name])
    _dates(team.start, team.end)
    team.save()
    _scope(team, values)
    team.memberships.update(start=team.start)
    _note(team, Act.CHANGED, actor)
    return team


def _scope(team: Team, values: Mapping[str, Any]) -> None:
    for name in SCOPE:
        if name in values:
            getattr(team, name).set(values[name])


def _dates(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise TeamError("end_before_start", 400)


@transaction.atomic
def add_member(team: Team, employee: Employee, actor: User | None, **values: Any) -> Membership:
    """Give somebody a seat in a draft. `values`: fields of `SEAT`."""
    team = _locked(team, State.DRAFT)
    _free(team, employee, values["role"], team.start)
    seat = Membership.objects.create(
        team=team,
        employee=employee,
        start=team.start,
        **{k: values[k] for k in SEAT if k in values},
    )
    _note(team, Act.ADDED, actor, member=employee, details={"role": seat.role})
    return seat


@transaction.atomic
def change_member(seat: Membership, actor: User | None, **values: Any) -> Membership:
    """Correct a seat of a draft."""
    team = _locked(seat.team, State.DRAFT)
    if values.get("role", seat.role) != seat.role:
        _free(team, None, values["role"], team.start)
    for name in SEAT:
        if name in values:
            setattr(seat, name, values[name])
    seat.save()
    _note(team, Act.CHANGED, actor, member=seat.employee, details={"role": seat.role})
    return seat


@transaction.atomic
def remove_member(seat: Membership, actor: User | None) -> None:
    """Take somebody out of a draft; out of a team in force he is replaced."""
    team = _locked(seat.team, State.DRAFT)
    _note(team, Act.REMOVED, actor, member=seat.employee, details={"role": seat.role})
    seat.delete()


@transaction.atomic
def discard(team: Team, actor: User | None, reason: str) -> None:
    """Give a draft up. It stays on record, in no list."""
    team = _locked(team, State.DRAFT)
    _reason(reason)
    _move(team, State.VOID)
    _note(team, Act.DISCARDED, actor, reason=reason)


@transaction.atomic
def renew(team: Team, actor: User | None) -> Team:
    """A draft of the next term with the same scope and, for a start, the same people."""
    team = _locked(team, State.ACTIVE, State.ENDED)
    if team.end is None:
        raise TeamError("no_end")
    if team.followed_by.exclude(state=State.VOID).exists():
        raise TeamError("followed")
    start = team.end + timedelta(days=1)
    editions = compositions.editions_of(team.positions.all(), start)
    years = term_years(editions, compositions.plan_of(team, team.end))
    values = {name: getattr(team, name) for name in PLAIN}
    values |= {"start": start, "end": last_day(start, years), "follows": team}
    following = create(
        actor, **values, positions=team.positions.all(), units=list(team.units.all())
    )
    for seat in team.memberships.on(team.end).filter(end__isnull=True):
        add_member(following, seat.employee, actor, **{k: getattr(seat, k) for k in SEAT})
    return following


# ------------------------------------------------------------------ in force


def decree_of(number: str, **values: Any) -> Decree:
    """The decree of a number, blanks and dots not counted; entered with `values` if it is new.

    `values`: issued_on, issuer, subject and file, a PDF. What is known already stays as it is, but
    for a file that it lacks.
    """
    known = Decree.objects.filter(number_folded=folded(number)).first()
    if known is None:
        return Decree.objects.create(number=number.strip(), **values)
    file: File[Any] | None = values.get("file")
    if file and not known.file:
        known.file = file
        known.save()
    return known


@transaction.atomic
def activate(team: Team, decree: Decree, actor: User | None, on: date) -> Team:
    """Put a draft in force by its decree.

    Raises TeamError("composition") with every broken rule. Two activations for the same JF wait
    for one another, so that the second sees the first.
    """
    team = _locked(team, State.DRAFT)
    _lock_scope(team)
    if not is_own(team.agency) and not team.borrowed_because.strip():
        raise TeamError("borrowed_reason")
    _refuse(compositions.check(team, on))
    team.decree = decree
    _move(team, State.ACTIVE)
    _note(team, Act.ACTIVATED, actor, decree=decree)
    _roles(team, on)
    return team


@transaction.atomic
def extend(team: Team, until: date, decree: Decree, actor: User | None, on: date) -> Team:
    """Let a team serve longer, by another decree, within what the rules allow as one term."""
    team = _locked(team, State.ACTIVE)
    _lock_scope(team)
    if team.end is not None and until <= team.end:
        raise TeamError("not_longer", 400, end=team.end)
    _another_decree(team, decree)
    before = team.end
    _refuse_new(team, on, lambda: _set_end(team, until))
    _note(
        team,
        Act.EXTENDED,
        actor,
        decree=decree,
        details={"before": before.isoformat() if before else None, "until": until.isoformat()},
    )
    return team


def _set_end(team: Team, until: date) -> None:
    team.end = until
    team.save()


@transaction.atomic
def replace(
    seat: Membership,
    employee: Employee,
    start: date,
    decree: Decree,
    actor: User | None,
    reason: str,
    **values: Any,
) -> Membership:
    """Put somebody else on a seat for the rest of the term, by decree (R-065).

    For who retired, left, or is absent for six months or more. `start` is the first day of the
    new one; the old one ends the day before. `values`: fields of `SEAT` but the role.
    """
    team = _locked(seat.team, State.ACTIVE)
    seat = _held(seat)
    _reason(reason)
    if not seat.start < start or (team.end and start > team.end):
        raise TeamError("replace_day", 400, start=seat.start, end=team.end)
    _free(team, employee, None, start)
    fresh = Membership(
        team=team, employee=employee, role=seat.role, start=start, replaces=seat, decree=decree
    )
    for name in SEAT:
        if name in values and name != "role":
            setattr(fresh, name, values[name])

    def write() -> None:
        seat.end, seat.ended_because = start - timedelta(days=1), reason.strip()[:500]
        seat.save()
        fresh.save()

    _refuse_new(team, start, write)
    details = {"replaced": seat.employee_id, "from": start.isoformat()}
    _note(team, Act.REPLACED, actor, reason, decree, employee, details)
    _roles(team, timezone.localdate())
    return fresh


@transaction.atomic
def substitute(
    seat: Membership,
    employee: Employee,
    start: date,
    end: date,
    actor: User | None,
    reason: str,
    **values: Any,
) -> Membership:
    """Name somebody who stands in for a member for a time (R-065): the chair names him.

    He sits as an alternate, with a last day; the member keeps the seat.
    """
    team = _locked(seat.team, State.ACTIVE)
    seat = _held(seat)
    _reason(reason)
    _dates(start, end)
    if start < seat.start or (team.end and end > team.end):
        raise TeamError("outside_term", 400, start=seat.start, end=team.end)
    _free(team, employee, None, start)
    fresh = Membership(
        team=team, employee=employee, role=Role.ALTERNATE, start=start, end=end, replaces=seat
    )
    for name in SEAT:
        if name in values and name != "role":
            setattr(fresh, name, values[name])
    _refuse_new(team, start, fresh.save)
    details = {
        "for": seat.employee_id,
        "from": start.isoformat(),
        "until": end.isoformat(),
    }
    _note(team, Act.SUBSTITUTED, actor, reason, None, employee, details)
    _roles(team, timezone.localdate())
    return fresh


@transaction.atomic
def end(team: Team, last: date, actor: User | None, reason: str, on: date) -> Team:
    """Let a team end early; `last` is its last day. Roles and scope go with it."""
    team = _locked(team, State.ACTIVE)
    _reason(reason)
    if last < team.start or (team.end and last > team.end):
        raise TeamError("outside_term", 400, start=team.start, end=team.end)
    before = team.end
    team.end, team.ended_because = last, reason.strip()[:500]
    if last < on:
        _move(team, State.ENDED)
    team.save()
    _note(
        team,
        Act.ENDED,
        actor,
        reason,
        details={"last": last.isoformat(), "before": before.isoformat() if before else None},
    )
    _roles(team, on)
    return team


def is_own(agency: Agency) -> bool:
    """Whether an agency is the ministry itself."""
    return agency.kind == Agency.Kind.MINISTRY


# ------------------------------------------------------------------ what all of them do


def _locked(team: Team, *states: str) -> Team:
    """The team as it stands now, held until the end of the transaction, in one of these states."""
    found = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if found.state not in states:
        raise TeamError("state", state=found.state)
    return found


def _lock_scope(team: Team) -> None:
    rows = Position.objects.filter(assessor_teams=team).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)))


def _held(seat: Membership) -> Membership:
    found = Membership.objects.select_related("employee").get(pk=seat.pk)
    if found.end is not None:
        raise TeamError("seat_ended", end=found.end)
    return found


def _free(team: Team, employee: Employee | None, role: str | None, day: date) -> None:
    """Refuse a second seat of a person, and a second chair or secretary."""
    seats = team.memberships.filter(end__isnull=True) | team.memberships.filter(end__gte=day)
    if employee is not None and seats.filter(employee=employee).exists():
        raise TeamError("has_seat", name=employee.full_name)
    single = (Role.CHAIR, Role.VICE, Role.SECRETARY)
    if role in single and seats.filter(role=role).exists():
        raise TeamError("seat_taken", role=Role(role).label)


def _reason(text: str) -> None:
    if not text.strip():
        raise TeamError("reason_missing", 400)


def _another_decree(team: Team, decree: Decree) -> None:
    if decree.pk == team.decree_id:
        raise TeamError("same_decree", 400, number=decree.number)


def _move(team: Team, state: str) -> None:
    team.state, team.state_at = state, timezone.now()
    team.save()


def _refuse(results: Collection[RuleResult]) -> None:
    broken = tuple(r for r in results if r.errors)
    if broken:
        raise TeamError("composition", broken=broken)


def _refuse_new(team: Team, day: date, write: Any) -> None:
    """Write, then refuse what broke by it; what was broken before hinders nobody from mending."""

    def found(results: Collection[RuleResult]) -> set[tuple[Any, ...]]:
        return {(r.rule, v.code, v.person, v.position) for r in results for v in r.errors}

    before = found(compositions.check(team, day))
    write()
    after = compositions.check(team, day)
    fresh = found(after) - before
    broken = tuple(r for r in after if any((r.rule, v.code, v.person, v.position) in fresh
                                           for v in r.errors))  # fmt: skip
    if broken:
        raise TeamError("composition", broken=broken)


def _note(
    team: Team,
    act: str,
    actor: User | None,
    reason: str = "",
    decree: Decree | None = None,
    member: Employee | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    TeamEvent.objects.create(
        team=team,
        act=act,
        actor=actor,
        reason=reason.strip()[:500],
        decree=decree,
        member=member,
        details=details or {},
    )


def _roles(team: Team, on: date) -> None:
    """Roles follow the seats at once, not only with the next night."""
    accounts.refresh(team.memberships.values("employee"), on)
