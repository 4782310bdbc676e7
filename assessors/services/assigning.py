"""The secretary's acts: completeness, giving claims to assessors, giving them on.

Every act locks the claim first, so that of two secretaries, or of a task that runs twice, only one
assigns. The rules of conflicts are asked again inside the transaction, whatever a page proposed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from assessors.conflicts import Conflict, Judge, Share, conflicts, distribute
from assessors.models import Assignment, Membership, Team
from assessors.policy import seats
from assessors.rules import team_edition_on
from assessors.selectors import cases_of, current, judge_of, with_facts
from credits.models import Claim, Objection
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import Act, Actor, State, find
from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.services.claims import who
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError

CLAIM, OBJECTION = Assignment.Purpose.CLAIM, Assignment.Purpose.OBJECTION
# What a secretary may say of an item that is not complete; the sentences are in assessors.words.
RETURN_CODES = ("missing", "unreadable", "other_person", "dates", "letter", "wrong_item", "other")


def path_edition(claim: Claim, day: date) -> Edition:
    """The settings of the claim's path: days, tolerance, number of assessors."""
    return edition_on(day, claim.position.code if claim.position else None)


def per_claim(claim: Claim, day: date) -> int:
    """How many assessors judge a claim."""
    return int(path_edition(claim, day).setting("assessors_per_claim"))


# ------------------------------------------------------------------ completeness


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not complete at an item (0 = the claim as a whole)."""

    number: int
    code: str
    words: str = ""


def pass_on(claim: Claim, actor: User, *, on: date | None = None) -> Claim:
    """The claim is complete. Raises ClaimError."""
    return perform(claim, Act.CHECK, actor, on=on)


def send_back(
    claim: Claim, actor: User, lacks: Sequence[Lack], reason: str, *, on: date | None = None
) -> Claim:
    """Return a claim that is not complete, item by item with code and words. Raises ClaimError.

    `reason` is the sentence for the whole; the items stand in the event's details.
    """
    for lack in lacks:
        if lack.code not in RETURN_CODES:
            raise ClaimError("lack_unknown", 400)
        if lack.code == "other" and not lack.words.strip():
            raise ClaimError("words_missing", 400, item=lack.number)
    items = [{"number": k.number, "code": k.code, "words": k.words.strip()[:500]} for k in lacks]
    return perform(claim, Act.RETURN, actor, reason=reason, details={"items": items}, on=on)


# ------------------------------------------------------------------ proposing


@dataclass(frozen=True, slots=True)
class Proposed:
    """A distribution for the eyes of the secretary; nothing is written by it."""

    shares: tuple[Share, ...]
    members: Mapping[int, Membership]
    judges: Mapping[int, Judge]


def members_of(team: Team, day: date) -> dict[int, Membership]:
    """The seats of a team that have not ended, with people, by id. One statement."""
    rows = team.memberships.filter(Q(end__isnull=True) | Q(end__gte=day))
    return {m.pk: m for m in with_facts(rows, day)}


def propose(team: Team, claims: Sequence[Claim], day: date) -> Proposed:
    """Assessors for many claims at once, evenly. Constant number of statements."""
    members = members_of(team, day)
    judges = {pk: judge_of(member) for pk, member in members.items()}
    cases = cases_of(claims, day)
    number = per_claim(claims[0], day) if claims else 0
    shares = distribute(
        team_edition_on(day), [(c.pk, cases[c.pk]) for c in claims], [*judges.values()], number, day
    )
    return Proposed(tuple(shares), members, judges)


def refusals(claim: Claim, members: Iterable[Membership], day: date) -> dict[int, list[Conflict]]:
    """Why members may not judge a claim, by member; those who may have an empty list."""
    return _refusals(claim, members, day, frozenset())


def _refusals(
    claim: Claim, members: Iterable[Membership], day: date, judged: frozenset[int]
) -> dict[int, list[Conflict]]:
    case = cases_of([claim], day, {claim.pk: judged})[claim.pk]
    edition = team_edition_on(day)
    rows = with_facts(Membership.objects.filter(pk__in=[m.pk for m in members]), day)
    return {m.pk: list(conflicts(edition, case, judge_of(m), day)) for m in rows}


def require_none(
    claim: Claim, member: Membership, day: date, judged: frozenset[int], status: int
) -> None:
    """Raise ClaimError("conflict") where the member may not judge the claim on the day."""
    against = _refusals(claim, [member], day, judged)[member.pk]
    if against:
        raise ClaimError(
            "conflict", status, name=member.employee.full_name, conflicts=tuple(against)
        )


def judged_before(claim: Claim) -> frozenset[int]:
    """The people who judged the claim, or led the plenary that decided on it."""
    judged = Assignment.objects.filter(claim=claim, purpose=CLAIM).exclude(finished_at=None)
    led = claim.agenda.exclude(plenary__led_by=None)
    return frozenset(judged.values_list("member__employee", flat=True)) | frozenset(
        led.values_list("plenary__led_by__employee", flat=True)
    )


# ------------------------------------------------------------------ assigning


def assign(
    claim: Claim, members: Sequence[Membership], actor: User, *, on: date | None = None
) -> Claim:
    """Give a checked claim to its assessors, in one transaction. Raises ClaimError.

    400 with the conflicts where the rules forbid one of them; 409 where it is assigned already.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        claim = _locked(claim)
        try:
            find(claim.path, Act.ASSIGN, claim.state)
        except RuleError as problem:
            raise ClaimError("act_not_open", act="assign", state=claim.state) from problem
        _give(claim, members, actor, day, CLAIM, None)
        return perform(claim, Act.ASSIGN, actor, on=day)


def assign_objection(
    objection: Objection, members: Sequence[Membership], actor: User, *, on: date | None = None
) -> list[Assignment]:
    """Give an objection to assessors other than those who judged the claim. Raises ClaimError."""
    day = on or timezone.localdate()
    with transaction.atomic():
        claim = _locked(objection.claim)
        objection = Objection.objects.select_for_update().get(pk=objection.pk)
        if claim.state != State.OBJECTION or objection.outcome != Objection.Outcome.OPEN:
            raise ClaimError("act_not_open", act="assign", state=claim.state)
        if current(objection.assignments.all()).exists():
            raise ClaimError("assigned_already")
        if not who.is_actor(actor, Actor.SECRETARY, claim, day):
            raise ClaimError("not_yours", 403)
        return _give(claim, members, actor, day, OBJECTION, objection)


def _locked(claim: Claim) -> Claim:
    rows = Claim.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("employee", "position").get(pk=claim.pk)


def _anew(members: Iterable[Membership]) -> list[Membership]:
    """The members as they are now, not as a page read them."""
    rows = Membership.objects.filter(pk__in=[m.pk for m in members])
    return list(rows.select_related("employee", "team").order_by("pk"))


def _give(
    claim: Claim,
    members: Sequence[Membership],
    actor: User,
    day: date,
    purpose: str,
    objection: Objection | None,
) -> list[Assignment]:
    wanted = per_claim(claim, day)
    members = _anew(members)
    if len(members) != wanted:
        raise ClaimError("assessors_number", 400, wanted=wanted)
    teams = {m.team_id for m in members}
    kept = seats(actor, day, Membership.Role.SECRETARY).filter(team__in=teams)
    if len(teams) != 1 or not kept.exists():
        raise ClaimError("not_yours", 403)
    judged = judged_before(claim) if purpose == OBJECTION else frozenset()
    for member in members:
        require_none(claim, member, day, judged, 400)
    proposed = propose(members[0].team, [claim], day).shares[0]
    by_hand = set(proposed.chosen) != {m.pk for m in members}
    if by_hand and purpose == CLAIM and claim.employee.user_id == actor.pk:
        raise ClaimError("own_claim", 403)  # nobody picks his own judges
    due = day + timedelta(days=int(path_edition(claim, day).setting("judging_days")))
    return [
        Assignment.objects.create(
            claim=claim,
            team_id=member.team_id,
            member=member,
            purpose=purpose,
            objection=objection,
            due_on=due,
            by_hand=by_hand,
            assigned_by=actor,
        )
        for member in members
    ]


@dataclass
class Done:
    """What became of many at once: each claim on its own."""

    assigned: list[Claim] = field(default_factory=list)
    refused: list[tuple[Claim, ClaimError]] = field(default_factory=list)


def assign_many(
    picks: Iterable[tuple[Claim, Sequence[Membership]]], actor: User, *, on: date | None = None
) -> Done:
    """Give many claims, each in its own transaction: one that is refused holds up no other."""
    done = Done()
    for claim, members in picks:
        try:
            done.assigned.append(assign(claim, members, actor, on=on))
        except ClaimError as refused:
            done.refused.append((claim, refused))
    return done


def reassign(
    assignment: Assignment,
    member: Membership,
    actor: User,
    reason: str,
    *,
    on: date | None = None,
) -> Assignment:
    """Give an open assignment to another member, with a reason; what was begun stays on record.

    Returns the new one. Raises ClaimError: a finished one stays with who finished it.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        claim = _locked(assignment.claim)
        old = (
            Assignment.objects.select_for_update(of=("self",))
            .select_related("objection")
            .get(pk=assignment.pk)
        )
        if not who.is_actor(actor, Actor.SECRETARY, claim, day):
            raise ClaimError("not_yours", 403)
        if old.state == Assignment.State.FINISHED:
            raise ClaimError("assignment_finished")
        if old.state != Assignment.State.OPEN or claim.state not in JUDGING[old.purpose]:
            raise ClaimError("assignment_replaced")
        if not reason.strip():
            raise ClaimError("reason_missing", 400)
        if claim.employee.user_id == actor.pk:
            raise ClaimError("own_claim", 403)
        member = _anew([member])[0]
        if member.team_id != old.team_id:
            raise ClaimError("not_yours", 403)
        others = current(claim.assignments.filter(purpose=old.purpose)).filter(member=member)
        if others.exists():
            raise ClaimError("assigned_already", 400)
        judged = judged_before(claim) if old.purpose == OBJECTION else frozenset()
        require_none(claim, member, day, judged, 400)
        old.state, old.reason = Assignment.State.REPLACED, reason.strip()[:500]
        old.save(update_fields=["state", "reason"])
        new = Assignment.objects.create(
            claim=claim,
            team_id=old.team_id,
            member=member,
            purpose=old.purpose,
            objection=old.objection,
            due_on=day + timedelta(days=int(path_edition(claim, day).setting("judging_days"))),
            by_hand=True,
            assigned_by=actor,
        )
        old.replaced_by = new
        old.save(update_fields=["replaced_by"])
    return new


# ------------------------------------------------------------------ what other acts mean for them

JUDGING: dict[str, frozenset[State]] = {
    CLAIM: frozenset({State.JUDGED}),
    OBJECTION: frozenset({State.OBJECTION}),
}


def enough_given(claim: Claim, actor: User | None, day: date) -> None:
    """Before ASSIGN: the assessors are named. Nobody moves the claim on without them."""
    given = current(claim.assignments.filter(purpose=CLAIM)).count()
    if given < per_claim(claim, day):
        raise ClaimError("assessors_number", 400, wanted=per_claim(claim, day))


def all_finished(claim: Claim, actor: User | None, day: date) -> None:
    """Before SCHEDULE: every assessor has finished; the first alone closes nothing."""
    states = list(current(claim.assignments.filter(purpose=CLAIM)).values_list("state", flat=True))
    finished = all(state == Assignment.State.FINISHED for state in states)
    if len(states) < per_claim(claim, day) or not finished:
        raise ClaimError("not_all_finished")


def take_back(claim: Claim, actor: User | None, day: date) -> None:
    """With RETURN and CANCEL: what was given is taken back; the verdicts stay on record."""
    current(claim.assignments.filter(purpose=CLAIM)).update(state=Assignment.State.REPLACED)
