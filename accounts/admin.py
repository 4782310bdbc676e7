"""Accounts and their roles, for administrators only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import APIKey

from accounts.models import User
from accounts.policy import PolicyAdminMixin, Role

ROLE_LABELS = {
    Role.HR: _("Officer of Biro SDM"),
    Role.COORDINATOR: _("Coordinator of a unit's claims"),
    Role.POSITION_COORDINATOR: _("JF coordinator"),
    Role.SUPERIOR: _("Direct superior (pejabat penilai)"),
    Role.ASSESSOR: _("Member of an assessment team"),
    Role.HOLDER: _("Holder of a functional position"),
    Role.AUDITOR: _("Auditor (reads only)"),
    Role.ADMIN: _("Administrator"),
    Role.DETERMINER: _("Determining officer (pejabat penetap)"),
}


admin.site.unregister(APIKey)  # the library's own; ours is `ApiClient`
admin.site.unregister(Group)  # the roles are fixed: `accounts.policy.Role`


class RoleField(forms.ModelMultipleChoiceField):
    """The roles by what they mean, not by the name of their group."""

    def label_from_instance(self, obj: Group) -> str:
        return str(ROLE_LABELS.get(Role(obj.name), obj.name))


@admin.register(User)
class AccountAdmin(PolicyAdminMixin, UserAdmin):
    """Who signs in and with which roles. What goes beyond a role (superuser, single
    permissions) is not given here, and nobody changes the own roles."""

    resource = "account"
    list_display = ("username", "full_name", "role_names", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Roles"), {"fields": ("is_active", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    @admin.display(description=_("name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        names = [Role(g.name) for g in user.groups.all() if g.name in set(Role)]
        return ", ".join(str(ROLE_LABELS[name]) for name in names)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            roles = Group.objects.filter(name__in=[role.value for role in Role]).order_by("pk")
            return RoleField(
                queryset=roles,
                required=False,
                label=_("Roles"),
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        own = obj is not None and obj.pk == request.user.pk
        return (*fields, "groups", "is_active") if own else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not a superuser's account by somebody who is none: that would be a way up."""
        allowed = super().has_change_permission(request, obj)
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return allowed and not above
