"""The start page: what to do next, then the ministry's figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policy import guard


@guard("site", "view")
def start_page(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/start.html", {})
