"""Drafting the official forms: for one person at once, for many as a batch with a ZIP per unit."""

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

from accounts.access import How, looked_at_all
from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard
from credits.explanations import document_problem, issue
from credits.forms import DocumentForm
from credits.models import Document, DocumentBatch, DocumentPart
from credits.scopes import describe
from credits.services import documents
from credits.services.documents import NothingToState
from credits.services.issuing import DocumentError
from credits.services.periods import PeriodError
from credits.services.signing_lists import signers
from credits.views.common import BADGES, FORMS, OPEN, list_file, person_asked, progress
from employees.models import Employee
from positions.selectors import unit_names

PARTS_A_PAGE = 100
SKIPPED_A_PAGE = 50


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
        "signers": signers(Document.objects.filter(batch=batch)),
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
    log_list(request, "document_batch", people.values())
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
    people = Employee.everyone.filter(pk__in=part.employee_ids, documents__batch=part.batch)
    looked_at_all(request, "document", people, How.DOWNLOAD)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{part.pk}.zip", content_type="application/zip"
    )


@guard("document_batch", "view")
@require_GET
def document_batch_list(
    request: HttpRequest, public_id: UUID, signer: UUID, ending: str
) -> HttpResponse:
    """What of the batch awaits one signatory, to go around with the papers."""
    officer = get_object_or_404(Employee, public_id=signer)
    return list_file(request, Document.objects.filter(batch=_batch(public_id)), officer, ending)
