"""The forms for entering and correcting the facts of one person by hand."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from employees import nip as nips
from employees.fields import DayField, NipField, PersonField
from employees.importing.sentences import sentence
from employees.models import (
    Appointment,
    Education,
    Employee,
    Rank,
    StatusPeriod,
    Superior,
    UnitMembership,
)
from employees.services.facts import FactError
from positions.ladder import GOLONGAN, PPPK_GRADES
from positions.models import Position, PositionLevel
from positions.selectors import unit_names


def refusal(code: str, params: Mapping[str, Any]) -> str:
    """What a refused entry says: as imports say it, unless the hand entry knows less."""
    own = {
        "end_before_start": _now("It ends before it begins."),
        "level_not_in_position": _now("This functional position has no such level."),
        "amount_negative": _now("The amount is below zero. Correct it."),
    }
    return own[code] if code in own and "value" not in params else sentence(code, params)


class ReasonForm(forms.Form):
    """Why; and a place to show why the service refused."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Kept with the change, for the auditor.")
    )

    def refuse(self, problem: FactError) -> None:
        """Show why the service refused, at its field where the form has that."""
        field = self.input_of(problem.field)
        self.add_error(field, refusal(problem.code, problem.params))

    def input_of(self, field: str | None) -> str | None:
        return field if field in self.fields else None


class EntryForm(ReasonForm):
    """A fact with its reason, which comes last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def values(self) -> dict[str, Any]:
        """The cleaned data without the reason, as the service takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


def _formfield(field: Any, **kwargs: Any) -> forms.Field | None:
    if isinstance(field, models.DateField):
        kwargs["form_class"] = DayField
    made = field.formfield(**kwargs)
    return made if isinstance(made, forms.Field) else None


class FactForm(EntryForm):
    """One record of a person; its inputs come from the model, which it never touches itself."""

    model: ClassVar[type[models.Model]]
    names: ClassVar[tuple[str, ...]]

    def __init__(
        self, *args: Any, person: Employee | None, record: models.Model | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        made = forms.fields_for_model(self.model, fields=self.names, formfield_callback=_formfield)
        self.fields = {**made, **self.own_fields(), "reason": self.fields["reason"]}
        if record is not None:
            self.initial.update(forms.model_to_dict(record) | self.own_initial(record))

    def own_fields(self) -> dict[str, forms.Field]:
        """Inputs that differ from what the model would give; they come after those."""
        return {}

    def own_initial(self, record: Any) -> dict[str, Any]:
        return {}


class PersonForm(FactForm):
    """Master data of a person."""

    model = Employee
    names = (
        "nip", "name", "front_title", "back_title", "employment", "employer", "sex",
        "birth_date", "birth_place", "card_number", "left_on",
    )  # fmt: skip

    def own_fields(self) -> dict[str, forms.Field]:
        return {"nip": NipField(label=_("NIP"), help_text=_("18 digits."))}

    def warnings(self) -> list[str]:
        """What is odd about the NIP beside the other facts, to be looked at."""
        data = self.cleaned_data
        notes = nips.check(
            data["nip"],
            employment=data["employment"],
            birth_date=data["birth_date"],
            sex=data["sex"],
        )
        return [sentence(n.code, n.params) for n in notes if n.severity == "warning"]


class RankForm(FactForm):
    model = Rank
    names = ("golongan", "effective_on", "service_years", "service_months", "decree_number")

    def own_fields(self) -> dict[str, forms.Field]:
        pppk = self.person is not None and self.person.employment == Employee.Employment.PPPK
        known = (
            [(grade, grade) for grade in PPPK_GRADES]
            if pppk
            else [(g.value, f"{g.value} – {g.pangkat}") for g in GOLONGAN]
        )
        choices = [("", "---------"), *known]
        return {"golongan": forms.ChoiceField(label=_("Rank"), choices=choices)}


class AppointmentForm(FactForm):
    """Position and level are one choice, so that they fit one another."""

    model = Appointment
    names = (
        "start", "end", "way", "origin", "top_rank", "start_assumed", "decree_number",
        "decree_date", "notes",
    )  # fmt: skip

    def own_fields(self) -> dict[str, forms.Field]:
        groups: dict[str, list[tuple[str, str]]] = {}
        levels = PositionLevel.objects.select_related("position").order_by(
            "position__name", "order"
        )
        for row in levels:
            key = f"{row.position_id}:{row.level}"
            groups.setdefault(row.position.name, []).append((key, f"{row.position} – {row.name}"))
        choices: list[Any] = [("", "---------"), *groups.items()]
        return {
            "held": forms.ChoiceField(label=_("Functional position and level"), choices=choices)
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["held"])
        self.fields["end"].help_text = _("Empty while it is held.")

    def own_initial(self, record: Any) -> dict[str, Any]:
        return {"held": f"{record.position_id}:{record.level}"}

    def values(self) -> dict[str, Any]:
        data = super().values()
        position, _colon, level = data.pop("held").partition(":")
        return data | {"position": Position.objects.get(pk=position), "level": level}

    def input_of(self, field: str | None) -> str | None:
        return "held" if field in ("position", "level") else super().input_of(field)


class MembershipForm(FactForm):
    model = UnitMembership
    names = ("start", "end")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["unit"])

    def own_fields(self) -> dict[str, forms.Field]:
        names = unit_names(timezone.localdate())
        rows = sorted(names.items(), key=lambda row: row[1])
        return {
            "unit": forms.TypedChoiceField(
                label=_("Unit"), coerce=int, choices=[("", "---------"), *rows]
            )
        }

    def own_initial(self, record: Any) -> dict[str, Any]:
        field: Any = self.fields["unit"]
        if record.unit_id not in dict(field.choices):  # a unit that is no more
            field.choices = [*field.choices, (record.unit_id, str(record.unit))]
        return {"unit": record.unit_id}

    def values(self) -> dict[str, Any]:
        data = super().values()
        return data | {"unit_id": data.pop("unit")}


class SuperiorForm(FactForm):
    model = Superior
    names = ("start", "end", "capacity", "office")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["superior"])

    def own_fields(self) -> dict[str, forms.Field]:
        return {"superior": PersonField(label=_("Direct superior"), help_text=_("NIP or name."))}


class StatusForm(FactForm):
    model = StatusPeriod
    names = ("kind", "start", "end", "cum_laude", "decree_number")


class EducationForm(FactForm):
    model = Education
    names = ("degree", "subject", "institution", "graduated_on", "recorded_on")
