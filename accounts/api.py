"""What every endpoint of the API shares: the key, its scopes, the throttle, errors.

A key comes in the Authorization header alone ("Authorization: Api-Key ..."): never from a query
string, which stands in logs. No session and no Basic authentication: a browser that is signed in
gets nothing here, and no failed try counts against an account.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.core.cache import caches
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework_api_key.permissions import KeyParser

from accounts.models import ApiClient
from accounts.policy import public

if TYPE_CHECKING:
    from rest_framework.views import APIView

PROBLEM = "application/problem+json"
_SEEN_EVERY = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """The client behind a key stands in `request.auth`; there is no user."""

    def authenticate(self, request: Request) -> tuple[None, ApiClient] | None:
        key = KeyParser().get_from_authorization(request)
        if not key:
            return None
        try:
            client = cast(ApiClient, ApiClient.objects.get_from_key(key))
        except ApiClient.DoesNotExist:
            raise AuthenticationFailed(_("The key is not valid.")) from None
        if client.has_expired:
            raise AuthenticationFailed(_("The key is not valid."))
        _seen(client)
        return None, client

    def authenticate_header(self, request: Request) -> str:
        return KeyParser.keyword


def client_of(request: Request) -> ApiClient:
    """The client whose key the request came with."""
    return cast(ApiClient, request.auth)


def _seen(client: ApiClient) -> None:
    """Note the use, at most once a minute, so that reading does not become writing."""
    now = timezone.now()
    if client.last_used_at is None or client.last_used_at < now - _SEEN_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)


class HasScope(BasePermission):
    """The key holds the view's `scope`; a view without one lets nobody in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        wanted = getattr(view, "scope", None)
        return request.auth is not None and wanted in client_of(request).scopes


class ClientThrottle(SimpleRateThrottle):
    """So many requests of one client, counted by all processes together."""

    scope = "client"
    cache = caches["throttle"]

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"api-{request.auth.pk}" if request.auth else None


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors as RFC 9457 problem details: status, a stable code, a sentence, and the parameters
    that are wrong."""
    from rest_framework.views import exception_handler  # which reads the settings that name us

    response = exception_handler(error, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": response.status_text,
        "status": response.status_code,
    }
    if isinstance(error, ValidationError):
        body |= {"code": "invalid", "errors": response.data}
    else:
        code = error.get_codes() if isinstance(error, APIException) else "not_found"
        body |= {"code": code, "detail": str(response.data.get("detail", ""))}
    response.data = body
    response.content_type = PROBLEM
    return response


@public
@csrf_exempt
def unknown(_request: HttpRequest, rest: str = "") -> JsonResponse:
    """What no endpoint answers to, in the API's own words and not with a page to sign in."""
    body = {"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found"}
    return JsonResponse(body, status=404, content_type=PROBLEM)


def keyed(view: Callable[..., Any], scope: str) -> Callable[..., Any]:
    """Mark an endpoint as open to keys of a scope only, for the test that walks the routes."""
    view.policy = ("api", scope)  # type: ignore[attr-defined]
    return view
