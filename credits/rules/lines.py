"""The lines of a ledger before they are numbered: what one states, and the fact it rests on.

What a line states does not depend on whose it is, so its terms are built once and shared by all
for whom the same holds, together with the texts that the hash chain and the database want.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from credits.rules.chain import joined

_RANKING = {"reset": 0, "base": 1, "transfer": 2}
_TO_ESCAPE = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(slots=True, eq=False)
class Terms:
    """A ledger line without its person, numbers and source's id; dates as ISO text.

    amount_units == base_units x percent / 100 x months / 12 (months None: no proportion).
    Never change one: they are shared. Equal when all that they state is equal.
    """

    kind: str
    effective_on: str
    amount_units: int
    rule: str
    article: str
    edition: str
    level: str
    golongan: str
    predicate: str
    months: int | None
    base_units: int
    percent: int
    period_start: str | None
    period_end: str | None
    source: str
    order: tuple[str, int, str] = field(init=False)  # by day; what opens a level comes first
    text: str = field(init=False)  # as the hash chain takes it (credits.rules.chain)
    _row: str = field(init=False, default="")

    def __post_init__(self) -> None:
        ranking = _RANKING.get(self.kind, 3)
        self.order = (self.effective_on, ranking, self.period_start or "")
        self.text = joined(self.stated())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def row(self) -> str:
        """As PostgreSQL's COPY takes it; made when first posted."""
        if not self._row:
            stated: Iterable[str | int | None] = self.stated()
            if _TO_ESCAPE.search(self.text):
                stated = [s.translate(_ESCAPES) if isinstance(s, str) else s for s in stated]
            self._row = "\t".join([r"\N" if s is None else str(s) for s in stated])
        return self._row

    def stated(self) -> tuple[str | int | None, ...]:
        """The values in the order of the ledger's columns."""
        return _stated(self)


STATED = tuple(f.name for f in fields(Terms) if f.init)
_stated = attrgetter(*STATED)


@lru_cache(maxsize=65_536)
def terms_of(*stated: str | int | None) -> Terms:
    """The shared terms with these values, in the order of the ledger's columns."""
    return Terms(*stated)  # type: ignore[arg-type]


@lru_cache(maxsize=8192)
def reversal_of(terms: Terms) -> Terms:
    """The terms of the line that takes this one back: the same with the opposite amount."""
    return replace(terms, amount_units=-terms.amount_units, percent=-terms.percent)


class Line(NamedTuple):
    """A line that ought to stand, or stands: terms, and the id of the fact they rest on."""

    terms: Terms
    source_id: int | None


by_time = attrgetter("terms.order")
