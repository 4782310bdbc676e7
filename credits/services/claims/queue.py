"""What waits for the determining officer, and determining many at once, each by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.policy import visible
from credits.models import Claim
from credits.rules.claim_states import Act, Path, State
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError

# What the upper app wants to see before a claim may be determined: filters of claims.
_wanted: list[Callable[[], Q]] = []


def want(what: Callable[[], Q]) -> None:
    """State which decided claims may be determined; asked anew at each look."""
    _wanted.append(what)


def decided(user: User) -> QuerySet[Claim]:
    """Decided claims that the user's offices determine, oldest first; never the own."""
    rows = Claim.objects.filter(
        state__in=(State.APPROVED, State.PARTLY), path__in=(Path.TEAM, Path.BUREAU)
    ).exclude(employee__user=user)
    found = visible(rows, user, "claim", "determine")
    return found.select_related("employee", "position", "unit").order_by("state_at", "pk")


def ready(user: User) -> QuerySet[Claim]:
    """Those that nothing stands in the way of."""
    found = decided(user)
    for what in _wanted:
        found = found.filter(what())
    return found


@dataclass(frozen=True, slots=True)
class Determined:
    """What came of one claim; `error` is None where it was determined."""

    claim: Claim | None
    error: ClaimError | None = None


def determine_many(user: User, ids: Iterable[str], on: date | None = None) -> list[Determined]:
    """Determine claims by their public ids, each in a transaction of its own.

    One that is not within the user's offices is answered as such and nothing of it is read.
    """
    wanted = list(dict.fromkeys(ids))
    rows = visible(Claim.objects.select_related("employee"), user, "claim", "determine")
    found = {str(claim.public_id): claim for claim in rows.filter(public_id__in=wanted)}
    done = []
    for public_id in wanted:
        claim = found.get(public_id)
        if claim is None:
            done.append(Determined(None, ClaimError("not_yours", 403)))
            continue
        try:
            done.append(Determined(perform(claim, Act.DETERMINE, user, on=on)))
        except ClaimError as refused:
            done.append(Determined(claim, refused))
    return done
