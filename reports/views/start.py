"""The start page: what to do next, then the ministry's figures."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.policy import allows, guard, visible
from credits.explanations import issue
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
            "not_computed": [(code, issue(code, {}), n) for code, n in found.not_computed],
            "notes": [(code, issue(code, {}), n) for code, n in found.notes],
            "may_run": allows(request.user, "run", "add"),
        }
    own = people.filter(user=cast(User, request.user)).first()
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
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "rows": [(finding, issue(finding.code, finding.params)) for finding in page],
        "code": code,
    }
    return render(request, "reports/findings.html", context)
