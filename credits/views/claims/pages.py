"""One claim: where it stands, whose turn it is, what may be done, and what happened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import looked
from accounts.pages import signed_in
from accounts.policy import allows, guard, visible
from credits import claim_words
from credits.claim_lists import due, turn_of
from credits.models import Claim, ClaimItem
from credits.rules.claim_states import EDITABLE, Act, Path
from credits.rules.units import parse_amount
from credits.services.claims import drafts
from credits.services.claims.acts import acts_open, perform
from credits.services.claims.conventional import read_items
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.views.claims.answers import findings, refused, unknown_fields, version_of
from credits.views.claims.panels import panels_for
from credits.views.claims.sums import item_rows, sums

FORBIDDEN = 403

# Acts with a page of their own, or by another app, have no button here.
ELSEWHERE = frozenset({Act.ASSIGN, Act.SCHEDULE, Act.POSTPONE, Act.OBJECT, Act.ANNUL})
# A team decides in its plenary alone.
IN_PLENARY = frozenset({Act.APPROVE, Act.APPROVE_PARTLY, Act.REJECT, Act.UPHOLD})
BADGES = {
    "submitted": "badge-info",
    "proposed": "badge-info",
    "repaired": "badge-info",
    "checked": "badge-info",
    "judged": "badge-info",
    "plenary": "badge-info",
    "returned": "badge-warn",
    "objection": "badge-warn",
    "approved": "badge-ok",
    "partly": "badge-ok",
    "determined": "badge-ok",
    "rejected": "badge-bad",
}


def claim_of(request: HttpRequest, public_id: UUID) -> Claim:
    """The claim within the reader's scope, else 404."""
    found = Claim.objects.select_related("employee", "position", "unit")
    return get_object_or_404(visible(found, request.user, "claim"), public_id=public_id)


@guard("claim", "view")
@require_GET
def claim_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is claimed and why, with the acts that are open to the reader."""
    return _page(request, claim_of(request, public_id))


def _page(request: HttpRequest, claim: Claim, status: int = 200) -> HttpResponse:
    looked(request, "claim", [claim.employee])
    user = signed_in(request)
    kind = kind_of(claim)
    events = list(claim.events.select_related("actor").defer("details"))
    back = any(e.act == Act.HAND_BACK for e in events)
    turn = turn_of(claim, handed_back=back)
    acts = [
        {"act": t.act.value, "label": claim_words.ACTS[t.act], "asks_reason": t.asks_reason}
        for t, _role in acts_open(claim, user)
        if t.act not in ELSEWHERE and not (claim.path == Path.TEAM and t.act in IN_PLENARY)
    ]
    context: dict[str, Any] = {
        "claim": claim,
        "kind": kind,
        "badge": BADGES.get(claim.state, ""),
        "turn": claim_words.ACTORS.get(turn, "") if turn else "",
        "until": due(claim),
        "acts": acts,
        "may_edit": allows(user, "claim", "change") and drafts.refusal(claim, user) is None,
        "events": [{"event": e, "act": claim_words.ACTS.get(e.act, e.act)} for e in events],
        "panels": panels_for(claim, request),
        **_counted(claim),
    }
    return render(request, "credits/claims/detail.html", context, status=status)


def _counted(claim: Claim) -> dict[str, Any]:
    """Points and findings: computed anew while it can be edited, else as it was handed in."""
    items: Sequence[ClaimItem]
    if claim.state in EDITABLE or not claim.stated:
        checked = kind_of(claim).check(claim, timezone.localdate())
        found, trace, points = findings(checked.findings), checked.trace, checked.points
        items = checked.items
    else:
        items = read_items(claim) if kind_of(claim).has_items else ()
        # Which was doubtful when it was handed in, whoever judges sees by the panels.
        found, trace = [], claim.stated.get("trace", {})
        text = claim.stated.get("points")
        points = None if text is None else parse_amount(text)
    return {
        "rows": item_rows(items, trace, found),
        "sums": sums(trace),
        "points": points,
        "findings": found,
        "errors": [f for f in found if f["error"]],
        "checked": claim.state in EDITABLE,
    }


@guard("claim", "act")
@require_POST
def claim_act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do the act that is posted; the services say whether it is the reader's.

    What the state forbids is answered by the claim's page with 409, what the person may not by
    403 (AZ028, AZ067, AZ068).
    """
    claim = claim_of(request, public_id)
    answer = unknown_fields(request, ("act", "reason"))
    if answer is not None:
        return answer
    try:
        act = Act(request.POST.get("act", ""))
    except ValueError:
        return redirect("credits:claim", claim.public_id)
    try:
        perform(
            claim,
            act,
            signed_in(request),
            reason=request.POST.get("reason", ""),
            version=version_of(request) or None,
            on=timezone.localdate(),
        )
    except ClaimError as problem:
        back = reverse("credits:claim", args=[claim.public_id])
        if problem.status == FORBIDDEN:
            return refused(request, claim_words.problem(problem), FORBIDDEN, back)
        messages.error(request, claim_words.problem(problem))
        return _page(request, claim_of(request, public_id), problem.status)
    messages.success(request, claim_words.DONE.get(act, claim_words.ACTS[act]))
    if not visible(Claim.objects.filter(pk=claim.pk), request.user, "claim").exists():
        return redirect("credits:claims")
    return redirect("credits:claim", claim.public_id)
