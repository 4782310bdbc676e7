"""Writing a claim: a new one, its frame, its activities, its evidence.

Everything works with plain forms. `static/js/drafts.js` saves in between and says who else has
the draft open: it posts the same forms and asks for JSON.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import looked
from accounts.pages import as_uuid, signed_in
from accounts.policy import guard, visible
from credits import claim_words
from credits.claim_lists import due
from credits.forms_claims import FrameForm, ItemForm, NewClaimForm
from credits.models import Claim, ClaimItem, EvidenceFile, JointWork
from credits.services.claims import drafts
from credits.services.claims.acts import acts_open
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import Kind, kind_of, kinds
from credits.views.claims.answers import findings, said, unknown_fields, version_of
from credits.views.claims.pages import BADGES, ELSEWHERE
from credits.views.claims.sums import item_rows, sums
from employees.models import Employee

CONFLICT, BAD = 409, 400
_ANSWERED = "application/json"


def _claim(request: HttpRequest, public_id: UUID) -> Claim:
    """A claim whose words the reader may change at some time, else 404."""
    found = Claim.objects.select_related("employee", "position", "unit")
    return get_object_or_404(visible(found, request.user, "claim", "change"), public_id=public_id)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith(_ANSWERED)


def _version(request: HttpRequest, claim: Claim, status: int) -> int:
    """The version that the form shown goes on from: what the reader had before him; after a
    conflict, which the page explains, the one that stands."""
    return version_of(request) if request.method == "POST" and status != CONFLICT else claim.version


def _status(problem: ClaimError) -> int:
    return problem.status if problem.status in (BAD, 403, 404) else CONFLICT


# ------------------------------------------------------------------ a new claim


@guard("claim", "add")
@require_http_methods(["GET", "POST"])
def claim_new(request: HttpRequest) -> HttpResponse:
    """Which kind, for whom, over which period; the rest is written into the draft."""
    user = signed_in(request)
    form = NewClaimForm(request.POST or None, user=user, initial=_asked(request))
    if request.method == "POST":
        answer = unknown_fields(request, form.fields)
        if answer is not None:
            return answer
        if form.is_valid():
            try:
                return _create(request, form)
            except ClaimError as problem:
                form.add_error(None, claim_words.problem(problem))
    about = [(kind.title, kind.about) for kind in kinds()]
    status = BAD if form.is_bound else 200
    context = {"form": form, "kinds": about}
    return render(request, "credits/claims/new.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What a link to the page fills in: ?person=, ?kind=."""
    public_id = as_uuid(request.GET.get("person", ""))
    people = visible(Employee.objects.all(), request.user, "claimant", "add")
    person = people.filter(public_id=public_id).first() if public_id else None
    return {"person": person, "kind": request.GET.get("kind", "")}


def _create(request: HttpRequest, form: NewClaimForm) -> HttpResponse:
    user = signed_in(request)
    person = form.cleaned_data.get("person") or Employee.objects.filter(user=user).first()
    if person is None:
        raise ClaimError("not_yours", 403)
    claim = drafts.create(form.cleaned_data["kind"], person, form.frame(), user)
    messages.success(request, _("The draft was made. Add the activities and their evidence."))
    return redirect("credits:claim_edit", claim.public_id)


# ------------------------------------------------------------------ the draft


@guard("claim", "change")
@require_http_methods(["GET", "POST"])
def claim_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The draft as a whole: its activities with their points, what the check says, its frame."""
    claim = _claim(request, public_id)
    user, kind = signed_in(request), kind_of(claim)
    form = FrameForm(request.POST or None, user=user, claim=claim)
    details = kind.details_form(claim, request.POST or None)
    if request.method == "GET":
        problem = drafts.refusal(claim, user)
        if problem is not None:
            said(request, problem)
            return redirect("credits:claim", claim.public_id)
        return _draft(request, claim, form, details)
    answer = unknown_fields(request, {*form.fields, *(details.fields if details else ())})
    if answer is not None:
        return answer
    if not (form.is_valid() and (details is None or details.is_valid())):
        if _wants_json(request):
            return _unsaved(_first_error(form, details), BAD)
        return _draft(request, claim, form, details, BAD)
    try:
        words = details.cleaned_data if details else claim.details
        saved = drafts.edit(claim, form.frame(words), user, version_of(request))
    except ClaimError as problem:
        if _wants_json(request):
            return _unsaved(claim_words.problem(problem), _status(problem))
        said(request, problem)
        claim.refresh_from_db()
        theirs = _theirs(form, FrameForm(user=user, claim=claim))
        return _draft(request, claim, form, details, _status(problem), theirs)
    if _wants_json(request):
        return _saved(saved)
    messages.success(request, _("Saved."))
    return redirect("credits:claim_edit", claim.public_id)


def _draft(
    request: HttpRequest,
    claim: Claim,
    form: forms.Form,
    details: forms.Form | None,
    status: int = 200,
    theirs: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    looked(request, "claim", [claim.employee])
    user, kind = signed_in(request), kind_of(claim)
    checked = kind.check(claim, timezone.localdate())
    found = findings(checked.findings)
    acts = [
        {"act": t.act.value, "label": claim_words.ACTS[t.act], "asks_reason": t.asks_reason}
        for t, _role in acts_open(claim, user)
        if t.act not in ELSEWHERE
    ]
    back = claim.events.filter(act__in=("return", "hand_back")).order_by("-id")
    context = {
        "claim": claim,
        "version": _version(request, claim, status),
        "kind": kind,
        "badge": BADGES.get(claim.state, ""),
        "until": due(claim),
        "reason": back.values_list("reason", flat=True).first() or "",
        "others": drafts.seen(claim, user),
        "form": form,
        "details": details,
        "theirs": theirs or [],
        "findings": found,
        "errors": [f for f in found if f["error"]],
        "points": checked.points,
        "sums": sums(checked.trace),
        "rows": item_rows(checked.items, checked.trace, found),
        "acts": acts,
        **_evidence(claim, kind),
    }
    return render(request, "credits/claims/edit.html", context, status=status)


def _evidence(claim: Claim, kind: Kind) -> dict[str, Any]:
    """The files of the person, those of the claim itself, and where new ones are uploaded."""
    mine = EvidenceFile.objects.filter(employee=claim.employee_id, removed_at__isnull=True)
    try:
        vault = reverse("credits:vault", args=[claim.employee.public_id])
    except NoReverseMatch:
        vault = ""
    attached = set() if kind.has_items else set(claim.files.values_list("pk", flat=True))
    files = [{"file": f, "attached": f.pk in attached} for f in mine]
    return {"files": files, "vault": vault, "asked": kind.evidence}


def _theirs(mine: forms.Form, stored: forms.Form) -> list[tuple[str, str]]:
    """(label, what stands now) of each field where the two differ."""
    found = []
    for name, field in mine.fields.items():
        now = stored.get_initial_for_field(field, name)
        if field.has_changed(now, mine[name].data):
            shown = field.widget.format_value(field.prepare_value(now))
            found.append((str(field.label), str(shown if shown not in (None, "") else "–")))
    return found


def _saved(claim: Claim) -> JsonResponse:
    at = timezone.localtime().strftime("%H.%M")
    words = _("Saved at %(at)s.") % {"at": at}
    return JsonResponse({"saved": True, "version": claim.version, "text": words})


def _unsaved(text: str, status: int) -> JsonResponse:
    words = _("Not saved: %(reason)s") % {"reason": text}
    return JsonResponse({"saved": False, "text": words}, status=status)


def _first_error(*asked: forms.Form | None) -> str:
    for form in asked:
        for name, errors in form.errors.items() if form else ():
            label = form.fields[name].label if form and name in form.fields else ""
            return f"{label}: {errors[0]}" if label else str(errors[0])
    return ""


@guard("claim", "change")
@require_POST
def claim_present(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """The reader still has the draft open: {version, others: [names], text}."""
    claim = _claim(request, public_id)
    names = [str(editor.user) for editor in drafts.seen(claim, signed_in(request))]
    words = _("Open at the moment: %(names)s") % {"names": ", ".join(names)} if names else ""
    return JsonResponse({"version": claim.version, "others": names, "text": words})


# ------------------------------------------------------------------ an activity


@guard("claim", "change")
@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add an activity."""
    return _item(request, _claim(request, public_id), None)


@guard("claim", "change")
@require_http_methods(["GET", "POST"])
def item_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One activity: its words, dates, authors, evidence; what it gives and why."""
    claim = _claim(request, public_id)
    rows = claim.items.select_related("activity__table", "work").prefetch_related("files")
    return _item(request, claim, get_object_or_404(rows, number=number))


def _item(request: HttpRequest, claim: Claim, item: ClaimItem | None) -> HttpResponse:
    user = signed_in(request)
    form = ItemForm(request.POST or None, claim=claim, item=item)
    if request.method == "GET":
        problem = drafts.refusal(claim, user)
        if problem is not None:
            said(request, problem)
            return redirect("credits:claim", claim.public_id)
        return _item_form(request, claim, item, form)
    answer = unknown_fields(request, {*form.fields, "find", "take", "then"})
    if answer is not None:
        return answer
    if request.POST.get("find") or request.POST.get("take"):
        return _works(request, claim, item, form)
    if not form.is_valid():
        if _wants_json(request):
            return _unsaved(_first_error(form), BAD)
        return _item_form(request, claim, item, form, BAD)
    try:
        done = drafts.put_item(
            claim,
            form.item(),
            user,
            version_of(request),
            number=item.number if item else None,
            files=form.cleaned_data["evidence"],
        )
    except ClaimError as problem:
        return _item_refused(request, claim, item, form, problem)
    if _wants_json(request):
        return _saved(done.claim)
    messages.success(request, _("Activity %(number)s was saved.") % {"number": done.number})
    if request.POST.get("then") == "another":
        return redirect("credits:claim_item_new", claim.public_id)
    return redirect("credits:claim_edit", claim.public_id)


def _item_refused(
    request: HttpRequest,
    claim: Claim,
    item: ClaimItem | None,
    form: ItemForm,
    problem: ClaimError,
) -> HttpResponse:
    if _wants_json(request):
        return _unsaved(claim_words.problem(problem), _status(problem))
    said(request, problem)
    claim.refresh_from_db()
    theirs: list[tuple[str, str]] = []
    if item is not None:
        now = claim.items.filter(pk=item.pk).select_related("activity__table", "work").first()
        theirs = _theirs_of(form, now, claim)
    return _item_form(request, claim, item, form, _status(problem), theirs)


def _theirs_of(form: ItemForm, now: ClaimItem | None, claim: Claim) -> list[tuple[str, str]]:
    if now is None:
        return [(str(_("Activity")), str(_("was removed")))]
    stored = ItemForm(claim=claim, item=now)
    plain = ("start", "end", "quantity", "description", "assignment_letter", "work_title")
    found = []
    if str(now.activity_id) != form["activity"].data:
        found.append((str(_("Activity")), str(now.activity)))
    for name in plain:
        field, value = form.fields[name], stored.initial.get(name)
        if field.has_changed(value, form[name].data):
            shown = field.widget.format_value(field.prepare_value(value))
            found.append((str(field.label), str(shown if shown not in (None, "") else "–")))
    return found


def _works(
    request: HttpRequest, claim: Claim, item: ClaimItem | None, form: ItemForm
) -> HttpResponse:
    """Joint works that others have entered, to take a place in one; nothing is saved."""
    taken = request.POST.get("take", "")
    if taken.isascii() and taken.isdigit():
        work = JointWork.objects.filter(pk=int(taken[:15])).first()
        if work is not None:
            form.take_work(work)
        return _item_form(request, claim, item, form)
    found = drafts.find_works(request.POST.get("work_title", ""))
    claimed = ClaimItem.objects.filter(work__in=found).values_list("work_id", "place")
    places: dict[int, list[int]] = {}
    for work_id, place in claimed.exclude(claim=claim).order_by("place"):
        if work_id and place:
            places.setdefault(work_id, []).append(place)
    works = [{"work": work, "places": places.get(work.pk, [])} for work in found]
    return _item_form(request, claim, item, form, works=works)


def _item_form(
    request: HttpRequest,
    claim: Claim,
    item: ClaimItem | None,
    form: ItemForm,
    status: int = 200,
    theirs: list[tuple[str, str]] | None = None,
    works: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    looked(request, "claim", [claim.employee])
    row = None
    if item is not None:
        checked = kind_of(claim).check(claim, timezone.localdate())
        row = item_rows([item], checked.trace, findings(checked.findings))[0]
    context = {
        "claim": claim,
        "version": _version(request, claim, status),
        "kind": kind_of(claim),
        "item": item,
        "form": form,
        "row": row,
        "theirs": theirs or [],
        "works": works,
        "others": drafts.seen(claim, signed_in(request)),
        "joint": [form[n] for n in ("work_title", "published_on", "authors", "place")],
        **_evidence(claim, kind_of(claim)),
    }
    return render(request, "credits/claims/item.html", context, status=status)


@guard("claim", "change")
@require_POST
def item_remove(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    claim = _claim(request, public_id)
    return _act(
        request,
        claim,
        lambda: drafts.remove_item(claim, number, signed_in(request), version_of(request)),
        _("Activity %(number)s was removed.") % {"number": number},
    )


@guard("claim", "change")
@require_POST
def item_copy(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    claim = _claim(request, public_id)
    return _act(
        request,
        claim,
        lambda: drafts.copy_item(claim, number, signed_in(request), version_of(request)),
        _("Activity %(number)s was copied. Change the dates and attach its evidence.")
        % {"number": number},
    )


@guard("claim", "change")
@require_POST
def claim_attach(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Attach the files ticked to the activities ticked, or take them off (`take_off`)."""
    claim = _claim(request, public_id)
    asked = [u for u in map(as_uuid, request.POST.getlist("files")) if u]
    files = EvidenceFile.objects.filter(employee=claim.employee_id, public_id__in=asked)
    ticked = request.POST.getlist("items")
    numbers = [int(n) for n in ticked if n.isascii() and n.isdigit() and len(n) < 6]
    if not files or (kind_of(claim).has_items and not numbers):
        messages.error(request, _("Tick at least one file and one activity."))
        return redirect("credits:claim_edit", claim.public_id)
    do = drafts.detach if request.POST.get("take_off") else drafts.attach
    return _act(
        request,
        claim,
        lambda: do(claim, numbers, files, signed_in(request), version_of(request)),
        _("The evidence was saved."),
        ("files", "items", "take_off"),
    )


def _act(
    request: HttpRequest,
    claim: Claim,
    do: Callable[[], Any],
    done: str,
    fields: tuple[str, ...] = (),
) -> HttpResponse:
    """Do one thing to the draft and go back to it; a refusal is said there."""
    answer = unknown_fields(request, fields)
    if answer is not None:
        return answer
    try:
        do()
    except ClaimError as problem:
        said(request, problem)
        claim.refresh_from_db()
        if drafts.refusal(claim, signed_in(request)) is not None:
            return redirect("credits:claim", claim.public_id)
        user = signed_in(request)
        form = FrameForm(user=user, claim=claim)
        details = kind_of(claim).details_form(claim)
        return _draft(request, claim, form, details, _status(problem))
    messages.success(request, done)
    return redirect("credits:claim_edit", claim.public_id)
