"""After the decision: the determining officer's queue, objections, and the DUPAK."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import listed as log_list
from accounts.access import looked
from accounts.pages import as_uuid, paged, signed_in
from accounts.policy import guard
from credits import claim_words
from credits.rules.claim_states import Act
from credits.services.claims import objecting, papers, queue
from credits.services.claims.acts import acts_open
from credits.services.claims.conventional import read_items
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of, kinds
from credits.services.claims.who import objection_ends
from credits.views.claims.pages import claim_of
from credits.views.claims.panels import register_panel

A_PAGE = 50
TOLD = 10  # refused claims that are told one by one


@guard("claim", "determine")
@require_GET
def determination_queue(request: HttpRequest) -> HttpResponse:
    """Decided claims of the reader's offices; what waits for signed minutes is only counted."""
    user = signed_in(request)
    ready = queue.ready(user)
    listed = paged(request, ready.annotate(decided=Sum("items__decided_units")), A_PAGE)
    log_list(request, "claim", [claim.employee for claim in listed["page"]])
    titles = {kind.code: kind.title for kind in kinds()}
    context = {
        "list": listed,
        "titles": titles,
        "not_yet": queue.decided(user).count() - listed["page"].paginator.count,
    }
    return render(request, "credits/claims/determination_queue.html", context)


@guard("claim", "determine")
@require_POST
def determination_act(request: HttpRequest) -> HttpResponse:
    """Determine the claims chosen; each has its own result."""
    ids = [str(key) for text in request.POST.getlist("claim") if (key := as_uuid(text))]
    done = queue.determine_many(signed_in(request), ids)
    refused = [one for one in done if one.error is not None]
    for one in refused[:TOLD]:
        error = one.error or ClaimError("")
        name = one.claim.employee.full_name if one.claim else _("a claim not listed here")
        messages.error(request, f"{name}: {claim_words.problem(error)}")
    if len(refused) > TOLD:
        messages.error(request, _("And %(n)s more.") % {"n": len(refused) - TOLD})
    number = len(done) - len(refused)
    if number:
        said = ngettext(
            "%(n)s claim is determined; its documents are made.",
            "%(n)s claims are determined; their documents are made.",
            number,
        )
        messages.success(request, said % {"n": number})
    elif not done:
        messages.error(request, _("Choose at least one claim."))
    return redirect("credits:determinations")


@guard("claim", "act")
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Object to a decision: which items, and why."""
    claim = claim_of(request, public_id)
    looked(request, "claim", [claim.employee])
    user = signed_in(request)
    if not any(t.act == Act.OBJECT for t, _role in acts_open(claim, user)):
        if request.method == "POST":
            messages.error(request, claim_words.problem(ClaimError("act_not_open")))
        return redirect("credits:claim", claim.public_id)
    chosen = {int(n) for n in request.POST.getlist("item") if n.isdecimal()}
    problem, status = "", 200
    if request.method == "POST":
        try:
            objecting.object_to(claim, chosen, request.POST.get("reason", ""), user)
        except ClaimError as refused:
            problem, status = claim_words.problem(refused), refused.status
        else:
            messages.success(
                request, _("The objection is on record. Others than before will review it.")
            )
            return redirect("credits:claim", claim.public_id)
    context: dict[str, Any] = {
        "claim": claim,
        "kind": kind_of(claim),
        "items": [
            {"item": item, "reason": papers.reason_of(item), "chosen": item.number in chosen}
            for item in read_items(claim)
        ],
        "until": objection_ends(claim),
        "reason": request.POST.get("reason", ""),
        "problem": problem,
    }
    return render(request, "credits/claims/objection.html", context, status=status)


@guard("claim", "view")
@require_GET
def dupak_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The DUPAK of a claim; a draft is marked so."""
    claim = claim_of(request, public_id)
    looked(request, "claim", [claim.employee])
    try:
        pdf = papers.dupak_pdf(claim)
    except ClaimError as refused:
        raise Http404(claim_words.problem(refused)) from refused
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="dupak-{claim.period_end:%Y-%m-%d}.pdf"'
    return answer


# ------------------------------------------------------------------ on the page of a claim


def _panel(claim: Any, request: HttpRequest) -> dict[str, Any] | None:
    """What was decided and determined, the papers, and the way to object."""
    kind = kind_of(claim)
    decisions = list(claim.decisions.select_related("document").order_by("-pk"))
    objections = list(claim.objections.prefetch_related("items"))
    may_object = any(t.act == Act.OBJECT for t, _r in acts_open(claim, signed_in(request)))
    until = objection_ends(claim) if may_object else None
    if not (decisions or objections or may_object or kind.has_items):
        return None
    return {
        "decisions": decisions,
        "objections": objections,
        "may_object": may_object,
        "until": until,
        "dupak": kind.has_items,
    }


register_panel("credits/claims/panel_decided.html", _panel)
