"""How documents are numbered, and who determines PAK, for administrators and Biro SDM."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.policy import PolicyAdminMixin
from credits import policy  # noqa: F401  declares who may do what
from credits.models import DeterminingOfficer, NumberScheme, NumberSeries
from credits.services.numbering import problem_of
from employees.admin import OfficeAdmin
from employees.fields import DayField


class SchemeForm(forms.ModelForm):
    start = DayField(label=_lazy("In force from"))

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        if code := problem_of(pattern):
            raise forms.ValidationError(pattern_problem(code))
        return pattern


def pattern_problem(code: str) -> str:
    return {
        "pattern_unknown_field": _(
            "Only {number}, {number4}, {month}, {month_roman} and {year} are known."
        ),
        "pattern_without_number": _("The pattern needs {number} or {number4}."),
        "pattern_without_year": _("The pattern needs {year}: counting starts anew each year."),
    }[code]


@admin.register(NumberScheme)
class NumberSchemeAdmin(PolicyAdminMixin, admin.ModelAdmin):
    """A scheme by which numbers were taken stays as it is; another one begins on a later day."""

    resource = "numbering"
    form = SchemeForm
    list_display = ("pattern", "start")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        used = obj is not None and NumberSeries.objects.filter(scheme=obj, last__gt=0).exists()
        return super().has_change_permission(request, obj) and not used


@admin.register(DeterminingOfficer)
class DeterminingOfficerAdmin(OfficeAdmin):
    """Per employer and span of levels, dated; with the lines of the signature block."""

    resource = "determining_officer"
    list_display = ("office", "person", "agency", "levels", "capacity", "start", "end")
    list_select_related = ("employee", "agency")
    list_filter = ("agency", "capacity")
    autocomplete_fields = ("agency", "decree")
    fields = (
        "agency",
        ("lowest", "highest"),
        "employee",
        "office",
        "capacity",
        "authority",
        "delegate",
        ("start", "end"),
        "decree",
    )

    @admin.display(description=_lazy("levels"), ordering="lowest")
    def levels(self, row: DeterminingOfficer) -> str:
        first, last = row.get_lowest_display(), row.get_highest_display()
        return first if first == last else f"{first} – {last}"
