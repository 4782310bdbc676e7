"""Who reads through the API. Here, because a client may be bound to a unit or a position."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import ApiClient
from accounts.policy import PolicyAdminMixin
from positions.models import Position, UnitVersion

_ANY = ("", "---------")


class ClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_lazy("What it may read"),
        choices=ApiClient.Grant.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ApiClient.Grant.BALANCES],
    )
    unit_code = forms.ChoiceField(
        label=_lazy("Only this unit and those below"), required=False, choices=list
    )
    position_code = forms.ChoiceField(
        label=_lazy("Only holders of this functional position"), required=False, choices=list
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        units = UnitVersion.objects.on(today).order_by("name").values_list("unit__code", "name")
        positions = Position.objects.order_by("name").values_list("code", "name")
        for field, choices in (("unit_code", units), ("position_code", positions)):
            if field in self.fields:  # not where only read
                self.fields[field].choices = [_ANY, *choices]  # type: ignore[attr-defined]


@admin.register(ApiClient)
class ApiClientAdmin(PolicyAdminMixin, admin.ModelAdmin):
    """Made here, shown once, and revoked here: revoking holds from the next request."""

    resource = "api_client"
    form = ClientForm
    list_display = ("name", "prefix", "may", "unit_code", "position_code", "expiry_date", "revoked")
    list_filter = ("revoked",)
    search_fields = ("name", "prefix")
    fields = (
        "name",
        "contact",
        "scopes",
        "unit_code",
        "position_code",
        "expiry_date",
        "revoked",
        "prefix",
        "created",
        "last_used_at",
    )
    readonly_fields = ("prefix", "created", "last_used_at")

    @admin.display(description=_lazy("may"))
    def may(self, client: ApiClient) -> str:
        return ", ".join(str(ApiClient.Grant(scope).label) for scope in client.scopes)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was revoked stays as it was."""
        return self.fields if obj is not None and obj.revoked else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save()
            return
        key = ApiClient.objects.assign_key(obj)
        obj.created_by = request.user
        obj.save()
        text = _("The key of %(name)s is %(key)s. Copy it now: it is not shown again.")
        messages.warning(request, text % {"name": obj.name, "key": key})
