"""The forms of the import pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from employees.importing.registry import Kind
from employees.models import ImportBatch

DECIMAL = [("", _("as it stands")), ("comma", _("comma (12,5)")), ("point", _("point (12.5)"))]


class UploadForm(forms.Form):
    """A file and what it holds."""

    kind = forms.ChoiceField(label=_("Kind"))
    file = forms.FileField(
        label=_("File (XLSX or CSV)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=100,
        help_text=_("Only where several sheets of the file hold data."),
    )
    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=DECIMAL, required=False)

    def __init__(self, *args: Any, kinds: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.code, kind.title) for kind in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which heading of the sheet is which column; one select per heading."""

    def __init__(
        self, batch: ImportBatch, kind: Kind, headings: list[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        self.shown_sheet = batch.headings.get("sheet") if isinstance(batch.headings, dict) else None
        known = batch.options.get("mapping") or batch.options.get("matched") or {}
        names = [(column.key, column.headings[0]) for column in kind.columns]
        sheets = batch.headings.get("sheets", []) if isinstance(batch.headings, dict) else []
        if len(sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"),
                choices=[(name, name) for name in sheets],
                initial=batch.options.get("sheet"),
            )
        self.fields["decimal"] = forms.ChoiceField(
            label=_("Decimal sign"),
            choices=DECIMAL,
            required=False,
            initial=batch.options.get("decimal"),
        )
        for index, heading in enumerate(headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=[("", _("as matched by itself")), ("-", _("leave out")), *names],
                initial=known.get(heading, ""),
            )

    def options(self) -> dict[str, Any]:
        """Options for `imports.remap`; raises nothing: the choices were checked."""
        data = self.cleaned_data
        sheet = data.get("sheet")
        if sheet and sheet != self.shown_sheet:  # other headings: they match by themselves
            return {"sheet": sheet, "mapping": None, "decimal": data.get("decimal") or None}
        chosen = {h: data.get(f"column_{i}") or "" for i, h in enumerate(self.headings)}
        mapping = {h: "" if key == "-" else key for h, key in chosen.items() if key}
        options = {"mapping": mapping or None, "decimal": data.get("decimal") or None}
        return options | ({"sheet": data["sheet"]} if data.get("sheet") else {})
