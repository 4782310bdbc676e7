"""What the pages over all apps ask."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models import Document
from employees.fields import DayField

EARLIEST = date(1950, 1, 1)


class AsOfForm(forms.Form):
    """For which day a page is asked, and what was known until the end of which day."""

    on = DayField(label=_("As of"), required=False)
    known = DayField(label=_("As known on"), required=False)
    since = DayField(label=_("What changed since"), required=False)

    def clean_on(self) -> date | None:
        return _possible(self.cleaned_data["on"])

    def clean_known(self) -> date | None:
        return _possible(self.cleaned_data["known"])

    def clean_since(self) -> date | None:
        return _possible(self.cleaned_data["since"])


def _possible(day: date | None) -> date | None:
    if day is not None and day < EARLIEST:
        raise ValidationError(_("This day lies before everything on record."))
    return day


class BulkRunForm(forms.Form):
    """Why many people are recalculated."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class BulkDraftForm(forms.Form):
    """Which forms, over which period, for the people chosen on the list."""

    PAPERS = Document.Form.choices

    papers = forms.MultipleChoiceField(
        label=_("Forms"), choices=PAPERS, widget=forms.CheckboxSelectMultiple
    )
    start = DayField(label=_("Period from"))
    end = DayField(label=_("Period until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year - 1  # the last one that is closed
        self.initial.update(
            {
                "papers": Document.Form.values,
                "start": date(year, 1, 1),
                "end": date(year, 12, 31),
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The period ends before it begins."))
        elif end and end > timezone.localdate():
            self.add_error("end", _("The period ends in the future."))
        return data
