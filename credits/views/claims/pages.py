"""One claim: where it stands, whose turn it is, what may be done, and what happened."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import looked
from accounts.pages import signed_in
from accounts.policy import guard, visible
from credits import claim_words
from credits.models import Claim
from credits.rules.claim_states import Act, Path, ball
from credits.services.claims.acts import acts_open, perform
from credits.services.claims.conventional import read_items
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from credits.views.claims.panels import panels_for

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
    claim = claim_of(request, public_id)
    looked(request, "claim", [claim.employee])
    user = signed_in(request)
    kind = kind_of(claim)
    turn = ball(claim.path, claim.state)
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
        "acts": acts,
        "items": read_items(claim) if kind.has_items else (),
        "events": [
            {"event": e, "act": claim_words.ACTS.get(e.act, e.act)}
            for e in claim.events.select_related("actor")
        ],
        "panels": panels_for(claim, request),
    }
    return render(request, "credits/claims/detail.html", context)


@guard("claim", "act")
@require_POST
def claim_act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do the act that is posted; the services say whether it is the reader's."""
    claim = claim_of(request, public_id)
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
            on=timezone.localdate(),
        )
    except ClaimError as refused:
        if refused.status == 403:
            return render(
                request, "403.html", {"exception": claim_words.problem(refused)}, status=403
            )
        messages.error(request, claim_words.problem(refused))
    else:
        messages.success(request, claim_words.ACTS[act])
    return redirect("credits:claim", claim.public_id)
