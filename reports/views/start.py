"""The start page: what to do next, then the ministry's figures."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import issue, issue_heading
from credits.selectors import standings
from employees.models import Employee
from reports.selectors import duties, figures, latest_findings

PAGE = 50


@guard("site", "view")
@require_GET
def start_page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context: dict[str, Any] = {"today": today}
    people = visible(Employee.objects.all(), request.user, "employee")
    if allows(request.user, "figures", "view"):
        context["figures"] = figures(people, today)
    if allows(request.user, "run", "view"):
        found = duties(people, today)
        context |= {
            "duties": found,
            "not_computed": [(code, issue_heading(code), n) for code, n in found.not_computed],
            "notes": [(code, issue_heading(code), n) for code, n in found.notes],
            "may_run": allows(request.user, "run", "add"),
        }
    own = people.filter(user=signed_in(request)).first()
    if own is not None:
        context |= {"own": own, "own_standing": standings([own.pk], today).get(own.pk)}
    return render(request, "reports/start.html", context)


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
