"""The admin site: Django's own, with our start page and name."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class SijafungAdminSite(AdminSite):
    site_header = "SIJAFUNG"
    site_title = "SIJAFUNG"
    index_title = _("Start page")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Any active account may sign in; what it sees is the policy's business."""
        return bool(request.user.is_active and request.user.is_authenticated)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from reports.views import start_page  # the site is loaded before the apps

        return start_page(request)
