"""What the assessors of claims found, put together: which claims are ready for a plenary."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessors.models import AgendaItem, Assignment, Team
from assessors.rules import WHOLE, Found, Proposal, proposal
from credits.models import Claim, ClaimItem, Objection
from credits.rules.claim_paths import edition_on, tolerance
from credits.rules.claim_states import State
from credits.rules.claims import ClaimPoints
from credits.services.claims.conventional import count

Why = AgendaItem.Why


@dataclass(frozen=True, slots=True)
class Ready:
    """A claim that its assessors have finished, with what they found.

    `items` hold activity and work. `before` are the quantities that stand decided, of an
    objection; `open_numbers` the items that may be decided now.
    """

    claim: Claim
    items: tuple[ClaimItem, ...]
    proposal: Proposal
    objection: Objection | None = None
    open_numbers: frozenset[int] = frozenset()
    by_assessor: tuple[Mapping[int, Found], ...] = ()  # what each found, in their order

    @property
    def claimed(self) -> dict[int, int]:
        """Item number -> what was claimed."""
        return {i.number: i.quantity for i in self.items} or {WHOLE: 1}

    @property
    def before(self) -> dict[int, int]:
        """Item number -> what stands decided."""
        return {i.number: i.decided_quantity or 0 for i in self.items} or {WHOLE: 1}

    def points(self, quantities: Mapping[int, int]) -> Fraction:
        """What these quantities would give."""
        return points_of(self.claim, self.items, quantities)


def counted(claim: Claim, items: Iterable[ClaimItem], quantities: Mapping[int, int]) -> ClaimPoints:
    """The points of a claim by quantities."""
    return count(claim, items, dict(quantities))[0]


def points_of(claim: Claim, items: Iterable[ClaimItem], quantities: Mapping[int, int]) -> Fraction:
    """The sum that counts; a claim without items counts 1 or 0, so that it can be compared."""
    rows = list(items)
    return counted(claim, rows, quantities).counted if rows else Fraction(quantities[WHOLE])


def ready(team: Team, claims: Iterable[int] | None = None) -> list[Ready]:
    """The team's claims (or these of them) whose assessors have all finished, oldest first.

    Claims under an objection come with the findings of those who reviewed it. At most six
    statements, whatever the number of claims.
    """
    rows = (
        Assignment.objects.filter(
            team=team, claim__state__in=(State.JUDGED, State.PLENARY, State.OBJECTION)
        )
        .exclude(state=Assignment.State.REPLACED)
        .select_related("claim__employee", "claim__position", "claim__unit", "objection")
        .prefetch_related("verdicts__item", "objection__items")
        .order_by("claim__state_at", "claim_id", "pk")
    )
    if claims is not None:
        rows = rows.filter(claim__in=list(claims))
    by_claim: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows:
        if _of_now(row):
            by_claim[row.claim_id].append(row)
    whole = {
        key: found
        for key, found in by_claim.items()
        if len(found) >= _needed(found[0].claim)
        and all(a.state == Assignment.State.FINISHED for a in found)
    }
    items: dict[int, list[ClaimItem]] = defaultdict(list)
    for item in (
        ClaimItem.objects.filter(claim__in=whole)
        .select_related("activity__table", "work")
        .order_by("claim_id", "number")
    ):
        items[item.claim_id].append(item)
    return [_ready(found, items[key]) for key, found in whole.items()]


def _of_now(row: Assignment) -> bool:
    """Whether the assignment is of the round in which the claim stands."""
    if row.claim.state != State.OBJECTION:
        return row.purpose == Assignment.Purpose.CLAIM
    return row.objection is not None and row.objection.outcome == Objection.Outcome.OPEN


def _needed(claim: Claim) -> int:
    edition = edition_on(claim.period_end, claim.position.code if claim.position else None)
    return int(edition.setting("assessors_per_claim"))


def _ready(assignments: list[Assignment], items: list[ClaimItem]) -> Ready:
    claim, objection = assignments[0].claim, assignments[0].objection
    numbers = [i.number for i in items] or [WHOLE]
    named = {i.number for i in objection.items.all()} if objection else set()
    open_numbers = frozenset(named or numbers)
    stands = {
        i.number: Found(i.decided_quantity or 0, i.decided_reason, i.decided_words) for i in items
    }
    claimed = {i.number: Found(i.quantity) for i in items} or {WHOLE: Found(1)}
    found = []
    for one in assignments:
        said = {
            v.item.number if v.item else WHOLE: Found(v.quantity, v.reason, v.words)
            for v in one.verdicts.all()
        }
        given = {n: said[n] for n in numbers if n in said and n in open_numbers}
        found.append((stands if objection else claimed) | given)
    edition = edition_on(claim.period_end, claim.position.code if claim.position else None)
    result = proposal(found, lambda q: points_of(claim, items, q), tolerance(edition))
    return Ready(claim, tuple(items), result, objection, open_numbers, tuple(found))
