"""What the HTML pages of all apps share."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from accounts.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def attachment(
    write: Callable[[Path], object], name: str, content_type: str = XLSX
) -> FileResponse:
    """What `write` puts into a temporary file, sent under a name; it is gone once it is sent."""
    file = tempfile.NamedTemporaryFile(suffix=Path(name).suffix)  # noqa: SIM115 - the response closes it
    write(Path(file.name))
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def as_uuid(text: str) -> UUID | None:
    """The id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The first instant of a day, in the ministry's time."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date | None) -> datetime | None:
    """The last instant of a day, in the ministry's time."""
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None
