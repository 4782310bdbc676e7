"""What the pages of runs and documents share."""

from typing import Any, cast
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.policy import visible
from employees.models import Employee

BADGES = {
    "waiting": "badge-info",
    "running": "badge-info",
    "done": "badge-ok",
    "partly": "badge-warn",
    "cancelled": "",
    "parked": "badge-bad",
}


def signed_in(request: HttpRequest) -> User:
    """The account behind a guarded view."""
    return cast(User, request.user)


def paged(request: HttpRequest, rows: Any, size: int, name: str = "page") -> dict[str, Any]:
    """A page of rows with its pager's addresses; a second list of a page has another `name`."""
    page: Page[Any] = Paginator(rows, size).get_page(request.GET.get(name))

    def address(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else None,
        "next": address(page.next_page_number()) if page.has_next() else None,
        "numbers": [
            (n, address(n) if isinstance(n, int) and n != page.number else None) for n in elided
        ],
    }


def person_asked(request: HttpRequest) -> Employee | None:
    """The person that ?person=<public_id> names; 404 outside the reader's scope."""
    asked = request.GET.get("person")
    if not asked:
        return None
    people = visible(Employee.objects.all(), request.user, "employee")
    return get_object_or_404(people, public_id=_uuid(asked))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
