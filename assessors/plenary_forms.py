"""Forms of plenaries."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessors.models import Team
from credits.forms import ScanForm
from credits.models import Document
from employees.fields import DayField


class PlanForm(forms.Form):
    """When and where a plenary is; which team, where somebody keeps the papers of several."""

    team = forms.ChoiceField(label=_("Team"))
    day = DayField(label=_("Date"))
    starts_at = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)

    def __init__(self, *args: Any, teams: Iterable[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.public_id): team for team in teams}
        field: Any = self.fields["team"]
        field.choices = [(key, team.name) for key, team in self.teams.items()]
        if len(self.teams) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.teams))
        self.fields["day"].initial = timezone.localdate()

    def chosen(self) -> Team:
        """The team, once the form is valid."""
        return self.teams[self.cleaned_data["team"]]


class VotesForm(forms.Form):
    """How many voted for a decision and against it, and the considerations."""

    votes_for = forms.IntegerField(label=_("Votes for"), min_value=0)
    votes_against = forms.IntegerField(label=_("Votes against"), min_value=0, initial=0)
    words = forms.CharField(
        label=_("Considerations"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why a claim is postponed or a plenary called off."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class NotesForm(forms.Form):
    """What the minutes note beside the decisions."""

    notes = forms.CharField(
        label=_("Notes for the minutes"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignedForm(ScanForm):
    """The signed minutes: a file signed elsewhere, or a scan."""

    @property
    def is_scan(self) -> bool:
        """Whether the paper was signed by hand."""
        return bool(self.cleaned_data["how"] == Document.SignedHow.SCAN)
