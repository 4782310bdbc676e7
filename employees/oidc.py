"""Single sign-on by OpenID Connect. The provider says who it is; account and roles stay ours.

An identity is matched to an active account and never creates one. mozilla-django-oidc brings
state, nonce, PKCE and the signature; issuer, audience and the fitting of both answers are checked
here, because it leaves them open.
"""

import logging
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)

from accounts.models import User
from accounts.policy import public
from employees.models import Employee

log = logging.getLogger("sijafung.accounts")
LEEWAY_S = 30
# What providers write into "amr" when more than a password was shown (RFC 8176).
SECOND_FACTORS = {"mfa", "otp", "hwk", "swk", "sc", "fpt", "face"}
FAILURES = (SuspiciousOperation, jwt.PyJWTError, requests.RequestException, KeyError, ValueError)


class ProviderBackend(OIDCAuthenticationBackend):
    """Whoever the provider names, if we know the account."""

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        if "nonce" not in kwargs:
            return None  # a password's sign-in, not ours
        try:
            found: User | None = super().authenticate(request, **kwargs)
        except FAILURES as problem:
            log.warning("sso_refused", extra={"kind": type(problem).__name__})
            return None
        return found

    def _verify_jws(self, payload: str, key: Any) -> dict[str, Any]:
        """Signature, algorithm, issuer, audience and time; `jwt.PyJWTError` where one fails."""
        claims: dict[str, Any] = jwt.decode(
            payload,
            key,
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_OP_ISSUER,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        if claims.get("azp", self.OIDC_RP_CLIENT_ID) != self.OIDC_RP_CLIENT_ID:
            raise SuspiciousOperation("issued to another client")
        return claims

    def get_or_create_user(
        self, access_token: str, id_token: str, payload: dict[str, Any]
    ) -> User | None:
        """The account, never a new one; with the provider's second factor where that is taken."""
        claims = dict(payload)
        if settings.OIDC_OP_USER_ENDPOINT:
            told = self.get_userinfo(access_token, id_token, payload)
            if told.get("sub") != payload["sub"]:
                raise SuspiciousOperation("two answers about two people")
            claims = told | {"sub": payload["sub"]}
        user = self._bound(account_by(claims), payload["sub"])
        if user is not None and settings.OIDC_TRUST_SECOND_FACTOR:
            shown = set(payload.get("amr") or []) & SECOND_FACTORS
            user.second_factor_by_provider = bool(shown)  # type: ignore[attr-defined]
        return user

    def _bound(self, user: User | None, subject: str) -> User | None:
        """The account keeps the first identity: another person with its e-mail does not fit."""
        if user is None or not user.is_active:
            return None
        if user.oidc_subject is None:
            if User.objects.filter(oidc_subject=subject).exists():
                return None
            User.objects.filter(pk=user.pk).update(oidc_subject=subject)
            return user
        return user if user.oidc_subject == subject else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def account_by(claims: dict[str, Any]) -> User | None:
    """The active account that the configured claim names; None unless it is exactly one."""
    if settings.OIDC_MATCH == "sub":
        users = User.objects.filter(oidc_subject=claims["sub"])
    elif settings.OIDC_MATCH == "nip":
        people = Employee.objects.filter(nip=str(claims.get(settings.OIDC_NIP_CLAIM) or "-"))
        users = User.objects.filter(employee__in=people)
    elif claims.get("email") and claims.get("email_verified") is True:
        users = User.objects.filter(email__iexact=str(claims["email"]))
    else:
        return None
    found = list(users.filter(is_active=True)[:2])
    return found[0] if len(found) == 1 else None


class _Callback(OIDCAuthenticationCallbackView):
    def login_failure(self) -> HttpResponse:
        messages.error(
            self.request,
            _("The provider's answer fits no account here. Sign in with your password instead."),
        )
        return redirect("admin:login")


def _only_where_configured() -> None:
    if not settings.OIDC_ENABLED:
        raise Http404


@public
@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponseBase:
    """To the provider."""
    _only_where_configured()
    return OIDCAuthenticationRequestView.as_view()(request)


@public
@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider."""
    _only_where_configured()
    return _Callback.as_view()(request)
