"""Beside the people list: suggestions while typing, saved lists, chosen columns."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import listed as log_list
from accounts.pages import as_uuid, signed_in
from accounts.policy import Role, guard, roles_of, visible
from accounts.saved_lists import lists_for
from accounts.services import remember_columns, remove_list, save_list, save_query
from employees.models import Employee
from positions.models import Position, UnitVersion
from reports.columns import COLUMNS
from reports.filters import matching, named, similar
from reports.selectors import people_today
from reports.views.selection import PLACE, selection

PEOPLE, OTHERS, SHORTEST, LONGEST = 6, 3, 2, 200


# With whom a list may be shared, in words.
ROLES = (
    (Role.HR, _("Biro SDM")),
    (Role.COORDINATOR, _("unit coordinators")),
    (Role.POSITION_COORDINATOR, _("JF coordinators")),
    (Role.SUPERIOR, _("direct superiors")),
    (Role.HOLDER, _("holders")),
    (Role.AUDITOR, _("auditors")),
    (Role.ADMIN, _("administrators")),
)


@guard("employee", "view")
@require_POST
def people_suggest(request: HttpRequest) -> HttpResponse:
    """What the typed text may mean, as the options of a list: people, units, positions.

    A fragment of HTML; the text comes in the body, so that it stands in no URL and no log.
    """
    text = request.POST.get("q", "").strip()[:LONGEST]
    found = _suggestions(request, text) if len(text) >= SHORTEST else {}
    log_list(
        request,
        "employee",
        (row[0] for row in [*found.get("people", []), *found.get("near", [])]),
        detail="search",
    )
    return render(request, "reports/suggestions.html", found)


def _suggestions(request: HttpRequest, text: str) -> dict[str, Any]:
    today = timezone.localdate()
    everybody = visible(Employee.objects.all(), request.user, "employee")
    people = list(everybody.filter(named(text)).order_by("name", "pk")[:PEOPLE])
    if not people and " " in text:  # a name with a unit or position beside it
        people = list(everybody.filter(matching(text, today)).order_by("name", "pk")[:PEOPLE])
    near: list[Employee] = []
    if not people and not text[0].isdigit():
        near = list(similar(everybody, text)[:PEOPLE])
    found = Employee.objects.filter(pk__in=[p.pk for p in people + near])
    held = {p.pk: p for p in people_today(found, today)}
    names = dict(Position.objects.order_by().values_list("pk", "name"))
    units = UnitVersion.objects.on(today).filter(
        Q(name__icontains=text) | Q(abbreviation__iexact=text)
    )
    positions = Position.objects.filter(
        Q(name__icontains=text) | Q(pk__in=_aliased(text).values("pk"))
    )
    return {
        "people": [(p, names.get(held[p.pk].position_now, "")) for p in people],
        "near": [(p, names.get(held[p.pk].position_now, "")) for p in near],
        "units": list(units.order_by("name").values_list("unit_id", "name")[:OTHERS]),
        "positions": list(positions.order_by("name").values_list("pk", "name")[:OTHERS]),
    }


def _aliased(text: str) -> Any:
    return Position.objects.filter(aliases__name__iexact=text)


@guard("saved_list", "view")
@require_GET
def list_open(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A saved list by its link: the filters go into the address, a search becomes one's own."""
    opened = lists_for(signed_in(request), roles_of(request.user), PLACE, public_id).opened
    if opened is None:
        raise Http404
    query = {**opened.filters, "list": str(opened.public_id)}
    if opened.search:
        query["s"] = save_query(signed_in(request), opened.search)
    return redirect(f"{reverse('reports:people')}?{urlencode(query)}")


@guard("saved_list", "add")
@require_POST
def list_save(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands in the address under a name."""
    asked = selection(request)
    roles = [role for role, _label in ROLES if role in request.POST.getlist("roles")]
    saved = save_list(
        signed_in(request),
        PLACE,
        request.POST.get("name", ""),
        filters=asked.asked,
        search=asked.searched,
        columns=[column.key for column in asked.columns],
        roles=roles,
        by_link="by_link" in request.POST,
    )
    if saved is None:
        messages.error(request, gettext("Give the list a name. At most 100 lists can be kept."))
        return _back(request)
    messages.success(request, gettext("The list “%(name)s” is saved.") % {"name": saved.name})
    return redirect("reports:list", saved.public_id)


@guard("saved_list", "delete")
@require_POST
def list_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a list of one's own; somebody else's does not exist here."""
    if not remove_list(signed_in(request), public_id):
        raise Http404
    messages.success(request, gettext("The list was removed; nobody on it was changed."))
    return redirect("reports:people")


@guard("employee", "view")
@require_POST
def people_columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns to show, in which order."""
    wanted = [key for key in request.POST.getlist("columns") if key in COLUMNS]
    if "usual" in request.POST:
        wanted = []
    remember_columns(signed_in(request), PLACE, sorted(wanted, key=lambda k: _place(request, k)))
    return _back(request, "list")


def _place(request: HttpRequest, key: str) -> tuple[int, int]:
    """Where a column is wanted; those without a number keep their usual order at the end."""
    typed = request.POST.get(f"place_{key}", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 999
    return number, list(COLUMNS).index(key)


def _back(request: HttpRequest, *without: str) -> HttpResponse:
    """To the list that the address of this form speaks of."""
    query = request.GET.copy()
    if as_uuid(query.get("list", "")) is None:
        query.pop("list", None)
    for key in ("page", *without):
        query.pop(key, None)
    target = reverse("reports:people")
    return redirect(f"{target}?{query.urlencode()}" if query else target)
