"""Declared relatives: everybody's own, and all of them for Biro SDM and the auditor."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import How, looked
from accounts.access import listed as log_list
from accounts.pages import paged, signed_in
from accounts.policy import allows, guard, visible
from employees.fields import DayField, NipField, PersonField
from employees.forms_entry import ReasonForm
from employees.models import Employee, Kinship
from employees.services import kinships
from employees.services.facts import FactError

A_PAGE = 50
_FIRST = F("ended_on").desc(nulls_first=True)
_KINDS = [("", "---------"), *Kinship.Kind.choices]


class _Refusing(ReasonForm):
    """A form that shows a refusal, without asking for a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class OwnRelativeForm(_Refusing):
    """Both NIP and name, so that nobody finds out here whose number it is."""

    nip = NipField(label=gettext_lazy("NIP of the relative"))
    name = forms.CharField(
        label=gettext_lazy("Name of the relative"),
        max_length=200,
        help_text=gettext_lazy("Without titles, as on record."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("How you are related"), choices=_KINDS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("nip") and data.get("name"):
            found = Employee.objects.filter(nip=data["nip"]).first()
            if found is None or found.name.casefold() != " ".join(data["name"].split()).casefold():
                raise forms.ValidationError(
                    _("Nobody of this NIP and this name is on record. Check both.")
                )
            data["relative"] = found
        return data

    def input_of(self, field: str | None) -> str | None:
        return "nip" if field == "relative" else super().input_of(field)


class RelativeForm(_Refusing):
    """For officers: two people."""

    person = PersonField(label=gettext_lazy("Employee"), help_text=gettext_lazy("NIP or name."))
    relative = PersonField(label=gettext_lazy("Relative"), help_text=gettext_lazy("NIP or name."))
    kind = forms.ChoiceField(label=gettext_lazy("How they are related"), choices=_KINDS)


class EndForm(ReasonForm):
    """The last day, and why."""

    ended_on = DayField(label=gettext_lazy("Last day of the relation"))
    field_order = ("ended_on", "reason")


def _rows(request: HttpRequest, action: str = "view") -> "QuerySet[Kinship]":
    rows = Kinship.objects.select_related("employee", "relative", "declared_by")
    return visible(rows, request.user, "kinship", action)


@guard("kinship", "view")
@require_http_methods(["GET", "POST"])
def kinship_list(request: HttpRequest) -> HttpResponse:
    """Those that hold first; whoever sees all searches by name or NIP.

    Searched by POST, so that no name stands in an address; what is found is the first page.
    """
    user = signed_in(request)
    oversees = allows(user, "kinship", "oversee")
    rows = _rows(request)
    query = request.POST.get("q", "").strip()[:100] if oversees else ""
    for word in query.split():
        rows = rows.filter(
            Q(employee__name__icontains=word)
            | Q(relative__name__icontains=word)
            | Q(employee__nip__startswith=word)
            | Q(relative__nip__startswith=word)
        )
    listed = paged(request, rows.order_by(_FIRST, "employee__name", "pk"), A_PAGE)
    people = [p for row in listed["page"] for p in (row.employee, row.relative)]
    log_list(request, "kinship", people, detail="q" if query else "")
    context = {
        "list": listed,
        "query": query,
        "more": bool(query) and listed["page"].has_next(),
        "oversees": oversees,
        "ends": allows(user, "kinship", "change"),
        "may_add": allows(user, "kinship", "add")
        and (allows(user, "kinship", "change") or _own(request) is not None),
    }
    return render(request, "employees/kinship_list.html", context)


def _own(request: HttpRequest) -> Employee | None:
    return Employee.objects.filter(user_id=signed_in(request).pk).first()


@guard("kinship", "add")
@require_http_methods(["GET", "POST"])
def kinship_add(request: HttpRequest) -> HttpResponse:
    """Declare a relative: the own, or for Biro SDM of anybody."""
    user = signed_in(request)
    for_others = allows(user, "kinship", "change")
    person = None if for_others else _own(request)
    if person is None and not for_others:
        raise Http404
    form: Any = (RelativeForm if for_others else OwnRelativeForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        employee: Any = data["person"] if for_others else person
        try:
            made = kinships.declare(employee, data["relative"], data["kind"], user)
        except FactError as problem:
            form.refuse(problem)
        else:
            looked(request, "kinship", [made.employee, made.relative])
            messages.success(request, _("Declared. From now on neither acts for the other."))
            return redirect("employees:kinships")
    context = {"form": form, "for_others": for_others}
    return render(request, "employees/kinship_form.html", context)


@guard("kinship", "change")
@require_http_methods(["GET", "POST"])
def kinship_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a relation, with the reason."""
    row = get_object_or_404(_rows(request, "change"), pk=pk)
    looked(request, "kinship", [row.employee, row.relative], How.VIEW)
    form = EndForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kinships.end(row, data["ended_on"], data["reason"], signed_in(request))
        except FactError as problem:
            form.refuse(problem)
            status = {"own_record": 403, "kinship_ended": 409}.get(problem.code, 200)
        else:
            messages.success(request, _("Ended. What was declared stays readable."))
            return redirect("employees:kinships")
    context = {"form": form, "row": row}
    return render(request, "employees/kinship_end.html", context, status=status)
