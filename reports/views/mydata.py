"""What is stored about me, who looked at it, and a copy of it."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import AccessEvent
from accounts.pages import attachment, paged, signed_in
from accounts.policy import guard
from employees.models import Employee
from reports.privacy.copies import counts_of, pdf_of, write_zip
from reports.privacy.holdings import Holding, shown
from reports.privacy.words import label, looks

LOOKS_A_PAGE = 50


def own_record(request: HttpRequest) -> Employee | None:
    """The person that the reader's account belongs to."""
    return Employee.objects.filter(user=signed_in(request)).first()


def _own(request: HttpRequest) -> Employee:
    person = own_record(request)
    if person is None:
        raise Http404
    return person


@guard("own_data", "view")
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything stored, field by field: what for, from where, how long."""
    person = own_record(request)
    counts = counts_of(shown(), person) if person else {}
    held = [_held(holding, counts.get(holding.label, 0)) for holding in shown()] if person else []
    return render(request, "reports/my_data.html", {"person": person, "held": held})


def _held(holding: Holding, count: int) -> dict[str, Any]:
    return {
        "holding": holding,
        "count": count,
        "fields": [(label(f), purpose) for f, purpose in holding.described()],
    }


@guard("own_data", "view")
@require_GET
def my_access(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, when, in which role and why."""
    person = _own(request)
    listed = paged(request, AccessEvent.objects.filter(subject=person.pk), LOOKS_A_PAGE)
    rows = looks(listed["page"], timezone.localdate())
    return render(request, "reports/my_access.html", {"list": listed, "rows": rows})


@guard("own_data", "view")
@require_POST
def my_copy(request: HttpRequest) -> FileResponse:
    """A ZIP with all of it, or only the readable part as a PDF (`format`)."""
    person = _own(request)
    name = f"data-saya-{timezone.localdate():%Y-%m-%d}"
    if request.POST.get("format") == "pdf":
        pdf = pdf_of(person)
        return attachment(lambda path: path.write_bytes(pdf), f"{name}.pdf", "application/pdf")
    return attachment(lambda path: write_zip(person, path), f"{name}.zip", "application/zip")
