"""Determination: where a decision on a claim takes effect, and where it ceases to.

One place for all kinds. The kind writes the decision with its effect; here a former decision
gives way, the person is stamped as changed and computed anew, so that the ledger has the line in
the transaction of the act itself. What comes beside it (documents, notices) hooks on after this.
"""

import logging
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from credits.models import CalculationRun, Claim, ClaimDecision, ClaimEvent
from credits.rules.claim_states import Act, Path, State
from credits.services.claims.acts import afterwards, perform, when
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.services.runs import recalculate_now
from employees.services import facts

log = logging.getLogger("sijafung.claims")


def in_force(claim: Claim) -> ClaimDecision | None:
    """The decision on a claim that holds; None before it is determined, and once taken back."""
    return claim.decisions.filter(withdrawn_at__isnull=True).first()


def withdraw(decision: ClaimDecision, actor: User | None, reason: str) -> None:
    """Take a decision and its effect back, in the caller's transaction; nothing is deleted."""
    kind_of(decision.claim).take_back(decision, actor, reason)
    decision.withdrawn_at = timezone.now()
    decision.withdrawn_by = actor
    decision.withdrawn_because = reason[:500]
    decision.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])


def count_anew(employee_id: int, actor: User | None) -> CalculationRun:
    """Stamp a person as changed and compute at once, within the caller's transaction.

    Where the rules refuse the person's facts the run says so, and the ledger stays as it is until
    they are mended, as after every other change of a fact.
    """
    facts.mark_changed([employee_id])
    run = recalculate_now({"ids": [employee_id]}, _("Determination of a claim"))
    if run.state != CalculationRun.State.DONE:
        log.warning("claim.not_counted", extra={"employee": employee_id, "run": run.pk})
    return run


def _determine(claim: Claim, actor: User | None, day: date) -> dict[str, Any]:
    """The kind's decision; one that an objection reopened gives way to it."""
    before = in_force(claim)
    try:
        if before is not None:
            withdraw(before, actor, _("Replaced by a new determination"))
        decision = kind_of(claim).determine(claim, actor, day)
    except facts.FactError as refused:
        raise refusal(refused) from refused
    count_anew(claim.employee_id, actor)
    return {"decision": decision.pk}


def refusal(refused: facts.FactError) -> ClaimError:
    """A fact that is refused in the moment of its decision: another one came in between."""
    status = 403 if refused.code in ("own_record", "own_entry") else 409
    return ClaimError("effect_refused", status, fact=refused.code, fact_params=refused.params)


def _remember_day(claim: Claim, actor: User | None, day: date) -> dict[str, Any]:
    return {"on": day.isoformat()}


def _follow(claim: Claim, event: ClaimEvent) -> None:
    """What follows an act at once: the determination by the system, or the end of a decision."""
    if event.act == Act.APPROVE and claim.path == Path.BUREAU and not kind_of(claim).by_officer:
        day = date.fromisoformat(event.details["on"])
        done = perform(claim, Act.DETERMINE, None, on=day)
        claim.state, claim.state_at = done.state, done.state_at
    elif event.act in (Act.ANNUL, Act.REJECT):
        decision = in_force(claim)
        if decision is not None:
            try:
                withdraw(decision, event.actor, event.reason)
            except facts.FactError as refused:
                raise refusal(refused) from refused
            count_anew(claim.employee_id, event.actor)


def _whole(claim: Claim, actor: User | None, day: date) -> None:
    """A claim without items is approved or rejected as a whole."""
    if not kind_of(claim).has_items:
        raise ClaimError("whole_only", state=State(claim.state).value)


when(Act.APPROVE, _remember_day)
when(Act.APPROVE_PARTLY, _whole)
when(Act.DETERMINE, _determine)
afterwards(_follow)
