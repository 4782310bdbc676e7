"""Opening points of a transfer, inpassing or equalisation: one of them, never two (E-02).

A transfer from outside the functional positions is counted from the appointment by the timeline
(R-033 to R-036): the claim confirms what the appointment has to state for that. From another
functional position the balance is kept (R-037), and inpassing and equalisation carry the amount
of their table (R-039): both are opening balances.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.models import Claim
from credits.rules.claims import Finding
from credits.rules.editions import CONVERSION, Edition, current
from credits.rules.entry import transfer_adds_base, transfer_between_positions
from credits.rules.errors import RuleError
from credits.rules.timeline import ANOTHER_POSITION, OUTSIDE, Appointment, Facts
from credits.services.claims import openings
from credits.services.claims.factual import Effect, FactKind, Stated
from credits.services.claims.kinds import EvidenceAsked, register
from credits.services.claims.previews import Preview, points_of
from employees import models as register_of
from employees.fields import AmountField, DayField
from employees.services import facts as people
from positions.ladder import Level

TABLE = "employees_appointment"
TRANSFER, INPASSING, EQUALISATION = "transfer", "inpassing", "penyetaraan"
WAYS = (
    (TRANSFER, _("transfer (perpindahan)")),
    (INPASSING, _("adjustment (inpassing)")),
    (EQUALISATION, _("equalisation (penyetaraan)")),
)
_DAY = timedelta(days=1)


class EntryForm(forms.Form):
    """Which appointment, by which way, and what its paper states."""

    start = DayField(label=_("Effective date (TMT) of the appointment"))
    way = forms.ChoiceField(label=_("Way of appointment"), choices=WAYS)
    origin = forms.ChoiceField(
        label=_("Position before"),
        choices=[("", "---------"), *register_of.Appointment.Origin.choices],
        required=False,
        help_text=_("Of a transfer."),
    )
    top_rank = forms.BooleanField(
        label=_("rank was the highest of the position before"), required=False
    )
    former_level = forms.ChoiceField(
        label=_("Level in the functional position before"),
        choices=[("", "---------"), *((lv.value, lv.label) for lv in Level)],
        required=False,
        help_text=_("Of a transfer from another functional position."),
    )
    points = AmountField(
        label=_("Points by the paper"),
        required=False,
        help_text=_(
            "Of inpassing and equalisation: the amount of the table. Of a transfer from another "
            "functional position: the last balance there. Otherwise leave it empty: the points "
            "are computed."
        ),
    )
    document_number = forms.CharField(label=_("Number of the decree"), max_length=120)
    document_date = DayField(label=_("Date of the decree"))

    def __init__(self, *args: Any, claim: Claim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if claim is not None:
            held = claim.employee.appointments.select_related("position").order_by("-start")
            choices = [
                (a.start.isoformat(), f"{date_format(a.start, 'd-m-Y')}: {a.position}")
                for a in held
            ]
            self.fields["start"].widget = forms.Select(choices=[("", "---------"), *choices])


@register
class Entry(FactKind):
    """Checked and approved by two officers of Biro SDM."""

    code: ClassVar[str] = "perpindahan"
    title: ClassVar[Any] = _("Opening points of a transfer, inpassing or equalisation")
    about: ClassVar[Any] = _("Who came into the functional position in another way than at first.")
    form: ClassVar[type[forms.Form] | None] = EntryForm
    evidence: ClassVar[tuple[EvidenceAsked, ...]] = (
        EvidenceAsked("decree", _("the decree of appointment")),
        EvidenceAsked("pak", _("the last PAK of the position before"), required=False),
    )

    def details_form(self, claim: Claim, data: Any = None) -> forms.Form | None:
        return EntryForm(data, initial=claim.details, claim=claim)

    def period(self, stated: Stated) -> tuple[date, date] | None:
        """The day of the appointment."""
        start = stated.day("start")
        return (start, start) if start else None

    def examine(self, stated: Stated, facts: Facts, day: date) -> Iterator[Finding]:
        """The appointment, its way, and that it opens the counting once."""
        held = _held(stated, facts)
        if held is None:
            yield Finding("error", "transfer.no_appointment")
            return
        first = current().regime_start(CONVERSION)
        if held.start < first:
            yield Finding("error", "transfer.before_regime", params={"from": first})
            return
        yield from openings.doubles(self, stated, ("integrasi", "perpindahan"))
        before = [a for a in facts.appointments if a.start < held.start]
        way, origin = stated.text("way"), stated.text("origin")
        edition = current().on(held.start, held.position)
        if way not in dict(WAYS):
            yield Finding("error", "transfer.no_way")
        elif way == TRANSFER and origin in OUTSIDE:
            article = edition.citation("transfer").article
            if stated.text("points"):
                yield Finding("error", "transfer.computed", article=article)
            if before and (before[-1].end is None or before[-1].end >= held.start - _DAY):
                yield Finding("error", "transfer.still_held", article=article)
        elif way == TRANSFER and origin == ANOTHER_POSITION:
            yield from _between(stated, held, before, edition)
        elif way == TRANSFER:
            yield Finding("error", "transfer.no_origin")
        else:
            _points, problem = openings.amount(stated)
            if problem is not None:
                yield problem

    def judge(self, stated: Stated, view: Preview) -> Iterator[Finding]:
        """What the counting could not take from the appointment."""
        start = stated.day("start")
        if not _by_timeline(stated) or start is None:
            return
        flat = view.issue("golongan.outside_level")
        if flat is not None:
            article = current().on(start, None).citation("transfer_flat").article
            params = {"golongan": flat.params.get("golongan", "")}
            yield Finding("error", "transfer.flat_unknown", params=params, article=article)
        if view.issue("rank_missing"):
            yield Finding("error", "claim.not_a_holder", params={"on": start})
        if transfer_adds_base(current().on(start, None), stated.text("origin")):
            kinds = {line.terms.kind for line in _opening_lines(stated, view)}
            if "base" in kinds:
                article = current().on(start, None).citation("proportional").article
                yield Finding("note", "transfer.base_only", article=article)

    def counted(self, stated: Stated, view: Preview) -> Fraction:
        """What opens the ledger on the day of the appointment."""
        return points_of(_opening_lines(stated, view)) if _by_timeline(stated) else view.points

    def pretend(self, facts: Facts, stated: Stated) -> None:
        held = _held(stated, facts)
        assert held is not None  # noqa: S101  asked without errors only
        changed = held._replace(
            way=stated.text("way"),
            origin=stated.text("origin") if stated.text("way") == TRANSFER else "",
            top_rank=bool(stated.details.get("top_rank")),
        )
        facts.appointments = [changed if a.id == held.id else a for a in facts.appointments]
        if not _by_timeline(stated):
            points, _problem = openings.amount(stated)
            facts.opening = openings.as_if(held.start - _DAY, _kind(stated), points)

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        appointment, before = effect["appointment"], effect["before"]
        facts.appointments = [
            a._replace(way=before["way"], origin=before["origin"], top_rank=before["top_rank"])
            if a.id == appointment
            else a
            for a in facts.appointments
        ]
        if effect["table"] == openings.TABLE:
            facts.opening = openings.without(effect["id"])

    def write(
        self, stated: Stated, entered: User | None, decided: User | None, reason: str
    ) -> Effect:
        """What the appointment has to state, and the balance where a paper states one."""
        rows = register_of.Appointment.objects.filter(employee=stated.employee)
        row = rows.get(start=stated.day("start") or stated.start)
        before = {"way": row.way, "origin": row.origin, "top_rank": row.top_rank}
        after = {
            "way": stated.text("way"),
            "origin": stated.text("origin") if stated.text("way") == TRANSFER else "",
            "top_rank": bool(stated.details.get("top_rank")),
        }
        if after != before:
            people.record_appointment(stated.employee, after, reason, decided, row)
        more = {"appointment": row.pk, "before": before}
        if _by_timeline(stated):
            return Effect(TABLE, row.pk, more)
        effect = openings.put(stated, row.start - _DAY, _kind(stated), decided, reason)
        return Effect(effect.table, effect.id, more)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        if effect["table"] == openings.TABLE:
            openings.take_back(effect["id"], actor, reason)
        row = register_of.Appointment.objects.filter(pk=effect["appointment"]).first()
        before = effect["before"]
        if row is None:
            raise people.FactError("fact_gone")
        if any(getattr(row, name) != value for name, value in before.items()):
            people.record_appointment(row.employee, before, reason, actor, row)


def _by_timeline(stated: Stated) -> bool:
    """Whether the counting takes it from the appointment itself."""
    return stated.text("way") == TRANSFER and stated.text("origin") in OUTSIDE


def _kind(stated: Stated) -> str:
    return "pak" if stated.text("way") == TRANSFER else "penyetaraan"


def _held(stated: Stated, facts: Facts) -> Appointment | None:
    start = stated.day("start")
    return next((a for a in facts.appointments if a.start == start), None)


def _opening_lines(stated: Stated, view: Preview) -> list[Any]:
    """The lines that open the ledger on the day: AK Dasar, the converted time, or the table's."""
    day = stated.day("start")
    opening = ("base", "transfer")
    return [
        line
        for line in view.lines
        if day and line.terms.effective_on == day.isoformat() and line.terms.kind in opening
    ]


def _between(
    stated: Stated, held: Appointment, before: list[Appointment], edition: Edition
) -> Iterator[Finding]:
    """From another functional position: the balance is kept, at the same level (R-037)."""
    article = edition.citation("transfer_jf").article
    if before:
        yield Finding("error", "transfer.kept", article=article)
        return
    points, problem = openings.amount(stated)
    if problem is not None:
        yield problem
        return
    former = stated.text("former_level")
    if former not in {lv.value for lv in Level}:
        yield Finding("error", "transfer.no_former_level", article=article)
        return
    try:
        transfer_between_positions(edition, former, held.level, points or Fraction(0))
    except RuleError as refused:
        labels = {"former": Level(former).label, "level": Level(held.level).label}
        yield Finding("error", refused.code, params=labels, article=article)
