"""Closing a period: then it takes no ratings and no drafts of forms, unless reopened."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from credits.models import ClosedPeriod


class PeriodError(Exception):
    """A period is refused: `code` says why, `period` which closed one stands in the way."""

    def __init__(self, code: str, period: ClosedPeriod | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.period = period


def closed_over(start: date, end: date) -> ClosedPeriod | None:
    """The closed period in which the last day of a period lies."""
    return ClosedPeriod.objects.filter(
        start__lte=end, end__gte=end, reopened_at__isnull=True
    ).first()


def closed_periods() -> list[tuple[date, date]]:
    """First and last day of every closed period, for callers with many rows."""
    return list(
        ClosedPeriod.objects.filter(reopened_at__isnull=True)
        .order_by("start", "end")
        .values_list("start", "end")
    )


def period_over(day: date, closed: Sequence[tuple[date, date]]) -> tuple[date, date] | None:
    """The closed period in which a last day lies."""
    return next((period for period in closed if period[0] <= day <= period[1]), None)


def check_open(start: date, end: date) -> None:
    """Raise PeriodError("period_closed") when the period is finished."""
    if found := closed_over(start, end):
        raise PeriodError("period_closed", found)


def close(start: date, end: date, reason: str, actor: User | None) -> ClosedPeriod:
    """Close a period. Raises PeriodError("period_closed_already")."""
    try:
        with transaction.atomic():
            return ClosedPeriod.objects.create(start=start, end=end, reason=reason, closed_by=actor)
    except IntegrityError:
        raise PeriodError("period_closed_already") from None


@transaction.atomic
def reopen(period: ClosedPeriod, reason: str, actor: User | None) -> None:
    """Open a closed period again. Raises PeriodError: `reason_missing`, `period_open_already`."""
    if not reason.strip():
        raise PeriodError("reason_missing")
    period = ClosedPeriod.objects.select_for_update().get(pk=period.pk)
    if period.reopened_at is not None:
        raise PeriodError("period_open_already")
    period.reopened_at = timezone.now()
    period.reopened_by = actor
    period.reopened_because = reason
    period.save(update_fields=["reopened_at", "reopened_by", "reopened_because"])
