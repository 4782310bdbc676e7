"""Acts on claims: the one function that changes a claim's state.

Views, imports, tasks, commands and the assessors' services all come here. The claim is locked, so
that of two who act at once the second finds the state changed and is told so.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, Actor, Condition, Transition, find, open_acts
from credits.rules.errors import RuleError
from credits.services.claims import who
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from employees.models import Employee

# What a hook answers goes into the details of the event.
Before = Callable[[Claim, User | None, date], dict[str, Any] | None]
After = Callable[[Claim, ClaimEvent], None]
_before: dict[Act, list[Before]] = {}
_after: list[After] = []


def when(act: Act, do: Before) -> None:
    """Do something in the transaction of an act, before its event is written.

    It may refuse (ClaimError); what it answers is kept in the details of the event.
    """
    _before.setdefault(act, []).append(do)


def afterwards(do: After) -> None:
    """Do something in the transaction of every act, after its event: notices, for example."""
    _after.append(do)


def perform(
    claim: Claim,
    act: Act,
    actor: User | None,
    *,
    reason: str = "",
    details: dict[str, Any] | None = None,
    version: int | None = None,
    on: date | None = None,
) -> Claim:
    """Do an act on a claim and return it anew. One transaction; the event says who, as what, why.

    `actor` None is the system. `version`: what the actor had before him; another one is refused.
    Raises ClaimError.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        # The person first, as imports do: two claims of one person are never handed in at once.
        Employee.everyone.select_for_update(no_key=True).get(pk=claim.employee_id)
        claim = (
            Claim.objects.select_for_update(no_key=True, of=("self",))
            .select_related("employee", "position", "unit")
            .get(pk=claim.pk)
        )
        if version is not None and version != claim.version:
            raise ClaimError("edited_meanwhile")
        transition = _transition(claim, act)
        role = _role(claim, transition, actor, day)
        if transition.asks_reason and not reason.strip():
            raise ClaimError("reason_missing", 400)
        if Condition.NO_ERRORS in transition.conditions:
            kind_of(claim).prepare(claim)
        for condition in transition.conditions:
            problem = _refusal(condition, claim, actor, day)
            if problem is not None:
                raise problem
        before = claim.state
        claim.state, claim.state_at = transition.target, timezone.now()
        said = dict(details or {})
        for do in _before.get(act, ()):
            said |= do(claim, actor, day) or {}
        claim.save()
        event = ClaimEvent.objects.create(
            claim=claim,
            act=act,
            before=before,
            after=claim.state,
            actor=actor,
            role=role,
            reason=reason.strip()[:500],
            details=said,
        )
        for after in _after:
            after(claim, event)
    return claim


def acts_open(claim: Claim, user: User, on: date | None = None) -> list[tuple[Transition, Actor]]:
    """The acts that the user may do now, and as what; conditions of the moment are not asked."""
    day = on or timezone.localdate()
    known: dict[Actor, bool] = {}

    def is_it(actor: Actor) -> bool:
        if actor not in known:
            known[actor] = who.is_actor(user, actor, claim, day)
        return known[actor]

    found = []
    for transition in open_acts(claim.path, claim.state):
        role = next((a for a in sorted(transition.actors) if is_it(a)), None)
        own = Condition.NOT_OWN in transition.conditions and claim.employee.user_id == user.pk
        if role is not None and not own:
            found.append((transition, role))
    return found


def _transition(claim: Claim, act: Act) -> Transition:
    try:
        return find(claim.path, act, claim.state)
    except RuleError as problem:
        raise ClaimError("act_not_open", act=str(act), state=claim.state) from problem


def _role(claim: Claim, transition: Transition, actor: User | None, day: date) -> Actor:
    if actor is None:
        if Actor.SYSTEM in transition.actors:
            return Actor.SYSTEM
        raise ClaimError("not_yours", 403)
    for role in sorted(transition.actors):
        if who.is_actor(actor, role, claim, day):
            return role
    raise ClaimError("not_yours", 403)


def _refusal(
    condition: Condition, claim: Claim, actor: User | None, day: date
) -> ClaimError | None:
    if condition is Condition.NO_ERRORS:
        errors = kind_of(claim).check(claim, day).errors
        return ClaimError("has_errors", errors=errors) if errors else None
    return who.refusal(condition, claim, actor, day)
