"""Which language a page is in: as chosen in this browser, else with the account, else Indonesian.

The browser's own language is not asked: an officer whose browser is in English did not choose
English here.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.origin import acting, of_request


class LanguageMiddleware:
    """After AuthenticationMiddleware, in the place of Django's LocaleMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(_language(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


def _language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen not in dict(settings.LANGUAGES):
        chosen = getattr(request.user, "language", "")
    return chosen or settings.LANGUAGE_CODE


class OriginMiddleware:
    """Whatever a request writes is kept with who asked, from where, and under which number.

    After AuthenticationMiddleware. The number also goes back to the asker, who can quote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(of_request(request)) as origin:
            response = self.get_response(request)
        response.headers["X-Request-ID"] = origin.request_id
        return response
