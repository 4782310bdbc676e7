"""The forms of teams: scope and term, a seat, and the decree behind an act."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessors.models import Membership, Team
from employees.fields import DayField, PersonField, ScanField
from employees.models import Agency, Employee
from positions.ladder import Level
from positions.models import Decree, Position, Unit, fold_number
from positions.selectors import unit_names

_CHECKS = forms.CheckboxSelectMultiple


class PersonByNip(PersonField):
    """For readers who do not see the register: a name would list people with their NIP."""

    def _by_name(self, text: str) -> Employee:
        raise ValidationError(_("Write the whole NIP, 18 digits."))


class TeamForm(forms.Form):
    """Name, scope and term of a team."""

    name = forms.CharField(label=_("Name"), max_length=200)
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Agency"),
        empty_label=None,
        help_text=_("Another agency's team serves where the own one cannot be formed."),
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=Team.Level.choices)
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"), required=False, help_text=_("At most three years, or as "
                   "the regulation of the position says."))  # fmt: skip
    quorum = forms.IntegerField(
        label=_("Quorum of the plenary"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Empty: more than half of the members."),
    )
    positions = forms.ModelMultipleChoiceField(
        Position.objects.order_by("name"), label=_("Functional positions"), widget=_CHECKS
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels"),
        required=False,
        widget=_CHECKS,
        choices=[(lv.value, lv.label) for lv in Level],
        help_text=_("None chosen: all levels."),
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.all(),
        label=_("Units"),
        required=False,
        widget=_CHECKS,
        help_text=_("With the units below them. None chosen: all units."),
    )
    few_holders_because = forms.CharField(
        label=_("Why fewer than two members hold the position"),
        max_length=500,
        required=False,
        help_text=_("Only where holders are lacking and others fill up the team."),
    )
    borrowed_because = forms.CharField(
        label=_("Why a team of another agency serves"),
        max_length=500,
        required=False,
        help_text=_("Only for a team of another agency."),
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(unit_names(timezone.localdate()).items(), key=lambda row: row[1])
        self.fields["units"].choices = named  # type: ignore[attr-defined]
        if team is None:
            own = Agency.objects.filter(kind=Agency.Kind.MINISTRY).first()
            self.initial.setdefault("agency", own)
            self.initial.setdefault("tier", Team.Level.AGENCY)
        else:
            own_fields = [n for n in self.fields if n not in ("positions", "units")]
            self.initial.update({name: getattr(team, name) for name in own_fields})
            self.initial["positions"] = [p.pk for p in team.positions.all()]
            self.initial["units"] = [u.pk for u in team.units.all()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day lies before the first. Correct one of them."))
        return data


class SeatForm(forms.Form):
    """Who, on which seat, and what qualifies him that the register of people does not hold."""

    person = PersonField(label=_("Person"), help_text=_("NIP or name."))
    role = forms.ChoiceField(label=_("Seat"), choices=Membership.Role.choices)
    trained_on = DayField(label=_("Assessor training on"), required=False)
    training = forms.CharField(label=_("Number of the certificate"), max_length=120, required=False)
    from_hr = forms.BooleanField(label=_("Comes from the HR element"), required=False)
    office_rank = forms.ChoiceField(
        label=_("Structural office"),
        required=False,
        choices=[("", _("none")), *Membership.Office.choices],
    )
    office = forms.CharField(
        label=_("Name of the office"),
        max_length=200,
        required=False,
        help_text=_("As the annex of the decree names it. Empty: the functional position."),
    )

    def __init__(self, *args: Any, seat: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Membership.Role.MEMBER
        if seat is not None:
            del self.fields["person"]
            self.initial.update({name: getattr(seat, name) for name in self.fields})

    def values(self) -> dict[str, Any]:
        """The fields of the seat, as the services take them."""
        names = ("role", "trained_on", "training", "from_hr", "office_rank", "office")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class DecreeForm(forms.Form):
    """The decree behind an act: a new one with its file, or one on record by its number."""

    number = forms.CharField(label=_("Number of the decree"), max_length=120)
    issued_on = DayField(label=_("Date of the decree"))
    issuer = forms.CharField(label=_("Issued by"), max_length=200, required=False)
    file = ScanField(
        label=_("Signed decree (PDF)"),
        required=False,
        help_text=_("At most 10 MiB. Not needed where the decree is on record with its file."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and not file.name.endswith(".pdf"):
            raise ValidationError(_("The file is not a PDF."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number = data.get("number")
        if number and not data.get("file") and "file" not in self.errors:
            known = Decree.objects.filter(number_folded=fold_number(number)).exclude(file="")
            if not known.exists():
                self.add_error("file", _("No file of this decree is on record. Attach it."))
        return data

    def decree(self) -> dict[str, Any]:
        """Number, date, issuer and file, as `teams.decree_of` takes them."""
        names = ("number", "issued_on", "issuer", "file")
        return {name: self.cleaned_data[name] for name in names}


class ReplaceForm(SeatForm, DecreeForm):
    """Who takes a seat for the rest of the term, from when, by which decree, and why."""

    start = DayField(label=_("First day of the new member"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Retired, left, or absent for six months or more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["role"]
        self.order_fields(["person", "start", "reason"])


class SubstituteForm(SeatForm):
    """Who stands in for a member, between which days, and why."""

    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, by_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["role"]
        if not by_name:
            self.fields["person"] = PersonByNip(label=_("Person"), help_text=_("The whole NIP."))
        self.order_fields(["person", "start", "end", "reason"])


class ExtendForm(DecreeForm):
    until = DayField(label=_("New last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["until"])


class EndForm(forms.Form):
    last = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class DiscardForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class DraftForm(forms.Form):
    """Which office signs the decree."""

    office = forms.CharField(label=_("Office that signs"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].initial = "Sekretaris Jenderal"
