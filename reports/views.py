"""Pages that look over all apps."""

from django.http import HttpRequest, HttpResponse


def start_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("SIJAFUNG")
