"""The direct superior enters and accepts the ratings of his people for a period."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.policy import visible
from credits.models import Rating
from credits.services import approvals
from credits.services.periods import check_open
from credits.services.ratings import RatingRow, Recorded, Refusal, record_ratings
from employees.models import Employee


@dataclass
class Rated:
    """What came of it: ratings entered, accepted (they count), and refused by person."""

    entered: int = 0
    accepted: int = 0
    refused: dict[int, Refusal] = field(default_factory=dict)


@transaction.atomic
def rate(
    rows: Sequence[RatingRow],
    accepted: Collection[int],
    start: date,
    end: date,
    reason: str,
    actor: User,
) -> Rated:
    """Enter ratings over a period, and accept waiting ones (ids) that others entered.

    Who may is asked at the instant of the write: PermissionDenied for whoever was not rated by
    the actor at the end of the period, also when a delegation has run out since the page was
    opened; FactError "own_entry" for accepting what the actor entered. Raises
    PeriodError("period_closed"). All of it is written or, after an exception, nothing.
    """
    check_open(start, end)
    waiting = Rating.objects.filter(approvals.undecided(), pk__in=accepted)
    waiting = waiting.filter(state=Rating.State.ENTERED, start__gte=start, end__lte=end)
    asked = {row.employee_id for row in rows}
    asked |= set(waiting.values_list("employee_id", flat=True))
    mine = visible(Employee.objects.filter(pk__in=asked), actor, "rated", "change", on=end)
    if asked - set(mine.values_list("pk", flat=True)):
        raise PermissionDenied
    decided = approvals.approve(waiting, actor)
    recorded = record_ratings(rows, actor, reason, Rating.Source.SUPERIOR) if rows else Recorded()
    done = Rated(len(recorded.created) + len(recorded.changed), len(decided.approved))
    for rating, refusal in decided.refused:
        done.refused[rating.employee_id] = refusal
    for refused in recorded.refused:
        if refused.row is not None:
            done.refused[refused.row.employee_id] = refused
    return done
