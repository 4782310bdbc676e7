"""The people list: search, filters, sorting, pages of constant cost, and the same as a sheet."""

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import filters_of, looked_at_all
from accounts.access import listed as log_list
from accounts.models import SavedQuery
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from accounts.services import save_query
from credits.selectors import standings
from employees.models import Employee
from reports.exports import people_workbook
from reports.filters import SORTS, PeopleFilter, matching
from reports.forms import WhyForm
from reports.selectors import people_today

SIZES = (25, 50, 100)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@guard("employee", "view")
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    searched = _searched(request)
    filters = _filtered(request, searched, today)
    rows = _sorted(filters.qs, request.GET.get("sort", ""))
    listed = paged(request, rows, _size(request))
    context: dict[str, Any] = {
        "filter": filters,
        "list": listed,
        "rows": _rows(listed["page"], filters.units, today),
        "searched": searched,
        "size": _size(request),
        "sizes": SIZES,
        "sort": request.GET.get("sort", "name"),
        "narrowed": any(v for k, v in request.GET.items() if k not in ("page", "size", "sort")),
        "may_add": allows(request.user, "employee", "add"),
        "may_export": allows(request.user, "people_export", "view"),
    }
    log_list(
        request, "employee", (row["person"] for row in context["rows"]), detail=filters_of(request)
    )
    return render(request, "reports/people.html", context)


@guard("employee", "view")
@require_POST
def people_search(request: HttpRequest) -> HttpResponse:
    """Keep the text and go on with a token: what was typed stands in no URL and no log."""
    query = request.GET.copy()
    for key in ("page", "s"):
        query.pop(key, None)
    if text := request.POST.get("q", "").strip():
        query["s"] = save_query(signed_in(request), text)
    target = reverse("reports:people")
    return redirect(f"{target}?{query.urlencode()}" if query else target)


@guard("people_export", "view")
@require_http_methods(["GET", "POST"])
def people_export(request: HttpRequest) -> HttpResponseBase:
    """The whole filtered list as XLSX, for a reason that is kept; each person in it is logged."""
    today = timezone.localdate()
    filters = _filtered(request, _searched(request), today)
    form = WhyForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "people": filters.qs.count(), "query": request.GET.urlencode()}
        return render(request, "reports/people_export.html", context)
    reason = form.cleaned_data["reason"]
    looked_at_all(request, "employee", filters.qs, detail=filters_of(request), reason=reason)
    rows = _sorted(filters.qs, request.GET.get("sort", "")).select_related("employer")
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    people_workbook(rows.iterator(chunk_size=1000), Path(file.name), today)
    name = f"pegawai-{today:%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _searched(request: HttpRequest) -> str:
    """The text behind the token; somebody else's token finds nothing."""
    token = request.GET.get("s")
    if not token:
        return ""
    found = SavedQuery.objects.filter(token=token, user=signed_in(request))
    return found.values_list("text", flat=True).first() or ""


def _filtered(request: HttpRequest, searched: str, today: date) -> PeopleFilter:
    people = visible(Employee.objects.all(), request.user, "employee")
    rows = people_today(people, today)
    if searched:
        rows = rows.filter(matching(searched, today))
    data = request.GET.copy()
    data.setdefault("who", "all" if searched else "holders")
    return PeopleFilter(data, queryset=rows, on=today)


def _sorted(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """By a column of SORTS, "-" in front for the other way; unknown values last."""
    first, *rest = SORTS.get(wanted.removeprefix("-"), SORTS["name"])
    column = F(first)
    down = wanted.startswith("-")
    order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return rows.order_by(order, *rest)


def _size(request: HttpRequest) -> int:
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in SIZES} else SIZES[0]


def _rows(page: Iterable[Any], units: dict[int, str], today: date) -> list[dict[str, Any]]:
    people = list(page)
    known = standings([p.pk for p in people], today)
    return [
        {"person": p, "standing": known.get(p.pk), "unit": units.get(p.unit_now, "")}
        for p in people
    ]
