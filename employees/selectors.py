"""Reading who acts for whom."""

from datetime import date

from employees.models import Delegation


def deputies(on: date) -> dict[int, Delegation]:
    """Who acts on a day, by the officer acted for."""
    found = Delegation.objects.on(on).select_related("deputy")
    return {delegation.officer_id: delegation for delegation in found}
