"""The forms that wait for the reader's signature: as a ZIP, and signed files handed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import How, looked
from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import guard, visible
from credits.explanations import document_problem
from credits.forms import SignedFilesForm
from credits.models import Document
from credits.services import issuing
from credits.views.common import list_file
from employees.models import Employee

A_PAGE = 50
SHOWN = 10  # refused files that are told one by one
State = Document.State


def _queue(request: HttpRequest, action: str = "view") -> Any:
    mine = visible(Document.objects.all(), request.user, "signing", action)
    return mine.filter(state=State.AWAITING).select_related("employee").order_by("number")


@guard("signing", "view")
@require_GET
def signing_queue(request: HttpRequest) -> HttpResponse:
    """What waits, with the place to hand in signed files."""
    listed = paged(request, _queue(request).defer("content"), A_PAGE)
    log_list(request, "document", (d.employee for d in listed["page"]))
    context = {"list": listed, "form": SignedFilesForm()}
    return render(request, "credits/signing_queue.html", context)


@guard("signing", "change")
@require_GET
def signing_zip(request: HttpRequest) -> HttpResponse:
    """All forms of the queue, to be signed elsewhere."""
    queue = _queue(request, "change")
    looked(request, "document", (document.employee for document in queue), How.DOWNLOAD)
    response = HttpResponse(issuing.archive(queue), "application/zip")
    name = _("to-sign")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


@guard("signing", "view")
@require_GET
def signing_list(request: HttpRequest, ending: str) -> HttpResponse:
    """The queue as a printed list or a workbook."""
    signer = get_object_or_404(Employee, user=signed_in(request))
    return list_file(request, _queue(request), signer, ending)


@guard("signing", "change")
@require_POST
def signing_upload(request: HttpRequest) -> HttpResponse:
    """Signed files in any order: each is matched to the document with which it begins."""
    form = SignedFilesForm(request.POST, request.FILES)
    if not form.is_valid():
        for problem in form.errors.get("signed", []):
            messages.error(request, str(problem))
        return redirect("credits:signing")
    done = issuing.sign_many(
        _queue(request, "change"), form.cleaned_data["signed"], signed_in(request)
    )
    if done.signed:
        text = ngettext(
            "%(count)s form is signed.", "%(count)s forms are signed.", len(done.signed)
        )
        messages.success(request, text % {"count": len(done.signed)})
    for name, code in done.refused[:SHOWN]:
        messages.error(
            request, _("%(file)s: %(reason)s") % {"file": name, "reason": document_problem(code)}
        )
    return redirect("credits:signing")
