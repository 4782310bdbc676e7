"""What is past its time: proposed by one person, destroyed once a second one agrees."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts import retention, tasks
from accounts.models import Destruction
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard
from accounts.retention import DestructionError

A_PAGE = 25
REFUSED: dict[str, str | Promise] = {
    "unknown_class": _("There is no such class of records."),
    "no_reason": _("Give a reason: it is kept with the proposal."),
    "nothing_due": _("Nothing of this class is past its time."),
    "proposed_already": _("This class is proposed already. The proposal is decided first."),
    "decided_already": _("This proposal was decided already."),
    "own_proposal": _("You proposed it yourself. Another person decides about it."),
}


@guard("destruction", "view")
@require_GET
def destructions(request: HttpRequest) -> HttpResponse:
    """The classes with what is past their time, and the proposals."""
    reader = signed_in(request)
    titles = {rule.kind: rule.title for rule in retention.rules()}
    listed = paged(request, Destruction.objects.select_related("proposed_by", "decided_by"), A_PAGE)
    for one in listed["page"]:
        one.title = titles.get(one.kind, one.kind)
    is_open = Destruction.State.PROPOSED, Destruction.State.APPROVED
    context = {
        "classes": retention.past_their_time(),
        "proposed": set(
            Destruction.objects.filter(state__in=is_open).values_list("kind", flat=True)
        ),
        "list": listed,
        "may": allows(reader, "destruction", "change"),
    }
    return render(request, "accounts/destructions.html", context)


@guard("destruction", "change")
@require_POST
def destruction_propose(request: HttpRequest) -> HttpResponse:
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")[:500]
    return _act(
        request,
        lambda: retention.propose(kind, reason, signed_in(request)),
        _("Proposed. Another person of Biro SDM or another administrator decides about it."),
    )


@guard("destruction", "change")
@require_POST
def destruction_approve(request: HttpRequest, pk: int) -> HttpResponse:
    def approve() -> None:
        with transaction.atomic():
            retention.approve(pk, signed_in(request))
            transaction.on_commit(tasks.destroy_approved.delay)

    return _act(request, approve, _("Approved. The records are being destroyed."))


@guard("destruction", "change")
@require_POST
def destruction_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, lambda: retention.refuse(pk, signed_in(request)), _("The proposal is refused.")
    )


def _act(request: HttpRequest, act: Any, done: str | Promise) -> HttpResponse:
    try:
        act()
    except Destruction.DoesNotExist:
        raise Http404 from None
    except DestructionError as problem:
        messages.error(request, str(REFUSED[problem.code]))
    else:
        messages.success(request, str(done))
    return redirect("accounts:destructions")
