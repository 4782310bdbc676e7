"""The public page behind a document's QR code: whether it is genuine and in force.

Anyone may open it, so it says no more than is needed: number, date, form, initials and unit
(privacy.md). The address cannot be guessed, and asking is limited per address of the asker.
"""

from hashlib import sha256
from typing import Any

from django.core.cache import caches
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import AnonRateThrottle

from accounts.browsers import client_address
from accounts.policy import public
from credits.models import Document
from employees.models import Employee
from positions.selectors import unit_names

MOST = 10 * 2**20  # bytes of an uploaded PDF
State = Document.State
_IN_FORCE = {State.SIGNED}


class _Throttle(AnonRateThrottle):
    """Per address, also for whoever is signed in."""

    cache = caches["throttle"]
    scope = "verification"
    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": client_address(request)}


@public
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, token: str = "") -> HttpResponse:
    """What a document's code leads to; with a file, whether those bytes were issued here."""
    if not _Throttle().allow_request(request, None):  # type: ignore[arg-type]
        return render(request, "credits/verify.html", {"too_many": True}, status=429)
    context: dict[str, Any] = {"asked": bool(token)}
    document = _issued().filter(token=token).first() if token else None
    if request.method == "POST":
        context |= _uploaded(request)
        document = context.pop("document", None) or document
    if document is not None:
        context["document"] = _shown(document)
    response = render(
        request, "credits/verify.html", context, status=404 if token and not document else 200
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _issued() -> Any:
    return Document.objects.exclude(state=State.DRAFT).select_related("employee")


def _uploaded(request: HttpRequest) -> dict[str, Any]:
    """Which document, if any, an uploaded file is, to the byte."""
    file = request.FILES.get("file")
    if file is None:
        return {"problem": "missing"}
    if (file.size or 0) > MOST:
        return {"problem": "too_large"}
    digest = sha256()
    for piece in file.chunks():
        digest.update(piece)
    found = digest.hexdigest()
    document = _issued().filter(Q(pdf_hash=found) | Q(signed_hash=found)).first()
    return {"compared": True, "same": document is not None, "document": document}


def _shown(document: Document) -> dict[str, Any]:
    unit = document.unit_id or _unit_of(document.employee, document)
    return {
        "number": document.number,
        "dated": document.dated,
        "form": document.get_form_display(),
        "initials": initials(document.employee.name),
        "unit": unit_names(document.period_end).get(unit or 0, ""),
        "state": document.state,
        "state_text": document.get_state_display(),
        "in_force": document.state in _IN_FORCE,
        "checked_at": timezone.now(),
    }


def _unit_of(person: Employee, document: Document) -> int | None:
    return person.memberships.on(document.period_end).values_list("unit_id", flat=True).first()


def initials(name: str) -> str:
    """ "Budi Santoso" -> "B. S."."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())
