"""The page of one person: where they stand, why, and what may be done about it; also on paper."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import How, looked
from accounts.pages import end_of, start_of
from accounts.policy import allows, guard, visible
from credits.explanations import issue, why_no_rank_target
from credits.models import Document
from credits.selectors import EntryView, Standing, findings, standings, timeline
from credits.views import entries as credit_entries
from employees.models import Employee
from employees.policy import birth_shown
from employees.views import entries as employee_entries
from reports.changes import changes_since
from reports.facts import Fact, facts_about, origins_of
from reports.forms import AsOfForm, WhyForm
from reports.history import KINDS, REVERSED, Event, events, of_kind, reached_on, undated, undone
from reports.traces import add_traces, documents_of, run_ids

DOCUMENTS = 12
SHOWN = 60  # events of a long history at once
PRINTED = 1000
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
    person = _person(request, public_id)
    return render(request, "reports/person.html", _context(request, person, SHOWN))


@guard("employee", "view")
@require_GET
def person_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same for paper: the whole history, each sum written out, no navigation."""
    person = _person(request, public_id)
    context = _context(request, person, PRINTED) | {"printed_at": timezone.now()}
    return render(request, "reports/person_print.html", context)


def _person(request: HttpRequest, public_id: UUID) -> Employee:
    people = visible(Employee.objects.select_related("employer"), request.user, "employee")
    person = get_object_or_404(people, public_id=public_id)
    looked(request, "employee", [person])
    return person


def _context(request: HttpRequest, person: Employee, size: int) -> dict[str, Any]:
    asked = AsOfForm(request.GET or None)
    when = asked.cleaned_data if asked.is_bound and asked.is_valid() else {}
    on, known_at = when.get("on") or timezone.localdate(), end_of(when.get("known"))
    entries = timeline(person.pk, on, known_at)
    facts = facts_about(person.pk, on)
    documents = documents_of(
        visible(Document.objects.filter(employee=person), request.user, "document")
    )
    context: dict[str, Any] = {
        "person": person,
        "on": on,
        "known": when.get("known"),
        "looks_back": bool(when.get("on") or when.get("known")),
        "as_of": asked,
        "findings": [(f, issue(f.code, f.params)) for f in findings(person.pk)],
        "undated_education": undated(facts),
        "documents": documents[:DOCUMENTS],
        "documents_more": len(documents) - DOCUMENTS,
        "since": when.get("since"),
    }
    history = _history(request, facts, entries, on, size)
    origins = origins_of(person.pk, run_ids([*history["events"], *history["undone"]]))
    add_traces([*history["events"], *history["undone"]], facts, origins, documents)
    if since := when.get("since"):
        context["changes"] = changes_since(start_of(since), entries, facts, origins)
    context |= history | _standing(person, entries, on, known_at)
    return context | _now(facts, on) | _may(request, person)


def _standing(
    person: Employee, entries: list[EntryView], on: date, known_at: datetime | None
) -> dict[str, Any]:
    """The balance, how far it is from both thresholds, and since when they are reached."""
    balance = entries[-1].balance if entries else Fraction(0)
    standing: Standing | None
    standing = standings([person.pk], on, known_at, {person.pk: balance}).get(person.pk)
    if standing is None:
        return {"standing": None, "balance": balance}
    return {
        "standing": standing,
        "balance": balance,
        "why_no_rank": why_no_rank_target(standing.why_not),
        "rank_since": reached_on(entries, standing.rank_target),
        "level_since": reached_on(entries, standing.level_target),
    }


def _history(
    request: HttpRequest, facts: list[Fact], entries: list[EntryView], on: date, size: int
) -> dict[str, Any]:
    """A page of the events the reader asked for; those taken back apart."""
    found, back = events(facts, entries, on), undone(entries)
    only = request.GET.get("only", "")
    chosen = back if only == REVERSED else of_kind(found, only)
    page = Paginator(chosen, size).get_page(request.GET.get("older"))
    return {
        "only": only if only in KINDS or only == REVERSED else "",
        "kinds": _kinds(found, back),
        "events": list(page),
        "events_page": page,
        "undone": [] if only else back[:size],
        "undone_count": len(back),
    }


def _kinds(found: list[Event], back: list[Event]) -> list[tuple[str, Any, int]]:
    kinds = [(key, label, len(of_kind(found, key))) for key, (label, _of) in KINDS.items()]
    return [kind for kind in kinds if kind[2]]


def _now(facts: list[Fact], on: date) -> dict[str, Any]:
    """Rank, unit and superior of a day."""

    def last(kind: str) -> Fact | None:
        return next((f for f in reversed(facts) if f.kind == kind and f.holds(on)), None)

    return {"rank": last("rank"), "unit": last("membership"), "superior": last("superior")}


def _may(request: HttpRequest, person: Employee) -> dict[str, Any]:
    """What the reader may do here; nobody changes the own record (decision 15)."""
    user = request.user
    own = person.user_id == user.pk
    change = not own and allows(user, "employee", "change")
    return {
        "own": own,
        "may_change": change,
        "correctable": {kind for kind, *_ in ENTRIES if change and allows(user, kind, "change")},
        "entries": [e for e in ENTRIES if change and allows(user, e[0], "add")],
        "may_run": allows(user, "run", "add"),
        "may_see_runs": allows(user, "run", "view"),
        "may_see_imports": allows(user, "import", "view"),
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
