"""Lists of claims: what each row needs in one statement, the counts, and what is missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.policy import visible
from credits.models import Claim, ClaimEvent, ClaimItem, EvidenceFile
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import EDITABLE, ENDED, Act, Actor, State, ball
from credits.services.claims.kinds import kinds

# The groups of states in which a coordinator thinks: my turn, on its way, done.
DRAFTS = (State.DRAFT,)
PROPOSED = (State.PROPOSED,)
RETURNED = (State.RETURNED,)
ENDING = (*ENDED, State.DETERMINED, State.REJECTED)
ON_THE_WAY = tuple(s for s in State if s not in (*DRAFTS, *PROPOSED, *RETURNED, *ENDING))


@dataclass(frozen=True, slots=True)
class Row:
    """A claim of a list. `turn`: who has the next act, None where nobody has."""

    claim: Claim
    kind: Any
    turn: Actor | None
    items: int
    bare: int  # items without evidence
    reason: str  # why it came back last
    until: date | None  # by when a returned claim should be handed in again


def listed(claims: "QuerySet[Claim]") -> "QuerySet[Claim]":
    """The claims with what a row shows: person, position, items, bare items, the last reason."""
    items = ClaimItem.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
    kept = EvidenceFile.objects.filter(items=OuterRef("pk"), removed_at__isnull=True)
    back = ClaimEvent.objects.filter(claim=OuterRef("pk"), act__in=(Act.RETURN, Act.HAND_BACK))
    return claims.select_related("employee", "position").annotate(
        item_count=_counted(items),
        bare_count=_counted(items.filter(~Exists(kept))),
        back_reason=Subquery(back.order_by("-id").values("reason")[:1]),
    )


def _counted(items: "QuerySet[Any]") -> Coalesce:
    number = items.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def rows(claims: Iterable[Any]) -> list[Row]:
    """What the page shows of each claim of `listed`; no statement."""
    known = {kind.code: kind for kind in kinds()}
    return [
        Row(
            claim,
            known.get(claim.kind),
            turn_of(claim, handed_back=bool(claim.back_reason)),
            claim.item_count,
            claim.bare_count,
            claim.back_reason or "",
            due(claim),
        )
        for claim in claims
    ]


def turn_of(claim: Claim, *, handed_back: bool = False) -> Actor | None:
    """Who has the next act. A draft is its writer's: the coordinator's, unless the holder wrote it
    or it was handed back to him."""
    turn = ball(claim.path, claim.state)
    own = claim.created_by_id is None or claim.created_by_id == claim.employee.user_id
    if turn is Actor.HOLDER and not own and not handed_back:
        return Actor.COORDINATOR
    return turn


def due(claim: Claim) -> date | None:
    """The last day of the term of a returned claim; None in other states."""
    if claim.state != State.RETURNED:
        return None
    since = timezone.localtime(claim.state_at).date()
    code = claim.position.code if claim.position else None
    return since + timedelta(days=int(edition_on(since, code).setting("returned_days")))


def counts(claims: "QuerySet[Claim]") -> dict[str, int]:
    """How many claims stand in each state. One statement."""
    found = claims.order_by().values_list("state").annotate(n=Count("pk"))
    return Counter(dict(found))


def ready(user: User, claims: Iterable[Claim]) -> set[int]:
    """Those of some claims that the user may hand in: in reach, in a state for it, not the own.

    One statement; what the checks say, handing in says.
    """
    states = [str(s) for s in EDITABLE]
    wanted = Claim.objects.filter(pk__in=[c.pk for c in claims], state__in=states)
    mine = visible(wanted, user, "claim", "submit").exclude(employee__user=user)
    return set(mine.values_list("pk", flat=True))


def in_states(states: Iterable[State]) -> Q:
    """The condition of a group of states."""
    return Q(state__in=[str(s) for s in states])
