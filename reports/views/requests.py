"""Requests for corrections: the asker's own, and the queue of Biro SDM."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import How, looked
from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from employees.models import CorrectionRequest
from employees.scans import SCAN_TYPES
from employees.services import requests
from employees.services.requests import RequestError
from reports.forms import CorrectionRequestForm
from reports.views.mydata import own_record
from reports.views.person import ENTRIES

A_PAGE = 50
BADGES = {
    "sent": "badge-info",
    "taken": "badge-warn",
    "granted": "badge-ok",
    "refused": "badge-bad",
}
PROBLEMS = {
    "own_record": gettext_lazy("Nobody decides on the own request. Ask another officer."),
    "decided_already": gettext_lazy("This request is decided already."),
    "reason_missing": gettext_lazy("Say why: the asker reads it."),
    "no_correction": gettext_lazy("Choose the correction that was entered for this request."),
}


@guard("correction_request", "view")
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Open ones first, those due next on top; holders see their own."""
    mine = visible(
        CorrectionRequest.objects.select_related("employee"), request.user, "correction_request"
    )
    closed = Case(When(state__in=requests.OPEN, then=Value(0)), default=Value(1))
    listed = paged(request, mine.order_by(closed, "asked_at", "pk"), A_PAGE)
    log_list(request, "correction_request", (r.employee for r in listed["page"]))
    context = {
        "list": listed,
        "rows": [_row(one) for one in listed["page"]],
        "decides": allows(request.user, "correction_request", "change"),
        "may_ask": _may_ask(request),
    }
    return render(request, "reports/request_list.html", context)


def _may_ask(request: HttpRequest) -> bool:
    return allows(request.user, "correction_request", "add") and own_record(request) is not None


def _row(one: CorrectionRequest) -> dict[str, Any]:
    left = one.hours_left(timezone.now())
    return {
        "request": one,
        "badge": BADGES[one.state],
        "left": left,
        "late": -left if one.is_open and left < 0 else 0,
    }


@guard("correction_request", "add")
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Ask for a correction of the own data."""
    person = own_record(request)
    if person is None:
        raise Http404
    form = CorrectionRequestForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if value}
        made = requests.ask(person, signed_in(request), data)
        messages.success(request, _("Sent to Biro SDM, who decide within three days."))
        return redirect("reports:request", made.public_id)
    return render(request, "reports/request_new.html", {"form": form})


def _request(
    request: HttpRequest, public_id: UUID, action: str = "view", how: str = How.VIEW
) -> CorrectionRequest:
    rows = CorrectionRequest.objects.select_related("employee", "taken_by", "decided_by")
    mine = visible(rows, request.user, "correction_request", action)
    found = get_object_or_404(mine, public_id=public_id)
    looked(request, "correction_request", [found.employee], how)
    return found


@guard("correction_request", "view")
@require_GET
def request_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request: what is asked, how far it is, and what an officer does next."""
    one = _request(request, public_id)
    decides = (
        one.is_open
        and allows(request.user, "correction_request", "change")
        and one.employee.user_id != request.user.pk
    )
    row = _row(one)
    row["asked"] = row.pop("request")  # `request` is the page's own
    context = {
        **row,
        "person": one.employee,
        "decides": decides,
        "entry": _entry(one) if decides else None,
        "corrections": requests.corrections_for(one) if decides else (),
    }
    return render(request, "reports/request.html", context)


def _entry(one: CorrectionRequest) -> str:
    """Where the fact is corrected by hand: master data, or the form of its kind."""
    if one.subject == CorrectionRequest.Subject.PERSON:
        return reverse("employees:person_edit", args=[one.employee.public_id])
    routes = {kind: route for kind, route, _label in ENTRIES}
    return reverse(routes[one.subject], args=[one.employee.public_id])


@guard("correction_request", "view")
@require_GET
def request_evidence(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The evidence, always as an attachment: it came from outside."""
    one = _request(request, public_id, how=How.DOWNLOAD)
    ending = str(one.evidence.name).rpartition(".")[2]
    try:
        file = one.evidence.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"bukti-{one.asked_at:%Y-%m-%d}.{ending}",
        content_type=SCAN_TYPES.get(ending, "application/octet-stream"),
    )


@guard("correction_request", "change")
@require_POST
def request_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Take up, grant or refuse."""
    one, actor = _request(request, public_id, "change"), signed_in(request)
    answer = request.POST.get("reason", "")
    chosen = request.POST.get("correction", "")
    try:
        if act == "ambil":
            requests.take(one, actor)
        elif act == "kabulkan":
            requests.grant(one, actor, int(chosen) if chosen.isdecimal() else 0, answer)
        else:
            requests.refuse(one, actor, answer)
    except RequestError as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    return redirect("reports:request", public_id)
