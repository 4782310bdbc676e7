"""The people list: search, filters, sorting, pages of constant cost, and the same as a sheet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import filters_of, looked_at_all
from accounts.access import listed as log_list
from accounts.pages import attachment, paged, signed_in
from accounts.policy import allows, guard
from accounts.services import save_query
from reports.columns import COLUMNS, html
from reports.exports import people_workbook
from reports.forms import WhyForm
from reports.views.people_lists import ROLES
from reports.views.selection import NOT_FILTERS, selection

SIZES = (25, 50, 100)


@guard("employee", "view")
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    asked = selection(request)
    listed = paged(request, asked.rows, _size(request))
    rows = asked.shown(listed["page"])
    filters = {k for k, v in request.GET.items() if v and k not in NOT_FILTERS}
    context: dict[str, Any] = {
        "filter": asked.filters,
        "list": listed,
        "rows": [{"person": r.person, "cells": [html(c, r) for c in asked.columns]} for r in rows],
        "columns": asked.columns,
        "column_choices": _column_choices([c.key for c in asked.columns]),
        "lists": asked.lists,
        "list_changed": asked.changed,
        "roles": ROLES,
        "searched": asked.searched,
        "only_similar": asked.only_similar,
        "size": _size(request),
        "sizes": SIZES,
        "sort": request.GET.get("sort", "name"),
        "narrowed": bool(filters or asked.searched),
        "filtered": len(filters),
        "may_add": allows(request.user, "employee", "add"),
        "may_export": allows(request.user, "people_export", "view"),
        "may_compare": allows(request.user, "comparison", "view"),
        "may_run": allows(request.user, "run", "add"),
        "may_draft": allows(request.user, "document", "add"),
    }
    log_list(
        request, "employee", (row["person"] for row in context["rows"]), detail=filters_of(request)
    )
    return render(request, "reports/people.html", context)


def _column_choices(shown: list[str]) -> list[tuple[str, object, bool, int]]:
    """(key, label, chosen, place) of every column, those shown first and in their order."""
    rest = [key for key in COLUMNS if key not in shown]
    return [
        (key, COLUMNS[key].label, key in shown, place) for place, key in enumerate(shown + rest, 1)
    ]


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
    """The filtered list as XLSX with the columns of the screen, for a reason that is kept; each
    person in it is logged. By way of a temporary file."""
    asked = selection(request)
    if (answer := ask_why(request, asked.rows.count(), reverse("reports:people"))) is not None:
        return answer
    reason = request.POST["reason"]
    looked_at_all(request, "employee", asked.rows, detail=filters_of(request), reason=reason)
    rows = asked.rows.iterator(chunk_size=1000)
    return attachment(
        lambda path: people_workbook(rows, path, asked.today, asked.columns),
        f"pegawai-{asked.today:%Y-%m-%d}.xlsx",
    )


def _size(request: HttpRequest) -> int:
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in SIZES} else SIZES[0]


def ask_why(request: HttpRequest, people: int, back: str) -> HttpResponse | None:
    """The page that asks for the reason of an export; None once it is given (`reason`)."""
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return None
    query = request.GET.urlencode()
    context = {"form": form, "people": people, "back": f"{back}?{query}" if query else back}
    return render(request, "reports/people_export.html", context)
