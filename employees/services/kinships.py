"""Declared relations (AZ068, AZ086): who is related to whom, so that neither acts for the other."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from employees.models import Employee, Kinship
from employees.services.facts import FactError


@transaction.atomic
def declare(employee: Employee, relative: Employee, kind: str, actor: User) -> Kinship:
    """Declare that two people are related; it holds at once, in both directions.

    Raises FactError: `own_relative`, `kinship_known`, `kinship_kind`.
    """
    if employee.pk == relative.pk:
        raise FactError("own_relative", "relative")
    if kind not in Kinship.Kind.values:
        raise FactError("kinship_kind", "kind")
    pair = sorted((employee.pk, relative.pk))  # always in this order: two who do it at once wait
    list(Employee.everyone.select_for_update(no_key=True).filter(pk__in=pair).order_by("pk"))
    between = Q(employee=employee, relative=relative) | Q(employee=relative, relative=employee)
    if Kinship.objects.filter(between, ended_on__isnull=True).exists():
        raise FactError("kinship_known", "relative")
    return Kinship.objects.create(
        employee=employee, relative=relative, kind=kind, declared_by=actor
    )


@transaction.atomic
def end(kinship: Kinship, on: date, reason: str, actor: User) -> Kinship:
    """End a relation after a day; the row stays. An officer who is a party does not end it.

    Raises FactError: `reason_missing`, `own_record`, `kinship_ended`, `kinship_end_ahead`.
    """
    kinship = (
        Kinship.objects.select_for_update(of=("self",))
        .select_related("employee", "relative")
        .get(pk=kinship.pk)
    )
    if not reason.strip():
        raise FactError("reason_missing", "reason")
    if actor.pk in (kinship.employee.user_id, kinship.relative.user_id):
        raise FactError("own_record")
    if kinship.ended_on is not None:
        raise FactError("kinship_ended", day=kinship.ended_on.isoformat())
    if on > timezone.localdate():
        raise FactError("kinship_end_ahead", "ended_on")
    kinship.ended_on, kinship.ended_because = on, reason.strip()[:500]
    kinship.save(update_fields=["ended_on", "ended_because"])
    return kinship
