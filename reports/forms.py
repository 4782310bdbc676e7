"""What the pages over all apps ask."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessEvent, AuditEvent, Channel
from accounts.pages import end_of
from credits.models import CalculationRun, Document, RegulationVersion
from credits.rules.editions import Edition
from credits.services.comparisons import SetError, usable
from credits.services.rulebooks import Chosen, published_at
from employees.fields import DayField, ScanField
from employees.models import CorrectionRequest
from reports.privacy.words import WHAT, tables

_ROWS = {"rows": 3}
EARLIEST = date(1950, 1, 1)
TITLE = 90  # characters of a regulation's title in a list to choose from


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

    PAPERS = tuple((f.value, f.label) for f in Document.BY_HAND)

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
                "papers": [f.value for f in Document.BY_HAND],
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


class _CompareForm(forms.Form):
    """For whom two states of the ledger are compared."""

    unit = forms.ChoiceField(label=_("Unit (with those below)"), required=False)
    position = forms.ChoiceField(label=_("Functional position"), required=False)

    def __init__(
        self,
        *args: Any,
        units: Mapping[int, str],
        positions: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(units.items(), key=lambda item: item[1])
        for name, rows in (("unit", named), ("position", positions)):
            self.fields[name].choices = [("", _("all")), *rows]  # type: ignore[attr-defined]


class DaysForm(_CompareForm):
    """Two days, each perhaps as it was known on another."""

    a = DayField(label=_("From the day"))
    b = DayField(label=_("to the day"))
    known_a = DayField(label=_("The first as known on"), required=False)
    known_b = DayField(label=_("The second as known on"), required=False)

    field_order = ("a", "known_a", "b", "known_b", "unit", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.usual())

    def usual(self) -> dict[str, Any]:
        """The last year: from the end of the year before it until today."""
        today = timezone.localdate()
        return {"a": date(today.year - 2, 12, 31), "b": today}


class RunsForm(_CompareForm):
    """Two runs, or a run and a preview."""

    run_a = forms.ChoiceField(label=_("The first run"))
    run_b = forms.ChoiceField(label=_("The second run"))

    field_order = ("run_a", "run_b", "unit", "position")

    def __init__(self, *args: Any, runs: Sequence[CalculationRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs = {str(run.public_id): run for run in runs}
        choices = [(key, self.name_of(run)) for key, run in self.runs.items()]
        for name in ("run_a", "run_b"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if pair := self.usual():
            self.initial.update({"run_a": str(pair[0].public_id), "run_b": str(pair[1].public_id)})

    def name_of(self, run: CalculationRun) -> str:
        """A run in a few words; the reader knows it by its moment and reason."""
        moment = timezone.localtime(run.created_at)
        kind = gettext("preview") if run.dry_run else gettext("calculation")
        return f"{run.pk} · {moment:%d-%m-%Y %H.%M} · {kind} · {run.reason[:60]}"

    def usual(self) -> tuple[CalculationRun, CalculationRun] | None:
        """What the last calculation changed; None where there are not two."""
        real = [run for run in self.runs.values() if not run.dry_run]
        return (real[1], real[0]) if len(real) > 1 else None

    def clean_run_a(self) -> CalculationRun:
        return self.runs[self.cleaned_data["run_a"]]

    def clean_run_b(self) -> CalculationRun:
        return self.runs[self.cleaned_data["run_b"]]


class RuleSetsForm(_CompareForm):
    """Two sets of regulations: as published by a day, in force on a day, with or without one."""

    set_a = forms.ChoiceField(label=_("The first set"))
    on_a = DayField(label=_("of it, what was in force on"), required=False)
    known_a = DayField(label=_("as known on"), required=False)
    set_b = forms.ChoiceField(label=_("The second set"))
    on_b = DayField(label=_("of it, what was in force on"), required=False)
    known_b = DayField(label=_("as known on"), required=False)

    field_order = (
        *("set_a", "on_a", "known_a"),
        *("set_b", "on_b", "known_b"),
        *("unit", "position"),
    )

    def __init__(
        self,
        *args: Any,
        versions: Sequence[RegulationVersion],
        editions: Sequence[Edition],
        **kwargs: Any,
    ) -> None:
        """`versions` are those that the reader may see, `editions` those that may be left out."""
        super().__init__(*args, **kwargs)
        self.versions = {str(v.public_id): v for v in versions}
        self.editions = editions
        beside = [
            (f"with:{key}", _named(v.title, str(v.get_state_display())))
            for key, v in self.versions.items()
        ]
        without = [(f"without:{e.key}", _named(e.title)) for e in editions]
        choices: list[Any] = [("all", _("all regulations published"))]
        if beside:
            choices.append((_("with one more, or another version"), beside))
        if without:
            choices.append((_("without one of them"), without))
        for name in ("set_a", "set_b"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.initial.update(self.usual())

    def usual(self) -> dict[str, str]:
        """What the newest draft would change; where there is none, what the newest edition did."""
        for key, version in self.versions.items():
            if version.state == RegulationVersion.State.DRAFT:
                return {"set_a": "all", "set_b": f"with:{key}"}
        newest = self.editions[0].key if self.editions else ""
        return {"set_a": f"without:{newest}" if newest else "all", "set_b": "all"}

    def chosen(self) -> tuple[Chosen, Chosen] | None:
        """What is asked for, before anybody fills the form in as well; None where it is wrong."""
        if self.is_bound:
            return self.cleaned_data.get("pair") if self.is_valid() else None
        return self._chosen(self.initial, "a"), self._chosen(self.initial, "b")

    def show(self, first: Chosen, second: Chosen) -> None:
        """Fill the form in with two sets that were chosen before."""
        keys = {v.pk: key for key, v in self.versions.items()}
        for side, chosen in (("a", first), ("b", second)):
            said = f"with:{keys[chosen.beside]}" if chosen.beside in keys else "all"
            if chosen.without:
                said = f"without:{chosen.without}"
            days = {f"on_{side}": chosen.on, f"known_{side}": chosen.known}
            self.initial.update({f"set_{side}": said, **days})

    def _chosen(self, data: Mapping[str, Any], side: str) -> Chosen:
        kind, _colon, key = data[f"set_{side}"].partition(":")
        known = data.get(f"known_{side}")
        return Chosen(
            tuple(sorted(published_at(self.versions.values(), end_of(known)))),
            on=data.get(f"on_{side}"),
            known=known,
            beside=self.versions[key].pk if kind == "with" else None,
            without=key if kind == "without" else "",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        pair, books = [], []
        for side in ("a", "b"):
            chosen = self._chosen(data, side)
            try:
                books.append(usable(chosen))
            except SetError as problem:
                where = f"on_{side}" if chosen.on else f"set_{side}"
                self.add_error(where, _SET_PROBLEMS[problem.code])
            pair.append(chosen)
        if len(books) == len(pair):
            if books[0].version == books[1].version:
                self.add_error("set_b", _("Both sets are the same. Choose another one here."))
            data["pair"] = tuple(pair)
        return data


_SET_PROBLEMS = {
    "unfit": _("This version no longer fits the others: what it changes is not among them."),
    "no_conversion": _(
        "No regulation on the conversion of ratings was in force then. Choose a day of 2023 or "
        "later."
    ),
}


def _named(title: str, state: str = "") -> str:
    short = title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"
    return f"{short} ({state})" if state else short


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
