"""What the pages of runs and documents share."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.policy import visible
from employees.models import Employee

BADGES = {
    "waiting": "badge-info",
    "running": "badge-info",
    "done": "badge-ok",
    "partly": "badge-warn",
    "cancelled": "",
    "parked": "badge-bad",
}


def person_asked(request: HttpRequest) -> Employee | None:
    """The person that ?person=<public_id> names; 404 outside the reader's scope."""
    asked = request.GET.get("person")
    if not asked:
        return None
    people = visible(Employee.objects.all(), request.user, "employee")
    return get_object_or_404(people, public_id=_uuid(asked))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
