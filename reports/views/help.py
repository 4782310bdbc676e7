"""The help: words and screens explained, and the way back into the first-day tour."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policy import guard
from reports.help import screens, terms


@guard("site", "view")
@require_GET
def help_index(request: HttpRequest) -> HttpResponse:
    """Screens as they are met, words by the alphabet."""
    words = sorted(terms().values(), key=lambda term: term.name.casefold())
    return render(request, "reports/help.html", {"screens": screens().values(), "terms": words})


@guard("site", "view")
@require_GET
def help_screen(request: HttpRequest, key: str) -> HttpResponse:
    """One screen explained, with the words that it uses."""
    screen = screens().get(key)
    if screen is None:
        raise Http404
    words = [terms()[word] for word in screen.terms]
    return render(request, "reports/help_screen.html", {"screen": screen, "terms": words})
