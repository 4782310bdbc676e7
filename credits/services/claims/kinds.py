"""The kinds of claim: each a small class of its own module, registered here.

Views, imports, acts and pages ask the kind; none of them names one. A new kind is a module with a
class and a line in `credits/claimpaths`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.models import Claim, ClaimDecision, ClaimItem
from credits.rules.claims import Finding
from employees.fields import AmountField


@dataclass(frozen=True, slots=True)
class EvidenceAsked:
    """A paper that a kind asks for."""

    code: str
    label: Any  # lazy text
    required: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of a check: what the claim would give, and what stands in its way."""

    points: Fraction | None  # None where the kind gives no points of its own
    findings: tuple[Finding, ...]
    trace: dict[str, Any]  # plain JSON: sums and items with their articles, for pages and forms
    items: tuple[ClaimItem, ...] = ()  # as they were read, with activity, work and files

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What forbids submitting."""
        return tuple(f for f in self.findings if f.is_error)


class Kind:
    """What a kind of claim says. Subclass, set the texts, override what differs, `register`."""

    code: ClassVar[str]
    title: ClassVar[Any]  # lazy text
    about: ClassVar[Any] = ""  # one sentence: when it is used
    has_items: ClassVar[bool] = False
    evidence: ClassVar[Sequence[EvidenceAsked]] = ()
    form: ClassVar[type[forms.Form] | None] = None  # of `details`
    by_officer: ClassVar[bool] = False  # determined by the pejabat penetap, else at approval

    def details_form(self, claim: Claim, data: Any = None) -> forms.Form | None:
        """The form of what the kind states beside items, filled from the claim or from `data`."""
        return self.form(data, initial=claim.details) if self.form else None

    def prepare(self, claim: Claim) -> None:
        """Before a claim is checked to be handed in, with person and claim locked.

        Take what the register says now, and lock what others may claim at the same moment.
        """

    def check(self, claim: Claim, day: date) -> Checked:
        """Run the rules over the claim as it stands; writes nothing."""
        raise NotImplementedError

    def determine(self, claim: Claim, actor: User | None, day: date) -> ClaimDecision:
        """Write the decision and its effect, in the caller's transaction."""
        raise NotImplementedError

    def take_back(self, decision: ClaimDecision, actor: User | None, reason: str) -> None:
        """Take back the effect of a decision, in the caller's transaction."""
        raise NotImplementedError

    def shown(self, claim: Claim) -> list[tuple[Any, str]]:
        """What the kind states beside items, for reading: labels with texts."""
        form = self.details_form(claim)
        return self.shown_by(form, claim.details) if form else []

    @staticmethod
    def shown_by(form: forms.Form, details: Mapping[str, Any]) -> list[tuple[Any, str]]:
        """Details in the order and the words of a form; what is empty is left out."""
        rows = ((f.label, shown_value(f, details.get(name))) for name, f in form.fields.items())
        return [(label, text) for label, text in rows if text]


def shown_value(field: forms.Field, value: Any) -> str:
    """A value of the details in the words of its input; "" where it is empty."""
    if value is None or value == "":
        return ""
    if isinstance(field, forms.BooleanField):
        return str(_("yes")) if value else ""
    if isinstance(field, forms.ChoiceField):
        options: Any = field.choices
        return {str(key): str(words) for key, words in options}.get(str(value), str(value))
    if isinstance(field, forms.DateField):
        try:
            return date_format(date.fromisoformat(str(value)), "d-m-Y")
        except ValueError:
            return str(value)
    if isinstance(field, AmountField):
        return str(value).replace(".", ",")
    return str(value)


_kinds: dict[str, Kind] = {}


def register(kind: type[Kind]) -> type[Kind]:
    """Class decorator: make a kind known."""
    _kinds[kind.code] = kind()
    return kind


def kind_of(claim: Claim) -> Kind:
    """The kind of a claim; KeyError for one that is not known any more."""
    return _kinds[claim.kind]


def kinds() -> list[Kind]:
    """All kinds, in the order in which they were registered."""
    return list(_kinds.values())
