"""The second person's pages: ratings that wait for approval, one by one or many in one act."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import listed as log_list
from accounts.models import User
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard
from credits.forms import ApprovalFilter
from credits.models import Rating
from credits.services import approvals
from credits.services.approvals import Decided, by_others, undecided, why_not
from credits.services.periods import closed_periods
from credits.services.ratings import closed_refusal, counting, place
from employees.importing.sentences import sentence
from employees.models import ImportBatch, UnitMembership
from employees.services.facts import FactError
from positions.selectors import unit_names

PAGE = 50
SHOWN = 10  # refused ratings that are told one by one
State, Source = Rating.State, Rating.Source


@guard("rating_approval", "view")
@require_GET
def approval_list(request: HttpRequest) -> HttpResponse:
    """What waits: by whom it was entered, then row by row with what it would replace."""
    form, found = _found(request.GET)
    placed = UnitMembership.objects.on(timezone.localdate()).filter(employee=OuterRef("employee"))
    rows = found.select_related("employee", "entered_by", "withdrawal_by", "batch").annotate(
        unit_now=Subquery(placed.values("unit_id")[:1])
    )
    listed = paged(request, rows.order_by("employee__name", "start", "id"), PAGE)
    log_list(request, "rating", (row.employee for row in listed["page"]))
    user = signed_in(request)
    may = allows(user, "rating_approval", "change")
    context = {
        "list": listed,
        "rows": _rows(list(listed["page"]), user, form.names),
        "groups": _groups(),
        "form": form,
        "filter": form.address(),
        "mine": found.filter(by_others(user)).count() if may else 0,
        "may": may,
    }
    return render(request, "credits/approval_list.html", context)


def _found(data: Any) -> tuple[ApprovalFilter, QuerySet[Rating]]:
    form = ApprovalFilter(data, unit_names(timezone.localdate()))
    return form, Rating.objects.filter(undecided(), form.condition(timezone.localdate()))


def _groups() -> list[dict[str, Any]]:
    """Where the waiting ones come from, with their number."""
    rows = (
        Rating.objects.filter(undecided())
        .order_by()
        .values("state", "source", "batch_id", "batch__file_name", "batch__public_id")
        .annotate(
            who=F("entered_by_id"),
            first=F("entered_by__first_name"),
            last=F("entered_by__last_name"),
            name=F("entered_by__username"),
            n=Count("pk"),
        )
    )
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        key, label = _group(row)
        found = groups.setdefault(key, {"key": key, "label": label, "n": 0})
        found["n"] += row["n"]
        found["batch"] = row["batch__public_id"] if key.startswith("batch") else None
    return sorted(groups.values(), key=lambda g: str(g["label"]).casefold())


def _group(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["state"] == State.APPROVED:
        return "withdrawal", _("Withdrawals asked for")
    who = f"{row['first'] or ''} {row['last'] or ''}".strip() or row["name"] or _("not recorded")
    if row["batch_id"]:
        params = {"file": row["batch__file_name"], "name": who}
        return f"batch-{row['batch_id']}", _("Import “%(file)s”, applied by %(name)s") % params
    if row["source"] == Source.SUPERIOR:
        return f"superior-{row['who'] or 0}", _("Direct superior: %(name)s") % {"name": who}
    return f"officer-{row['who'] or 0}", _("Entered by hand: %(name)s") % {"name": who}


def _rows(ratings: list[Rating], user: User, names: dict[int, str]) -> list[dict[str, Any]]:
    people = [r.employee_id for r in ratings]
    standing: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(counting(), employee__in=people):
        standing.setdefault(rating.employee_id, []).append(rating)
    closed = closed_periods()
    return [
        _row(r, user, names.get(r.unit_now or 0, ""), standing, closed)  # type: ignore[attr-defined]
        for r in ratings
    ]


def _row(
    rating: Rating, user: User, unit: str, standing: dict[int, list[Rating]], closed: Any
) -> dict[str, Any]:
    withdrawal = rating.state == State.APPROVED
    code = why_not(rating, user)
    refusal = closed_refusal(rating.end, closed)
    covered: list[Rating] = []
    if not withdrawal:
        others = [r for r in standing.get(rating.employee_id, []) if r.pk != rating.corrects_id]
        covered, misfit = place(rating.start, rating.end, others)
        refusal = refusal or misfit
        covered += [r for r in standing.get(rating.employee_id, []) if r.pk == rating.corrects_id]
    why = sentence(code, {}) if code else sentence(refusal.code, refusal.params) if refusal else ""
    return {
        "rating": rating,
        "unit": unit,
        "withdrawal": withdrawal,
        "replaces": covered,
        "by": rating.withdrawal_by if withdrawal else rating.entered_by,
        "why_not": why,
        "may_choose": code is None,
    }


# ------------------------------------------------------------------ deciding


@guard("rating_approval", "change")
@require_POST
def approval_act(request: HttpRequest) -> HttpResponse:
    """Approve or return the ratings chosen, or all of a filter: first a preview, then the act."""
    chosen, hidden = _chosen(request)
    act = "return" if request.POST.get("act") == "return" else "approve"
    if request.POST.get("confirmed") != "1":
        return _preview(request, chosen, act, hidden)
    user = signed_in(request)
    if request.POST.get("all") == "1":
        chosen = chosen.filter(by_others(user))
    try:
        if act == "return":
            n = approvals.send_back(chosen, request.POST.get("reason", ""), user)
            text = ngettext("%(n)s rating is returned.", "%(n)s ratings are returned.", n)
            messages.success(request, text % {"n": n})
        else:
            tell(request, approvals.approve(chosen, user))
    except FactError as problem:
        if problem.code in ("own_entry", "own_record"):
            raise PermissionDenied from None
        messages.error(request, sentence(problem.code, problem.params))
        return _preview(request, chosen, act, hidden)
    return redirect("credits:approvals")


def _chosen(request: HttpRequest) -> tuple[QuerySet[Rating], list[tuple[str, str]]]:
    """The ratings meant, and the inputs that name them again on the next page.

    "All" ends with the newest rating that the preview has counted.
    """
    if request.POST.get("all") == "1":
        form, found = _found(request.POST)
        newest = request.POST.get("upto", "")
        last = int(newest) if newest.isascii() and newest.isdigit() else None
        if last is None:
            last = found.order_by("-pk").values_list("pk", flat=True).first() or 0
        hidden = [("all", "1"), ("upto", str(last)), *form.given()]
        return found.filter(pk__lte=last), hidden
    ids = [i for i in request.POST.getlist("rating") if i.isascii() and i.isdigit()][:PAGE]
    found = Rating.objects.filter(undecided(), pk__in=[int(i) for i in ids])
    return found, [("rating", i) for i in ids]


def _preview(
    request: HttpRequest, chosen: QuerySet[Rating], act: str, hidden: list[tuple[str, str]]
) -> HttpResponse:
    """How many would be decided, what they replace, and how many are left to others."""
    mine = chosen.filter(by_others(signed_in(request)))
    covering = mine.filter(
        state=State.ENTERED,
        employee=OuterRef("employee"),
        start__lte=OuterRef("start"),
        end__gte=OuterRef("end"),
    )
    n = mine.count()
    context = {
        "act": act,
        "hidden": hidden,
        "n": n,
        "people": mine.values("employee").distinct().count(),
        "replaces": Rating.objects.filter(counting() & Q(Exists(covering))).count(),
        "left": chosen.count() - n,
    }
    return render(request, "credits/approval_confirm.html", context)


def tell(request: HttpRequest, done: Decided) -> None:
    """What came of an approval; refused ones with their reasons."""
    if done.approved:
        text = ngettext(
            "%(n)s rating is approved. It counts from the next calculation on.",
            "%(n)s ratings are approved. They count from the next calculation on.",
            len(done.approved),
        )
        messages.success(request, text % {"n": len(done.approved)})
    if done.withdrawn:
        text = ngettext(
            "%(n)s rating is withdrawn.", "%(n)s ratings are withdrawn.", len(done.withdrawn)
        )
        messages.success(request, text % {"n": len(done.withdrawn)})
    for rating, refusal in done.refused[:SHOWN]:
        reason = sentence(refusal.code, refusal.params)
        messages.error(request, f"{rating.employee.full_name}: {reason}")
    if len(done.refused) > SHOWN:
        more = len(done.refused) - SHOWN
        text = ngettext(
            "%(n)s more rating could not be approved and waits on.",
            "%(n)s more ratings could not be approved and wait on.",
            more,
        )
        messages.error(request, text % {"n": more})
    if not (done.approved or done.withdrawn or done.refused):
        messages.info(request, _("Nothing waits here any more."))


@guard("rating_approval", "change")
@require_POST
def import_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve the ratings of an import in one act; not for whoever applied it."""
    batch = get_object_or_404(ImportBatch, public_id=public_id)
    try:
        done = approvals.approve_batch(batch, signed_in(request))
    except FactError as problem:
        if problem.code == "own_entry":
            raise PermissionDenied from None
        messages.error(request, sentence(problem.code, problem.params))
    else:
        tell(request, done)
    return redirect("employees:import", batch.public_id)
