"""The periods for which ratings are entered: a year, or a quarter or month within one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

FIRST_YEAR = 2017
OFFERED_YEARS = 3
_CODE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class RatingPeriod:
    """Both days inclusive; `code` is "2025", "2025-Q1" or "2025-03"."""

    code: str
    start: date
    end: date

    @property
    def label(self) -> str:
        if self.start.month == self.end.month:
            return formats.date_format(self.start, "F Y")
        if "Q" in self.code:
            params = {"number": self.code[-1], "year": self.start.year}
            return _("Quarter %(number)s of %(year)s") % params
        return _("Year %(year)s") % {"year": self.start.year}


def _period(code: str, year: int, first: int, months: int) -> RatingPeriod:
    after = first + months
    following = date(year + after // 13, after - 12 if after > 12 else after, 1)
    return RatingPeriod(code, date(year, first, 1), following - timedelta(days=1))


def read(code: str, today: date) -> RatingPeriod | None:
    """The period of a code; None where there is none, or it is not over yet."""
    found = _CODE.fullmatch(code)
    if found is None or int(found[1]) < FIRST_YEAR:
        return None
    year = int(found[1])
    if found[2]:
        period = _period(code, year, 3 * int(found[2]) - 2, 3)
    elif found[3]:
        period = _period(code, year, int(found[3]), 1)
    else:
        period = _period(code, year, 1, 12)
    return period if period.end < today else None


def suggested(today: date) -> RatingPeriod:
    """The last year that is over."""
    return _period(str(today.year - 1), today.year - 1, 1, 12)


def offered(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a list of choice: the last years, then quarters and months of this and the last year."""
    years = [str(today.year - n) for n in range(OFFERED_YEARS + 1)]
    quarters = [f"{year}-Q{n}" for year in years[:2] for n in (4, 3, 2, 1)]
    months = [f"{year}-{n:02d}" for year in years[:2] for n in range(12, 0, -1)]
    groups = ((_("Years"), years), (_("Quarters"), quarters), (_("Months"), months))
    return [(name, list(_finished(codes, today))) for name, codes in groups]


def _finished(codes: list[str], today: date) -> Iterator[tuple[str, str]]:
    for code in codes:
        period = read(code, today)
        if period is not None:
            yield period.code, period.label
