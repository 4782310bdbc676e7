"""Integration: the conventional balance of 31 December 2022 into the ledger (R-040 to R-042)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.rules import timeline
from credits.rules.claims import Finding
from credits.rules.editions import CONVERSION, INTEGRATION, current
from credits.rules.errors import RuleError
from credits.rules.integration import integration_points
from credits.rules.timeline import Facts
from credits.services.claims import openings
from credits.services.claims.factual import Effect, FactKind, Stated
from credits.services.claims.kinds import EvidenceAsked, register
from employees.fields import AmountField, DayField

KIND = "integration"


class IntegrationForm(forms.Form):
    """What the last conventional PAK states."""

    points = AmountField(
        label=_("Cumulative conventional points on 31 December 2022"),
        help_text=_("As the last PAK states them; the base value is taken off by the system."),
    )
    document_number = forms.CharField(label=_("Number of the PAK"), max_length=120)
    document_date = DayField(label=_("Date of the PAK"))


def last_day() -> date:
    """The last day of the conventional regime."""
    return current().regime_start(CONVERSION) - timedelta(days=1)


@register
class Integration(FactKind):
    """Checked by two officers of Biro SDM, determined by the officer of the regulation."""

    code: ClassVar[str] = "integrasi"
    title: ClassVar[Any] = _("Integration of conventional points")
    about: ClassVar[Any] = _(
        "The balance of the last conventional PAK, carried into the counting from 2023 on."
    )
    form: ClassVar[type[forms.Form] | None] = IntegrationForm
    evidence: ClassVar[tuple[EvidenceAsked, ...]] = (
        EvidenceAsked("pak", _("the last conventional PAK")),
    )
    by_officer: ClassVar[bool] = True

    def period(self, stated: Stated) -> tuple[date, date] | None:
        """The day of the balance."""
        return last_day(), last_day()

    def examine(self, stated: Stated, facts: Facts, day: date) -> Iterator[Finding]:
        """A position and rank on the day, an amount that can be, and no other balance."""
        on = last_day()
        points, problem = openings.amount(stated)
        if problem is not None:
            yield problem
        yield from openings.doubles(self, stated, ("integrasi", "perpindahan"))
        holding = timeline.held_on(facts.appointments, on)
        golongan = timeline.golongan_on(facts.ranks, on)
        if holding is None or not golongan:
            yield Finding("error", "claim.not_a_holder", params={"on": on})
        elif points is not None:
            yield from _range(points, holding, golongan)

    def pretend(self, facts: Facts, stated: Stated) -> None:
        points, _problem = openings.amount(stated)
        facts.opening = openings.as_if(last_day(), KIND, points)

    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        facts.opening = openings.without(effect["id"])

    def write(
        self, stated: Stated, entered: User | None, decided: User | None, reason: str
    ) -> Effect:
        return openings.put(stated, last_day(), KIND, decided, reason)

    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        openings.take_back(effect["id"], actor, reason)


def _range(points: Fraction, holding: timeline.Appointment, golongan: str) -> Iterator[Finding]:
    """Negative is refused; out of the range of the golongan is a flag (E-15)."""
    edition = current().latest(INTEGRATION, holding.position)
    try:
        answer = integration_points(edition, holding.level, golongan, points)
    except RuleError as problem:
        article = edition.citation("base_value").article
        negative = problem.code == "integration.negative"
        params = {k: Fraction(str(v)) if negative else v for k, v in problem.params.items()}
        yield Finding("error", problem.code, params=params, article=article)
        return
    if not answer.in_range:
        params = {
            "points": answer.points,
            "golongan": golongan,
            "lowest": answer.lowest,
            "highest": answer.highest if answer.highest is not None else "…",
        }
        article = edition.citation("range").article
        yield Finding("warning", "integration.out_of_range", params=params, article=article)
