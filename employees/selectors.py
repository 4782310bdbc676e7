"""Reading who acts for whom, and who is related to whom."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from employees.models import Delegation, Kinship, Superior


def deputies(on: date) -> dict[int, Delegation]:
    """Who acts on a day, by the officer acted for."""
    found = Delegation.objects.on(on).select_related("deputy")
    return {delegation.officer_id: delegation for delegation in found}


def rated_by(user_id: int, end: date, on: date) -> Q:
    """The people whom an account rates for a period: the condition on them.

    Their direct superior of the period's last day (as who signs, R-012), or who acts for him
    (Plt., Plh.) on the day of the act (`on`). Never oneself.
    """
    officers = Delegation.objects.on(on).filter(deputy__user_id=user_id).values("officer_id")
    acting = Q(superior__user_id=user_id) | Q(superior_id__in=officers)
    rated = Superior.objects.on(end).filter(acting)
    return Q(id__in=rated.values("employee_id")) & ~Q(user_id=user_id)


def related(ids: Iterable[int], on: date) -> set[int]:
    """Everybody who is a declared relative of one of these people on a day. One statement."""
    return set().union(*relatives_of(ids, on).values())


def relatives_of(ids: Iterable[int], on: date) -> dict[int, set[int]]:
    """The declared relatives of each of these people on a day. One statement."""
    wanted = set(ids)
    current = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    sides = Q(employee_id__in=wanted) | Q(relative_id__in=wanted)
    found: dict[int, set[int]] = {person: set() for person in wanted}
    for a, b in Kinship.objects.filter(current, sides).values_list("employee_id", "relative_id"):
        for one, other in ((a, b), (b, a)):
            if one in wanted:
                found[one].add(other)
    return found
