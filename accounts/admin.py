"""Accounts and their roles, for administrators only."""

from http import HTTPStatus
from typing import Any

from axes.utils import reset
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_api_key.models import APIKey

from accounts import second_factor, sign_ins
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
    Role.CHAIR: _("Chair of an assessment team"),
    Role.SECRETARY: _("Secretary of an assessment team"),
}


# The roles are fixed (`accounts.policy.Role`), second factors are nobody's to look at, and of the
# keys there are our own (`ApiClient`).
admin.site.unregister([APIKey, Group, TOTPDevice, StaticDevice])


# What an administrator does not change on the own account.
OWN_FIXED = ("groups", "is_active", "roles_from_register", "oidc_subject")


class RoleField(forms.ModelMultipleChoiceField):
    """The roles by what they mean, not by the name of their group."""

    def label_from_instance(self, obj: Group) -> str:
        return str(ROLE_LABELS.get(Role(obj.name), obj.name))


class RoleFilter(admin.RelatedFieldListFilter):
    """The accounts of one role; the roles by what they mean."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        roles = Group.objects.filter(name__in=Role).order_by("pk")
        return [(group.pk, ROLE_LABELS[Role(group.name)]) for group in roles]


@admin.register(User)
class AccountAdmin(PolicyAdminMixin, UserAdmin):
    """Who signs in and with which roles. What goes beyond a role (superuser, single
    permissions) is not given here, and nobody changes the own roles."""

    resource = "account"
    list_display = ("username", "full_name", "role_names", "is_active", "last_login")
    list_filter = ("is_active", ("groups", RoleFilter))
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "factor")
    actions = ("unlock", "end_sessions")
    fieldsets = (
        (None, {"fields": ("username", "password", "factor", "oidc_subject")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Roles"), {"fields": ("is_active", "groups", "roles_from_register")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    @admin.display(description=_("name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        names = [Role(g.name) for g in user.groups.all() if g.name in set(Role)]
        return ", ".join(str(ROLE_LABELS[name]) for name in names)

    @admin.display(description=_("second factor"))
    def factor(self, user: User) -> str:
        if not user.pk or not second_factor.has(user):
            return str(_("none"))
        address = reverse("accounts:factor_reset", args=[user.pk])
        return format_html('{} – <a href="{}">{}</a>', _("set up"), address, _("Reset"))

    def _below(self, request: HttpRequest, accounts: QuerySet[User]) -> list[User]:
        """The accounts that the reader may change."""
        return [user for user in accounts if self.has_change_permission(request, user)]

    @admin.action(permissions=["change"], description=_("Unlock after too many wrong passwords"))
    def unlock(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        for user in self._below(request, accounts):
            reset(username=sign_ins.account_key(user))
            self.log_change(request, user, _now("Unlocked."))
        self.message_user(request, _now("The accounts are unlocked."))

    @admin.action(permissions=["change"], description=_("Sign out of every device"))
    def end_sessions(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        for user in self._below(request, accounts):
            sign_ins.end(user)
            self.log_change(request, user, _now("Signed out of every device."))
        self.message_user(request, _now("The accounts are signed out."))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            sign_ins.end(obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            sign_ins.end(User.objects.get(pk=id), but=getattr(request, "sign_in", None))
        return response

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
        return (*fields, *OWN_FIXED) if own else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not a superuser's account by somebody who is none: that would be a way up."""
        allowed = super().has_change_permission(request, obj)
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return allowed and not above
