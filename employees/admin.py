"""Employers, heads of units and coordinators for Biro SDM. People have pages of their own."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import listed as log_list
from accounts.access import looked
from accounts.policy import PolicyAdminMixin
from employees import policy  # noqa: F401  declares who may do what
from employees.fields import DayField, PersonField
from employees.models import Agency, ClaimCoordinator, Delegation, PositionCoordinator, UnitHead


@admin.register(Agency)
class AgencyAdmin(PolicyAdminMixin, admin.ModelAdmin):
    resource = "agency"
    list_display = ("name", "code", "kind", "place")
    list_filter = ("kind",)
    search_fields = ("name", "code")


class OfficeForm(forms.ModelForm):
    """The person by NIP or name, typed into the form: never a search in an address."""

    employee = PersonField(label=_("Person"), help_text=_("NIP or name."))
    start = DayField(label=_("From"))
    end = DayField(label=_("Until"), required=False)


class LoggedAdminMixin:
    """Looking at who holds an office is logged: a list as one row, a form for each person."""

    people: ClassVar[tuple[str, ...]] = ("employee",)
    resource: str

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        answer = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = getattr(answer, "context_data", None) or {}
        if "cl" in shown:
            rows = shown["cl"].result_list
            log_list(request, self.resource, (getattr(r, p) for r in rows for p in self.people))
        return answer

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if row is not None:
            looked(request, self.resource, [getattr(row, name) for name in self.people])
        return row


class OfficeAdmin(LoggedAdminMixin, PolicyAdminMixin, admin.ModelAdmin):
    """Somebody's office with its dates."""

    form = OfficeForm
    list_select_related: ClassVar[Any] = ("employee",)
    search_fields: ClassVar[Any] = ("employee__name",)
    search_help_text = _("Name")

    @admin.display(description=_("unit"))
    def unit_name(self, row: Any) -> str:
        return str(row.unit)

    @admin.display(description=_("employee"), ordering="employee__name")
    def person(self, row: Any) -> str:
        return str(row.employee.full_name)


class OfUnitAdmin(OfficeAdmin):
    """An office in a unit; the unit's name comes from its versions."""

    autocomplete_fields: ClassVar[Any] = ("unit",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("unit__versions")


@admin.register(UnitHead)
class UnitHeadAdmin(OfUnitAdmin):
    resource = "unit_head"
    list_display = ("unit_name", "office", "person", "capacity", "start", "end")
    list_filter = ("capacity",)
    autocomplete_fields = ("unit", "decree")
    fields = ("unit", "office", "employee", "capacity", "start", "end", "decree")


@admin.register(PositionCoordinator)
class PositionCoordinatorAdmin(OfficeAdmin):
    resource = "position_coordinator"
    list_display = ("position", "person", "start", "end", "decree")
    list_select_related = ("employee", "position", "decree")
    autocomplete_fields = ("position", "decree")
    fields = ("position", "employee", "start", "end", "decree")


@admin.register(ClaimCoordinator)
class ClaimCoordinatorAdmin(OfUnitAdmin):
    resource = "claim_coordinator"
    list_display = ("unit_name", "person", "start", "end")
    fields = ("unit", "employee", "start", "end")


class DelegationForm(forms.ModelForm):
    officer = PersonField(label=_("Officer"), help_text=_("NIP or name."))
    deputy = PersonField(label=_("Deputy"), help_text=_("NIP or name."))
    start = DayField(label=_("From"))
    end = DayField(label=_("Until"))


@admin.register(Delegation)
class DelegationAdmin(LoggedAdminMixin, PolicyAdminMixin, admin.ModelAdmin):
    """Who acts for whom (Plt., Plh.), within which dates."""

    people = ("officer", "deputy")

    resource = "delegation"
    form = DelegationForm
    list_display = ("officer_name", "deputy_name", "capacity", "start", "end")
    list_select_related = ("officer", "deputy")
    search_fields = ("officer__name", "deputy__name")
    search_help_text = _("Name")

    @admin.display(description=_("officer"), ordering="officer__name")
    def officer_name(self, row: Delegation) -> str:
        return str(row.officer.full_name)

    @admin.display(description=_("deputy"), ordering="deputy__name")
    def deputy_name(self, row: Delegation) -> str:
        return str(row.deputy.full_name)
