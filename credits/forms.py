"""The forms of runs, documents, ratings and opening balances."""

from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.archives import UnpackError, archive_problem, unpacked
from credits.models import Document, OpeningBalance, Predicate, Rating
from credits.rules.units import from_units, plain_decimal
from employees.fields import AmountField, DayField, PersonField, ScanField
from employees.forms_entry import EntryForm
from employees.models import Employee, UnitMembership
from positions.models import Position, Unit
from positions.selectors import unit_names, units_below

ALL, STALE, UNIT, POSITION, PERSON = "all", "stale", "unit", "position", "person"
_NOTHING = ("", "---------")


class ScopeForm(forms.Form):
    """For whom. `scope()` is what the services understand."""

    scopes: ClassVar[list[tuple[str, Any]]] = [
        (STALE, _("whoever is not up to date")),
        (ALL, _("everybody")),
        (UNIT, _("one unit, with those below it")),
        (POSITION, _("one functional position (JF)")),
        (PERSON, _("one person")),
    ]

    for_whom = forms.ChoiceField(label=_("For whom"))
    # Each of these is needed in its own scope only, and `clean` says so.
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    position = forms.ChoiceField(label=_("Functional position (JF)"), required=False)
    person = PersonField(label=_("Person"), required=False, help_text=_("NIP or name."))

    def __init__(self, *args: Any, person: Employee | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        positions = Position.objects.order_by("name").values_list("code", "name")
        self.fields["for_whom"].choices = self.scopes  # type: ignore[attr-defined]
        self.fields["unit"].choices = [_NOTHING, *_units()]  # type: ignore[attr-defined]
        self.fields["position"].choices = [_NOTHING, *positions]  # type: ignore[attr-defined]
        if person is not None:
            self.initial.update({"for_whom": PERSON, "person": person})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needed = data.get("for_whom")
        for name in (UNIT, POSITION, PERSON):
            if name != needed:  # left over from another choice, and perhaps hidden
                self.errors.pop(name, None)
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, _("Choose for whom."))
        return data

    @property
    def one_person(self) -> Employee | None:
        """Whoever is meant, where it is one person."""
        data = self.cleaned_data
        return data["person"] if data["for_whom"] == PERSON else None

    def scope(self) -> dict[str, Any]:
        """The scope as `credits.services.runs.people_in` takes it; a person by id."""
        data = self.cleaned_data
        chosen = data["for_whom"]
        if chosen == PERSON:
            return {"ids": [data["person"].pk]}
        if chosen in (UNIT, POSITION):
            return {chosen: data[chosen]}
        return {chosen: True}


def _units(names: dict[int, str] | None = None) -> list[tuple[str, str]]:
    names = names or unit_names(timezone.localdate())
    codes = Unit.objects.order_by().values_list("code", "pk")
    return sorted(((c, names[pk]) for c, pk in codes if pk in names), key=lambda row: row[1])


class RunForm(ScopeForm):
    """For whom to recalculate, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


def _in_order(form: forms.Form, data: dict[str, Any]) -> bool:
    """Whether a period does not end before it begins; else that is said at its end."""
    start, end = data.get("start"), data.get("end")
    if start and end and end < start:
        form.add_error("end", _("The period ends before it begins."))
        return False
    return True


class DocumentForm(ScopeForm):
    """Which forms, over which period, for whom."""

    scopes: ClassVar[list[tuple[str, Any]]] = [c for c in ScopeForm.scopes if c[0] != STALE]

    papers = forms.MultipleChoiceField(
        label=_("Forms"),
        choices=[(f.value, f.label) for f in Document.BY_HAND],
        widget=forms.CheckboxSelectMultiple,
    )
    start = DayField(label=_("Period from"))
    end = DayField(label=_("Period until"))

    field_order = ("papers", "start", "end", "for_whom", "unit", "position", "person")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year - 1  # the last one that is closed
        self.initial.update(
            {
                "papers": [f.value for f in Document.BY_HAND],
                "start": date(year, 1, 1),
                "end": date(year, 12, 31),
            }
        )
        self.initial.setdefault("for_whom", ALL)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        end = data.get("end")
        if _in_order(self, data) and end and end > timezone.localdate():
            self.add_error("end", _("The period ends in the future."))
        return data


class RatingForm(EntryForm):
    """A performance rating. It replaces those in force that lie inside its period."""

    start = DayField(label=_("Period from"))
    end = DayField(label=_("Period until"), help_text=_("Within the same calendar year."))
    predicate = forms.ChoiceField(label=_("Rating"), choices=[_NOTHING, *Predicate.choices])
    evidence_number = forms.CharField(
        label=_("Number of the evaluation"), max_length=120, required=False
    )

    def __init__(self, *args: Any, rating: Rating | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rating is not None:
            self.initial.update(forms.model_to_dict(rating, fields=self.fields))

    def input_of(self, field: str | None) -> str | None:
        return super().input_of({"period": "start"}.get(field or "", field))


class OpeningForm(EntryForm):
    """What the last PAK states; a new entry replaces the one in force."""

    on = DayField(label=_("As of"), help_text=_("The end of the period of the last PAK."))
    kind = forms.ChoiceField(label=_("Kind"), choices=OpeningBalance.Kind.choices)
    points = AmountField(label=_("Credit points stated"), help_text=_("For example 37,5."))
    document_number = forms.CharField(label=_("Number of the PAK"), max_length=120, required=False)
    document_date = DayField(label=_("Date of the PAK"), required=False)
    scan = ScanField(
        label=_("Scan of the last PAK"),
        required=False,
        help_text=_("PDF, JPEG or PNG, 10 MiB at most."),
    )

    def __init__(self, *args: Any, opening: OpeningBalance | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opening = opening
        if opening is not None:
            self.initial.update(
                {
                    "on": opening.on,
                    "kind": opening.kind,
                    "points": plain_decimal(from_units(opening.units), 4).replace(".", ","),
                    "document_number": opening.document_number,
                    "document_date": opening.document_date,
                }
            )

    def values(self) -> dict[str, Any]:
        """As `record_opening` takes them; a correction of the same PAK keeps its scan."""
        data = super().values()
        before = self.opening
        if data["scan"] is None and before is not None and before.scan:
            known = (before.document_number, before.document_date)
            if known == (data["document_number"], data["document_date"]):
                data["scan"] = before.scan.name
        return data


class ActForm(forms.Form):
    """Why a document is returned, revoked, put up again, or a period reopened."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class ScanForm(forms.Form):
    """The signed document: a file signed elsewhere, or a scan of the paper."""

    how = forms.ChoiceField(label=_("What is it"), choices=Document.SignedHow.choices)
    file = ScanField(label=_("Signed file"), help_text=_("PDF, JPEG or PNG, 10 MiB at most."))


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class SignedFilesField(forms.FileField):
    """Several files, or ZIPs of files, as (name, bytes); bounded in number and size."""

    MOST = 500
    MOST_BYTES = 100 * 2**20

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Files(attrs={"accept": ".pdf,.zip"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        files = data if isinstance(data, list | tuple) else [data]
        files = [super(SignedFilesField, self).clean(one, initial) for one in files]
        try:
            return list(unpacked([(f.name, f.read()) for f in files], self.MOST, self.MOST_BYTES))
        except UnpackError as problem:
            raise forms.ValidationError(archive_problem(problem.code)) from None


class SignedFilesForm(forms.Form):
    signed = SignedFilesField(
        label=_("Signed files"),
        help_text=_("PDFs in any order, or a ZIP of them. Each is matched to its form."),
    )


class PeriodForm(ActForm):
    """Which period to close."""

    start = DayField(label=_("Period from"))
    end = DayField(label=_("Period until"))

    field_order = ("start", "end", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _in_order(self, data)
        return data


class ApprovalFilter(forms.Form):
    """Which waiting ratings: from where, of which unit, of which year. Without search texts."""

    source = forms.RegexField(r"(withdrawal|(batch|superior|officer)-\d{1,12})", required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, names: dict[int, str]) -> None:
        super().__init__(data)
        self.names = names
        years = [(y, str(y)) for y in range(timezone.localdate().year, 2016, -1)]
        self.fields["unit"].choices = [("", _("all")), *_units(names)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("all")), *years]  # type: ignore[attr-defined]

    def given(self) -> list[tuple[str, str]]:
        """What was understood, as name and value."""
        if not self.is_valid():
            self.full_clean()
        return [(k, str(v)) for k, v in self.cleaned_data.items() if v]

    def address(self) -> str:
        return urlencode(self.given())

    def condition(self, today: date) -> Q:
        """The filter on ratings; what is not understood filters nothing."""
        chosen = dict(self.given())
        where = Q()
        if source := chosen.get("source"):
            where &= self._from(source)
        if unit := chosen.get("unit"):
            found = list(Unit.objects.filter(code=unit).values_list("pk", flat=True))
            members = UnitMembership.objects.on(today).filter(unit_id__in=units_below(found, today))
            where &= Q(employee_id__in=members.values("employee_id"))
        if year := chosen.get("year"):
            where &= Q(start__year=int(year))
        return where

    def _from(self, source: str) -> Q:
        if source == "withdrawal":
            return Q(state=Rating.State.APPROVED)
        kind, _dash, key = source.partition("-")
        waits = Q(state=Rating.State.ENTERED)
        if kind == "batch":
            return waits & Q(batch_id=int(key))
        who = Q(entered_by_id=int(key)) if int(key) else Q(entered_by__isnull=True)
        by_superior = Q(source=Rating.Source.SUPERIOR)
        kinds = by_superior if kind == "superior" else ~by_superior
        return waits & Q(batch__isnull=True) & who & kinds
