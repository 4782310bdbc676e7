"""The pages of imports: list, upload, columns, preview, apply, undo, downloads."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from accounts.access import listed as log_list
from accounts.pages import attachment, paged, signed_in
from accounts.policy import allows, guard, require, visible
from employees import messages as places
from employees.forms import MappingForm, UploadForm
from employees.importing import registry, reporting, workbooks
from employees.importing.plan import CHANGED, NEW, REFUSED, SAME
from employees.importing.sentences import field_name, sentence, shown
from employees.models import ImportBatch, ImportRow
from employees.services import imports
from employees.tasks import run_import

PAGE = 50
State = ImportBatch.State
logger = logging.getLogger("sijafung.imports")


@guard("import", "view")
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    batches = visible(ImportBatch.objects.all(), request.user, "import")
    batches = batches.select_related("created_by").exclude(state=State.DISCARDED)
    batches = batches.defer("warnings", "differences", "headings")
    state = request.GET.get("state", "")
    if state in State.values:
        batches = batches.filter(state=state)
    listed = paged(request, batches, PAGE)
    titles = {kind.code: kind.title for kind in registry.kinds()}
    rows = [(batch, titles.get(batch.kind, batch.kind), _badge(batch)) for batch in listed["page"]]
    context = {
        "list": listed,
        "rows": rows,
        "state": State(state).label if state in State.values else "",
        "kinds": _kinds(request),
        "may_add": allows(request.user, "import", "add"),
    }
    return render(request, "employees/import_list.html", context)


def _badge(batch: ImportBatch) -> str:
    if batch.state == State.APPLIED:
        return "badge-ok"
    if batch.state in (State.REFUSED, State.FAILED):
        return "badge-bad"
    return "badge-warn" if batch.state in (State.PREVIEW, State.MAPPING) else "badge-info"


@guard("import", "add")
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    kinds = registry.kinds_for(request.user)
    initial = {"kind": request.GET.get("kind", "")}
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        batch = imports.start(
            data["kind"],
            data["file"],
            data["file"].name,
            signed_in(request),
            sheet=data["sheet"] or None,
            decimal=data["decimal"] or None,
            interactive=True,
        )
        _ring(batch)
        return redirect("employees:import", batch.public_id)
    return render(request, "employees/import_new.html", {"form": form, "kinds": kinds})


def _ring(batch: ImportBatch) -> None:
    """Tell the worker; when the broker is away, the sweep finds the batch in the database."""

    def send() -> None:
        try:
            run_import.delay(batch.pk)
        except OperationalError:
            logger.warning("import %s waits for the sweep", batch.public_id)

    transaction.on_commit(send)


def _kinds(request: HttpRequest) -> list[registry.Kind]:
    """Those whose templates are shown: what the reader may import; whoever only reads, all."""
    return registry.kinds_for(request.user) or registry.kinds()


def _batch(request: HttpRequest, public_id: UUID, action: str = "view") -> ImportBatch:
    """A batch in the reader's reach, else 404; to change it one must be allowed its kind too."""
    batch = get_object_or_404(
        visible(ImportBatch.objects.all(), request.user, "import", action), public_id=public_id
    )
    if action != "view":
        require(request.user, registry.kind(batch.kind).resource, "add")
    return batch


@guard("import", "view")
@require_GET
def import_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(request, public_id)
    if batch.state in imports.WORKING:
        return render(
            request, "employees/import_progress.html", {"batch": batch, "bar": bar(batch)}
        )
    context = {
        "batch": batch,
        "kind": registry.kind(batch.kind),
        "badge": _badge(batch),
        "outcomes": _outcomes(batch, request.GET.get("outcome", "")),
        "refusal": reporting.refusal(batch),
        "reasons": _reasons(batch),
        "warnings": [_placed(w) for w in reporting.warnings(batch)],
        "notices": [_placed(n) for n in reporting.notices(batch)],
        "differences": batch.differences[:PAGE],
        "rows_ok": reporting.rows_ok(batch),
        "may_change": allows(request.user, "import", "change")
        and allows(request.user, registry.kind(batch.kind).resource, "add"),
        "may_map": batch.state in (State.MAPPING, State.PREVIEW, State.FAILED) and batch.file,
        "may_discard": batch.state in (State.MAPPING, State.PREVIEW, State.REFUSED, State.FAILED),
        "panels": _panels(batch, request),
        **_rows(batch, request),
    }
    log_list(request, "import", len(context["rows"]))
    return render(request, "employees/import_detail.html", context)


def _panels(batch: ImportBatch, request: HttpRequest) -> list[tuple[str, dict[str, Any]]]:
    found = [(template, ask(batch, request.user)) for template, ask in registry.panels]
    return [(template, shown) for template, shown in found if shown is not None]


def _placed(finding: dict[str, Any]) -> dict[str, Any]:
    return finding | {"place": places.place(finding.get("row"), finding.get("column"))}


def _reasons(batch: ImportBatch) -> list[str]:
    stored = (batch.refusal or {}).get("params", {}).get("reasons", [])
    return [sentence(reason["code"], reason["params"]) for reason in stored]


def _outcomes(batch: ImportBatch, chosen: str) -> list[dict[str, Any]]:
    labels = dict(ImportRow.Outcome.choices)
    return [
        {
            "code": code,
            "label": labels[code],
            "count": batch.counts.get(code, 0),
            "chosen": code == chosen,
        }
        for code in (NEW, CHANGED, SAME, REFUSED)
    ]


def _rows(batch: ImportBatch, request: HttpRequest) -> dict[str, Any]:
    """A page of the preview's rows, refused ones first unless an outcome is asked for."""
    rows = batch.rows.order_by("number")
    chosen = request.GET.get("outcome")
    if chosen in ImportRow.Outcome.values:
        rows = rows.filter(outcome=chosen)
    listed = paged(request, rows, PAGE)
    return {"list": listed, "rows": [_row(row) for row in listed["page"]], "outcome": chosen or ""}


def _row(row: ImportRow) -> dict[str, Any]:
    badges = {NEW: "badge-ok", CHANGED: "badge-warn", SAME: "badge-info", REFUSED: "badge-bad"}
    return {
        "number": row.number,
        "nip": row.values.get("nip", ""),
        "name": row.values.get("name", ""),
        "label": row.get_outcome_display(),
        "badge": badges[row.outcome],
        "changes": [
            {
                "field": field_name(change["field"]),
                "before": None if change["before"] is None else shown(change["before"]),
                "after": shown(change["after"]),
            }
            for change in row.changes
        ],
        "errors": [
            {"column": e["column"], "message": sentence(e["code"], e["params"])} for e in row.errors
        ],
        "warnings": [
            {"column": w["column"], "message": sentence(w["code"], w["params"])}
            for w in row.warnings
        ],
    }


def bar(batch: ImportBatch) -> dict[str, Any]:
    """For the progress bar: {done, total, text, finished}."""
    return {
        "done": batch.rows_read,
        "total": batch.rows_total,
        "text": _("%(state)s: %(percent)s %%")
        % {
            "state": batch.get_state_display(),
            "percent": 100 * batch.rows_read // max(1, batch.rows_total),
        },
        "finished": batch.state not in imports.WORKING,
    }


@guard("import", "view")
@require_GET
def import_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return JsonResponse(bar(_batch(request, public_id)))


@guard("import", "add")
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(request, public_id, "add")
    kind = registry.kind(batch.kind)
    seen = batch.headings if isinstance(batch.headings, dict) else {"rows": []}
    headings = _headings(batch, seen)
    form = MappingForm(batch, kind, headings, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _act(request, batch, lambda: imports.remap(batch, form.options()), work=True)
    context = {
        "batch": batch,
        "kind": kind,
        "form": form,
        "rows": seen["rows"][:8],
        "refusal": reporting.refusal(batch),
    }
    return render(request, "employees/import_columns.html", context)


def _headings(batch: ImportBatch, seen: dict[str, Any]) -> list[str]:
    """The headings found, or the likeliest row: the one with most texts."""
    if not isinstance(batch.headings, dict):
        return [h for h in batch.headings if h]
    rows = [cells for _number, cells in seen["rows"]]
    best: list[str] = max(rows, key=lambda cells: sum(1 for c in cells if c), default=[])
    return list(dict.fromkeys(c for c in best if c))


def _act(
    request: HttpRequest, batch: ImportBatch, act: Callable[[], Any], *, work: bool
) -> HttpResponse:
    """Do something to a batch; a batch in another state says so."""
    try:
        act()
    except imports.ImportStateError as problem:
        params = {"state": State(problem.params["state"]).label}
        messages.error(request, sentence(problem.code, params))
    else:
        if work:
            _ring(batch)
    return redirect("employees:import", batch.public_id)


@guard("import", "change")
@require_POST
def import_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(request, public_id, "change")
    reason = request.POST.get("reason", "")
    return _act(
        request, batch, lambda: imports.ask_apply(batch, signed_in(request), reason), work=True
    )


@guard("import", "change")
@require_POST
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(request, public_id, "change")

    def ask() -> None:
        for reason in imports.ask_undo(batch, signed_in(request)):
            messages.error(request, sentence(reason.code, reason.params))

    return _act(request, batch, ask, work=True)


@guard("import", "delete")
@require_POST
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(request, public_id, "delete")
    response = _act(request, batch, lambda: imports.discard(batch), work=False)
    return redirect("employees:imports") if batch.state == State.DISCARDED else response


@guard("import", "view")
@require_GET
def import_refused(request: HttpRequest, public_id: UUID) -> FileResponse:
    batch = _batch(request, public_id)
    log_list(request, "import", batch.counts.get(REFUSED, 0), detail="refused")
    name = f"baris-ditolak-{batch.created_at:%Y%m%d-%H%M}.xlsx"
    return attachment(lambda path: workbooks.refused_rows(batch, path), name)


@guard("import", "view")
@require_GET
def import_template(request: HttpRequest, kind: str) -> FileResponse:
    try:
        wanted = registry.kind(kind)
    except KeyError:
        raise Http404 from None
    if wanted not in _kinds(request):
        raise PermissionDenied
    return attachment(lambda path: workbooks.template(wanted, path), f"templat-{kind}.xlsx")
