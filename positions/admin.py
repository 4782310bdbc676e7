"""The catalogue for Biro SDM: what is a proposal is visible as one, until it is confirmed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.policy import PolicyAdminMixin, require
from positions import policy  # noqa: F401  declares who may do what
from positions.models import (
    Decree,
    Position,
    PositionAlias,
    PositionLevel,
    PositionRegulation,
    Supervision,
    Unit,
    UnitVersion,
)
from positions.selectors import search_decrees
from positions.services import confirm

LARGEST_FILE = 10 * 1024 * 1024  # bytes


class PartInline(PolicyAdminMixin, admin.TabularInline):
    """What hangs on a catalogue row; whoever may change the row may take parts away."""

    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")


class ConfirmableAdmin(PolicyAdminMixin, admin.ModelAdmin):
    """Evidence grade and confirmation in the list, and actions for the latter."""

    actions = ("confirm_rows", "unconfirm_rows")

    @admin.display(description=_("confirmation"), ordering="confirmed")
    def confirmation(self, row: Any) -> Any:
        tone, text = (
            ("badge-ok", _("confirmed")) if row.confirmed else ("badge-warn", _("not confirmed"))
        )
        return format_html('<span class="badge {}">{}</span>', tone, text)

    @admin.action(description=_("Confirm the selected rows"), permissions=["change"])
    def confirm_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._tell(request, confirm(queryset))

    @admin.action(description=_("Take the confirmation back"), permissions=["change"])
    def unconfirm_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._tell(request, confirm(queryset, confirmed=False))

    def _tell(self, request: HttpRequest, number: int) -> None:
        sentence = ngettext("%(number)d row changed.", "%(number)d rows changed.", number)
        self.message_user(request, sentence % {"number": number})


class LevelInline(PartInline):
    resource = "position"
    model = PositionLevel


class AliasInline(PartInline):
    resource = "position"
    model = PositionAlias


class RegulationInline(PartInline):
    resource = "position"
    model = PositionRegulation


@admin.register(Position)
class PositionAdmin(ConfirmableAdmin):
    resource = "position"
    list_display = (
        "number", "name", "category", "status", "custodian", "supervising_unit",
        "evidence_grade", "confirmation",
    )  # fmt: skip
    list_display_links = ("name",)
    list_filter = ("category", "status", "is_own", "evidence_grade", "confirmed")
    search_fields = ("name", "name_en", "code", "aliases__name")
    inlines = (LevelInline, AliasInline, RegulationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        now = Supervision.objects.on(timezone.localdate()).select_related("unit")
        rows = now.prefetch_related("unit__versions")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("supervisions", queryset=rows, to_attr="in_force"))
        )

    @admin.display(description=_("supervising unit"))
    def supervising_unit(self, position: Any) -> str:
        return ", ".join(str(row.unit) for row in position.in_force)


class VersionInline(PartInline):
    resource = "unit"
    model = UnitVersion
    fk_name = "unit"
    autocomplete_fields = ("parent",)


@admin.register(Unit)
class UnitAdmin(ConfirmableAdmin):
    resource = "unit"
    list_display = ("name", "code", "kind", "echelon", "evidence_grade", "confirmation")
    list_filter = ("kind", "evidence_grade", "confirmed")
    search_fields = ("code", "versions__name", "versions__abbreviation")
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return super().get_queryset(request).prefetch_related("versions")

    @admin.display(description=_("name"), ordering="code")
    def name(self, unit: Unit) -> str:
        return str(unit)


class DecreeForm(forms.ModelForm):
    class Meta:
        model = Decree
        fields = ("number", "issued_on", "subject", "issuer", "file", "notes", "replaces")
        widgets = {"file": forms.FileInput}  # files have no address of their own

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            beginning = file.read(5)
            file.seek(0)
            if beginning != b"%PDF-":
                raise ValidationError(_("The file is not a PDF."))
            if file.size > LARGEST_FILE:
                raise ValidationError(_("The file is larger than 10 MB."))
        return file


@admin.register(Decree)
class DecreeAdmin(PolicyAdminMixin, admin.ModelAdmin):
    resource = "decree"
    form = DecreeForm
    list_display = ("number", "issued_on", "subject", "issuer", "document")
    search_fields = ("number",)
    search_help_text = _("Number (blanks and dots do not matter) or subject")
    autocomplete_fields = ("replaces",)
    readonly_fields = ("document",)
    date_hierarchy = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Decree], search_term: str
    ) -> tuple[QuerySet[Decree], bool]:
        if search_term.strip():
            queryset = queryset.filter(pk__in=search_decrees(search_term).values("pk"))
        return queryset, False

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/file/", self.admin_site.admin_view(self.download), name="decree_file")
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file of a decree, as an attachment and only for whoever may see the decree."""
        require(request.user, self.resource, "view")
        decree = self.get_queryset(request).filter(pk=pk).exclude(file="").first()
        if decree is None:
            raise Http404
        return FileResponse(decree.file.open("rb"), as_attachment=True)

    @admin.display(description=_("file"))
    def document(self, decree: Decree) -> str:
        if not decree.pk or not decree.file:
            return ""
        url = reverse("admin:decree_file", args=[decree.pk])
        return format_html('<a href="{}">{}</a>', url, _("download"))


@admin.register(Supervision)
class SupervisionAdmin(ConfirmableAdmin):
    resource = "supervision"
    list_display = (
        "position", "unit", "decree", "start", "end", "evidence_grade", "confirmation",
    )  # fmt: skip
    list_filter = ("evidence_grade", "confirmed")
    search_fields = ("position__name", "position__code", "unit__versions__name")
    list_select_related = ("position", "decree")
    autocomplete_fields = ("position", "unit", "decree")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supervision]:
        rows = super().get_queryset(request)
        return rows.prefetch_related("unit__versions")
