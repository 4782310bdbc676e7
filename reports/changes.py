"""What changed about a person since a day: points posted and taken back, facts, ratings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from credits.explanations import predicate
from credits.selectors import EntryView
from reports.facts import Fact, Origin
from reports.history import Event, ledger_event

# What a changed row is called: by the subject of a correction, and by the table of an import.
SUBJECTS: dict[str, str | Promise] = {
    "person": gettext_lazy("Master data"),
    "employees_employee": gettext_lazy("Master data"),
    "rank": gettext_lazy("Rank"),
    "employees_rank": gettext_lazy("Rank"),
    "appointment": gettext_lazy("Appointment"),
    "employees_appointment": gettext_lazy("Appointment"),
    "unit": gettext_lazy("Unit"),
    "employees_unitmembership": gettext_lazy("Unit"),
    "superior": gettext_lazy("Direct superior"),
    "employees_superior": gettext_lazy("Direct superior"),
    "status": gettext_lazy("Status"),
    "employees_statusperiod": gettext_lazy("Status"),
    "education": gettext_lazy("Education"),
    "employees_education": gettext_lazy("Education"),
    "rating": gettext_lazy("Rating"),
    "credits_rating": gettext_lazy("Rating"),
    "opening": gettext_lazy("Opening balance"),
    "credits_openingbalance": gettext_lazy("Opening balance"),
    "employees_formernip": gettext_lazy("NIP"),
}


@dataclass(slots=True)
class FactChange:
    """Something entered, corrected or removed: what, by whom, why."""

    origin: Origin
    subject: str
    what: str  # added, corrected, removed


@dataclass(slots=True)
class Replaced:
    """A rating that another took the place of."""

    old: Fact
    new: Fact

    @property
    def words(self) -> tuple[str, str]:
        return predicate(self.old.first), predicate(self.new.first)


@dataclass(slots=True)
class Changes:
    """What changed since an instant."""

    entries: list[Event] = field(default_factory=list)
    facts: list[FactChange] = field(default_factory=list)
    ratings: list[Replaced] = field(default_factory=list)
    difference: Fraction = Fraction(0)
    more: int = 0  # entries that are not shown

    @property
    def nothing(self) -> bool:
        return not (self.entries or self.facts or self.ratings)


SHOWN = 60


def changes_since(
    since: datetime,
    entries: Sequence[EntryView],
    facts: Sequence[Fact],
    origins: Iterable[Origin],
) -> Changes:
    """From what is in hand already; asks the database nothing."""
    posted = [view for view in entries if view.entry.recorded_at >= since]
    posted.sort(key=lambda view: view.entry.seq, reverse=True)
    return Changes(
        entries=[ledger_event(view) for view in posted[:SHOWN]],
        more=max(0, len(posted) - SHOWN),
        difference=sum((view.amount for view in posted), Fraction(0)),
        facts=[_changed(o) for o in origins if o.kind != "run" and o.at >= since][:SHOWN],
        ratings=_replaced(since, facts),
    )


def _changed(origin: Origin) -> FactChange:
    what = "removed"
    if origin.after is not None:
        what = "corrected" if origin.before else "added"
    return FactChange(origin, str(SUBJECTS.get(origin.table, origin.table)), what)


def _replaced(since: datetime, facts: Sequence[Fact]) -> list[Replaced]:
    ratings = {fact.pk: fact for fact in facts if fact.kind == "rating"}
    found = []
    for old in ratings.values():
        new = ratings.get(old.replaced_by or 0)
        if new is not None and new.recorded_at is not None and new.recorded_at >= since:
            found.append(Replaced(old, new))
    return found
