"""One person's history as events: facts and ledger entries in one line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from credits.explanations import level, predicate, regulation, sentence, title
from credits.models import OpeningBalance, Rating
from credits.selectors import EntryView
from employees.models import (
    Appointment,
    Education,
    Employee,
    Rank,
    StatusPeriod,
    Superior,
    UnitMembership,
)
from positions.selectors import level_names, unit_names


@dataclass(frozen=True)
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
    kind: str = ""  # resource of the policy
    pk: int | None = None
    faded: bool = False  # replaced or taken back
    scan: bool = False

    @property
    def form(self) -> str:
        """The route of the form that corrects it, "" where there is none."""
        if not self.kind:
            return ""
        app = "credits" if self.kind in ("rating", "opening") else "employees"
        return f"{app}:{self.kind}_edit"


def events(person: Employee, entries: Sequence[EntryView], on: date) -> list[Event]:
    """What happened up to `on`, newest first. A constant number of statements."""
    found = [
        *_appointments(person),
        *_ranks(person),
        *_units(person, on),
        *_superiors(person),
        *_statuses(person),
        *_education(person),
        *_ratings(person),
        *_openings(person),
        *(ledger_event(view) for view in entries if view.standing),
    ]
    return sorted((e for e in found if e.day <= on), key=lambda e: e.day, reverse=True)


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
        faded=not view.standing,
    )


def _appointments(person: Employee) -> Iterable[Event]:
    names = level_names()
    rows = Appointment.objects.filter(employee=person).select_related("position")
    for row in rows:
        shown = names.get((row.position_id, row.level), level(row.level))
        assumed = " · " + _("date assumed") if row.start_assumed else ""
        yield Event(
            day=row.start,
            until=row.end,
            label=_("Appointment"),
            text=f"{row.position.name} {shown}",
            detail=f"{row.get_way_display()}{assumed}" + _decree(row.decree_number),
            kind="appointment",
            pk=row.pk,
        )


def _ranks(person: Employee) -> Iterable[Event]:
    for row in Rank.objects.filter(employee=person):
        yield Event(
            day=row.effective_on,
            label=_("Rank"),
            text=row.golongan,
            detail=_decree(row.decree_number).removeprefix(" · "),
            kind="rank",
            pk=row.pk,
        )


def _units(person: Employee, on: date) -> Iterable[Event]:
    names = unit_names(on)
    for row in UnitMembership.objects.filter(employee=person):
        yield Event(
            day=row.start,
            until=row.end,
            label=_("Unit"),
            text=names.get(row.unit_id, "–"),
            kind="membership",
            pk=row.pk,
        )


def _superiors(person: Employee) -> Iterable[Event]:
    for row in Superior.objects.filter(employee=person).select_related("superior"):
        capacity = "" if row.capacity == "definitive" else f"{row.get_capacity_display()} "
        yield Event(
            day=row.start,
            until=row.end,
            label=_("Direct superior"),
            text=row.superior.full_name,
            detail=f"{capacity}{row.office}",
            kind="superior",
            pk=row.pk,
        )


def _statuses(person: Employee) -> Iterable[Event]:
    for row in StatusPeriod.objects.filter(employee=person):
        laude = _("finished cum laude") if row.cum_laude else ""
        yield Event(
            day=row.start,
            until=row.end,
            label=_("Status"),
            tone="badge-warn",
            text=row.get_kind_display(),
            detail=(laude + _decree(row.decree_number)).removeprefix(" · "),
            kind="status",
            pk=row.pk,
        )


def _education(person: Employee) -> Iterable[Event]:
    for row in Education.objects.filter(employee=person):
        day = row.recorded_on or row.graduated_on
        if day is None:
            continue
        yield Event(
            day=day,
            label=_("Education"),
            text=f"{row.get_degree_display()} {row.subject}".strip(),
            detail=" · ".join(
                part
                for part in (
                    row.institution,
                    "" if row.recorded_on else _("not yet recorded by BKN"),
                )
                if part
            ),
            kind="education",
            pk=row.pk,
        )


def _ratings(person: Employee) -> Iterable[Event]:
    for row in Rating.objects.filter(employee=person, withdrawn_at__isnull=True):
        replaced = row.superseded_by_id is not None
        yield Event(
            day=row.start,
            until=row.end,
            label=_("Rating"),
            text=predicate(row.predicate),
            detail=_("replaced by a later rating") if replaced else _rating_detail(row),
            kind="" if replaced else "rating",
            pk=row.pk,
            faded=replaced or row.state != Rating.State.APPROVED,
        )


def _rating_detail(row: Rating) -> str:
    """Its number, and what a second person still has to decide."""
    parts = [row.evidence_number]
    if row.state == Rating.State.ENTERED:
        parts.append(_("waits for approval, does not count yet"))
    elif row.state == Rating.State.RETURNED:
        parts.append(_("returned: %(reason)s") % {"reason": row.remark})
    elif row.withdrawal_by_id is not None:
        parts.append(_("its withdrawal waits for approval"))
    return " · ".join(part for part in parts if part)


def _openings(person: Employee) -> Iterable[Event]:
    rows = OpeningBalance.objects.filter(employee=person, withdrawn_at__isnull=True)
    for row in rows:
        replaced = row.superseded_by_id is not None
        yield Event(
            day=row.on,
            label=_("Opening balance"),
            text=row.get_kind_display(),
            detail=_("replaced by a later entry") if replaced else row.document_number,
            kind="" if replaced else "opening",
            pk=row.pk,
            faded=replaced,
            scan=bool(row.scan),
        )


def _decree(number: str) -> str:
    return f" · SK {number}" if number else ""


def undated_education(person: Employee) -> list[Any]:
    """Degrees without any date: they stand beside the line of time."""
    return list(
        Education.objects.filter(
            employee=person, graduated_on__isnull=True, recorded_on__isnull=True
        )
    )
