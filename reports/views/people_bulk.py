"""Acts on many people of the list at once: first what it would do, then the act.

Whom it concerns comes as the ticked rows, or as the filters in the address; both are read anew at
each step, within what the officer's role reaches.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import listed as log_list
from accounts.pages import as_uuid, signed_in
from accounts.policy import guard, require, visible
from credits.explanations import document_problem, issue
from credits.selectors import standings
from credits.services import documents, runs
from credits.services.contents import contents
from credits.services.periods import PeriodError, check_open
from employees.models import Employee
from reports.forms import BulkDraftForm, BulkRunForm
from reports.views.selection import selection

SHOWN = 12  # people named on the preview
COUNTED = 500  # people for whom a preview works out each form
TICKED = "ticked"


@dataclass(frozen=True, slots=True)
class Group:
    """Whom an act concerns, and how the pages of the act pass it on."""

    ids: list[int]
    names: list[str]
    whom: str  # "ticked" or "all"
    people: str  # opaque ids of the ticked ones, separated by blanks

    @property
    def scope(self) -> dict[str, Any]:
        return {"ids": self.ids}

    @property
    def more(self) -> int:
        return len(self.ids) - len(self.names)


def _group(request: HttpRequest) -> Group:
    whom = request.POST.get("whom", TICKED)
    if whom == "all":
        people, passed = selection(request).rows, ""
    else:
        typed = " ".join(request.POST.getlist("people")).split()
        wanted = [key for text in typed if (key := as_uuid(text))]
        rows = visible(Employee.objects.all(), request.user, "employee")
        people = rows.filter(public_id__in=wanted).order_by("name", "pk")
        passed = " ".join(map(str, wanted))
    found = list(people)
    log_list(request, "employee", found)
    ids = sorted(p.pk for p in found)
    return Group(ids, [p.full_name for p in found[:SHOWN]], whom, passed)


@guard("run", "add")
@require_POST
def people_bulk(request: HttpRequest) -> HttpResponse:
    """The act asked for, with what it would do; done only by the button of that page."""
    group = _group(request)
    if not group.ids:
        messages.error(request, _("Nobody is ticked. Tick people, or choose the whole list."))
        return _back(request)
    if request.POST.get("expected", "") not in ("", str(len(group.ids))):
        messages.warning(request, _("The list changed meanwhile. Look at the number of people."))
        return _ask(request, group, done=False)
    return _ask(request, group, done="do" in request.POST)


def _ask(request: HttpRequest, group: Group, *, done: bool) -> HttpResponse:
    if request.POST.get("act") == "draft":
        require(request.user, "document", "add")
        return _draft(request, group, done)
    return _recalculate(request, group, done)


def _recalculate(request: HttpRequest, group: Group, done: bool) -> HttpResponse:
    """A dry run shows whose points would change; applying is that page's button."""
    form = BulkRunForm(request.POST if done else None)
    if done and form.is_valid():
        reason = form.cleaned_data["reason"]
        run = runs.start(group.scope, reason, signed_in(request), dry_run=True)
        return redirect("credits:run", run.public_id)
    known = standings(group.ids)
    effect = [
        (_("Out of date"), sum(s.stale for s in known.values())),
        (_("Not computed (rules of their own)"), sum(not s.computed for s in known.values())),
        (_("Without a functional position"), len(group.ids) - len(known)),
    ]
    return _page(request, "recalculate", group, form, effect)


def _draft(request: HttpRequest, group: Group, done: bool) -> HttpResponse:
    asked = "papers" in request.POST
    form = BulkDraftForm(request.POST if asked else None)
    if not asked or not form.is_valid():
        return _page(request, "draft", group, form, [])
    data = form.cleaned_data
    try:
        check_open(data["start"], data["end"])
    except PeriodError as problem:
        form.add_error("end", document_problem(problem.code))
        return _page(request, "draft", group, form, [])
    if not done:
        return _page(request, "draft", group, form, _drafts(group, data))
    for paper in data["papers"]:
        documents.start_batch(paper, data["start"], data["end"], group.scope, signed_in(request))
    messages.success(request, _("The forms are being drafted. Each kind has its own line below."))
    return redirect("credits:documents")


def _drafts(group: Group, data: dict[str, Any]) -> list[tuple[str, int]]:
    """How many forms there would be, and why some people get none."""
    ids = documents.holders_in(group.scope, data["end"])
    effect = [(_("Hold a position by the end of the period"), len(ids))]
    if len(ids) > COUNTED:
        return effect
    labels = dict(BulkDraftForm.PAPERS)
    for paper in data["papers"]:
        drafted = contents(ids, paper, data["start"], data["end"])
        title = _("%(form)s: forms") % {"form": labels[paper]}
        effect.append((title, len(drafted.contents)))
        codes = [code for _pk, code in drafted.skipped]
        effect += [
            (f"{labels[paper]}: {issue(code, {})}", codes.count(code))
            for code in sorted(set(codes))
        ]
    return effect


def _page(
    request: HttpRequest, act: str, group: Group, form: Any, effect: list[tuple[str, int]]
) -> HttpResponse:
    context = {"act": act, "group": group, "form": form, "effect": effect}
    return render(request, "reports/people_bulk.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    target = reverse("reports:people")
    query = request.GET.urlencode()
    return redirect(f"{target}?{query}" if query else target)
