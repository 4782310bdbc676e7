"""The forms of regulations: load a file, publish it, state a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employees.fields import DayField

REASON = 500


def _reason(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=REASON, widget=widget, help_text=help_text)


class LoadForm(forms.Form):
    """A file, and why closed periods may change, where they would."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("TOML, UTF-8, at most 64 KB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )
    closed_because = forms.CharField(
        label=_("Why closed periods are to change"),
        required=False,
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where the regulation reaches into a period that is closed."),
    )


class PublishForm(forms.Form):
    """The second person states the date once more, and on what the publication rests."""

    effective_from = DayField(
        label=_("In force from"), help_text=_("State it once more, from the decree.")
    )
    reason = _reason(_("Reason"), _("For example the number of the decree."))


class WithdrawForm(forms.Form):
    reason = _reason(_("Reason"), _("Why the earlier rules are to hold again."))
