"""The pages of documents: all of them, and the life of one from draft to signed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import How, filters_of, looked
from accounts.access import listed as log_list
from accounts.pages import as_uuid, paged, signed_in
from accounts.policy import allows, guard, visible
from credits.explanations import document_problem
from credits.forms import ActForm, ScanForm
from credits.models import Document, DocumentBatch
from credits.scopes import describe
from credits.selectors import OVERDUE_DAYS, overdue
from credits.services import issuing
from credits.services.acts import Act, open_acts, permitted
from credits.services.issuing import DocumentError
from credits.services.numbering import NumberingError
from credits.views.common import BADGES, DOCUMENT_BADGES, FORMS
from employees.models import Employee
from employees.scans import SCAN_TYPES

DOCUMENTS_A_PAGE = 50
BATCHES = 12
SHOWN = 5  # refusals that are told one by one


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
    log_list(request, "document", (d.employee for d in listed["page"]), detail=filters_of(request))
    for document in listed["page"]:
        document.badge = DOCUMENT_BADGES[document.state]
    context = {
        "list": listed,
        "state": state,
        "overdue": OVERDUE_DAYS if late else None,
        "states": [(v, label, counts.get(v, 0)) for v, label in Document.State.choices],
        "batches": _batches() if allows(request.user, "document_batch", "view") else None,
        "may_draft": allows(request.user, "document", "add"),
        "may_open": allows(request.user, "employee", "view"),
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


def _document(request: HttpRequest, public_id: UUID, how: str = How.VIEW) -> Document:
    """The document, if the reader sees it; the look is logged."""
    mine = visible(Document.objects.select_related("employee"), request.user, "document")
    document = get_object_or_404(mine, public_id=public_id)
    looked(request, "document", [document.employee], how)
    return document


@guard("document", "view")
@require_GET
def document_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One document: its state, what can be done next, and what happened to it."""
    document = _document(request, public_id)
    context = {
        "document": document,
        "badge": DOCUMENT_BADGES[document.state],
        "events": document.events.select_related("actor"),
        "signer": document.signer,
        "problem": _without_signer(document),
        "may_open_person": _may_open(request, document),
        "verify_url": issuing.verify_url(document.token) if document.number else "",
        "acts": {str(act): True for act in open_acts(signed_in(request), document)},
        "scan_form": ScanForm(),
        "act_form": ActForm(),
    }
    return render(request, "credits/document_detail.html", context)


def _may_open(request: HttpRequest, document: Document) -> bool:
    """Whether the reader may open the page of the person; who only signs may not."""
    people = Employee.objects.filter(pk=document.employee_id)
    return visible(people, request.user, "employee").exists()


def _without_signer(document: Document) -> str:
    """Why nobody could sign a draft, in words."""
    content = document.content
    if document.state != Document.State.DRAFT or content.get("signatory"):
        return ""
    return document_problem("no_determiner" if content.get("determined") else "no_signatory")


@guard("document", "view")
@require_GET
def document_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The PDF: of a draft rendered from what it states, else the issued bytes."""
    document = _document(request, public_id, How.DOWNLOAD)
    name = f"{document.form}-{slugify(document.employee.name)}-{document.period_end:%Y-%m-%d}.pdf"
    response = HttpResponse(issuing.issued_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@guard("document", "view")
@require_GET
def document_signed(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The signed file as it was handed in."""
    document = _document(request, public_id, How.DOWNLOAD)
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


ACT_ROUTES = (
    ("tandatangani", Act.SIGN),
    ("kembalikan", Act.RETURN),
    ("ajukan-lagi", Act.RESUBMIT),
    ("cabut", Act.REVOKE),
    ("buang", Act.DISCARD),
)


@guard("document", "view")
@require_POST
def document_act(request: HttpRequest, public_id: UUID, act: Act) -> HttpResponse:
    """Sign, return, put up again, revoke or discard.

    What the reader may never do is 403; what the state does not allow now is said in words, as
    somebody else may have acted since the page was shown.
    """
    document = _document(request, public_id)
    if act not in permitted(signed_in(request), document):
        raise PermissionDenied
    try:
        said = _ACTS[act](request, document)
    except DocumentError as problem:
        messages.error(request, document_problem(problem.code))
    else:
        if said:
            messages.success(request, said)
    if act == Act.DISCARD and not Document.objects.filter(pk=document.pk).exists():
        return redirect("credits:documents")
    return redirect("credits:document", public_id)


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


def _discard(request: HttpRequest, document: Document) -> str:
    issuing.discard(document, signed_in(request))
    return _("The draft is discarded.")


_ACTS: dict[Act, Any] = {
    Act.SIGN: _sign,
    Act.RETURN: _with_reason(issuing.return_unsigned, gettext_lazy("The form is returned.")),
    Act.RESUBMIT: _with_reason(
        issuing.resubmit, gettext_lazy("The form is put up for signing again.")
    ),
    Act.REVOKE: _with_reason(
        issuing.revoke, gettext_lazy("The form is revoked; it keeps its number.")
    ),
    Act.DISCARD: _discard,
}
