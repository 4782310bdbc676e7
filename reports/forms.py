"""What the pages over all apps ask."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DATE_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]
EARLIEST = date(1950, 1, 1)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, input_formats=DATE_FORMATS)


class AsOfForm(forms.Form):
    """For which day a page is asked, and what was known until the end of which day."""

    on = _day(_("As of"))
    known = _day(_("As known on"))

    def clean_on(self) -> date | None:
        return _possible(self.cleaned_data["on"])

    def clean_known(self) -> date | None:
        return _possible(self.cleaned_data["known"])


def _possible(day: date | None) -> date | None:
    if day is not None and day < EARLIEST:
        raise ValidationError(_("This day lies before everything on record."))
    return day
