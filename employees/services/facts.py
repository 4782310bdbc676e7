"""Facts about people, entered or corrected by hand: one act, one transaction, one Correction.

Every function here locks the person, refuses officers' changes to their own record (decision 15),
writes the fact, keeps what stood there before, and stamps the person as changed, so that the
counting pulls it (decision 10). Each takes the person, the data (model field name -> value), and
`reason` and `actor`; a record given as the last argument is corrected, otherwise one is added.

Raises FactError (code, params, field) for what an officer can mend.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Model, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from employees import nip as nips
from employees.models import (
    Appointment,
    Correction,
    Education,
    Employee,
    FormerNip,
    Rank,
    StatusPeriod,
    Superior,
    UnitMembership,
)
from employees.services.accounts import close_left
from positions.models import Dated, PositionLevel

Data = Mapping[str, Any]
D = TypeVar("D", Appointment, UnitMembership, Superior, StatusPeriod)
_DAY = timedelta(days=1)


class FactError(Exception):
    """A fact is refused: `code` and `params` say why, `field` which input (None: the whole)."""

    def __init__(self, code: str, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


def mark_changed(employee_ids: Iterable[int]) -> None:
    """Stamp people whose facts changed. Call it in the transaction of the change itself."""
    ids = sorted(set(employee_ids))
    if ids:
        Employee.everyone.filter(id__in=ids).update(
            facts_version=F("facts_version") + 1, facts_changed_at=Now()
        )


def locked(employee_id: int) -> Employee:
    """The person, locked until the transaction ends."""
    return Employee.everyone.select_for_update(no_key=True).get(pk=employee_id)


def snapshot(record: Model) -> dict[str, Any]:
    """All stored columns of a row as JSON values."""
    values = {f.attname: f.value_from_object(record) for f in record._meta.concrete_fields}
    values = {k: getattr(v, "name", v) if hasattr(v, "storage") else v for k, v in values.items()}
    return cast(dict[str, Any], json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def correct(
    employee: Employee,
    subject: str,
    reason: str,
    actor: User | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Correction:
    """Keep what was entered by hand and stamp the person; in the transaction of the change."""
    mark_changed([employee.pk])
    return note(employee, subject, reason, actor, before, after)


def note(
    employee: Employee,
    subject: str,
    reason: str,
    actor: User | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Correction:
    """Keep what was entered by hand and does not count yet: nothing is to be recalculated."""
    check_may_change(employee, reason, actor)
    return Correction.objects.create(
        employee=employee, subject=subject, reason=reason, actor=actor, before=before, after=after
    )


def check_may_change(employee: Employee, reason: str, actor: User | None) -> None:
    """Raise FactError without a reason, or when officers would change their own record."""
    if not reason.strip():
        raise FactError("reason_missing", "reason")
    if actor is not None and employee.user_id is not None and employee.user_id == actor.pk:
        raise FactError("own_record")


@transaction.atomic
def add_person(data: Data, reason: str, actor: User | None) -> Employee:
    """A new person. A withdrawn one with the same NIP comes back instead.

    Raises FactError("nip_known") when the NIP is taken.
    """
    found = Employee.everyone.select_for_update(no_key=True).filter(nip=data["nip"]).first()
    if found is not None and found.withdrawn_at is None:
        raise FactError("nip_known", "nip")
    employee = found or Employee()
    before = snapshot(found) if found else None
    employee.withdrawn_at = None
    _check_nip(data["nip"])
    _write(employee, data)
    correct(employee, "person", reason, actor, before, snapshot(employee))
    return employee


@transaction.atomic
def correct_person(employee: Employee, data: Data, reason: str, actor: User | None) -> Employee:
    """Correct master data; a changed NIP keeps the former one in the history."""
    employee = locked(employee.pk)
    check_may_change(employee, reason, actor)
    before, former = snapshot(employee), employee.nip
    number = data.get("nip", former)
    if number != former:
        _check_nip(number)
        if Employee.everyone.filter(nip=number).exists():
            raise FactError("nip_known", "nip")
        FormerNip.objects.get_or_create(
            employee=employee, nip=former, defaults={"reason": reason[:200]}
        )
    _write(employee, data)
    correct(employee, "person", reason, actor, before, snapshot(employee))
    close_left(timezone.localdate(), [employee.pk])
    return employee


@transaction.atomic
def record_rank(
    employee: Employee, data: Data, reason: str, actor: User | None, rank: Rank | None = None
) -> Rank:
    """Add or correct a rank. Raises FactError("rank_date_taken") for two on one day."""
    employee = locked(employee.pk)
    other = employee.ranks.filter(effective_on=data["effective_on"])
    if rank is not None:
        other = other.exclude(pk=rank.pk)
    if other.exists():
        raise FactError("rank_date_taken", "effective_on", day=data["effective_on"].isoformat())
    return _record(employee, "rank", rank or Rank(employee=employee), data, reason, actor)


@transaction.atomic
def record_appointment(
    employee: Employee,
    data: Data,
    reason: str,
    actor: User | None,
    appointment: Appointment | None = None,
) -> Appointment:
    """Add or correct an appointment; a new open one closes the one before it the day before.

    Raises FactError("level_not_in_position") or ("overlaps").
    """
    record = appointment or Appointment(employee=employee)
    position = data.get("position") or record.position
    level = data.get("level", record.level)
    if not PositionLevel.objects.filter(position=position, level=level).exists():
        raise FactError("level_not_in_position", "level", level=level, position=position.name)
    return _record_dated(employee, "appointment", record, data, reason, actor)


@transaction.atomic
def record_membership(
    employee: Employee,
    data: Data,
    reason: str,
    actor: User | None,
    membership: UnitMembership | None = None,
) -> UnitMembership:
    """Add or correct where a person works; a new one closes the one before it."""
    record = membership or UnitMembership(employee=employee)
    return _record_dated(employee, "unit", record, data, reason, actor)


@transaction.atomic
def record_superior(
    employee: Employee,
    data: Data,
    reason: str,
    actor: User | None,
    superior: Superior | None = None,
) -> Superior:
    """Add or correct the direct superior. Raises FactError("own_superior")."""
    record = superior or Superior(employee=employee)
    boss = data.get("superior")
    if boss is not None and boss.pk == employee.pk:
        raise FactError("own_superior", "superior")
    return _record_dated(employee, "superior", record, data, reason, actor)


@transaction.atomic
def record_status(
    employee: Employee,
    data: Data,
    reason: str,
    actor: User | None,
    status: StatusPeriod | None = None,
) -> StatusPeriod:
    """Add or correct a time that stops or changes the counting."""
    record = status or StatusPeriod(employee=employee)
    return _record_dated(employee, "status", record, data, reason, actor, closes=False)


@transaction.atomic
def record_education(
    employee: Employee,
    data: Data,
    reason: str,
    actor: User | None,
    education: Education | None = None,
) -> Education:
    """Add or correct a degree. Raises FactError("degree_known") for the same degree twice."""
    employee = locked(employee.pk)
    record = education or Education(employee=employee)
    other = employee.education.filter(degree=data.get("degree", record.degree))
    if other.exclude(pk=record.pk).exists():
        raise FactError("degree_known", "degree")
    return _record(employee, "education", record, data, reason, actor)


Removable = Rank | Appointment | UnitMembership | Superior | StatusPeriod | Education


@transaction.atomic
def remove(record: Removable, subject: str, reason: str, actor: User | None) -> None:
    """Take back a fact that never was so; what stood there stays in the correction."""
    employee = locked(record.employee_id)
    check_may_change(employee, reason, actor)
    before = snapshot(record)
    record.delete()
    correct(employee, subject, reason, actor, before, None)


R = TypeVar("R", bound=Model)


def _record(
    employee: Employee, subject: str, record: R, data: Data, reason: str, actor: User | None
) -> R:
    check_may_change(employee, reason, actor)
    before = snapshot(record) if record.pk else None
    _write(record, data)
    correct(employee, subject, reason, actor, before, snapshot(record))
    return record


def _record_dated(
    employee: Employee,
    subject: str,
    record: D,
    data: Data,
    reason: str,
    actor: User | None,
    closes: bool = True,
) -> D:
    employee = locked(employee.pk)
    start, end = data.get("start", record.start), data.get("end", record.end)
    if end is not None and end < start:
        raise FactError("end_before_start", "end")
    others = type(record)._default_manager.filter(employee=employee).exclude(pk=record.pk)
    if closes and record.pk is None:
        _close_before(others, start, subject, employee, reason, actor)
    clash = others.filter(Q(end__isnull=True) | Q(end__gte=start), start__lte=end or date.max)
    if (other := clash.order_by("start").first()) is not None:
        raise FactError("overlaps", "start", start=other.start.isoformat(), end=_text(other.end))
    return _record(employee, subject, record, data, reason, actor)


def _close_before(
    others: Any, start: date, subject: str, employee: Employee, reason: str, actor: User | None
) -> None:
    """End the open record of the same kind on the day before `start`."""
    before: Dated | None = others.filter(start__lt=start, end__isnull=True).first()
    if before is not None:
        old = snapshot(before)
        before.end = start - _DAY
        before.save(update_fields=["end"])
        correct(employee, subject, reason, actor, old, snapshot(before))


def _write(record: Model, data: Data) -> None:
    for name, value in data.items():
        setattr(record, name, value)
    try:
        record.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as problem:
        field, errors = next(iter(problem.error_dict.items()))
        raise FactError(
            "invalid",
            None if field == NON_FIELD_ERRORS else field,
            detail=" ".join(m for e in errors for m in e.messages),
        ) from problem
    record.save()


def _check_nip(number: str) -> None:
    errors = [n for n in nips.check(number) if n.severity == "error"]
    if errors:
        raise FactError(errors[0].code, "nip", **errors[0].params)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
