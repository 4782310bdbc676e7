"""The pages of recalculations: list, start, preview and progress, apply, cancel."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Func, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import listed
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard
from credits.explanations import issue, regulation, sentence, threshold, title
from credits.forms import ALL, STALE, RunForm
from credits.models import CalculationRun, LedgerEntry, RunChange, RunIssue
from credits.rules.editions import rules_version, using
from credits.scopes import describe
from credits.selectors import stopped_runs
from credits.services import runs
from credits.services.rulebooks import named_by
from credits.views.common import BADGES, OPEN, person_asked, progress

RUNS_A_PAGE = 30
CHANGES_A_PAGE = 25
ISSUES_A_PAGE = 50
State = CalculationRun.State
SEVERITY_BADGES = {"error": "badge-bad", "skipped": "", "note": "badge-warn"}


@guard("run", "view")
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    found = CalculationRun.objects.select_related("actor").order_by("-created_at", "-id")
    stopped = request.GET.get("state") == "stopped"
    if stopped:
        found = found.filter(stopped_runs())
    shown = paged(request, found, RUNS_A_PAGE)
    page = list(shown["page"])
    scopes = describe(run.scope for run in page)
    rows = [(run, BADGES[run.state], text) for run, text in zip(page, scopes, strict=True)]
    return render(
        request,
        "credits/run_list.html",
        {
            "list": shown,
            "rows": rows,
            "stopped": stopped,
            "may_start": allows(request.user, "run", "add"),
        },
    )


@guard("run", "add")
@require_http_methods(["GET", "POST"])
def run_start(request: HttpRequest) -> HttpResponse:
    """Ask for whom and why, then preview or recalculate."""
    person = person_asked(request)
    asked = request.GET.get("scope")
    initial = {"for_whom": asked if asked in (ALL, STALE) else STALE}
    form = RunForm(request.POST or None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _begin(request, form)
        except ValidationError as problem:
            form.add_error("for_whom", problem)
    stale = len(runs.stale_ids())
    return render(request, "credits/run_start.html", {"form": form, "stale": stale})


def _begin(request: HttpRequest, form: RunForm) -> HttpResponse:
    scope, dry_run = form.scope(), "apply" not in request.POST
    if not runs.people_in(scope, timezone.localdate()):
        raise ValidationError(_("Nobody is meant by this: there is nothing to recalculate."))
    # A second start of the same work leads to the one that is under way (AZ113).
    usual = CalculationRun.objects.filter(trial_of__isnull=True, compared__isnull=True)
    same = usual.filter(state__in=OPEN, scope=scope, dry_run=dry_run).first()
    if same is not None:
        messages.info(request, _("The same recalculation is under way already."))
        return redirect("credits:run", same.public_id)
    reason = form.cleaned_data["reason"]
    run = runs.start(scope, reason, signed_in(request), dry_run=dry_run)
    return redirect("credits:run", run.public_id)


def _run(public_id: UUID) -> CalculationRun:
    runs_known = CalculationRun.objects.select_related("actor", "trial_of")
    return get_object_or_404(runs_known, public_id=public_id)


@guard("run", "view")
@require_GET
def run_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Progress while it runs; then what would change (or changed), and what was found."""
    run = _run(public_id)
    finished = run.state not in OPEN
    context: dict[str, Any] = {
        "run": run,
        "badge": BADGES[run.state],
        "scope": describe([run.scope])[0],
        "bar": progress(run),
        "finished": finished,
        "severities": _severities(run),
        "changes": changes_of(request, run) if run.dry_run else None,
        "issues": _issues(request, run),
        "editions": _titles(run),
        # What tries other rules was never computed by those in force.
        "outdated": not run.what_if and run.rules_version != rules_version(),
        "may_change": allows(request.user, "run", "change"),
        "may_compare": allows(request.user, "comparison", "view"),
        "may_apply": (
            finished
            and run.dry_run
            and not run.what_if
            and run.state not in (State.CANCELLED, State.OVERTAKEN)
            and bool(run.changed)
            and allows(request.user, "run", "add")
        ),
    }
    listed(request, "run", _people_shown(context))
    return render(request, "credits/run_detail.html", context)


def _titles(run: CalculationRun) -> list[str]:
    with using(named_by(run)):
        return [regulation(code) for code in run.editions]


def _people_shown(context: dict[str, Any]) -> list[Any]:
    changes = context["changes"]["rows"] if context["changes"] else []
    return [row["person"] for row in changes] + [row[0] for row in context["issues"]["rows"]]


def _severities(run: CalculationRun) -> list[dict[str, Any]]:
    counts = dict(run.issues.order_by().values_list("severity").annotate(n=Count("id")))
    labels = dict(RunIssue.Severity.choices)
    return [
        {"code": code, "label": labels[code], "count": counts[code]}
        for code in labels
        if counts.get(code)
    ]


def changes_of(request: HttpRequest, run: CalculationRun) -> dict[str, Any]:
    """The preview's people, the largest difference first."""
    with using(named_by(run)):  # so that a trial's regulation is called by its title
        return _changes(request, run)


def _changes(request: HttpRequest, run: CalculationRun) -> dict[str, Any]:
    difference = Func(F("after_units") - F("before_units"), function="abs")
    found: QuerySet[RunChange] = run.changes.select_related("employee")
    shown = paged(
        request, found.order_by(difference.desc(), "employee__name", "id"), CHANGES_A_PAGE
    )
    shown["rows"] = [
        {
            "person": change.employee,
            "before": change.before_units,
            "after": change.after_units,
            "difference": change.after_units - change.before_units,
            "removed": _lines(change.removed, -1),
            "added": _lines(change.added, 1),
            "thresholds": [threshold(code) for code in change.thresholds],
        }
        for change in shown["page"]
    ]
    return shown


def _lines(stored: Iterable[dict[str, Any]], sign: int) -> list[dict[str, Any]]:
    """Ledger lines of a preview, explained like entries, which they are not yet."""
    return [
        {
            "day": line["effective_on"],
            "title": title(entry),
            "text": sentence(entry),
            "article": f"{entry.article} · {regulation(entry.edition)}",
            "units": sign * entry.amount_units,
        }
        for line in stored
        for entry in [LedgerEntry(**line)]
    ]


def _issues(request: HttpRequest, run: CalculationRun) -> dict[str, Any]:
    found = run.issues.select_related("employee").order_by("id")
    chosen = request.GET.get("severity", "")
    if chosen in RunIssue.Severity.values:
        found = found.filter(severity=chosen)
    shown = paged(request, found, ISSUES_A_PAGE, "issues")
    shown["chosen"] = chosen
    shown["rows"] = [
        (one.employee, one.get_severity_display(), SEVERITY_BADGES[one.severity], _said(one))
        for one in shown["page"]
    ]
    return shown


def _said(found: RunIssue) -> str:
    return issue(found.code, found.params)


@guard("run", "view")
@require_GET
def run_status(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For the progress bar: {done, total, text, finished}."""
    return JsonResponse(progress(_run(public_id)))


@guard("run", "add")
@require_POST
def run_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start the real run over the people of a finished preview."""
    preview = _run(public_id)
    unfit = (*OPEN, State.CANCELLED, State.OVERTAKEN)
    if not preview.dry_run or preview.what_if or preview.state in unfit:
        messages.error(request, _("Only a finished preview can be applied."))
        return redirect("credits:run", preview.public_id)
    run = runs.start(preview.scope, preview.reason, signed_in(request))
    return redirect("credits:run", run.public_id)


@guard("run", "change")
@require_POST
def run_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    run = _run(public_id)
    runs.cancel(run)
    run.refresh_from_db()
    if run.state == State.CANCELLED:
        messages.success(request, _("Cancelled. What was done before stays done."))
    else:
        messages.info(request, _("The recalculation had finished already."))
    return redirect("credits:run", run.public_id)
