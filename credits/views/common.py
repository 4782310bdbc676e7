"""What the pages of runs and documents share."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.access import looked
from accounts.policy import visible
from credits.models import CalculationRun, DocumentBatch
from employees.models import Employee

BADGES = {
    "waiting": "badge-info",
    "running": "badge-info",
    "done": "badge-ok",
    "partly": "badge-warn",
    "cancelled": "",
    "parked": "badge-bad",
}

DOCUMENT_BADGES = {
    "draft": "",
    "awaiting": "badge-info",
    "returned": "badge-warn",
    "signed": "badge-ok",
    "superseded": "",
    "revoked": "badge-bad",
}

OPEN = ("waiting", "running")


def progress(work: CalculationRun | DocumentBatch) -> dict[str, Any]:
    """For the progress bar: {done, total, text, finished}."""
    text = _("%(state)s: %(done)s of %(total)s people") % {
        "state": work.get_state_display(),
        "done": number_format(work.done),
        "total": number_format(work.people),
    }
    finished = work.state not in OPEN
    return {"done": work.done, "total": work.people, "text": text, "finished": finished}


def person_asked(request: HttpRequest) -> Employee | None:
    """The person that ?person=<public_id> names; 404 outside the reader's scope."""
    asked = request.GET.get("person")
    if not asked:
        return None
    people = visible(Employee.objects.all(), request.user, "employee")
    person = get_object_or_404(people, public_id=as_uuid(asked))
    looked(request, "employee", [person])
    return person


def as_uuid(text: str) -> UUID | None:
    """The id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
