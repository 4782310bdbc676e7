"""What waits for somebody: counts for the start page."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from accounts.policy import allows, visible
from credits.models import Rating
from credits.rating_periods import suggested
from credits.services.approvals import by_others, undecided
from credits.services.ratings import in_force
from employees.models import Appointment, Employee

State = Rating.State


@dataclass(frozen=True)
class RatingsWaiting:
    """approve: to be decided by this officer. returned: entered by the user and sent back.
    accept, enter: of the superior's people in the last finished year (`year`): ratings that
    others entered, and holders of a functional position for whom nobody has entered any."""

    approve: int = 0
    returned: int = 0
    accept: int = 0
    enter: int = 0
    year: int = 0


def ratings_waiting(user: User) -> RatingsWaiting:
    """At most four statements; a function that the user may not use counts nothing."""
    approve = accept = enter = returned = 0
    last = suggested(timezone.localdate())
    open_ones = Rating.objects.filter(in_force())
    if allows(user, "rating_approval", "change"):
        approve = open_ones.filter(undecided() & by_others(user)).count()
    if allows(user, "rated", "change"):
        people = visible(Employee.objects.all(), user, "rated", "change", on=last.end)
        within = open_ones.filter(start__gte=last.start, end__lte=last.end)
        waits = within.filter(state=State.ENTERED, employee__in=people.values("pk"))
        accept = waits.filter(by_others(user)).count()
        known = within.filter(employee=OuterRef("pk")).exclude(state=State.RETURNED)
        held = Appointment.objects.on(last.end).filter(employee=OuterRef("pk"))
        enter = people.filter(~Exists(known), Exists(held)).count()
    if allows(user, "rated", "change") or allows(user, "rating", "add"):
        returned = open_ones.filter(state=State.RETURNED, entered_by=user).count()
    return RatingsWaiting(approve, returned, accept, enter, last.start.year)
