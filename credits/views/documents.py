"""The pages of the official forms: drafts, batches with a ZIP per unit, downloads."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import issue
from credits.forms import DocumentForm
from credits.models import Document, DocumentBatch, DocumentPart
from credits.scopes import describe
from credits.services import documents
from credits.services.documents import NothingToState
from credits.views.common import BADGES, OPEN, person_asked, progress
from employees.models import Employee
from positions.selectors import unit_names

DOCUMENTS_A_PAGE = 50
BATCHES = 12
PARTS_A_PAGE = 100
SKIPPED_A_PAGE = 50
State = DocumentBatch.State
FORMS = dict(Document.Form.choices)


@guard("document", "view")
@require_GET
def document_list(request: HttpRequest) -> HttpResponse:
    """Batches for whoever looks after many people; below them the forms one by one."""
    mine = visible(Document.objects.select_related("employee"), request.user, "document")
    listed = paged(request, mine.defer("content"), DOCUMENTS_A_PAGE)
    context = {
        "list": listed,
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


@guard("document", "view")
@require_GET
def document_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A form as PDF, rendered from what it states."""
    mine = visible(Document.objects.select_related("employee"), request.user, "document")
    document = get_object_or_404(mine, public_id=public_id)
    name = f"{document.form}-{slugify(document.employee.name)}-{document.period_end:%Y-%m-%d}.pdf"
    response = HttpResponse(documents.pdf_of(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


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
        "skipped": _skipped(request, parts),
        "may_change": allows(request.user, "document_batch", "change"),
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


def _skipped(request: HttpRequest, parts: Iterable[DocumentPart]) -> dict[str, Any]:
    """People without a form, with the reason in words."""
    rows = [row for part in parts for row in part.skipped]
    listed = paged(request, rows, SKIPPED_A_PAGE, "skipped")
    people = Employee.everyone.in_bulk([key for key, _code in listed["page"]])
    listed["rows"] = [(people[key], issue(code, {})) for key, code in listed["page"]]
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
