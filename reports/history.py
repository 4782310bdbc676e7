"""One person's history as events: facts and ledger entries in one line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credits.explanations import level, predicate, regulation, sentence, title
from credits.models import OpeningBalance, Rating
from credits.selectors import EntryView
from employees.models import Appointment, Capacity, Education, StatusPeriod
from reports.facts import Fact

if TYPE_CHECKING:
    from reports.traces import Trace

POINTS, REVERSED = "points", "reversed"
# The kinds that the reader may ask for alone, with the kinds of facts that belong to each.
KINDS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    POINTS: (gettext_lazy("Points"), ("ledger", "opening")),
    "ratings": (gettext_lazy("Ratings"), ("rating",)),
    "appointments": (gettext_lazy("Appointments"), ("appointment",)),
    "ranks": (gettext_lazy("Ranks"), ("rank",)),
    "others": (
        gettext_lazy("Unit, superior, status, education"),
        ("membership", "superior", "status", "education"),
    ),
}


@dataclass(slots=True)
class Event:
    """Something that holds from a day. `kind` and `pk` lead to the form that corrects it."""

    day: date
    label: str
    text: str
    tone: str = ""  # class of the badge
    detail: str = ""
    article: str = ""
    until: date | None = None
    amount: Fraction | None = None
    balance: Fraction | None = None
    kind: str = ""  # resource of the policy; "ledger" for an entry
    pk: int | None = None  # of an entry: its number in the person's ledger
    faded: bool = False  # replaced or taken back
    scan: bool = False
    view: EntryView | None = None
    trace: "Trace | None" = None  # of an entry that is shown

    @property
    def form(self) -> str:
        """The route of the form that corrects it, "" where there is none."""
        if self.faded or self.kind == "ledger":
            return ""
        app = "credits" if self.kind in ("rating", "opening") else "employees"
        return f"{app}:{self.kind}_edit"

    @property
    def anchor(self) -> str:
        """Where links to it lead on the page."""
        return f"{self.kind}-{self.pk}"


def events(facts: Sequence[Fact], entries: Sequence[EntryView], on: date) -> list[Event]:
    """What happened up to `on`, newest first; entries taken back are left to `undone`."""
    found = [_event(fact, fact.start) for fact in facts if fact.start and fact.start <= on]
    found += [ledger_event(view) for view in entries if view.standing]
    return sorted(found, key=lambda e: e.day, reverse=True)


def undone(entries: Sequence[EntryView]) -> list[Event]:
    """Entries that were taken back, and those that took them back, newest first."""
    return [ledger_event(view) for view in reversed(entries) if not view.standing]


def of_kind(found: Iterable[Event], kind: str) -> list[Event]:
    """The events of one of KINDS; all for any other word."""
    wanted = KINDS[kind][1] if kind in KINDS else None
    return [event for event in found if wanted is None or event.kind in wanted]


def ledger_event(view: EntryView) -> Event:
    """A ledger entry with its sentence and article."""
    entry = view.entry
    return Event(
        day=entry.effective_on,
        label=title(entry),
        tone="badge-info",
        text=sentence(entry),
        article=f"{entry.article} · {regulation(entry.edition)} · {entry.rule}",
        detail=_("Entry %(number)s, recorded %(day)s")
        % {"number": entry.seq, "day": f"{entry.recorded_at:%d-%m-%Y}"},
        amount=view.amount,
        balance=view.balance,
        kind="ledger",
        pk=entry.seq,
        faded=not view.standing,
        view=view,
    )


def _event(fact: Fact, day: date) -> Event:
    label, text, detail = said(fact)
    return Event(
        day=day,
        until=fact.end,
        label=label,
        text=text,
        tone="badge-warn" if fact.kind == "status" else "",
        detail=detail,
        kind=fact.kind,
        pk=fact.pk,
        faded=fact.replaced_by is not None
        or (fact.kind == "rating" and fact.second != Rating.State.APPROVED),
        scan=fact.kind == "opening" and fact.flag,
    )


def said(fact: Fact) -> tuple[str, str, str]:
    """A fact in words: what it is, what it says, and the details."""
    label, text, *details = _SAYERS[fact.kind](fact)
    return label, text.strip(), " · ".join(part for part in details if part)


def _appointment(fact: Fact) -> tuple[str, ...]:
    assumed = _("date assumed") if fact.flag else ""
    way = str(Appointment.Way(fact.third).label)
    return _("Appointment"), f"{fact.first} {level(fact.second)}", way, assumed, _decree(fact)


def _rank(fact: Fact) -> tuple[str, ...]:
    return _("Rank"), fact.first, _decree(fact)


def _membership(fact: Fact) -> tuple[str, ...]:
    return _("Unit"), fact.first


def _superior(fact: Fact) -> tuple[str, ...]:
    acting = fact.second != Capacity.DEFINITIVE
    capacity = f"{Capacity(fact.second).label} " if acting else ""
    return _("Direct superior"), fact.first, f"{capacity}{fact.third}".strip()


def _status(fact: Fact) -> tuple[str, ...]:
    laude = _("finished cum laude") if fact.flag else ""
    return _("Status"), str(StatusPeriod.Kind(fact.first).label), laude, _decree(fact)


def _education(fact: Fact) -> tuple[str, ...]:
    waits = _("not yet recorded by BKN") if fact.flag else ""
    degree = Education.Degree(fact.first).label
    return _("Education"), f"{degree} {fact.second}", fact.third, waits


def _rating(fact: Fact) -> tuple[str, ...]:
    if fact.replaced_by is not None:
        return _("Rating"), predicate(fact.first), _("replaced by a later rating")
    return _("Rating"), predicate(fact.first), fact.number, _undecided(fact)


def _undecided(fact: Fact) -> str:
    """What a second person still has to decide on a rating."""
    if fact.second == Rating.State.ENTERED:
        return _("waits for approval, does not count yet")
    if fact.second == Rating.State.RETURNED:
        return _("returned: %(reason)s") % {"reason": fact.third}
    return _("its withdrawal waits for approval") if fact.flag else ""


def _opening(fact: Fact) -> tuple[str, ...]:
    replaced = fact.replaced_by is not None
    detail = _("replaced by a later entry") if replaced else fact.number
    return _("Opening balance"), str(OpeningBalance.Kind(fact.first).label), detail


_SAYERS: dict[str, Any] = {
    "appointment": _appointment,
    "rank": _rank,
    "membership": _membership,
    "superior": _superior,
    "status": _status,
    "education": _education,
    "rating": _rating,
    "opening": _opening,
}


def _decree(fact: Fact) -> str:
    return f"SK {fact.number}" if fact.number else ""


def undated(facts: Iterable[Fact]) -> list[str]:
    """Degrees without any date: they stand beside the line of time."""
    return [said(fact)[1] for fact in facts if fact.kind == "education" and fact.start is None]


def reached_on(entries: Sequence[EntryView], target: Fraction | None) -> date | None:
    """Since when the balance is at `target` or above, without a break; None where it is not."""
    since = None
    for at in range(len(entries) - 1, -1, -1):
        view = entries[at]
        last_of_day = at + 1 == len(entries) or (
            entries[at + 1].entry.effective_on != view.entry.effective_on
        )
        if last_of_day and (target is None or view.balance < target):
            break
        since = view.entry.effective_on
    return since
