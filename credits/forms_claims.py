"""The forms of claims: a new claim, its frame, an item of it, the filter of the list."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Role, roles_of, visible
from credits.models import ActivityItem, Claim, ClaimItem, EvidenceFile, JointWork
from credits.models.claims.life import STATE_LABELS
from credits.rules.claim_states import ENDED
from credits.rules.units import plain_decimal
from credits.services.claims.drafts import Frame, ItemInput, Joint
from credits.services.claims.kinds import kinds
from employees.fields import DayField, PersonField
from employees.models import Employee
from positions.models import Position
from positions.selectors import below

MOST_AUTHORS = 4
AGES = (7, 14, 30, 90)  # days in the same state
_NOTHING = ("", "---------")


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


class FrameForm(forms.Form):
    """What every claim states: its period, why it comes late, a note."""

    period_start = DayField(label=_("Period from"))
    period_end = DayField(label=_("Period until"))
    late_reason = forms.CharField(
        label=_("Why it comes after the closing date"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a conventional claim (DUPAK) after the national closing date."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    history = forms.BooleanField(
        label=_("Decided before, entered as history"),
        required=False,
        help_text=_("For decisions of another agency or an earlier time; Biro SDM only."),
    )

    def __init__(self, *args: Any, user: User, claim: Claim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Role.HR not in roles_of(user):
            del self.fields["history"]
        self.claim = claim
        if claim is not None:
            for name in self.fields:
                self.initial.setdefault(name, getattr(claim, name, None))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The period ends before it begins."))
        return data

    def frame(self, details: dict[str, Any] | None = None) -> Frame:
        """What `credits.services.claims.drafts` takes."""
        data = self.cleaned_data
        before = self.claim.history if self.claim else False
        return Frame(
            data["period_start"],
            data["period_end"],
            data["late_reason"],
            data["note"],
            data.get("history", before),
            details or {},
        )


class NewClaimForm(FrameForm):
    """Which kind, for whom, over which period."""

    kind = forms.ChoiceField(label=_("Kind"))
    person = PersonField(label=_("For whom"), help_text=_("NIP or name."))

    field_order = ("kind", "person", "period_start", "period_end", "late_reason", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs["user"]
        super().__init__(*args, **kwargs)
        _choices(self, "kind", [(kind.code, kind.title) for kind in kinds()])
        people = visible(Employee.objects.all(), user, "claimant", "add")
        self.fields["person"].people = people  # type: ignore[attr-defined]
        if not roles_of(user) & {Role.COORDINATOR, Role.HR}:
            del self.fields["person"]  # the holder's own


class _Activities(forms.ModelChoiceField):
    def label_from_instance(self, obj: ActivityItem) -> str:
        points = plain_decimal(Fraction(obj.points)).replace(".", ",")
        level = f"; {obj.level.replace('_', ' ').title()}" if obj.level else ""
        return f"{obj.code} {obj.name} ({obj.product}: {points}{level})"


class _Files(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: EvidenceFile) -> str:
        return obj.title


class ItemForm(forms.Form):
    """One activity of a claim, alone or with others, and its evidence."""

    activity = _Activities(queryset=ActivityItem.objects.none(), label=_("Activity"))
    start = DayField(label=_("From"))
    end = DayField(label=_("Until"))
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=100_000,
        help_text=_("In the unit that stands behind the activity."),
    )
    description = forms.CharField(
        label=_("What was done"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What tells this work apart from the same activity at other times."),
    )
    assignment_letter = forms.CharField(
        label=_("Number of the letter of assignment"),
        required=False,
        max_length=120,
        help_text=_("Needed for work of the level above or below."),
    )
    work_title = forms.CharField(
        label=_("Title of the joint work"),
        required=False,
        max_length=300,
        help_text=_("Only for a work of several authors. Write it as the co-authors did."),
    )
    published_on = DayField(label=_("Date of the work"), required=False)
    authors = forms.TypedChoiceField(
        label=_("Number of authors"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[_NOTHING, *((n, str(n)) for n in range(2, MOST_AUTHORS + 1))],
    )
    place = forms.TypedChoiceField(
        label=_("Place among the authors"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[_NOTHING, (1, _("1 (lead author)")), *((n, str(n)) for n in range(2, 5))],
    )
    undetermined = forms.BooleanField(
        label=_("The lead author cannot be determined: equal shares"), required=False
    )
    evidence = _Files(
        queryset=EvidenceFile.objects.none(),
        label=_("Evidence"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, claim: Claim, item: ClaimItem | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = activities_of(claim)  # type: ignore[attr-defined]
        mine = EvidenceFile.objects.filter(employee=claim.employee_id, removed_at__isnull=True)
        if item is not None:
            self.initial = {**_item_values(item), **self.initial}
            kept = item.files.values("pk")
            mine = EvidenceFile.objects.filter(
                Q(employee=claim.employee_id, removed_at__isnull=True) | Q(pk__in=kept)
            )
        self.fields["evidence"].queryset = mine  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The period ends before it begins."))
        joint = ("work_title", "authors", "place")
        if any(data.get(name) for name in joint):
            for name in joint:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed for a work of several authors."))
        authors, place = data.get("authors"), data.get("place")
        if authors and place and place > authors:
            self.add_error("place", _("There are fewer authors than that."))
        return data

    def item(self) -> ItemInput:
        """What `credits.services.claims.drafts` takes."""
        data = self.cleaned_data
        joint = None
        if data["work_title"]:
            joint = Joint(
                data["work_title"],
                data["authors"],
                data["place"],
                data["published_on"],
                data["undetermined"],
            )
        return ItemInput(
            data["activity"],
            data["start"],
            data["end"],
            data["quantity"],
            data["description"],
            data["assignment_letter"],
            joint,
        )

    def take_work(self, work: JointWork) -> None:
        """Fill in a work that others have entered; the place stays to be chosen."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["work_title"] = work.title
        data["authors"] = str(work.authors)
        data["published_on"] = f"{work.published_on:%d-%m-%Y}" if work.published_on else ""
        if work.undetermined:
            data["undetermined"] = "on"
        self.data = data


def _item_values(item: ClaimItem) -> dict[str, Any]:
    work = item.work
    return {
        "activity": item.activity_id,
        "start": item.start,
        "end": item.end,
        "quantity": item.quantity,
        "description": item.description,
        "assignment_letter": item.assignment_letter,
        "work_title": work.title if work else "",
        "published_on": work.published_on if work else None,
        "authors": work.authors if work else None,
        "place": item.place,
        "undetermined": bool(work and work.undetermined),
        "evidence": [file.pk for file in item.files.all()],
    }


def activities_of(claim: Claim) -> "QuerySet[ActivityItem]":
    """The activities of the claim's position whose table was in force within its period."""
    within = Q(table__end__isnull=True) | Q(table__end__gte=claim.period_start)
    rows = ActivityItem.objects.filter(
        within, table__position=claim.position_id, table__start__lte=claim.period_end
    )
    return rows.select_related("table").order_by("table__start", "code")


class ClaimFilter(forms.Form):
    """Which claims of the list; every choice is optional."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    position = forms.ChoiceField(label=_("Functional position (JF)"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    age = forms.TypedChoiceField(
        label=_("Unchanged for"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, units: dict[int, str]) -> None:
        super().__init__(data)
        states = [(s.value, label) for s, label in STATE_LABELS.items()]
        _choices(self, "state", [("", _("all")), ("open", _("not finished")), *states])
        _choices(self, "kind", [("", _("all")), *((k.code, k.title) for k in kinds())])
        positions = Position.objects.order_by("name").values_list("pk", "name")
        _choices(self, "position", [("", _("all")), *((str(k), n) for k, n in positions)])
        names = sorted(units.items(), key=lambda row: row[1])
        _choices(self, "unit", [("", _("all")), *((str(k), n) for k, n in names)])
        ages = [(n, _("%(days)s days or more") % {"days": n}) for n in AGES]
        _choices(self, "age", [("", _("any time")), *ages])

    def condition(self, today: date, *, with_state: bool = True) -> Q:
        """What the claims shown fulfil; a choice that is not offered filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        wanted = Q()
        if data.get("kind"):
            wanted &= Q(kind=data["kind"])
        if data.get("position"):
            wanted &= Q(position=int(data["position"]))
        if data.get("unit"):
            wanted &= Q(unit_id__in=below(int(data["unit"]), today))
        if data.get("age"):
            wanted &= Q(state_at__date__lte=today - timedelta(days=data["age"]))
        if with_state:
            wanted &= self.state_condition()
        return wanted

    def state_condition(self) -> Q:
        """The state asked for; "open" is every one that still asks something of somebody."""
        state = self.cleaned_data.get("state")
        if state == "open":
            return ~Q(state__in=[str(s) for s in ENDED])
        return Q(state=state) if state else Q()
