"""A higher formal degree: 25 % of a rank's points, once, after BKN recorded it (R-016, E-11)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from credits.facts import DEGREE_ORDER
from credits.rules.claims import Finding
from credits.rules.editions import CONVERSION, Edition, current
from credits.rules.errors import RuleError
from credits.rules.timeline import EXPERT_DEGREE, Degree, Facts, held_on
from credits.services.claims.factual import NEW, Effect, FactKind, Stated
from credits.services.claims.kinds import EvidenceAsked, register
from credits.services.claims.previews import Preview
from employees.fields import DayField
from employees.models import Education
from employees.services import facts as people
from positions.ladder import Level

TABLE = "employees_education"
FIELDS = ("subject", "institution", "graduated_on", "recorded_on")


class DegreeForm(forms.Form):
    """The degree, and when and by which letter BKN recorded it."""

    degree = forms.ChoiceField(
        label=_("Degree"), choices=[("", "---------"), *Education.Degree.choices]
    )
    subject = forms.CharField(
        label=pgettext_lazy("of a degree", "subject"), max_length=200, required=False
    )
    institution = forms.CharField(label=_("Institution"), max_length=200, required=False)
    graduated_on = DayField(label=_("Graduated on"))
    recorded_on = DayField(
        label=_("Recorded by BKN on"),
        required=False,
        help_text=_("Credit points are given only after this date."),
    )
    letter_number = forms.CharField(
        label=_("Number of the letter by which BKN recorded it"), max_length=120, required=False
    )


@register
class HigherDegree(FactKind):
    """Checked and approved by two officers of Biro SDM; the degree itself makes the points."""

    code: ClassVar[str] = "ijazah"
    title: ClassVar[Any] = _("Higher degree")
    about: ClassVar[Any] = _("A higher formal degree that BKN has recorded: once per degree.")
    form: ClassVar[type[forms.Form] | None] = DegreeForm
    evidence: ClassVar[tuple[EvidenceAsked, ...]] = (
        EvidenceAsked("diploma", _("the diploma")),
        EvidenceAsked("letter", _("the letter by which BKN recorded the degree")),
    )

    def period(self, stated: Stated) -> tuple[date, date] | None:
        """The day on which it counts."""
        day = stated.day("recorded_on")
        return (day, day) if day else None

    def examine(self, stated: Stated, facts: Facts, day: date) -> Iterator[Finding]:
        """Recorded, higher than every one before, and not used before."""
        edition = _edition(stated.day("recorded_on"))
        article = edition.citation("degree").article
        recorded, graduated = stated.day("recorded_on"), stated.day("graduated_on")
        if stated.text("degree") not in DEGREE_ORDER:
            yield Finding("error", "degree.missing")
            return
        if recorded is None or not stated.text("letter_number"):
            conditions = edition.citation("degree_conditions").article
            yield Finding("error", "degree.not_recorded", article=conditions)
            return
        if recorded > day:
            yield Finding("error", "degree.recorded_later", params={"on": recorded})
        if graduated is not None and graduated > recorded:
            yield Finding("error", "degree.before_graduation")
        start = current().regime_start(CONVERSION)
        if recorded < start:
            yield Finding("error", "degree.before_regime", params={"from": start}, article=article)
        yield from self._once(stated, article)
        yield from _held(stated, facts, recorded, edition)

    def _once(self, stated: Stated, article: str) -> Iterator[Finding]:
        """Once per degree, and only a higher one; a D-IV and an S-1 are equals."""
        order = DEGREE_ORDER[stated.text("degree")]
        known = [
            row
            for row in Education.objects.filter(employee=stated.employee)
            if not stated.leaves(TABLE, row.pk)
        ]
        others = [row for row in known if row.degree != stated.text("degree")]
        same = next((row for row in known if row.degree == stated.text("degree")), None)
        if same is not None and same.recorded_on is not None:
            params = {"degree": same.get_degree_display(), "on": same.recorded_on}
            yield Finding("error", "degree.used", params=params, article=article)
        elif not others:
            yield Finding("error", "degree.first", article=article)
        elif higher := [row for row in others if DEGREE_ORDER[row.degree] >= order]:
            params = {"degree": higher[0].get_degree_display()}
            yield Finding("error", "degree.not_higher", params=params, article=article)
        for other in self.others(stated):
            if DEGREE_ORDER.get(other.details.get("degree", ""), -1) == order:
                params = {"from": other.period_start, "until": other.period_end}
                yield Finding("error", "claim.claimed", params=params)

    def judge(self, stated: Stated, view: Preview) -> Iterator[Finding]:
        """The rating of the year, at least Baik, as the counting takes it."""
        conditions = _edition(stated.day("recorded_on")).citation("degree_conditions").article
        recorded = stated.day("recorded_on")
        if any(line.terms.kind == "degree" for line in view.added):
            return
        year = recorded.year if recorded else ""
        if view.issue("degree_waits"):
            yield Finding("error", "degree.no_rating", params={"year": year}, article=conditions)
        elif view.issue("degree_rating_too_low"):
            yield Finding("error", "degree.low_rating", params={"year": year}, article=conditions)
        else:
            yield Finding("error", "degree.nothing", article=conditions)

    def pretend(self, facts: Facts, stated: Stated) -> None:
        known = Education.objects.filter(employee=stated.employee, degree=stated.text("degree"))
        row = known.first()
        key = row.pk if row is not None else NEW
        order = DEGREE_ORDER[stated.text("degree")]
        kept = [d for d in facts.degrees if d.id != key]
        facts.degrees = [*kept, Degree(key, order, stated.day("recorded_on"))]

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        before = effect.get("before")
        kept = [d for d in facts.degrees if d.id != effect["id"]]
        if before is not None:
            day = before["recorded_on"]
            recorded = date.fromisoformat(day) if day else None
            kept.append(Degree(effect["id"], DEGREE_ORDER[before["degree"]], recorded))
        facts.degrees = kept

    def write(
        self, stated: Stated, entered: User | None, decided: User | None, reason: str
    ) -> Effect:
        """The degree with the day on which BKN recorded it; one that was on record is completed."""
        degree = stated.text("degree")
        row = Education.objects.filter(employee=stated.employee, degree=degree).first()
        before = people.snapshot(row) if row else None
        data = {
            "degree": degree,
            "subject": stated.text("subject") or (row.subject if row else ""),
            "institution": stated.text("institution") or (row.institution if row else ""),
            "graduated_on": stated.day("graduated_on"),
            "recorded_on": stated.day("recorded_on"),
        }
        because = f"{reason} ({stated.text('letter_number')})"
        saved = people.record_education(stated.employee, data, because[:500], decided, row)
        return Effect(TABLE, saved.pk, {"before": before})

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        row = Education.objects.filter(pk=effect["id"]).first()
        if row is None:
            raise people.FactError("fact_gone")
        before = effect.get("before")
        if before is None:
            people.remove(row, "education", reason, actor)
            return
        data = {"degree": before["degree"]} | {name: before[name] for name in FIELDS}
        for name in ("graduated_on", "recorded_on"):
            data[name] = date.fromisoformat(data[name]) if data[name] else None
        people.record_education(row.employee, data, reason, actor, row)


def _edition(day: date | None) -> Edition:
    """The edition of the day, without asking whose position; the newest where there is none."""
    try:
        found = current().on(day, None) if day else None
    except RuleError:
        found = None
    return found if found is not None and found.regime == CONVERSION else current().latest()


def _held(stated: Stated, facts: Facts, recorded: date, edition: Edition) -> Iterator[Finding]:
    """A position on the day; not the degree by which the category was changed (E-07)."""
    holding = held_on(facts.appointments, recorded)
    if holding is None or recorded <= facts.appointments[0].start:
        yield Finding("error", "claim.not_a_holder", params={"on": recorded})
        return
    before = [a for a in facts.appointments if a.start < holding.start]
    changed = any(Level(a.level).category != Level(holding.level).category for a in before)
    order = DEGREE_ORDER[stated.text("degree")]
    lower = max((d.order for d in facts.degrees if d.order < order), default=-1)
    opens = changed and lower < EXPERT_DEGREE <= order
    if opens and not edition.setting("degree_at_category_change"):
        article = edition.citation("degree").article
        yield Finding("error", "degree.category_change", article=article)
