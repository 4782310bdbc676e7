"""The auditor's pages: who wrote what, who looked at whom, and whether the trails are whole."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import How, filters_of, looked, looked_at_all
from accounts.models import AccessEvent, AuditCheck, AuditEvent, AuditSeal, User
from accounts.pages import XLSX, attachment, paged, signed_in, start_of
from accounts.policy import guard
from accounts.sealing import check
from accounts.services import query_of, save_query
from employees.models import Employee
from reports.filters import matching
from reports.forms import TrailForm, WhyForm
from reports.privacy.sheets import trail_csv, trail_workbook
from reports.privacy.words import looks, told

A_PAGE = 50
CSV = "text/csv; charset=utf-8"


@guard("audit", "view")
@require_http_methods(["GET"])
def audit_list(request: HttpRequest) -> HttpResponse:
    """Writes, newest first, each with what was before and what is now."""
    form, events = _asked(request, AuditEvent.objects.all())
    listed = paged(request, events, A_PAGE)
    rows = told(listed["page"])
    looked(request, "audit", [row.person for row in rows if row.person], detail=filters_of(request))
    return render(request, "reports/audit.html", _page(request, form, listed) | {"rows": rows})


@guard("audit", "view")
@require_http_methods(["GET"])
def access_list(request: HttpRequest) -> HttpResponse:
    """Looks at personal data, newest first."""
    form, events = _asked(request, AccessEvent.objects.all())
    listed = paged(request, events, A_PAGE)
    rows = looks(listed["page"], timezone.localdate())
    people = [row.person for row in rows if row.person]
    looked(request, "access", people, detail=filters_of(request))
    return render(request, "reports/access.html", _page(request, form, listed) | {"rows": rows})


def _page(request: HttpRequest, form: TrailForm, listed: dict[str, Any]) -> dict[str, Any]:
    person, officer = _searched(request)
    return {
        "form": form,
        "list": listed,
        "person": person,
        "officer": officer,
        "narrowed": any(v for k, v in request.GET.items() if k != "page"),
    }


def _searched(request: HttpRequest) -> tuple[str, str]:
    """What was typed for the person and for the officer, behind the tokens in the address."""
    user = signed_in(request)
    tokens = (request.GET.get("s", ""), request.GET.get("o", ""))
    return tuple(query_of(user, token) if token else "" for token in tokens)  # type: ignore[return-value]


def _asked(request: HttpRequest, events: "QuerySet[Any]") -> tuple[TrailForm, "QuerySet[Any]"]:
    """The events that the reader asks for."""
    writes = events.model is AuditEvent
    form = TrailForm(request.GET or None, writes=writes)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    person, officer = _searched(request)
    if person:
        people = Employee.everyone.filter(matching(person, timezone.localdate())).values("pk")
        events = events.filter(**{"person__in" if writes else "subject__in": people})
    if officer:
        events = events.filter(actor_id__in=_officers(officer).values("pk"))
    for name in ("table", "kind", "what", "how", "channel"):
        if asked.get(name):
            events = events.filter(**{name: asked[name]})
    if asked.get("start"):
        events = events.filter(at__gte=start_of(asked["start"]))
    if asked.get("end"):
        events = events.filter(at__lt=start_of(asked["end"] + timedelta(days=1)))
    return form, events.order_by("-id")


def _officers(text: str) -> "QuerySet[User]":
    found = Q()
    for word in text.split():
        found &= (
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(employee__name__icontains=word)
        )
    return User.objects.filter(found)


@guard("audit", "view")
@require_POST
def audit_search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed, and go on with tokens: no name and no NIP stands in an address."""
    query = request.GET.copy()
    trail = query.pop("trail", ["audit"])[-1]
    for name, key in (("person", "s"), ("officer", "o")):
        query.pop(key, None)
        if text := request.POST.get(name, "").strip():
            query[key] = save_query(signed_in(request), text)
    query.pop("page", None)
    target = reverse("reports:access" if trail == "access" else "reports:audit")
    return redirect(f"{target}?{query.urlencode()}" if query else target)


@guard("audit", "view")
@require_http_methods(["GET", "POST"])
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """The asked events as XLSX or CSV, for a reason; the export is logged for each person in it."""
    _form, events = _asked(request, AuditEvent.objects.all())
    form = WhyForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "count": events.count(), "query": request.GET.urlencode()}
        return render(request, "reports/audit_export.html", context)
    people = Employee.everyone.filter(pk__in=events.order_by().values("person"))
    reason = form.cleaned_data["reason"]
    looked_at_all(request, "audit", people, How.EXPORT, detail=filters_of(request), reason=reason)
    plain = request.POST.get("format") == "csv"
    write, suffix, kind = (trail_csv, "csv", CSV) if plain else (trail_workbook, "xlsx", XLSX)
    name = f"jejak-audit-{timezone.localdate():%Y-%m-%d}.{suffix}"
    return attachment(lambda path: write(events, path), name, kind)


@guard("audit", "view")
@require_http_methods(["GET", "POST"])
def audit_check(request: HttpRequest) -> HttpResponse:
    """The last proofs of both trails; asking anew proves them at once."""
    if request.method == "POST":
        check(settings.LEDGER_ANCHOR_DIR)
        return redirect("reports:audit_check")
    context = {
        "checks": AuditCheck.objects.all()[:12],
        "seals": AuditSeal.objects.order_by("trail", "-number").distinct("trail"),
    }
    return render(request, "reports/audit_check.html", context)
