"""Opening balances: the points with which the counting of a person starts (E-02)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from credits.models import OpeningBalance
from credits.rules.units import InexactAmount, to_units
from credits.services.ratings import in_force
from employees.models import Employee
from employees.services import facts


@transaction.atomic
def record_opening(
    employee: Employee,
    *,
    on: date,
    points: Decimal | Fraction | int,
    kind: str,
    reason: str,
    actor: User | None,
    document_number: str = "",
    document_date: date | None = None,
    scan: Any = None,
) -> OpeningBalance:
    """Record what the last PAK states on a day, in points; one is in force, a new one replaces it.

    Raises FactError("amount_negative" | "amount_inexact" | "opening_kind_unknown").
    """
    employee = facts.locked(employee.pk)
    facts.check_may_change(employee, reason, actor)
    if kind not in OpeningBalance.Kind.values:
        raise facts.FactError("opening_kind_unknown", "kind")
    before = OpeningBalance.objects.filter(in_force(), employee=employee).first()
    opening = OpeningBalance(
        employee=employee,
        on=on,
        kind=kind,
        units=units_of(points),
        document_number=document_number,
        document_date=document_date,
    )
    if scan is not None:
        opening.scan = scan
    old = facts.snapshot(before) if before else None
    _replace(before, opening)
    facts.correct(employee, "opening", reason, actor, old, facts.snapshot(opening))
    return opening


def units_of(points: Decimal | Fraction | int) -> int:
    """Stated points in the ledger's unit. Raises FactError for a negative or inexact amount."""
    if points < 0:
        raise facts.FactError("amount_negative", "points")
    try:
        return to_units(points)
    except InexactAmount:
        raise facts.FactError("amount_inexact", "points") from None


def _replace(before: OpeningBalance | None, opening: OpeningBalance) -> None:
    """Only one may be in force at any moment, so the old one points at itself in between."""
    if before is not None:
        before.superseded_by = before
        before.save(update_fields=["superseded_by"])
    opening.save()
    if before is not None:
        before.superseded_by = opening
        before.save(update_fields=["superseded_by"])


@transaction.atomic
def withdraw_opening(opening: OpeningBalance, reason: str, actor: User | None) -> None:
    """Take back an opening balance in force; the one that it had replaced holds again.

    Raises FactError("opening_not_in_force").
    """
    employee = facts.locked(opening.employee_id)
    opening = OpeningBalance.objects.select_for_update().get(pk=opening.pk)
    if opening.superseded_by_id is not None or opening.withdrawn_at is not None:
        raise facts.FactError("opening_not_in_force")
    before = facts.snapshot(opening)
    opening.withdrawn_at = timezone.now()
    opening.save(update_fields=["withdrawn_at"])
    replaced = OpeningBalance.objects.filter(superseded_by=opening, withdrawn_at__isnull=True)
    replaced.update(superseded_by=None)
    facts.correct(employee, "opening", reason, actor, before, facts.snapshot(opening))
