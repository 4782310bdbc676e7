"""The steps of a regulation that is handed in: load, try, publish, withdraw."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import listed as log_list
from accounts.access import looked_at_all
from accounts.pages import attachment, signed_in
from accounts.policy import allows, guard
from credits.models import CalculationRun, RegulationVersion
from credits.rules.edition_files import EditionFileError
from credits.services import regulations as service
from credits.services import runs
from credits.services.regulations import RegulationError
from credits.views.common import OPEN, progress
from credits.views.runs import changes_of
from employees.models import Employee
from reports import golden, regulations
from reports.forms_regulations import LoadForm, PublishForm, WithdrawForm
from reports.regulation_effects import effect_of, workbook
from reports.regulation_sentences import finding, finding_text, refused

BADGES = {
    "draft": "badge-warn",
    "discarded": "",
    "published": "badge-ok",
    "withdrawn": "badge-bad",
}
CASES_SHOWN = 50
State = RegulationVersion.State


# ------------------------------------------------------------------ load


@guard("regulation", "add")
@require_http_methods(["GET", "POST"])
def regulation_load(request: HttpRequest) -> HttpResponse:
    """Hand in a file; what is wrong with it is named with line, value and remedy."""
    form = LoadForm(request.POST or None, request.FILES or None)
    findings: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        # One byte more than allowed is enough to know that it is too much.
        data = file.read(service.MAX_BYTES + 1)
        because = form.cleaned_data["closed_because"]
        try:
            version = service.load(data, file.name, signed_in(request), because)
        except RegulationError as problem:
            form.add_error("file", refused(problem.code))
            findings = [
                {"line": one.line, "path": one.path, "text": finding(one)}
                for one in problem.findings
            ]
        else:
            messages.success(
                request, _("The file is loaded. Try it next: nothing is posted by that.")
            )
            return redirect("reports:regulation_version", version.public_id)
    return render(request, "reports/regulation_load.html", {"form": form, "findings": findings})


# ------------------------------------------------------------------ one version


@guard("regulation_version", "view")
@require_GET
def regulation_version(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where a version stands, what it says and would do, and what comes next."""
    version = _version(public_id)
    run = service.last_trial(version)
    context: dict[str, Any] = {
        "version": version,
        "badge": BADGES[version.state],
        "warnings": [(path, finding_text(code, params)) for code, path, params in version.warnings],
        "cases": (version.golden or {}).get("changed", [])[:CASES_SHOWN],
        "run": run,
        **_content(version),
        **_trial(request, version, run),
        **_next(request, version, run),
    }
    return render(request, "reports/regulation_version.html", context)


def _version(public_id: UUID) -> RegulationVersion:
    people = ("drafted_by", "published_by", "withdrawal_by", "withdrawn_by")
    found = RegulationVersion.objects.select_related(*people)
    return get_object_or_404(found, public_id=public_id)


def _content(version: RegulationVersion) -> dict[str, Any]:
    """What it says, read among the regulations in force; nothing where it no longer fits."""
    try:
        book = service.trial_book(version)
    except (RegulationError, EditionFileError):
        return {"unreadable": True}
    edition = book.by_key[version.key]
    earlier = regulations.before(edition, regulations.all_editions(book))
    sections = regulations.sections(edition, earlier)
    return {
        "edition": edition,
        "earlier": earlier,
        "sections": sections,
        "changes": regulations.changes(sections),
    }


def _trial(
    request: HttpRequest, version: RegulationVersion, run: CalculationRun | None
) -> dict[str, Any]:
    if run is None:
        return {}
    if run.state in OPEN:
        return {"bar": progress(run), "running": True}
    on = max(version.effective_from, timezone.localdate())
    # `list` is what the pager of the people reads.
    people = changes_of(request, run)
    log_list(request, "run", (row["person"] for row in people["rows"]))
    return {"effect": effect_of(run, on), "people": people}


def _next(
    request: HttpRequest, version: RegulationVersion, run: CalculationRun | None
) -> dict[str, Any]:
    """Which steps the reader may take now."""
    user = signed_in(request)
    draft, published = version.state == State.DRAFT, version.state == State.PUBLISHED
    publisher = allows(user, "regulation", "publish")
    asked = version.withdrawal_by_id is not None
    ready = draft and run is not None and run.state not in OPEN and _is_tried(version)
    may_publish = ready and publisher and version.drafted_by_id != user.pk
    may_ask = published and not asked and allows(user, "regulation", "add")
    may_confirm = published and asked and publisher and version.withdrawal_by_id != user.pk
    return {
        "may_try": draft and allows(user, "regulation", "try"),
        "may_discard": draft and allows(user, "regulation", "add"),
        "tried": ready,
        "stale": len(runs.stale_ids()) if draft or published else 0,
        "own": version.drafted_by_id == user.pk,
        "publish_form": PublishForm() if may_publish else None,
        "withdraw_form": WithdrawForm() if may_ask else None,
        "may_confirm": may_confirm,
        "use": regulations.use_of(version.key) if published else None,
        "may_keep": published and asked and publisher,
        "asked": published and asked,
        "own_withdrawal": version.withdrawal_by_id == user.pk,
        "may_run": allows(user, "run", "add"),
    }


def _is_tried(version: RegulationVersion) -> bool:
    try:
        return service.tried(version)
    except (RegulationError, EditionFileError):
        return False


def toml(text: str, key: str) -> HttpResponse:
    """A regulation's file, as a download."""
    answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.toml"'
    return answer


@guard("regulation_version", "view")
@require_GET
def regulation_source(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    return toml(version.source, version.key)


@guard("regulation_version", "view")
@require_GET
def regulation_effects(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The people of the last trial as XLSX."""
    version = _version(public_id)
    run = service.last_trial(version)
    if run is None or run.state in OPEN:
        raise Http404
    people = Employee.everyone.filter(pk__in=run.changes.values("employee_id"))
    looked_at_all(request, "run", people)
    day = max(version.effective_from, timezone.localdate())
    return attachment(lambda path: workbook(run, path, day), f"dampak-{version.key}.xlsx")


# ------------------------------------------------------------------ acts


def _act(
    request: HttpRequest, version: RegulationVersion, done: str, act: Callable[[], object]
) -> HttpResponse:
    """Do a step and say what came of it."""
    try:
        act()
    except RegulationError as problem:
        messages.error(request, refused(problem.code))
        for one in problem.findings:
            messages.error(request, finding(one))
    else:
        messages.success(request, done)
    return redirect("reports:regulation_version", version.public_id)


@guard("regulation", "try")
@require_POST
def regulation_try(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All golden cases here and now, the whole ministry in the worker."""
    version = _version(public_id)
    done = _("The trial has begun. Nothing is posted by it.")
    return _act(request, version, done, lambda: _try(version, request))


def _try(version: RegulationVersion, request: HttpRequest) -> None:
    book = service.trial_book(version)
    edition = book.by_key[version.key]
    earlier = regulations.before(edition, regulations.all_editions(book))
    places = sorted((settings.BASE_DIR / "tests" / "golden").glob("*.csv"))
    cases = [case for place in places for case in golden.read_cases(place)]
    if not cases:
        raise RegulationError("no_cases")
    service.try_out(version, golden.compare(cases, earlier, edition), signed_in(request))


@guard("regulation", "publish")
@require_POST
def regulation_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("reports:regulation_version", version.public_id)
    day, reason = form.cleaned_data["effective_from"], form.cleaned_data["reason"]
    done = _("Published. Whoever it concerns is not up to date now: recalculate.")
    return _act(
        request, version, done, lambda: service.publish(version, signed_in(request), day, reason)
    )


@guard("regulation", "add")
@require_POST
def regulation_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    return _act(request, version, _("The draft is put away."), lambda: service.discard(version))


@guard("regulation", "add")
@require_POST
def regulation_withdraw_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    reason = request.POST.get("reason", "")
    done = _("Asked. Somebody else confirms the withdrawal.")
    return _act(
        request,
        version,
        done,
        lambda: service.ask_withdrawal(version, signed_in(request), reason),
    )


@guard("regulation", "publish")
@require_POST
def regulation_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    done = _("Withdrawn: the earlier rules hold again. Recalculate, so that entries are reversed.")
    return _act(request, version, done, lambda: service.withdraw(version, signed_in(request)))


@guard("regulation", "publish")
@require_POST
def regulation_keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    version = _version(public_id)
    return _act(
        request, version, _("The regulation stays in force."), lambda: service.keep(version)
    )
