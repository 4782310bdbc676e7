"""Where a person stood on a day, as a claim keeps it: position, level, golongan, unit."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from credits.models import Claim
from employees.models import Appointment, Employee, Rank, UnitMembership


@dataclass(frozen=True, slots=True)
class Stood:
    """None or "" where nothing is on record."""

    position_id: int | None
    level: str
    golongan: str
    unit_id: int | None


def stood(employee: Employee, day: date) -> Stood:
    """From the register; three statements."""
    held = Appointment.objects.on(day).filter(employee=employee).first()
    rank = Rank.objects.filter(employee=employee, effective_on__lte=day)
    golongan = rank.order_by("-effective_on").values_list("golongan", flat=True).first()
    member = UnitMembership.objects.on(day).filter(employee=employee).first()
    return Stood(
        held.position_id if held else None,
        held.level if held else "",
        golongan or "",
        member.unit_id if member else None,
    )


def place(claim: Claim) -> None:
    """Set what the claim keeps of the person at the end of its period; saves nothing."""
    now = stood(claim.employee, claim.period_end)
    claim.position_id, claim.level = now.position_id, now.level
    claim.golongan, claim.unit_id = now.golongan, now.unit_id


def appointments(claim: Claim) -> list[Appointment]:
    """The functional positions of the person within the period, oldest first. One statement."""
    until = Q(end__isnull=True) | Q(end__gte=claim.period_start)
    rows = Appointment.objects.filter(until, employee=claim.employee_id)
    return list(rows.filter(start__lte=claim.period_end).order_by("start"))
