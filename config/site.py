"""The admin site: Django's own, with our start page, sign-in and name."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class SijafungAdminSite(AdminSite):
    site_header = "SIJAFUNG"
    site_title = "SIJAFUNG"
    index_title = _("Start page")
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Any active account may sign in; what it sees is the policy's business."""
        return bool(request.user.is_active and request.user.is_authenticated)

    @classproperty
    def login_form(cls) -> Any:  # noqa: N805 - a property of the class
        """Any active account signs in, not only "staff"; by any of its names."""
        from accounts.forms import SignInForm  # the site is loaded before the apps

        return SignInForm

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The password first; who gave it goes on to the second factor."""
        from accounts.views_sign_in import step

        if getattr(request, "pending_user", None) is not None:
            return step(request)
        provider = settings.OIDC_LABEL if settings.OIDC_ENABLED else ""
        return super().login(request, {"provider": provider, **(extra_context or {})})

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from accounts.views_account import password_change

        return password_change(request)

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        from reports.views import start_page  # the site is loaded before the apps

        return start_page(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        page = path("administrasi/", self.admin_view(self.administration), name="administration")
        return [page, *super().get_urls()]

    def administration(self, request: HttpRequest) -> HttpResponse:
        """All tables that the reader may see; the start page has taken the index's place."""
        context = {
            **self.each_context(request),
            "title": _("Administration"),
            "app_list": self.get_app_list(request),
        }
        return render(request, "admin/administration.html", context)
