"""The start page by role: what to do next; and the findings of the last calculations."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import issue
from credits.models import Document
from credits.selectors import standings
from employees.models import Employee
from reports.at_hand import at_hand, own_work
from reports.duties import Urgency, duties_of, what_next
from reports.selectors import figures, latest_findings
from reports.tour import tour_of

PAGE = 50
URGENCIES = {
    Urgency.NOW: ("badge-bad", _("now")),
    Urgency.SOON: ("badge-warn", _("this week")),
    Urgency.LATER: ("", _("when there is time")),
}


@guard("site", "view")
@require_GET
def start_page(request: HttpRequest) -> HttpResponse:
    """The tour at first; then own work that goes on, what waits, and a few figures."""
    user, today = signed_in(request), timezone.localdate()
    known = at_hand(user)
    waiting = duties_of(user, today)
    context: dict[str, Any] = {
        "today": today,
        "tour": tour_of(user),
        "at_hand": known,
        "work": own_work(user, known),
        "duties": waiting,
        "next": [] if waiting else what_next(user, today),
        "urgencies": URGENCIES,
    }
    people = visible(Employee.objects.all(), request.user, "employee")
    if allows(request.user, "figures", "view"):
        found = context["figures"] = figures(people, today)
        context["empty"] = not found.staff and allows(request.user, "import", "add")
    own = people.filter(user=user).first()
    if own is not None:
        context |= {"own": own, **_own(request, own, today)}
    return render(request, "reports/start.html", context)


def _own(request: HttpRequest, own: Employee, today: date) -> dict[str, Any]:
    """Where the reader stands, and the last document about the reader."""
    documents = visible(Document.objects.filter(employee=own), request.user, "document")
    last = documents.exclude(state=Document.State.DRAFT).defer("content").first()
    return {"own_standing": standings([own.pk], today).get(own.pk), "own_document": last}


@guard("run", "view")
@require_GET
def findings_page(request: HttpRequest) -> HttpResponse:
    """What the last computation of each person noted, person by person."""
    people = visible(Employee.objects.all(), request.user, "employee")
    rows = latest_findings(people).select_related("employee")
    code = request.GET.get("code", "")
    if code:
        rows = rows.filter(code=code)
    rows = rows.order_by("severity", "code", "employee__name", "id")
    listed = paged(request, rows, PAGE)
    log_list(request, "run", (found.employee for found in listed["page"]))
    context = {
        "list": listed,
        "rows": [(found, issue(found.code, found.params)) for found in listed["page"]],
        "code": code,
    }
    return render(request, "reports/findings.html", context)
