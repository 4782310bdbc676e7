"""Numbers of documents: by the scheme in force, counted per year, no gap and no double."""

import re
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F

from accounts.errors import Refusal
from credits.models import NumberScheme, NumberSeries

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_FIELD = re.compile(r"\{(.*?)\}")
FIELDS = frozenset({"number", "number4", "month", "month_roman", "year"})


class NumberingError(Refusal):
    """No number can be given: `code` says why."""


def problem_of(pattern: str) -> str | None:
    """Why a pattern cannot number documents, as a code; None when it can.

    It must hold the running number and the year: the count starts anew each year.
    """
    fields = _FIELD.findall(pattern)
    braces_pair = pattern.count("{") == pattern.count("}") == len(fields)
    if set(fields) - FIELDS or not braces_pair:
        return "pattern_unknown_field"
    if not {"number", "number4"} & set(fields):
        return "pattern_without_number"
    return None if "year" in fields else "pattern_without_year"


def written(pattern: str, number: int, day: date) -> str:
    """The number as it stands on paper."""
    return pattern.format(
        number=number,
        number4=f"{number:04d}",
        month=day.month,
        month_roman=_ROMAN[day.month - 1],
        year=day.year,
    )


def take(count: int, day: date) -> Sequence[str]:
    """The next `count` numbers on a day. Call it in the transaction that keeps them.

    The series stays locked until that transaction ends: whoever comes after waits, and what is
    rolled back was never taken. Raises NumberingError("no_scheme").
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are taken in the transaction that keeps them")
    scheme = NumberScheme.objects.filter(start__lte=day).order_by("-start").first()
    if scheme is None:
        raise NumberingError("no_scheme")
    NumberSeries.objects.bulk_create(
        [NumberSeries(scheme=scheme, year=day.year)], ignore_conflicts=True
    )
    series = NumberSeries.objects.select_for_update().get(scheme=scheme, year=day.year)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + count)
    first = series.last + 1
    return [written(scheme.pattern, n, day) for n in range(first, first + count)]
