"""Conversion of a rating that came late, was missing, or was corrected (R-008, R-012, E-04)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.models import Predicate, Rating
from credits.rules import timeline
from credits.rules.claims import Finding
from credits.rules.editions import CONVERSION, current
from credits.rules.months import end_of_month, whole_months
from credits.rules.timeline import Facts
from credits.services import approvals, ratings
from credits.services.claims.factual import NEW, Effect, FactKind, Stated
from credits.services.claims.kinds import EvidenceAsked, register
from credits.services.claims.previews import Preview
from credits.services.periods import closed_periods
from employees.models import Superior
from employees.services import facts as people

TABLE = "credits_rating"
LATE, MISSING, CORRECTED = "late", "missing", "corrected"
CAUSES = (
    (LATE, _("it came late")),
    (MISSING, _("it was never entered")),
    (CORRECTED, _("it was corrected")),
)


class ConversionForm(forms.Form):
    """The rating; its period is that of the claim."""

    predicate = forms.ChoiceField(
        label=_("Rating"), choices=[("", "---------"), *Predicate.choices]
    )
    cause = forms.ChoiceField(label=_("Why it is claimed now"), choices=CAUSES)
    evidence_number = forms.CharField(
        label=_("Number of the evaluation"), max_length=120, required=False
    )


def pretend_rating(facts: Facts, start: date, end: date, predicate: str) -> None:
    """As if a rating were in force: those that it covers give way (E-04)."""
    covered, _refused = ratings.place(start, end, facts.ratings)
    kept = [r for r in facts.ratings if r not in covered]
    new = timeline.Rating(NEW, start, end, predicate)
    facts.ratings = sorted([*kept, new], key=lambda r: r.start)


def forget_rating(facts: Facts, pk: int) -> None:
    """As if a rating were withdrawn: those that it had replaced count again."""
    back = Rating.objects.filter(
        superseded_by=pk, withdrawn_at__isnull=True, state=Rating.State.APPROVED
    )
    restored = [timeline.Rating(r.pk, r.start, r.end, r.predicate) for r in back]
    kept = [r for r in facts.ratings if r.id != pk]
    facts.ratings = sorted([*kept, *restored], key=lambda r: r.start)


@register
class Conversion(FactKind):
    """The coordinator submits, the superior of the period approves, Biro SDM determines."""

    code: ClassVar[str] = "konversi"
    title: ClassVar[Any] = _("Conversion of a rating")
    about: ClassVar[Any] = _(
        "A performance rating from 2023 on that came late, was never entered, or was corrected."
    )
    form: ClassVar[type[forms.Form] | None] = ConversionForm
    evidence: ClassVar[tuple[EvidenceAsked, ...]] = (
        EvidenceAsked("evaluation", _("the signed performance evaluation (SKP)")),
    )

    def examine(self, stated: Stated, facts: Facts, day: date) -> Iterator[Finding]:
        """The period, its months, what stands in it, and who approves."""
        start, end = stated.start, stated.end
        if stated.text("predicate") not in ratings.PREDICATES:
            yield Finding("error", "rating.no_predicate")
        yield from _period(start, end, day)
        if closed := ratings.closed_refusal(end, closed_periods()):
            yield Finding("error", "fact.rating_closed", params=closed.params)
        if timeline.held_on(facts.appointments, end) is None:
            yield Finding("error", "claim.not_a_holder", params={"on": end})
        if not Superior.objects.on(end).filter(employee=stated.employee).exists():
            yield Finding("error", "rating.no_superior", params={"on": end})
        yield from self._beside(stated)

    def _beside(self, stated: Stated) -> Iterator[Finding]:
        """What stands or waits in the same time, and other claims of it."""
        start, end = stated.start, stated.end
        rows = Rating.objects.filter(ratings.in_force(), employee=stated.employee)
        standing = [r for r in rows if not stated.leaves(TABLE, r.pk)]
        replaces, at_once, refusal = ratings.place_entered(start, end, standing)
        if refusal is not None:
            yield _refused(refusal)
            return
        waits = [r for r in at_once if r.state == Rating.State.ENTERED]
        same, _other = ratings.identical(start, end, stated.text("predicate"), replaces, at_once)
        if same is not None and same.state == Rating.State.APPROVED:
            yield Finding("error", "rating.same")
        elif waits:
            params = {"from": waits[0].start, "until": waits[0].end}
            yield Finding("error", "rating.waits", params=params)
        elif replaces:
            yield Finding("note", "rating.replaces", params={"count": len(replaces)})
        elif stated.text("cause") == CORRECTED and stated.leaving is None:
            yield Finding("warning", "rating.nothing_corrected")
        for other in self.others(stated):
            if other.period_start <= end and start <= other.period_end:
                params = {"from": other.period_start, "until": other.period_end}
                yield Finding("error", "claim.claimed", params=params)

    def judge(self, stated: Stated, view: Preview) -> Iterator[Finding]:
        if not any(line.source_id == NEW for line in view.added):
            yield Finding("error", "rating.nothing", params={"on": stated.end})

    def pretend(self, facts: Facts, stated: Stated) -> None:
        pretend_rating(facts, stated.start, stated.end, stated.text("predicate"))

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        forget_rating(facts, effect["id"])

    def write(
        self, stated: Stated, entered: User | None, decided: User | None, reason: str
    ) -> Effect:
        """A rating entered by who submitted and approved by who determines (decision 0012)."""
        row = ratings.RatingRow(
            stated.employee.pk,
            stated.start,
            stated.end,
            stated.text("predicate"),
            stated.text("evidence_number"),
        )
        return Effect(TABLE, put_rating(row, entered, decided, reason).pk)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        approvals.annul(Rating.objects.get(pk=effect["id"]), reason, actor)


def put_rating(
    row: ratings.RatingRow, entered: User | None, decided: User | None, reason: str
) -> Rating:
    """Enter a rating and approve it, by two people. Raises FactError where either is refused."""
    done = ratings.record_ratings([row], entered, reason)
    for refused in done.refused:
        raise people.FactError(refused.code, "period", **refused.params)
    if not done.created:
        raise people.FactError("another_waits")
    mine = Rating.objects.filter(pk=done.created[0].pk)
    for _rating, refusal in approvals.approve(mine, decided).refused:
        raise people.FactError(refusal.code, "period", **refusal.params)
    return mine.get()


def _period(start: date, end: date, day: date) -> Iterator[Finding]:
    first = current().regime_start(CONVERSION)
    article = current().latest(CONVERSION).citation("period").article
    crossing = ratings.check_period(start, end)
    if crossing is not None:
        parts = {k: date.fromisoformat(v) for k, v in crossing.params.items()}
        yield Finding("error", "rating.two_years", params=parts)
    elif start < first:
        yield Finding("error", "rating.before_regime", params={"from": first})
    elif not whole_months(start, end):
        yield Finding("error", "rating.no_month", article=article)
    elif start.day != 1 or end != end_of_month(end):
        yield Finding("warning", "rating.part_month", article=article)
    if end >= day:
        yield Finding("error", "rating.not_over", params={"on": end})


def _refused(refusal: ratings.Refusal) -> Finding:
    """The year rules once it is rated (E-04); what overlaps in part is refused."""
    codes = {
        "rating_inside_longer": "rating.year_rules",
        "rating_overlaps": "rating.overlaps",
        "waiting_inside_longer": "rating.waits",
        "waiting_overlaps": "rating.waits",
    }
    days = {
        "from": date.fromisoformat(refusal.params["start"]),
        "until": date.fromisoformat(refusal.params["end"]),
    }
    article = current().latest(CONVERSION).citation("period").article
    return Finding("error", codes[refusal.code], params=days, article=article)
