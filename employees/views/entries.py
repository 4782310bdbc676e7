"""Facts of one person entered, corrected and taken back by hand: one set of pages for all kinds.

An `Entry` says which form a kind of fact has and which services write it; `routes` makes its
guarded pages. Apps above (credits) describe their own kinds in the same way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import How, looked
from accounts.models import User
from accounts.pages import signed_in
from accounts.policy import guard, visible
from employees import forms_entry as forms
from employees.forms_entry import EntryForm, ReasonForm
from employees.models import (
    Employee,
)
from employees.services import facts
from employees.services.facts import FactError

MakeForm = Callable[..., EntryForm]  # (person, record, data, files)
Write = Callable[[Employee, Any, EntryForm, User], Any]  # person, record or None, form, actor
Remove = Callable[[Any, str, User], None]  # record, reason, actor
Rows = Callable[[Employee], "QuerySet[Any]"]


_SAVED = gettext_lazy("Saved. The points follow with the next calculation.")
_TAKEN_BACK = gettext_lazy("Taken back. The points follow with the next calculation.")
# Refusals that are no mistake in the form: forbidden, and at odds with what was closed.
STATUS = {"own_record": 403, "rating_closed": 409}


@dataclass(frozen=True)
class Entry:
    """A kind of fact about a person. `kind` is the policy's resource and names the routes."""

    kind: str
    label: Any
    address: str  # in Indonesian, as all addresses
    form: MakeForm
    rows: Rows  # the records that may be corrected
    write: Write
    remove: Remove
    saved: Any = _SAVED
    taken_back: Any = _TAKEN_BACK


def routes(entry: Entry) -> list[URLPattern]:
    """The pages of a kind: `KIND_add`, `KIND_edit`, `KIND_remove`."""
    base = f"pegawai/<uuid:public_id>/{entry.address}/"

    @guard(entry.kind, "add")
    @require_http_methods(["GET", "POST"])
    def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
        return _enter(request, entry, person_of(request, public_id, entry.kind), None)

    @guard(entry.kind, "change")
    @require_http_methods(["GET", "POST"])
    def edit(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
        person = person_of(request, public_id, entry.kind)
        return _enter(request, entry, person, get_object_or_404(entry.rows(person), pk=pk))

    @guard(entry.kind, "change")
    @require_http_methods(["GET", "POST"])
    def remove(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
        person = person_of(request, public_id, entry.kind)
        return _take_back(request, entry, person, get_object_or_404(entry.rows(person), pk=pk))

    return [
        path(f"{base}baru/", add, name=f"{entry.kind}_add"),
        path(f"{base}<int:pk>/", edit, name=f"{entry.kind}_edit"),
        path(f"{base}<int:pk>/cabut/", remove, name=f"{entry.kind}_remove"),
    ]


def person_of(
    request: HttpRequest, public_id: UUID, what: str = "employee", how: str = How.VIEW
) -> Employee:
    """The person, if the reader sees them; otherwise there is no such person (404). The look at
    `what` (a resource) of the person is logged."""
    people = visible(Employee.objects.all(), request.user, "employee")
    person = get_object_or_404(people, public_id=public_id)
    looked(request, what, [person], how)
    return person


def _enter(
    request: HttpRequest, entry: Entry, person: Employee, record: Model | None
) -> HttpResponse:
    form = entry.form(person, record, request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            entry.write(person, record, form, signed_in(request))
        except FactError as problem:
            form.refuse(problem)
            status = STATUS.get(problem.code, 200)
        else:
            messages.success(request, entry.saved)
            return to_person(person)
    context = {"form": form, "person": person, "record": record, "entry": entry}
    if record is not None:
        context["remove_route"] = f"{request.resolver_match.app_name}:{entry.kind}_remove"  # type: ignore[union-attr]
    return render(request, "employees/entry_form.html", context, status=status)


def _take_back(request: HttpRequest, entry: Entry, person: Employee, record: Any) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            entry.remove(record, form.cleaned_data["reason"], signed_in(request))
        except FactError as problem:
            form.refuse(problem)
            status = STATUS.get(problem.code, 200)
        else:
            messages.success(request, entry.taken_back)
            return to_person(person)
    context = {"form": form, "person": person, "record": record, "entry": entry}
    context["recorded"] = list(_recorded(entry.form(person, record, None, None)))
    return render(request, "employees/entry_remove.html", context, status=status)


def _recorded(form: EntryForm) -> Iterator[tuple[str, str]]:
    """What a correction form holds, as (label, text): so that one sees what is taken back."""
    for bound in form:
        value = bound.value()
        if bound.name == "reason" or value in (None, "", False) or isinstance(value, FieldFile):
            continue
        choices = dict(flatten_choices(getattr(bound.field, "choices", ())))
        by_text = {str(key): label for key, label in choices.items()}
        text = by_text.get(str(value)) or bound.field.widget.format_value(value)
        yield str(bound.label), _("yes") if value is True else str(text)


def to_person(person: Employee) -> HttpResponse:
    return redirect("reports:person", person.public_id)


# ------------------------------------------------------------------ the person


@guard("employee", "add")
@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    return _person(request, None)


@guard("employee", "change")
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _person(request, person_of(request, public_id))


def _person(request: HttpRequest, person: Employee | None) -> HttpResponse:
    form = forms.PersonForm(request.POST or None, person=person, record=person)
    if request.method == "POST" and form.is_valid():
        data, reason, actor = form.values(), form.cleaned_data["reason"], signed_in(request)
        try:
            saved = (
                facts.correct_person(person, data, reason, actor)
                if person
                else facts.add_person(data, reason, actor)
            )
        except FactError as problem:
            form.refuse(problem)
        else:
            for warning in form.warnings():
                messages.warning(request, warning)
            messages.success(
                request, _("Saved.") if person else _("Saved. Now enter rank, unit and position.")
            )
            return to_person(saved)
    return render(request, "employees/entry_form.html", {"form": form, "person": person})


# ------------------------------------------------------------------ the kinds of facts


def _form(form: type[forms.FactForm]) -> MakeForm:
    def make(person: Employee, record: Model | None, data: Any, files: Any) -> EntryForm:
        return form(data, files, person=person, record=record)

    return make


def _rows(model: type[Model]) -> Rows:
    def rows(person: Employee) -> "QuerySet[Any]":
        return model._default_manager.filter(employee=person)

    return rows


Service = Callable[[Employee, Mapping[str, Any], str, User, Any], Any]


def _writer(service: Service) -> Write:
    def write(person: Employee, record: Any, form: EntryForm, actor: User) -> Any:
        return service(person, form.values(), form.cleaned_data["reason"], actor, record)

    return write


def _remover(subject: str) -> Remove:
    def remove(record: Any, reason: str, actor: User) -> None:
        facts.remove(record, subject, reason, actor)

    return remove


def _entry(
    kind: str,
    label: Any,
    address: str,
    form: type[forms.FactForm],
    service: Any,
    subject: str | None = None,
) -> Entry:
    return Entry(
        kind,
        label,
        address,
        _form(form),
        _rows(form.model),
        _writer(service),
        _remover(subject or kind),
    )


ENTRIES = (
    _entry("rank", gettext_lazy("Rank"), "pangkat", forms.RankForm, facts.record_rank),
    _entry(
        "appointment",
        gettext_lazy("Appointment"),
        "pengangkatan",
        forms.AppointmentForm,
        facts.record_appointment,
    ),
    _entry(
        "membership",
        gettext_lazy("Unit"),
        "unit",
        forms.MembershipForm,
        facts.record_membership,
        "unit",
    ),
    _entry(
        "superior",
        gettext_lazy("Direct superior"),
        "atasan",
        forms.SuperiorForm,
        facts.record_superior,
    ),
    _entry(
        "status",
        gettext_lazy("Leave, study, suspension"),
        "status",
        forms.StatusForm,
        facts.record_status,
    ),
    _entry(
        "education",
        gettext_lazy("Education"),
        "pendidikan",
        forms.EducationForm,
        facts.record_education,
    ),
)
