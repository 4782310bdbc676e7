"""Who is told what about a claim: whoever has the ball next, the holder, and who handed it in.

Called in the transaction of each act. The people behind an actor are found here for those whom
`credits` knows; the upper app adds the members of teams by `find`. Notices hold codes, no names.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import notify, notify_together
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, Actor, ball
from credits.services.claims.acts import afterwards
from credits.services.signatories import Signatories
from employees.models import ClaimCoordinator, Superior
from positions.models import UnitVersion

Find = Callable[[Claim, date], Iterable[User]]
_finders: dict[Actor, Find] = {}

HOLDER_HEARS = frozenset(
    {
        Act.HAND_BACK,
        Act.SUBMIT,
        Act.RETURN,
        Act.APPROVE,
        Act.APPROVE_PARTLY,
        Act.REJECT,
        Act.UPHOLD,
        Act.DETERMINE,
        Act.ANNUL,
        Act.CANCEL,
        Act.WITHDRAW,
    }
)
SUBMITTER_HEARS = HOLDER_HEARS - {Act.SUBMIT, Act.HAND_BACK} | {Act.OBJECT}
DEPTH = 8  # of the tree of units


def find(actor: Actor, how: Find) -> None:
    """State who the people behind an actor are, for a claim."""
    _finders[actor] = how


def people_behind(actor: Actor, claim: Claim, day: date) -> list[User]:
    """The accounts of an actor; none where only a role says it (officers see it at the start)."""
    how = _finders.get(actor)
    return sorted({u for u in how(claim, day) if u.is_active}, key=lambda u: u.pk) if how else []


def _holder(claim: Claim, day: date) -> list[User]:
    return [claim.employee.user] if claim.employee.user else []


def _coordinators(claim: Claim, day: date) -> list[User]:
    """Who handed it in; before that, who coordinates the unit, or the next one above."""
    if claim.submitted_by is not None:
        return [claim.submitted_by]
    unit = claim.unit_id
    for _step in range(DEPTH):
        rows = ClaimCoordinator.objects.on(day).filter(unit=unit, employee__user__isnull=False)
        found = [row.employee.user for row in rows.select_related("employee__user")]
        if found or unit is None:
            return [user for user in found if user is not None]
        above = UnitVersion.objects.on(day).filter(unit=unit)
        unit = above.values_list("parent_id", flat=True).first()
    return []


def _superiors(claim: Claim, day: date) -> list[User]:
    rows = Superior.objects.on(claim.period_end).filter(employee=claim.employee_id)
    found = (row.superior.user for row in rows.select_related("superior__user"))
    return [user for user in found if user is not None]


def _determiners(claim: Claim, day: date) -> list[User]:
    officer, _block = Signatories(day).determining(claim.employee, claim.level)
    return [officer.user] if officer is not None and officer.user is not None else []


for _actor, _how in (
    (Actor.HOLDER, _holder),
    (Actor.COORDINATOR, _coordinators),
    (Actor.SUPERIOR, _superiors),
    (Actor.DETERMINER, _determiners),
):
    find(_actor, _how)


def tell(claim: Claim, event: ClaimEvent) -> None:
    """Tell each of them once, never whoever acted. Call it in the transaction of the act."""
    day = timezone.localdate()
    url = reverse("credits:claim", args=[claim.public_id])
    told = {event.actor_id}
    said = {"kind": claim.kind, "state": event.after}
    for hears, actor in ((HOLDER_HEARS, Actor.HOLDER), (SUBMITTER_HEARS, Actor.COORDINATOR)):
        if event.act not in hears:
            continue
        for user in people_behind(actor, claim, day):
            if user.pk not in told:
                told.add(user.pk)
                notify(user, f"claim.{actor.value}", said, url)
    turn = ball(claim.path, event.after)
    if turn is None or turn == ball(claim.path, event.before):
        return
    for user in people_behind(turn, claim, day):
        if user.pk not in told:
            told.add(user.pk)
            params = {"actor": turn.value}
            notify_together(user, f"claim.turn.{turn.value}", params, url, reverse("admin:index"))


afterwards(tell)
