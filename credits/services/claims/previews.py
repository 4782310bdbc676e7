"""What a claim would change, before it is determined: the counting itself, over facts as if.

The same function computes the ledger, so that what is shown here is what it will hold (R-012).
Nothing is written.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from credits.models import LedgerEntry
from credits.rules.lines import STATED, Line
from credits.rules.timeline import Facts, Issue, expected_lines
from credits.rules.units import amount_text, from_units
from credits.services.ledger import NOT_COMPUTED

Pretend = Callable[[Facts], None]  # changes the facts that it is given
RESET = "reset"


@dataclass(frozen=True, slots=True)
class Preview:
    """Balances in points, the lines that would come and go, and what the counting remarks."""

    before: Fraction
    after: Fraction
    added: Sequence[Line]
    removed: Sequence[Line]
    lines: Sequence[Line]  # all that would stand
    issues: Sequence[Issue]  # of the account after it
    untouched: bool  # the position has rules of its own: nothing is computed here

    @property
    def points(self) -> Fraction:
        """What the new lines give; what lapses at a new level is not taken off."""
        return points_of(self.added)

    def issue(self, code: str) -> Issue | None:
        """A remark of the counting, by its code."""
        return next((i for i in self.issues if i.code == code), None)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, amounts as exact text."""
        return {
            "before": amount_text(self.before),
            "after": amount_text(self.after),
            "added": [_line(line) for line in self.added],
            "removed": [_line(line) for line in self.removed],
            "issues": [issue.code for issue in self.issues],
        }


def points_of(lines: Sequence[Line]) -> Fraction:
    """The sum of lines but those of a reset, in points."""
    return from_units(sum(t.amount_units for t, _ in lines if t.kind != RESET))


def copy_of(facts: Facts) -> Facts:
    """The same facts, to be changed without touching these."""
    return Facts(
        facts.employee_id,
        list(facts.appointments),
        list(facts.ranks),
        list(facts.ratings),
        list(facts.pauses),
        facts.opening,
        list(facts.degrees),
        list(facts.claims),
    )


def preview(facts: Facts, pretend: Pretend) -> Preview:
    """What changes if the facts were as `pretend` makes them. Raises RuleError."""
    changed = copy_of(facts)
    pretend(changed)
    first, second = expected_lines(facts), expected_lines(changed)
    was, will = Counter(first.lines), Counter(second.lines)
    other = _posted_otherwise(facts.employee_id)
    return Preview(
        from_units(first.balance_units) + other,
        from_units(second.balance_units) + other,
        list((will - was).elements()),
        list((was - will).elements()),
        second.lines,
        second.issues,
        second.untouched,
    )


def _posted_otherwise(employee_id: int) -> Fraction:
    rows = LedgerEntry.objects.filter(employee_id=employee_id, kind__in=NOT_COMPUTED)
    return from_units(rows.aggregate(units=Sum("amount_units"))["units"] or 0)


def _line(line: Line) -> dict[str, Any]:
    stated = dict(zip(STATED, line.terms.stated(), strict=True))
    del stated["base_units"]
    units = int(stated.pop("amount_units"))  # type: ignore[arg-type]
    return stated | {"points": amount_text(from_units(units))}
