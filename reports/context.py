"""What every page may show: agency, navigation by role, whether the data is sample data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.models import User
from employees.models import Employee
from reports.at_hand import AtHand, at_hand
from reports.help import help_address

# label, route, what the role must be allowed to do
NAVIGATION = (
    (_("Start"), "admin:index", ("site", "view")),
    (_("Overview"), "reports:overview", ("figures", "view")),
    (_("Employees"), "reports:people", ("employee", "view")),
    (_("Import"), "employees:imports", ("import", "view")),
    (_("Claims"), "credits:claims", ("claim", "view")),
    (_("Ratings"), "credits:rated", ("rated", "view")),
    (_("Approval"), "credits:approvals", ("rating_approval", "view")),
    (_("Calculations"), "credits:runs", ("run", "view")),
    (_("Documents"), "credits:documents", ("document", "view")),
    (_("To sign"), "credits:signing", ("signing", "view")),
    (_("Secretariat"), "assessors:desk", ("assignment", "add")),
    (_("Judging"), "assessors:queue", ("assignment", "judge")),
    (_("Assessor teams"), "assessors:teams", ("team", "view")),
    (_("Plenaries"), "assessors:plenaries", ("plenary", "view")),
    (_("To determine"), "credits:determinations", ("claim", "determine")),
    (_("Regulations"), "reports:regulations", ("regulation", "view")),
    (_("Correction requests"), "reports:requests", ("correction_request", "view")),
    (_("Relatives"), "employees:kinships", ("kinship", "oversee")),
    (_("My data"), "reports:my_data", ("own_data", "view")),
    (_("Audit"), "reports:audit", ("audit", "view")),
    (_("Catalogue"), "admin:positions_position_changelist", ("position", "view")),
    (_("Administration"), "admin:administration", ("agency", "view")),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """The context of every page; what costs a query is asked only where it is shown."""
    known = SimpleLazyObject(lambda: _at_hand(request))
    return {
        "agency": settings.AGENCY,
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "language_next": request.get_full_path() if request.method == "GET" else request.path,
        "has_sample_data": SimpleLazyObject(
            lambda: known.sample if known else Employee.objects.filter(is_sample=True).exists()
        ),
        "at_hand": known,
        "help_page": help_address(request),
    }


def _at_hand(request: HttpRequest) -> AtHand | None:
    user = getattr(request, "user", None)
    return at_hand(user) if isinstance(user, User) and user.is_active else None


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The main menu: what the role may not use is not shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    known = policy.resources()
    items = []
    for label, route, (resource, action) in NAVIGATION:
        if resource not in known or not policy.allows(user, resource, action):
            continue
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue  # a page that this installation does not have
        items.append({"label": label, "url": url, "current": _is_current(request.path, url)})
    return items


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
