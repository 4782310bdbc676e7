"""What the pages over all apps ask."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessEvent, AuditEvent, Channel
from employees.fields import DayField, ScanField
from employees.models import CorrectionRequest
from reports.privacy.words import WHAT, tables

_ROWS = {"rows": 3}
EARLIEST = date(1950, 1, 1)


class AsOfForm(forms.Form):
    """For which day a page is asked, and what was known until the end of which day."""

    on = DayField(label=_("As of"), required=False)
    known = DayField(label=_("As known on"), required=False)

    def clean_on(self) -> date | None:
        return _possible(self.cleaned_data["on"])

    def clean_known(self) -> date | None:
        return _possible(self.cleaned_data["known"])


def _possible(day: date | None) -> date | None:
    if day is not None and day < EARLIEST:
        raise ValidationError(_("This day lies before everything on record."))
    return day


class WhyForm(forms.Form):
    """Why personal data is asked for. Kept with the look, and readable to whom it concerns."""

    reason = forms.CharField(label=_("Reason"), min_length=5, max_length=500)


class CorrectionRequestForm(forms.Form):
    """What is wrong in the own data, and what it should be."""

    subject = forms.ChoiceField(
        label=_("What is wrong"), choices=[("", "---------"), *CorrectionRequest.Subject.choices]
    )
    recorded = forms.CharField(
        label=_("What is recorded"), max_length=500, required=False, widget=forms.Textarea(_ROWS)
    )
    proposed = forms.CharField(
        label=_("What it should be"), max_length=500, widget=forms.Textarea(_ROWS)
    )
    evidence = ScanField(
        label=_("Evidence"), required=False, help_text=_("A scan as PDF, JPEG or PNG.")
    )


class TrailForm(forms.Form):
    """Which events of a trail; names and NIPs are asked apart, by POST."""

    start = DayField(label=_("From"), required=False)
    end = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, writes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = [("", _("all")), *Channel.choices]
        if writes:
            kinds: list[Any] = [("", _("all")), *AuditEvent.Kind.choices]
            self.fields["table"] = _choice(_("Table"), [("", _("all")), *tables().items()])
            self.fields["kind"] = _choice(_("Kind"), kinds)
        else:
            self.fields["what"] = _choice(_("What"), [("", _("all")), *WHAT.items()])
            self.fields["how"] = _choice(_("How"), [("", _("all")), *AccessEvent.How.choices])
        self.fields["channel"] = _choice(_("Channel"), channels)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)
