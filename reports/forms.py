"""What the pages over all apps ask."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from employees.fields import DayField

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
