"""The forms of the secretary and of the assessors; the services decide what is right."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessors.models import Membership, Verdict
from assessors.words import LACKS


class VerdictForm(forms.Form):
    """A verdict on one item."""

    answer = forms.ChoiceField(
        label=_("Verdict"), choices=Verdict.Answer.choices, widget=forms.RadioSelect
    )
    quantity = forms.IntegerField(label=_("Quantity"), required=False, min_value=1)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "---------"), *Verdict.Reason.choices], required=False
    )
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, claimed: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if claimed is None or claimed < 2:  # nothing lies between none and one
            del self.fields["quantity"]
            answers = [c for c in Verdict.Answer.choices if c[0] != Verdict.Answer.CHANGE]
            self.fields["answer"].choices = answers  # type: ignore[attr-defined]
        else:
            self.fields["quantity"].widget.attrs["max"] = claimed - 1


class LackForm(forms.Form):
    """What is not complete at one item."""

    code = forms.ChoiceField(
        label=_("What is not complete"),
        choices=[("", _("complete")), *LACKS.items()],
        required=False,
    )
    words = forms.CharField(label=_("In words"), max_length=500, required=False)


class ReasonForm(forms.Form):
    """The sentence that goes with a return."""

    reason = forms.CharField(
        label=_("To the coordinator"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Optional where an item says it already."),
    )


class ReassignForm(forms.Form):
    """To whom an assignment goes, and why."""

    member = forms.ModelChoiceField(
        label=_("New assessor"), queryset=Membership.objects.none(), widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
