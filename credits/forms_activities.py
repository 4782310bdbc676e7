"""The forms of the tables of activity items: the search, and the upload of a sheet."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from credits.activities import choices_on
from credits.models import ActivityItem, ActivityTable
from credits.rules.editions import CONVERSION, current
from credits.services.activities import Head
from employees.fields import DayField
from employees.forms import DECIMAL
from positions.models import Position

_ANY = ("", _("all"))


class ActivityChoiceField(forms.ModelChoiceField):
    """One activity item of a JF for work done on a day: a select, by element, with a search above.

    `level`: whose work the search suggests; the select holds every level's, as work of another one
    counts too. The page loads `js/activities.js`; without it the select serves alone.
    """

    def __init__(self, position: Position, day: date, level: str = "", **kwargs: Any) -> None:
        items = choices_on(position.pk, day)
        widget = forms.Select(
            attrs={
                "data-activities": reverse_lazy("credits:activity_suggest"),
                "data-position": position.code,
                "data-date": day.isoformat(),
                "data-level": level,
                "data-search-label": _("Search an activity"),
                "data-search-none": _("No suggestions"),
                "data-search-some": _("Suggestions:"),
            }
        )
        defaults: dict[str, Any] = {"label": _("Activity"), "widget": widget}
        super().__init__(items, **(defaults | kwargs))
        groups: dict[str, list[tuple[int, str]]] = {}
        for item in items:
            groups.setdefault(item.get_element_display(), []).append((item.pk, named(item)))
        self.widget.choices = [("", "---------"), *groups.items()]


def named(item: ActivityItem) -> str:
    """An item as a select shows it; what is no official one says so."""
    text = f"{item.code} {item.name}"
    if item.table.provenance != ActivityTable.Provenance.OFFICIAL:
        text = f"{text} ({item.table.get_provenance_display()})"
    return text


class ItemFilter(forms.Form):
    """Words, level and element; everything may be left empty."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    level = forms.ChoiceField(label=_("Level"), required=False)
    element = forms.ChoiceField(
        label=_("Element"), required=False, choices=[_ANY, *ActivityItem.ElementChoice.choices]
    )

    def __init__(self, data: Any, levels: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["level"].choices = [_ANY, *levels]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What is asked for; what makes no sense is left out."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return {
            "text": data.get("q") or "",
            "level": data.get("level") or "",
            "element": data.get("element") or "",
        }


class ActivityImportForm(forms.Form):
    """A sheet, and what the table is that it holds."""

    position = forms.ModelChoiceField(
        Position.objects.order_by("name"),
        label=_("Functional position (JF)"),
        to_field_name="code",
    )
    regulation = forms.CharField(label=_("Regulation"), max_length=200)
    start = DayField(label=_("In force from"))
    end = DayField(label=_("Until"))
    provenance = forms.ChoiceField(
        label=_("Where the items come from"), choices=ActivityTable.Provenance
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the table was found, and what of it is to be confirmed."),
    )
    file = forms.FileField(
        label=_("File (XLSX or CSV)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
    )
    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=DECIMAL, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("It ends before it begins."))
        elif end and end >= regime_end():
            self.add_error(
                "end",
                _("Points by activity items end before %(day)s. Choose an earlier day.")
                % {"day": f"{regime_end():%d-%m-%Y}"},
            )
        if data.get("provenance") != ActivityTable.Provenance.OFFICIAL and not data.get("source"):
            self.add_error("source", _("Say where these items come from; every page shows it."))
        return data

    def head(self) -> Head:
        """What the table is."""
        data = self.cleaned_data
        names = ("position", "regulation", "provenance", "start", "end", "source")
        return Head(**{name: data[name] for name in names})


def regime_end() -> date:
    """The first day on which activity items count no more."""
    return current().regime_start(CONVERSION)
