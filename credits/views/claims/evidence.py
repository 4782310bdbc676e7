"""The vault of evidence: a person's files, one file with its preview, and its bytes."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import How, filters_of, looked
from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from credits import claim_words
from credits.forms_evidence import UploadsField
from credits.models import Claim, EvidenceFile
from credits.services import evidence
from credits.services.claims.errors import ClaimError
from credits.vault import attached, doubled, matches_of, shown_to_people, uses_of
from credits.views.claims.panels import register_panel
from employees.models import Employee

A_PAGE = 50
_frames: Any = csp_update({"frame-src": ["'self'"]})  # the page shows a file in a frame
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
# The bytes came from outside: in a browser they run nothing, load nothing and reach nothing.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'self'"


class VaultForm(forms.Form):
    """New files for the vault."""

    uploads = UploadsField(label=gettext_lazy("New files"))


class ReplaceForm(forms.Form):
    """One file in the place of another."""

    file = forms.FileField(
        label=gettext_lazy("Another file in its place"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )


@guard("vault", "view")
@require_GET
def evidence_list(request: HttpRequest) -> HttpResponse:
    """The own vault; for whoever looks after others, the people who have files."""
    own = Employee.objects.filter(user=signed_in(request))
    person = visible(own, request.user, "vault").first()
    if person is not None and not _looks_after_others(request):
        return _vault(request, person, VaultForm())
    files = EvidenceFile.objects.filter(employee=OuterRef("pk"), removed_at__isnull=True)
    people = visible(Employee.objects.all(), request.user, "vault").filter(Exists(files))
    twice = "twice" in request.GET and allows(request.user, "evidence_match", "view")
    if twice:
        people = people.filter(Exists(files.filter(doubled())))
    there = Q(evidence__removed_at__isnull=True)
    people = people.annotate(
        files=Count("evidence", filter=there), bytes=Sum("evidence__size", filter=there)
    ).order_by("name", "pk")
    listed = paged(request, people, A_PAGE)
    log_list(request, "evidence", listed["page"], detail=filters_of(request))
    context = {
        "list": listed,
        "twice": twice,
        "may_see_twice": allows(request.user, "evidence_match", "view"),
        "own": person,
    }
    return render(request, "credits/claims/evidence_people.html", context)


def _looks_after_others(request: HttpRequest) -> bool:
    from accounts.policy import Scope, scopes

    return bool(scopes(request.user, "vault", "view") - {Scope.OWN})


def _person(request: HttpRequest, public_id: UUID, action: str) -> Employee:
    people: QuerySet[Employee] = visible(Employee.objects.all(), request.user, "vault", action)
    return get_object_or_404(people, public_id=public_id)


@guard("vault", "view")
@require_GET
def vault(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The files of one person."""
    return _vault(request, _person(request, public_id, "view"), VaultForm())


def _vault(
    request: HttpRequest, person: Employee, form: VaultForm, status: int = 200
) -> HttpResponse:
    looked(request, "evidence", [person])
    rows = EvidenceFile.objects.filter(employee=person, removed_at__isnull=True)
    listed = paged(request, rows, A_PAGE)
    page = list(listed["page"])
    uses = uses_of(page, request.user)
    same = matches_of(page, request.user)
    looked(request, "evidence", [p for ms in same.values() for m in ms for p in shown_to_people(m)])
    context = {
        "person": person,
        "own": person.user_id == signed_in(request).pk,
        "list": listed,
        "rows": [
            {"file": row, "uses": uses[row.pk], "matches": same.get(row.pk, [])} for row in page
        ],
        "form": form,
        # Who may look at a vault for its claims may fill it; the auditor only looks.
        "may_add": allows(request.user, "vault", "add"),
        "may_list": _looks_after_others(request),
    }
    return render(request, "credits/claims/vault.html", context, status=status)


@guard("vault", "add")
@require_POST
def evidence_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take new files in. Whose they are stands in the address, never in what is sent."""
    person = _person(request, public_id, "add")
    form = VaultForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            new = [
                evidence.upload(person, one, signed_in(request))
                for one in form.cleaned_data["uploads"]
            ]
        except ClaimError as refused:
            form.add_error("uploads", claim_words.problem(refused))
        else:
            count = len({row.pk for row in new})
            text = ngettext(
                "%(count)s file is in the vault.", "%(count)s files are in the vault.", count
            )
            messages.success(request, text % {"count": count})
            return redirect("credits:vault", person.public_id)
    return _vault(request, person, form, 400)


def _row(request: HttpRequest, public_id: UUID, action: str = "view") -> EvidenceFile:
    """The file within the reader's scope, else 404."""
    rows = visible(
        EvidenceFile.objects.select_related("employee", "uploaded_by"),
        request.user,
        "evidence",
        action,
    )
    return get_object_or_404(rows, public_id=public_id)


@guard("evidence", "view")
@_frames
@require_GET
def evidence_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One file: what it shows, what uses it, and what can still be done with it."""
    row = _row(request, public_id)
    looked(request, "evidence", [row.employee])
    return _page(request, row)


def _page(
    request: HttpRequest, row: EvidenceFile, problem: str = "", status: int = 200
) -> HttpResponse:
    found = matches_of([row], request.user).get(row.pk, [])
    looked(request, "evidence", [p for match in found for p in shown_to_people(match)])
    mine = EvidenceFile.objects.filter(pk=row.pk)
    people = Employee.objects.filter(pk=row.employee_id)
    context = {
        "file": row,
        "uses": uses_of([row], request.user)[row.pk],
        "matches": found,
        "problem": problem,
        "form": ReplaceForm(),
        "frozen": row.frozen_at is not None
        or evidence.uses(row).filter(submitted_at__isnull=False).exists(),
        "may_change": visible(mine, request.user, "evidence", "change").exists(),
        "may_see_vault": allows(request.user, "vault", "view")
        and visible(people, request.user, "vault").exists(),
    }
    return render(request, "credits/claims/evidence_file.html", context, status=status)


@guard("evidence", "view")
@require_GET
def evidence_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes: to look at, or with ?unduh=1 to keep. Nothing in them runs."""
    row = _row(request, public_id)
    looked(request, "evidence", [row.employee], How.DOWNLOAD)
    try:
        file = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    ending = ENDINGS.get(row.content_type)
    response = FileResponse(
        file,
        as_attachment=ending is None or "unduh" in request.GET,
        filename=f"{slugify(row.title) or 'bukti'}.{ending or 'bin'}",
        content_type=row.content_type if ending else "application/octet-stream",
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _act(request: HttpRequest, public_id: UUID, do: Any, done: str) -> HttpResponse:
    """Change a file; what a submitted claim holds answers 409 with a sentence (AZ025)."""
    row = _row(request, public_id, "change")
    try:
        new = do(row)
    except ClaimError as refused:
        looked(request, "evidence", [row.employee])
        return _page(request, row, claim_words.problem(refused), refused.status)
    messages.success(request, done)
    if new is None:
        return redirect("credits:vault", row.employee.public_id)
    return redirect("credits:evidence", new.public_id)


@guard("evidence", "change")
@_frames
@require_POST
def evidence_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another title."""
    title = request.POST.get("title", "")
    return _act(request, public_id, lambda r: evidence.rename(r, title), _("Renamed."))


@guard("evidence", "change")
@_frames
@require_POST
def evidence_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Off the list, unless a claim names it."""
    return _act(request, public_id, evidence.remove, _("Taken off the list."))


@guard("evidence", "change")
@_frames
@require_POST
def evidence_replace(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another file in its place, in every draft that names it."""

    def do(row: EvidenceFile) -> EvidenceFile:
        file = request.FILES.get("file")
        if file is None:
            raise ClaimError("evidence_none", 400)
        return evidence.replace(row, file, signed_in(request))

    return _act(request, public_id, do, _("Replaced in every draft that named it."))


def evidence_panel(claim: Claim, request: HttpRequest) -> dict[str, Any] | None:
    """The files of a claim with where else they stand, for whoever may see them."""
    if not allows(request.user, "evidence", "view"):
        return None
    found = attached(claim, request.user)
    if not found:
        return None
    people = [p for one in found for m in one.matches for p in shown_to_people(m)]
    looked(request, "evidence", people)
    return {"files": found, "twice": sum(bool(one.matches) for one in found)}


register_panel("credits/claims/evidence_panel.html", evidence_panel)
