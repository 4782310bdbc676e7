"""What every page may show: agency, language, whether the data is sample data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {"agency": settings.AGENCY}
