"""The page of one person: where they stand, why, and what may be done about it."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import How, looked
from accounts.policy import allows, guard, visible
from credits.explanations import issue, why_no_rank_target
from credits.models import Document
from credits.selectors import balances, findings, standings, timeline
from credits.views import entries as credit_entries
from employees.models import Employee, Rank, Superior, UnitMembership
from employees.policy import birth_shown
from employees.views import entries as employee_entries
from positions.selectors import unit_names
from reports.forms import AsOfForm, WhyForm
from reports.history import events, ledger_event, undated_education

DOCUMENTS = 12
# What is entered by hand for a person, the most frequent first: resource, route of the form, label.
ENTRIES = tuple(
    (entry.kind, f"{app}:{entry.kind}_add", entry.label)
    for app, kinds in (("credits", credit_entries.ENTRIES), ("employees", employee_entries.ENTRIES))
    for entry in kinds
)


@guard("employee", "view")
@require_GET
def person_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person within what the reader's roles reach; otherwise there is no such person."""
    people = visible(Employee.objects.select_related("employer"), request.user, "employee")
    person = get_object_or_404(people, public_id=public_id)
    looked(request, "employee", [person])
    today = timezone.localdate()
    asked = AsOfForm(request.GET or None)
    when = asked.cleaned_data if asked.is_bound and asked.is_valid() else {}
    on, known_at = when.get("on") or today, _end_of(when.get("known"))
    entries = timeline(person.pk, on, known_at)
    standing = standings([person.pk], on, known_at).get(person.pk)
    balance = standing.balance if standing else balances([person.pk], on, known_at).get(person.pk)
    context: dict[str, Any] = {
        "person": person,
        "on": on,
        "known": when.get("known"),
        "looks_back": bool(when.get("on") or when.get("known")),
        "as_of": asked,
        "standing": standing,
        "balance": balance,
        "why_no_rank": why_no_rank_target(standing.why_not) if standing else "",
        "findings": [(f, issue(f.code, f.params)) for f in findings(person.pk)],
        "events": events(person, entries, on),
        "undone": [ledger_event(view) for view in reversed(entries) if not view.standing],
        "undated_education": undated_education(person),
        "documents": _documents(request, person),
    }
    context |= _now(person, on) | _may(request, person)
    return render(request, "reports/person.html", context)


def _end_of(day: date | None) -> datetime | None:
    """The last instant of a day, in the ministry's time."""
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None


def _now(person: Employee, on: date) -> dict[str, Any]:
    """Rank, unit and superior of a day."""
    rank = Rank.objects.filter(employee=person, effective_on__lte=on).order_by("-effective_on")
    member = UnitMembership.objects.on(on).filter(employee=person).first()
    superior = Superior.objects.on(on).filter(employee=person).select_related("superior").first()
    unit = unit_names(on).get(member.unit_id) if member else None
    return {"rank": rank.first(), "unit": unit, "superior": superior}


def _may(request: HttpRequest, person: Employee) -> dict[str, Any]:
    """What the reader may do here; nobody changes the own record (decision 15)."""
    user = request.user
    own = person.user_id == user.pk
    change = not own and allows(user, "employee", "change")
    return {
        "may_change": change,
        "entries": [e for e in ENTRIES if change and allows(user, e[0], "add")],
        "may_run": allows(user, "run", "add"),
        "may_draft": allows(user, "document", "add"),
        "birth": birth_shown(user, person, timezone.localdate()),
        "may_reveal": not own and allows(user, "private_field", "view"),
    }


@guard("private_field", "view")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Birth and card number unmasked, for a reason that is kept and that the person can read."""
    people = visible(Employee.objects.all(), request.user, "employee")
    person = get_object_or_404(people, public_id=public_id)
    form = WhyForm(request.POST or None)
    revealed = request.method == "POST" and form.is_valid()
    how = How.REVEAL if revealed else How.VIEW
    looked(request, "employee", [person], how, reason=form.data.get("reason", ""))
    context = {"person": person, "form": form, "revealed": revealed}
    return render(request, "reports/reveal.html", context)


def _documents(request: HttpRequest, person: Employee) -> list[Document]:
    mine = visible(Document.objects.filter(employee=person), request.user, "document")
    return list(mine.defer("content")[:DOCUMENTS])
