"""What the pages of runs and documents share."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.access import How, looked, looked_at_all
from accounts.pages import XLSX, as_uuid
from accounts.policy import visible
from credits.documents.render import render_signing_list
from credits.models import CalculationRun, Document, DocumentBatch
from credits.services.signing_lists import signing_list, workbook
from employees.models import Employee

BADGES = {
    "waiting": "badge-info",
    "running": "badge-info",
    "done": "badge-ok",
    "partly": "badge-warn",
    "cancelled": "",
    "overtaken": "badge-warn",
    "parked": "badge-bad",
}

DOCUMENT_BADGES = {
    "draft": "",
    "awaiting": "badge-info",
    "returned": "badge-warn",
    "signed": "badge-ok",
    "superseded": "",
    "revoked": "badge-bad",
}

OPEN = ("waiting", "running")
FORMS = dict(Document.Form.choices)


def progress(work: CalculationRun | DocumentBatch) -> dict[str, Any]:
    """For the progress bar: {done, total, text, finished}."""
    text = _("%(state)s: %(done)s of %(total)s people") % {
        "state": work.get_state_display(),
        "done": number_format(work.done),
        "total": number_format(work.people),
    }
    finished = work.state not in OPEN
    return {"done": work.done, "total": work.people, "text": text, "finished": finished}


def list_file(
    request: HttpRequest, documents: QuerySet[Document], signer: Employee, ending: str
) -> HttpResponse:
    """The list of the forms that await a signer, as "pdf" or "xlsx"; 404 where there are none."""
    listed = signing_list(documents, signer, timezone.localdate())
    if not listed.rows:
        raise Http404
    people = Employee.everyone.filter(documents__in=documents.filter(signer=signer))
    looked_at_all(request, "document", people, How.DOWNLOAD)
    if ending == "pdf":
        response = HttpResponse(render_signing_list(listed), "application/pdf")
    else:
        response = HttpResponse(workbook(listed), XLSX)
    name = f"daftar-tanda-tangan-{listed.made_on:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def person_asked(request: HttpRequest) -> Employee | None:
    """The person that ?person=<public_id> names; 404 outside the reader's scope."""
    asked = request.GET.get("person")
    if not asked:
        return None
    people = visible(Employee.objects.all(), request.user, "employee")
    person = get_object_or_404(people, public_id=as_uuid(asked))
    looked(request, "employee", [person])
    return person
