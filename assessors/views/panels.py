"""What the team adds to the page of a claim, each to those who may know it.

Holders and coordinators see neither names nor scores of assessors (AZ071); nor does anybody see
them of his own claim, whatever other role he has.
"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.pages import signed_in
from accounts.policy import Role, allows, roles_of, visible
from assessors import words
from assessors.models import Assignment
from assessors.selectors import current
from assessors.services import judging
from credits.models import Claim
from credits.rules.claim_states import Act, Actor, Path, State
from credits.services.claims import who
from credits.views.claims.panels import register_panel


def judges(claim: Claim, request: HttpRequest) -> dict[str, Any] | None:
    """Who judges, until when, and, once all have finished, what came of it."""
    user, today = signed_in(request), timezone.localdate()
    if claim.path != Path.TEAM or _is_party(claim, user):
        return None
    secretary = who.is_actor(user, Actor.SECRETARY, claim, today)
    leads = secretary or who.is_actor(user, Actor.CHAIR, claim, today)
    if not leads and not roles_of(user) & {Role.HR, Role.AUDITOR}:
        return None
    rows = list(claim.assignments.select_related("member__employee").order_by("pk"))
    if not rows:
        return None
    result = judging.result(claim)
    return {
        "claim": claim,
        "rows": [
            {
                "assignment": a,
                "late": a.state == Assignment.State.OPEN and a.due_on < today,
                "units": a.units if result else None,
                "may_give_on": secretary and a.state == Assignment.State.OPEN,
            }
            for a in rows
        ],
        "result": result,
    }


def _is_party(claim: Claim, user: Any) -> bool:
    """The claimant himself, or who submitted it as a coordinator."""
    if claim.employee.user_id == user.pk:
        return True
    return claim.submitted_by_id == user.pk and Role.COORDINATOR in roles_of(user)


def next_step(claim: Claim, request: HttpRequest) -> dict[str, Any] | None:
    """The way to the secretary's pages, or to one's own judging."""
    user, today = signed_in(request), timezone.localdate()
    if claim.path != Path.TEAM:
        return None
    mine = None
    if allows(user, "assignment", "judge"):
        own = visible(Assignment.objects.filter(claim=claim), user, "assignment", "judge")
        mine = current(own).order_by("-pk").first()
    waits = claim.state in (State.SUBMITTED, State.REPAIRED)
    checks = waits and any(
        who.is_actor(user, actor, claim, today) for actor in (Actor.SECRETARY, Actor.OFFICER)
    )
    shares = claim.state == State.CHECKED and who.is_actor(user, Actor.SECRETARY, claim, today)
    if not (mine or checks or shares):
        return None
    return {"claim": claim, "mine": mine, "checks": checks, "shares": shares}


def returned(claim: Claim, request: HttpRequest) -> dict[str, Any] | None:
    """What was not complete, item by item, while the claim is back with the coordinator."""
    if claim.state != State.RETURNED:
        return None
    event = claim.events.filter(act=Act.RETURN).order_by("-id").first()
    items = event.details.get("items", []) if event else []
    if not items:
        return None
    lacks = [
        {"number": i["number"], "what": words.LACKS.get(i["code"], ""), "words": i["words"]}
        for i in items
    ]
    return {"event": event, "lacks": lacks}


def register() -> None:
    """Tell the page of a claim."""
    register_panel("assessors/panel_returned.html", returned)
    register_panel("assessors/panel_next.html", next_step)
    register_panel("assessors/panel_judges.html", judges)
