"""Requests for corrections: asked by whom the data is about, decided by Biro SDM.

Nobody decides on the own request. Granting needs the correction that was entered for it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import Refusal
from accounts.models import User
from employees.models import Correction, CorrectionRequest, Employee

State = CorrectionRequest.State
OPEN = (State.SENT, State.TAKEN)


class RequestError(Refusal):
    """The step is refused: a code."""


@transaction.atomic
def ask(employee: Employee, actor: User, data: Mapping[str, Any]) -> CorrectionRequest:
    """Ask for a correction of the own data: subject, recorded, proposed, evidence.

    Raises RequestError("not_own") for somebody else's data.
    """
    if employee.user_id != actor.pk:
        raise RequestError("not_own")
    return CorrectionRequest.objects.create(employee=employee, asked_by=actor, **data)


@transaction.atomic
def take(request: CorrectionRequest, actor: User) -> CorrectionRequest:
    """An officer takes it up, so that two do not work on the same."""
    request = _open(request, actor)
    request.state, request.taken_by, request.taken_at = State.TAKEN, actor, timezone.now()
    request.save(update_fields=["state", "taken_by", "taken_at"])
    return request


@transaction.atomic
def grant(
    request: CorrectionRequest, actor: User, correction_id: int, answer: str = ""
) -> CorrectionRequest:
    """Close it with the correction that was entered. Raises RequestError("no_correction")."""
    request = _open(request, actor)
    correction = corrections_for(request).filter(pk=correction_id).first()
    if correction is None:
        raise RequestError("no_correction")
    return _decide(request, actor, State.GRANTED, answer, correction)


@transaction.atomic
def refuse(request: CorrectionRequest, actor: User, answer: str) -> CorrectionRequest:
    """Refuse it with the reason that the asker reads. Raises RequestError("reason_missing")."""
    request = _open(request, actor)
    if not answer.strip():
        raise RequestError("reason_missing")
    return _decide(request, actor, State.REFUSED, answer, None)


def corrections_for(request: CorrectionRequest) -> Any:
    """What was entered by hand for the person since the request, newest first."""
    return Correction.objects.filter(
        employee_id=request.employee_id, at__gte=request.asked_at
    ).select_related("actor")


def _open(request: CorrectionRequest, actor: User) -> CorrectionRequest:
    found = (
        CorrectionRequest.objects.select_for_update(of=("self",))
        .select_related("employee")
        .get(pk=request.pk)
    )
    if found.employee.user_id == actor.pk:
        raise RequestError("own_record")
    if found.state not in OPEN:
        raise RequestError("decided_already")
    return found


def _decide(
    request: CorrectionRequest,
    actor: User,
    state: State,
    answer: str,
    correction: Correction | None,
) -> CorrectionRequest:
    request.state, request.answer, request.correction = state, answer.strip()[:500], correction
    request.decided_by, request.decided_at = actor, timezone.now()
    request.save(update_fields=["state", "answer", "correction", "decided_by", "decided_at"])
    return request
