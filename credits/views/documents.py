"""The pages of the official forms: drafts, batches with a ZIP per unit, downloads."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import document_problem, issue
from credits.forms import ActForm, DocumentForm, ScanForm
from credits.models import Document, DocumentBatch, DocumentPart
from credits.scopes import describe
from credits.selectors import OVERDUE_DAYS, overdue
from credits.services import documents, issuing
from credits.services.documents import NothingToState
from credits.services.issuing import DocumentError
from credits.services.numbering import NumberingError
from credits.services.periods import PeriodError
from credits.views.common import (
    BADGES,
    DOCUMENT_BADGES,
    OPEN,
    as_uuid,
    person_asked,
    progress,
)
from employees.fields import SCAN_TYPES
from employees.models import Employee
from positions.selectors import unit_names

DOCUMENTS_A_PAGE = 50
BATCHES = 12
PARTS_A_PAGE = 100
SKIPPED_A_PAGE = 50
SHOWN = 5  # refusals that are told one by one
State = DocumentBatch.State
FORMS = dict(Document.Form.choices)


@guard("document", "view")
@require_GET
def document_list(request: HttpRequest) -> HttpResponse:
    """Batches for whoever looks after many people; below them the forms one by one."""
    mine = visible(Document.objects.select_related("employee"), request.user, "document")
    state = request.GET.get("state", "")
    counts = dict(mine.order_by().values_list("state").annotate(n=Count("pk")))
    chosen = mine.filter(state=state) if state in Document.State.values else mine
    late = "overdue" in request.GET
    if late:
        chosen = mine.filter(overdue(timezone.localdate()))
    listed = paged(request, chosen.defer("content"), DOCUMENTS_A_PAGE)
    for document in listed["page"]:
        document.badge = DOCUMENT_BADGES[document.state]
    context = {
        "list": listed,
        "state": state,
        "overdue": OVERDUE_DAYS if late else None,
        "states": [(v, label, counts.get(v, 0)) for v, label in Document.State.choices],
        "batches": _batches() if allows(request.user, "document_batch", "view") else None,
        "may_draft": allows(request.user, "document", "add"),
    }
    return render(request, "credits/document_list.html", context)


def _batches() -> list[dict[str, Any]]:
    found = list(
        DocumentBatch.objects.select_related("actor").annotate(made=Sum("parts__documents_made"))[
            :BATCHES
        ]
    )
    scopes = describe(batch.scope for batch in found)
    return [
        {
            "batch": batch,
            "title": FORMS[batch.form],
            "scope": text,
            "badge": BADGES[batch.state],
        }
        for batch, text in zip(found, scopes, strict=True)
    ]


@guard("document", "add")
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Which forms, which period, for whom; one person's are drafted at once."""
    person = person_asked(request)
    form = DocumentForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            return _draft(request, form)
        except ValidationError as problem:
            form.add_error("for_whom", problem)
        except PeriodError as problem:
            form.add_error("end", document_problem(problem.code))
    return render(request, "credits/document_new.html", {"form": form, "person": person})


def _draft(request: HttpRequest, form: DocumentForm) -> HttpResponse:
    data = form.cleaned_data
    if form.one_person is not None:
        return _draft_one(request, form.one_person, data)
    scope, start, end = form.scope(), data["start"], data["end"]
    if not documents.holders_in(scope, end):
        raise ValidationError(_("Nobody is meant by this: there is nothing to draft."))
    actor = signed_in(request)
    batches = [documents.start_batch(p, start, end, scope, actor) for p in data["papers"]]
    if len(batches) == 1:
        return redirect("credits:document_batch", batches[0].public_id)
    messages.success(request, _("The forms are being drafted. Each kind has its own line below."))
    return redirect("credits:documents")


def _draft_one(request: HttpRequest, person: Employee, data: dict[str, Any]) -> HttpResponse:
    for paper in data["papers"]:
        try:
            documents.draft(person, paper, data["start"], data["end"], signed_in(request))
        except NothingToState as problem:
            text = _("%(form)s: %(reason)s") % {
                "form": FORMS[paper],
                "reason": issue(problem.code, {}),
            }
            messages.warning(request, text)
        else:
            messages.success(request, _("%(form)s: drafted.") % {"form": FORMS[paper]})
    return redirect("reports:person", person.public_id)


def _document(request: HttpRequest, public_id: UUID) -> Document:
    mine = visible(Document.objects.select_related("employee"), request.user, "document")
    return get_object_or_404(mine, public_id=public_id)


def _may_sign(request: HttpRequest, document: Document) -> bool:
    mine = visible(Document.objects.filter(pk=document.pk), request.user, "signing", "change")
    return mine.exists()


@guard("document", "view")
@require_GET
def document_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One document: its state, what can be done next, and what happened to it."""
    document = _document(request, public_id)
    may_change = allows(request.user, "document", "change")
    signs = _may_sign(request, document)
    state = document.state
    waits = state in issuing.SIGNABLE
    context = {
        "document": document,
        "badge": DOCUMENT_BADGES[state],
        "events": document.events.select_related("actor"),
        "signer": document.signer,
        "verify_url": issuing.verify_url(document.token) if document.number else "",
        "may_issue": may_change and state == Document.State.DRAFT,
        "may_sign": waits and (signs or may_change),
        "may_return": signs and state == Document.State.AWAITING,
        "may_resubmit": may_change and state == Document.State.RETURNED,
        "may_revoke": may_change and (waits or state == Document.State.SIGNED),
        "scan_form": ScanForm(),
        "act_form": ActForm(),
    }
    return render(request, "credits/document_detail.html", context)


@guard("document", "view")
@require_GET
def document_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The PDF: of a draft rendered from what it states, else the issued bytes."""
    document = _document(request, public_id)
    name = f"{document.form}-{slugify(document.employee.name)}-{document.period_end:%Y-%m-%d}.pdf"
    response = HttpResponse(issuing.issued_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@guard("document", "view")
@require_GET
def document_signed(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The signed file as it was handed in."""
    document = _document(request, public_id)
    if not document.signed_file:
        raise Http404
    ending = str(document.signed_file.name).rpartition(".")[2]
    return FileResponse(
        document.signed_file.open("rb"),
        as_attachment=True,
        filename=f"{document.form}-{slugify(document.number)}.{ending}",
        content_type=SCAN_TYPES[ending],
    )


@guard("document", "change")
@require_POST
def document_issue(request: HttpRequest) -> HttpResponse:
    """Number the drafts that were chosen and put them up for signing."""
    mine = visible(Document.objects.all(), request.user, "document", "change")
    chosen = [u for u in map(as_uuid, request.POST.getlist("documents")) if u]
    ids = list(mine.filter(public_id__in=chosen).values_list("pk", flat=True))
    if not ids:
        messages.warning(request, _("Choose the drafts first."))
    else:
        _issue(request, ids)
    back = request.POST.get("back", "")
    if as_uuid(back):
        return redirect("credits:document", back)
    return redirect("credits:documents")


def _issue(request: HttpRequest, ids: list[int]) -> None:
    try:
        done = issuing.issue(ids, signed_in(request))
    except NumberingError as problem:
        messages.error(request, document_problem(problem.code))
        return
    if count := len(done.documents):
        text = ngettext(
            "%(count)s form is numbered and awaits its signature.",
            "%(count)s forms are numbered and await their signatures.",
            count,
        )
        messages.success(request, text % {"count": count})
    for document, code in done.refused[:SHOWN]:
        why = {"name": document.employee.full_name, "reason": document_problem(code)}
        messages.warning(request, _("%(name)s: %(reason)s") % why)
    if len(done.refused) > SHOWN:
        rest = len(done.refused) - SHOWN
        messages.warning(request, _("%(count)s more were not numbered.") % {"count": rest})


@guard("document", "view")
@require_POST
def document_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Sign, return, put up again, revoke or discard: whoever may, by the document's state."""
    document = _document(request, public_id)
    if not (allows(request.user, "document", "change") or _may_sign(request, document)):
        raise PermissionDenied
    if act in _HR_ONLY and not allows(request.user, "document", "change"):
        raise PermissionDenied
    try:
        said = _ACTS[act](request, document)
    except DocumentError as problem:
        messages.error(request, document_problem(problem.code))
    else:
        if said:
            messages.success(request, said)
    if act == "buang" and not Document.objects.filter(pk=document.pk).exists():
        return redirect("credits:documents")
    return redirect("credits:document", public_id)


ACT_ROUTES = (
    ("tandatangani", "sign"),
    ("kembalikan", "return"),
    ("ajukan-lagi", "resubmit"),
    ("cabut", "revoke"),
    ("buang", "discard"),
)
_HR_ONLY = ("ajukan-lagi", "cabut", "buang")


def _sign(request: HttpRequest, document: Document) -> str:
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return ""
    data = form.cleaned_data
    issuing.sign(document, data["file"].read(), data["how"], signed_in(request))
    return _("The form is signed.")


def _with_reason(act: Any, said: Any) -> Any:
    def do(request: HttpRequest, document: Document) -> str:
        act(document, request.POST.get("reason", "")[:500], signed_in(request))
        return str(said)

    return do


def _discard(_request: HttpRequest, document: Document) -> str:
    issuing.discard(document)
    return _("The draft is discarded.")


_ACTS: dict[str, Any] = {
    "tandatangani": _sign,
    "kembalikan": _with_reason(issuing.return_unsigned, gettext_lazy("The form is returned.")),
    "ajukan-lagi": _with_reason(
        issuing.resubmit, gettext_lazy("The form is put up for signing again.")
    ),
    "cabut": _with_reason(
        issuing.revoke, gettext_lazy("The form is revoked; it keeps its number.")
    ),
    "buang": _discard,
}


def _batch(public_id: UUID) -> DocumentBatch:
    return get_object_or_404(DocumentBatch.objects.select_related("actor"), public_id=public_id)


@guard("document_batch", "view")
@require_GET
def document_batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Progress; then a ZIP per unit, and who has no form, and why."""
    batch = _batch(public_id)
    parts = batch.parts.order_by("id")
    listed = paged(request, parts, PARTS_A_PAGE)
    names = unit_names(batch.period_end)
    context = {
        "batch": batch,
        "title": FORMS[batch.form],
        "badge": BADGES[batch.state],
        "scope": describe([batch.scope])[0],
        "bar": progress(batch),
        "finished": batch.state not in OPEN,
        "made": parts.aggregate(n=Sum("documents_made"))["n"] or 0,
        "list": listed,
        "parts": [_part(part, names) for part in listed["page"]],
        "skipped": _left_out(request, parts, "skipped"),
        "refused": _left_out(request, parts, "refused"),
        "may_change": allows(request.user, "document_batch", "change"),
        "issued": batch.stage == DocumentBatch.Stage.ISSUING,
    }
    return render(request, "credits/document_batch.html", context)


def _part(part: DocumentPart, names: dict[int, str]) -> dict[str, Any]:
    return {
        "part": part,
        "unit": names.get(part.unit_id) if part.unit_id else None,
        "people": len(part.employee_ids),
        "left_out": len(part.skipped),
        "badge": BADGES[part.state],
    }


def _left_out(request: HttpRequest, parts: Iterable[DocumentPart], which: str) -> dict[str, Any]:
    """People without a form (`skipped`), or whose draft was not numbered (`refused`), and why."""
    rows = [row for part in parts for row in getattr(part, which)]
    listed = paged(request, rows, SKIPPED_A_PAGE, which)
    people = Employee.everyone.in_bulk([key for key, _code in listed["page"]])
    listed["rows"] = [(people[key], document_problem(code)) for key, code in listed["page"]]
    return listed


@guard("document_batch", "view")
@require_GET
def document_batch_status(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For the progress bar: {done, total, text, finished}."""
    return JsonResponse(progress(_batch(public_id)))


@guard("document_batch", "change")
@require_POST
def document_batch_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = _batch(public_id)
    documents.cancel_batch(batch)
    messages.success(request, _("Cancelled. What was done before stays done."))
    return redirect("credits:document_batch", batch.public_id)


@guard("document_batch", "change")
@require_POST
def document_batch_issue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Number all drafts of the batch and put them up for signing."""
    batch = _batch(public_id)
    try:
        documents.issue_batch(batch, signed_in(request))
    except DocumentError as problem:
        messages.error(request, document_problem(problem.code))
    return redirect("credits:document_batch", batch.public_id)


@guard("document_batch", "view")
@require_GET
def document_part_zip(request: HttpRequest, public_id: UUID, pk: int) -> FileResponse:
    """The ZIP of one unit."""
    part = get_object_or_404(_batch(public_id).parts.exclude(file=""), pk=pk)
    unit = unit_names(part.batch.period_end).get(part.unit_id or 0, "")
    name = f"{part.batch.form}-{part.batch.period_end:%Y-%m-%d}-{slugify(unit) or 'tanpa-unit'}"
    try:
        file = part.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{part.pk}.zip", content_type="application/zip"
    )
