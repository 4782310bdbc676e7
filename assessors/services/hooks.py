"""What the team's side adds to acts on claims: no decision without its plenary."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from assessors.models import AgendaItem, Plenary
from assessors.plenary_rules import Result
from assessors.services import plenaries
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, Path
from credits.services.claims import queue
from credits.services.claims.acts import afterwards, when
from credits.services.claims.errors import ClaimError

# Acts that take a claim off an agenda, whoever does them.
LEAVES = frozenset({Act.POSTPONE, Act.CANCEL, Act.RETURN, Act.WITHDRAW})


def _on_an_agenda(claim: Claim, actor: User | None, day: date) -> None:
    found = claim.agenda.filter(plenary__state__in=plenaries.RUNNING, decided_at__isnull=True)
    if not found.exists():
        raise ClaimError("only_by_agenda")


def _by_the_plenary(claim: Claim, actor: User | None, day: date) -> None:
    """The chair decides in a session that is open, with its votes, and in no other way."""
    if claim.path != Path.TEAM:
        return
    voted = AgendaItem.objects.filter(
        claim=claim, plenary__state=Plenary.State.OPEN, votes_for__isnull=False
    )
    if not voted.filter(decided_at__gte=_since(claim)).exists():
        raise ClaimError("only_in_plenary")


def _since(claim: Claim) -> Any:
    """When the claim came to where it stood before this act."""
    return claim.events.order_by("-id").values_list("at", flat=True).first() or claim.created_at


def _minutes_signed(claim: Claim, actor: User | None, day: date) -> None:
    """First the minutes with their signatures, then the determination."""
    if claim.path != Path.TEAM:
        return
    item = plenaries.whose_agenda(claim)
    if item is None:
        raise ClaimError("only_in_plenary")
    if item.plenary.state != Plenary.State.CLOSED:
        raise ClaimError("plenary_not_closed")
    if not item.plenary.signed_hash:
        raise ClaimError("minutes_not_signed")


def _leave(claim: Claim, event: ClaimEvent) -> None:
    if event.act in LEAVES:
        plenaries.off_the_agenda(claim, event.reason, event.actor)


def _recorded() -> Q:
    """Claims whose deciding plenaries are closed, with signed minutes."""
    decided = AgendaItem.objects.filter(claim=OuterRef("pk"), outcome__in=[r.value for r in Result])
    open_ones = decided.exclude(plenary__state=Plenary.State.CLOSED) | decided.filter(
        plenary__signed_hash=""
    )
    return ~Q(path=Path.TEAM) | (Q(Exists(decided)) & ~Q(Exists(open_ones)))


def register() -> None:
    """Tell the claims' services."""
    when(Act.SCHEDULE, _on_an_agenda)
    for act in (Act.APPROVE, Act.APPROVE_PARTLY, Act.REJECT, Act.UPHOLD):
        when(act, _by_the_plenary)
    when(Act.DETERMINE, _minutes_signed)
    afterwards(_leave)
    queue.want(_recorded)
