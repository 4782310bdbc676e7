"""What every request passes: whether its session still holds, and which language it gets."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import second_factor, sign_ins
from accounts.models import User
from accounts.origin import acting, of_request


class SignInMiddleware:
    """After AuthenticationMiddleware: ends sessions that are over, and lets nobody in halfway.

    Until the second factor is shown, the request is an anonymous one for every page; only the
    pages that ask for it look at `request.pending_user`. Hence nothing has to know of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.sign_in = request.pending_user = None  # type: ignore[attr-defined]
        if SESSION_KEY in request.session:
            self.judge(request)
        return self.get_response(request)

    def judge(self, request: HttpRequest) -> None:
        row = sign_ins.current(request, timezone.now())
        if row is None:
            sign_ins.leave(request)
            return
        request.sign_in = row  # type: ignore[attr-defined]
        user = cast(User, request.user)
        if row.verified_at is None and (row.asks_code or second_factor.required_of(user)):
            request.pending_user = user  # type: ignore[attr-defined]
            request.user = AnonymousUser()


class LanguageMiddleware:
    """As chosen in this browser, else with the account, else Indonesian.

    In the place of Django's LocaleMiddleware. The browser's own language is not asked: an officer
    whose browser is in English did not choose English here.
    """

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
