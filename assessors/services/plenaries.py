"""Plenaries (sidang pleno): planned by the secretary, led by the chair, closed with minutes.

A decision is written item by item to the agenda and the claim, and goes through
`credits.services.claims.acts.perform`. Locks are taken in one order: plenary, claim, agenda item.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assessors.models import AgendaItem, Assignment, Attendance, Membership, Plenary, Team, Verdict
from assessors.plenary_rules import Result, carried, quorum_of, result_of, sample
from assessors.policy import LEADING, seats
from assessors.rules import WHOLE, Found
from assessors.services import results
from assessors.services.results import Ready
from credits.models import Claim, ClaimItem, Objection
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import Act, Condition, State
from credits.rules.units import to_units
from credits.services.claims import who
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from credits.services.numbering import NumberingError, take
from employees.selectors import related

Outcome, Why, Role = AgendaItem.Outcome, AgendaItem.Why, Membership.Role
RUNNING = (Plenary.State.PLANNED, Plenary.State.OPEN)
ACTS = {
    Result.APPROVED: Act.APPROVE,
    Result.PARTLY: Act.APPROVE_PARTLY,
    Result.REJECTED: Act.REJECT,
}
REASONS = frozenset(Verdict.Reason.values)


# ------------------------------------------------------------------ who came


@dataclass(frozen=True)
class Session:
    """Who belongs to a plenary and who came. Read once; three statements.

    `seats_filled`: the members who count as present, with the one who sits there: the member, or
    an alternate who stands in.
    """

    plenary: Plenary
    members: tuple[Membership, ...]
    alternates: tuple[Membership, ...]
    attendances: Mapping[int, Attendance]

    @property
    def quorum(self) -> int:
        """How many must be present."""
        return quorum_of(len(self.members), self.plenary.team.quorum)

    @cached_property
    def seats_filled(self) -> dict[int, Membership]:
        """The seat of a member -> who sits on it."""
        came = {pk for pk, a in self.attendances.items() if a.present}
        filled = {m.pk: m for m in self.members if m.pk in came}
        for alternate in self.alternates:
            row = self.attendances.get(alternate.pk)
            seat = row.stands_in_for_id if row and row.present else None
            if seat is not None and seat not in filled:
                filled[seat] = alternate
        return filled

    @property
    def present(self) -> int:
        """How many seats are filled."""
        return len(self.seats_filled)

    @property
    def met(self) -> bool:
        """Whether the plenary may decide at all."""
        return self.present >= self.quorum

    def votes_on(self, claim: Claim, kin: set[int]) -> int:
        """How many may vote on a claim: neither the claimant nor a relative of his."""
        barred = kin | {claim.employee_id}
        return sum(1 for m in self.seats_filled.values() if m.employee_id not in barred)


def session_of(plenary: Plenary) -> Session:
    """The members on the day of the plenary, and who of them came."""
    rows = tuple(
        Membership.objects.on(plenary.day)
        .filter(team=plenary.team_id)
        .select_related("employee")
        .order_by("role", "pk")
    )
    order = list(Role)
    found = sorted(rows, key=lambda m: (order.index(Role(m.role)), m.pk))
    known = plenary.attendances.all()
    return Session(
        plenary,
        tuple(m for m in found if m.role != Role.ALTERNATE),
        tuple(m for m in found if m.role == Role.ALTERNATE),
        {a.member_id: a for a in known},
    )


def _seat(user: User, team: Team, day: date, *roles: str) -> Membership:
    """The user's seat of one of these roles in the team. Raises ClaimError("not_yours")."""
    seat = seats(user, day, *roles).filter(team=team).first()
    if seat is None:
        raise ClaimError("not_yours", 403)
    found: Membership = seat
    return found


def _locked(plenary: Plenary, *states: str) -> Plenary:
    row = (
        Plenary.objects.select_for_update(no_key=True, of=("self",))
        .select_related("team", "led_by__employee")
        .get(pk=plenary.pk)
    )
    if row.state not in states:
        raise ClaimError("plenary_state", state=row.get_state_display())
    return row


# ------------------------------------------------------------------ planning


def waiting(team: Team) -> list[Ready]:
    """What a new plenary would have on its agenda."""
    on_an_agenda = set(
        AgendaItem.objects.filter(
            plenary__team=team, plenary__state__in=RUNNING, decided_at__isnull=True
        ).values_list("claim_id", flat=True)
    )
    return [
        one
        for one in results.ready(team)
        if one.claim.state != State.PLENARY and one.claim.pk not in on_an_agenda
    ]


def plan(
    team: Team,
    day: date,
    actor: User,
    *,
    starts_at: time | None = None,
    place: str = "",
    on: date | None = None,
) -> Plenary:
    """Call a plenary: what is ready comes on its agenda, and the members are invited.

    Raises ClaimError: not_yours, plenary_in_the_past, nothing_ready.
    """
    today = on or timezone.localdate()
    with transaction.atomic():
        team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        _seat(actor, team, today, Role.SECRETARY)
        if day < today:
            raise ClaimError("plenary_in_the_past", 400, day=day)
        if team.end is not None and day > team.end:
            raise ClaimError("team_over", 400, end=team.end)
        found = waiting(team)
        if not found:
            raise ClaimError("nothing_ready")
        percent = Fraction(edition_on(today).setting("sample_percent"))
        plenary = Plenary.objects.create(
            team=team,
            day=day,
            starts_at=starts_at,
            place=place.strip(),
            called_by=actor,
            seed=secrets.token_hex(8),
            sample_percent=str(percent),
        )
        _fill(plenary, found, percent)
        for one in found:
            if one.objection is None:
                perform(one.claim, Act.SCHEDULE, actor, on=on)
        members = Membership.objects.on(day).filter(team=team)
        Attendance.objects.bulk_create(
            Attendance(plenary=plenary, member=member) for member in members
        )
        _invite(plenary)
    return plenary


def _fill(plenary: Plenary, found: Sequence[Ready], percent: Fraction) -> None:
    agreed = [str(r.claim.public_id) for r in found if not r.objection and r.proposal.agreed]
    chosen = sample(agreed, percent, plenary.seed)
    AgendaItem.objects.bulk_create(
        AgendaItem(
            plenary=plenary,
            claim=one.claim,
            objection=one.objection,
            why=_why(one, chosen),
        )
        for one in found
    )


def _why(one: Ready, chosen: frozenset[str]) -> str:
    if one.objection:
        return Why.OBJECTION
    if not one.proposal.agreed:
        return Why.DIFFERENCE
    return Why.SAMPLE if str(one.claim.public_id) in chosen else Why.AGREED


def _invite(plenary: Plenary) -> None:
    from assessors import notices

    notices.invited(plenary)


def cancel(plenary: Plenary, reason: str, actor: User, on: date | None = None) -> Plenary:
    """Call a plenary off before anything was decided: its claims wait for the next one."""
    with transaction.atomic():
        plenary = _locked(plenary, *RUNNING)
        _seat(actor, plenary.team, on or timezone.localdate(), *LEADING)
        if not reason.strip():
            raise ClaimError("reason_missing", 400)
        if plenary.agenda.filter(decided_at__isnull=False).exclude(outcome="postponed").exists():
            raise ClaimError("plenary_decided")
        _postpone_rest(plenary, reason, actor, on)
        plenary.state, plenary.notes = Plenary.State.CANCELLED, reason.strip()
        plenary.save(update_fields=["state", "notes"])
    return plenary


# ------------------------------------------------------------------ in session


def attend(
    plenary: Plenary,
    present: Iterable[int],
    stand_ins: Mapping[int, int],
    actor: User,
    on: date | None = None,
) -> Session:
    """Record who came. `present`: seats; `stand_ins`: the seat of an alternate -> whose place.

    An alternate counts for one absent member, and nobody counts twice. Raises ClaimError.
    """
    with transaction.atomic():
        plenary = _locked(plenary, *RUNNING)
        _seat(actor, plenary.team, on or timezone.localdate(), *LEADING)
        came = set(present)
        session = session_of(plenary)
        known = {m.pk for m in (*session.members, *session.alternates)}
        places = [stand_ins[a.pk] for a in session.alternates if a.pk in came & set(stand_ins)]
        seats_of_members = {m.pk for m in session.members}
        if not came <= known or not set(places) <= seats_of_members - came:
            raise ClaimError("stand_in_wrong", 400)
        if len(set(places)) < len(places):
            raise ClaimError("stand_in_wrong", 400)
        for member in (*session.members, *session.alternates):
            stands = stand_ins.get(member.pk) if member.role == Role.ALTERNATE else None
            Attendance.objects.update_or_create(
                plenary=plenary,
                member=member,
                defaults={
                    "present": member.pk in came,
                    "stands_in_for_id": stands if member.pk in came else None,
                },
            )
        return session_of(plenary)


def begin(plenary: Plenary, actor: User, on: date | None = None) -> Plenary:
    """The chair opens the session, or the vice chair in his place."""
    day = on or timezone.localdate()
    with transaction.atomic():
        plenary = _locked(plenary, Plenary.State.PLANNED)
        seat = _seat(actor, plenary.team, day, Role.CHAIR, Role.VICE)
        if day < plenary.day:
            raise ClaimError("plenary_not_yet", day=plenary.day)
        plenary.led_by, plenary.state = seat, Plenary.State.OPEN
        plenary.save(update_fields=["led_by", "state"])
    return plenary


@dataclass(frozen=True, slots=True)
class Votes:
    """How many were for a decision and how many against."""

    votes_for: int
    votes_against: int = 0


def decide(
    item: AgendaItem,
    found: Mapping[int, Found],
    votes: Votes,
    actor: User,
    *,
    words: str = "",
    on: date | None = None,
) -> AgendaItem:
    """Decide on one claim of the agenda, item by item.

    `found`: item number -> quantity, reason and words; a claim without items has the number 0
    with quantity 1 or 0. Raises ClaimError: no_quorum, decided_already, plenary_state, votes_wrong,
    not_carried, item_missing, quantity_wrong, reason_missing, objection_lowers, not_leading and
    what `perform` refuses.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        plenary = _locked(item.plenary, Plenary.State.OPEN)
        claim = (
            Claim.objects.select_for_update(no_key=True, of=("self",))
            .select_related("employee", "position")
            .get(pk=item.claim_id)
        )
        item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if item.decided_at is not None:
            raise ClaimError("item_decided")
        _may_lead(plenary, claim, actor, day)
        _count_votes(plenary, claim, votes, day)
        ready = next(iter(results.ready(plenary.team, [claim.pk])), None)
        if ready is None:
            raise ClaimError("not_ready")
        decided = _checked(ready, found)
        quantities = {n: f.quantity for n, f in decided.items()}
        result = result_of(ready.claimed, quantities)
        upheld = ready.objection is not None and quantities == ready.before
        item.decided = {str(n): [f.quantity, f.reason, f.words] for n, f in decided.items()}
        item.outcome = Outcome(result.value)
        item.units = to_units(ready.points(quantities)) if ready.items else None
        item.votes_for, item.votes_against = votes.votes_for, votes.votes_against
        item.words = words.strip()[:1000]
        item.decided_at, item.decided_by = timezone.now(), actor
        item.save()
        _write(ready, decided)
        perform(
            claim,
            _act(ready, result, upheld),
            actor,
            reason=item.words or _reasons(decided),
            details={"plenary": str(plenary.public_id), "agenda": item.pk},
            on=on,
        )
        if ready.objection is not None:
            _answer(ready.objection, upheld, item.words, actor)
    return item


def _may_lead(plenary: Plenary, claim: Claim, actor: User, day: date) -> None:
    """Who leads the plenary decides; the vice chair where the leader may not (AZ093)."""
    for condition in (Condition.NOT_OWN, Condition.NOT_RELATIVE):
        problem = who.refusal(condition, claim, actor, day)
        if problem is not None:
            raise problem
    _seat(actor, plenary.team, day, Role.CHAIR, Role.VICE)
    leader = plenary.led_by
    if leader is None or leader.employee.user_id == actor.pk:
        return
    barred = related([claim.employee_id], day) | {claim.employee_id}
    if leader.employee_id not in barred:
        raise ClaimError("not_leading", 403)


def _count_votes(plenary: Plenary, claim: Claim, votes: Votes, day: date) -> None:
    session = session_of(plenary)
    may_vote = session.votes_on(claim, related([claim.employee_id], day))
    if not session.met or may_vote < session.quorum:
        raise ClaimError("no_quorum", present=may_vote, quorum=session.quorum)
    if min(votes.votes_for, votes.votes_against) < 0 or (
        votes.votes_for + votes.votes_against > may_vote
    ):
        raise ClaimError("votes_wrong", 400, present=may_vote)
    if not carried(votes.votes_for, votes.votes_against):
        raise ClaimError("not_carried", 400)


def _checked(ready: Ready, found: Mapping[int, Found]) -> dict[int, Found]:
    """What is decided on every item; items that are not open keep what stands decided."""
    claimed = ready.claimed
    stands = {
        i.number: Found(i.decided_quantity or 0, i.decided_reason, i.decided_words)
        for i in ready.items
    }
    decided: dict[int, Found] = {}
    for number, most in claimed.items():
        if number not in ready.open_numbers:
            decided[number] = stands[number]
            continue
        one = found.get(number)
        if one is None:
            raise ClaimError("item_missing", 400, item=number)
        if not 0 <= one.quantity <= most:
            raise ClaimError("quantity_wrong", 400, item=number, most=most)
        if one.quantity < most and one.reason not in REASONS:
            raise ClaimError("item_reason_missing", 400, item=number)
        if ready.objection and one.quantity < ready.before[number]:
            raise ClaimError("objection_lowers", 400, item=number)
        decided[number] = (
            Found(one.quantity, one.reason, one.words.strip()[:500])
            if one.quantity < most
            else Found(most)
        )
    return decided


def _act(ready: Ready, result: Result, upheld: bool) -> Act:
    if upheld and ready.claim.decisions.filter(withdrawn_at__isnull=True).exists():
        return Act.UPHOLD
    return ACTS[result]


def _write(ready: Ready, decided: Mapping[int, Found]) -> None:
    """The outcome item by item on the claim; the agenda keeps each decision for good."""
    if not ready.items:
        return
    points = results.counted(ready.claim, ready.items, {n: f.quantity for n, f in decided.items()})
    units = {p.number: to_units(p.points) for p in points.items}
    for item in ready.items:
        one = decided[item.number]
        item.decided_quantity = one.quantity
        item.decided_units = units.get(item.number, 0) if one.quantity else 0
        item.decided_reason, item.decided_words = one.reason, one.words
    ClaimItem.objects.bulk_update(
        ready.items, ["decided_quantity", "decided_units", "decided_reason", "decided_words"]
    )


def _reasons(decided: Mapping[int, Found]) -> str:
    """The reasons of the items in words, where the plenary stated none of its own."""
    labels = dict(Verdict.Reason.choices)
    told = (
        f"{number}: {f.words or labels.get(f.reason, f.reason)}" if number else f.words
        for number, f in decided.items()
        if f.reason
    )
    return "; ".join(told)[:500]


def _answer(objection: Objection, upheld: bool, words: str, actor: User) -> None:
    objection.outcome = Objection.Outcome.UPHELD if upheld else Objection.Outcome.CHANGED
    objection.answer, objection.closed_by = words, actor
    objection.closed_at = timezone.now()
    objection.save(update_fields=["outcome", "answer", "closed_by", "closed_at"])


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of one agenda item in an act on many: `error` is None where it was decided."""

    item: AgendaItem | None
    error: ClaimError | None = None


def decide_agreed(
    plenary: Plenary,
    ids: Iterable[int],
    votes: Votes,
    actor: User,
    *,
    words: str = "",
    on: date | None = None,
) -> list[Decided]:
    """Decide en bloc, as their assessors agreed, on agenda items; each by itself (AZ097).

    An id that is not on the agenda of this plenary is answered as such and nothing of it is read.
    """
    chosen = list(dict.fromkeys(ids))
    rows = {
        row.pk: row
        for row in plenary.agenda.filter(pk__in=chosen).select_related("claim__employee", "plenary")
    }
    done = []
    for pk in chosen:
        row = rows.get(pk)
        if row is None:
            done.append(Decided(None, ClaimError("not_yours", 403)))
            continue
        try:
            done.append(Decided(_agreed(row, votes, actor, words, on)))
        except ClaimError as refused:
            done.append(Decided(row, refused))
    return done


def _agreed(item: AgendaItem, votes: Votes, actor: User, words: str, on: date | None) -> AgendaItem:
    if item.why != Why.AGREED:
        raise ClaimError("not_en_bloc")
    ready = next(iter(results.ready(item.plenary.team, [item.claim_id])), None)
    if ready is None:
        raise ClaimError("item_decided" if item.decided_at else "not_ready")
    found = {i.number: i.found for i in ready.proposal.items}
    return decide(item, found, votes, actor, words=words, on=on)


def postpone(item: AgendaItem, reason: str, actor: User, on: date | None = None) -> None:
    """Take a claim off the agenda: it waits for the next plenary. Raises ClaimError."""
    with transaction.atomic():
        plenary = _locked(item.plenary, *RUNNING)
        _seat(actor, plenary.team, on or timezone.localdate(), *LEADING)
        if not reason.strip():
            raise ClaimError("reason_missing", 400)
        item = plenary.agenda.select_related("claim").get(pk=item.pk)
        if item.decided_at is not None:
            raise ClaimError("item_decided")
        _put_off(item, reason, actor, on)


def _put_off(item: AgendaItem, reason: str, actor: User, on: date | None) -> None:
    if item.claim.state == State.PLENARY:
        perform(item.claim, Act.POSTPONE, actor, reason=reason, on=on)
    else:
        off_the_agenda(item.claim, reason, actor)


def off_the_agenda(claim: Claim, reason: str, actor: User | None) -> None:
    """Mark what the plenary no longer decides; called after every act that takes a claim away."""
    AgendaItem.objects.filter(
        claim=claim, decided_at__isnull=True, plenary__state__in=RUNNING
    ).update(
        outcome=Outcome.POSTPONED,
        words=reason.strip()[:1000],
        decided_at=timezone.now(),
        decided_by=actor,
    )


def _postpone_rest(plenary: Plenary, reason: str, actor: User, on: date | None) -> None:
    for item in plenary.agenda.filter(decided_at__isnull=True).select_related("claim__employee"):
        _put_off(item, reason, actor, on)


# ------------------------------------------------------------------ closing


def close(plenary: Plenary, actor: User, *, notes: str = "", on: date | None = None) -> Plenary:
    """The leader closes: what was not decided waits for the next plenary; the minutes are made.

    Raises ClaimError: not_leading, no_quorum, no_numbering.
    """
    from assessors.services import minutes

    day = on or timezone.localdate()
    with transaction.atomic():
        plenary = _locked(plenary, Plenary.State.OPEN)
        seat = _seat(actor, plenary.team, day, Role.CHAIR, Role.VICE)
        if plenary.led_by_id != seat.pk:
            raise ClaimError("not_leading", 403)
        session = session_of(plenary)
        if not session.met:
            raise ClaimError("no_quorum", present=session.present, quorum=session.quorum)
        _postpone_rest(plenary, _("Not decided in the plenary"), actor, on)
        with suppress(NumberingError):  # without a scheme the number is written by hand
            plenary.number = take(1, day)[0]
        plenary.notes = notes.strip()[:4000]
        plenary.minutes_content = minutes.content_of(plenary, session)
        plenary.state, plenary.closed_at = Plenary.State.CLOSED, timezone.now()
        plenary.save()
    return plenary


def whose_agenda(claim: Claim) -> AgendaItem | None:
    """The last agenda on which the claim was decided."""
    decided = Q(outcome__in=[r.value for r in Result])
    return claim.agenda.filter(decided).select_related("plenary").order_by("-decided_at").first()


def judges(claim: Claim, user: User) -> bool:
    """Whether the user judged the claim, led or sat in the plenary that decided it."""
    judged = Assignment.objects.filter(claim=claim, member__employee__user_id=user.pk)
    decided = claim.agenda.exclude(outcome__in=("", "postponed"))
    led = decided.filter(Q(decided_by=user) | Q(plenary__led_by__employee__user_id=user.pk))
    sat = Attendance.objects.filter(
        plenary__in=decided.values("plenary"), present=True, member__employee__user_id=user.pk
    )
    return judged.exists() or led.exists() or sat.exists()


def whole(accepted: bool, reason: str = "", words: str = "") -> dict[int, Found]:
    """The decision on a claim without items."""
    return {WHOLE: Found(1 if accepted else 0, reason, words)}


def agenda_of(plenary: Plenary) -> list[dict[str, Any]]:
    """The agenda with what the assessors found: rows in the order of their reasons."""
    rows = plenary.agenda.select_related("claim__employee", "claim__position", "objection")
    order = [Why.OBJECTION, Why.DIFFERENCE, Why.SAMPLE, Why.AGREED]
    listed = sorted(rows, key=lambda r: (order.index(Why(r.why)), r.pk))
    open_ones = [r.claim_id for r in listed if r.decided_at is None]
    found = {r.claim.pk: r for r in results.ready(plenary.team, open_ones)} if open_ones else {}
    return [{"item": row, "ready": found.get(row.claim_id)} for row in listed]
