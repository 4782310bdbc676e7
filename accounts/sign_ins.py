"""Browsers that signed in: begun, seen, ended. A session lives while its row here is open."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, logout
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import second_factor
from accounts.browsers import browser_family, client_address, shortened
from accounts.models import Invitation, SignIn, User
from accounts.policy import Role, remember_roles, roles_of

SESSION_KEY = "sign_in"
SEEN_EVERY = timedelta(minutes=1)  # one write a minute tells enough
KEPT = timedelta(days=90)
OFFICERS = {Role.HR, Role.ADMIN, Role.AUDITOR}  # they reach everybody's data
# The doors of machines count on their own, and a provider's answer cannot be guessed.
NEVER_LOCKED = ("/api/", "/masuk/sso/")


def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django's signal that a session begins: give it a row."""
    now = timezone.now()
    shown = getattr(user, "second_factor_by_provider", False)
    row = SignIn.objects.create(
        user=user,
        browser=browser_family(request.META.get("HTTP_USER_AGENT", ""))[:60],
        network=shortened(client_address(request)),
        started_at=now,
        seen_at=now,
        asks_code=second_factor.has(user),
        verified_at=now if shown else None,
    )
    request.session[SESSION_KEY] = row.token


def finish(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Django's signal that a session ends."""
    token = request.session.get(SESSION_KEY)
    SignIn.objects.filter(token=token, ended_at__isnull=True).update(ended_at=timezone.now())


def current(request: HttpRequest, now: datetime) -> SignIn | None:
    """The open row of this session; None where it was ended or has lasted long enough.

    Account and roles come along in the same statement: nearly every page asks for them.
    """
    groups = Group.objects.filter(user=OuterRef("user_id")).order_by().values("name")
    found = (
        SignIn.objects.filter(token=request.session.get(SESSION_KEY), ended_at__isnull=True)
        .select_related("user")
        .annotate(role_names=ArraySubquery(groups))
        .first()
    )
    if found is None:
        return None
    _adopt(request, found.user)
    if not request.user.is_authenticated or request.user.pk != found.user_id:
        return None
    remember_roles(request.user, found.role_names)
    if _is_over(found, request.user, now):
        return None
    if now - found.seen_at >= SEEN_EVERY:
        found.seen_at = now
        found.save(update_fields=["seen_at"])
    return found


def _adopt(request: HttpRequest, user: User) -> None:
    """Spare Django from fetching an account that is known, where its own checks would pass.

    Where they would not (`django.contrib.auth.get_user`), it is left to fetch and judge.
    """
    shown = request.session.get(HASH_SESSION_KEY, "")
    proven = constant_time_compare(shown, user.get_session_auth_hash())
    backend = request.session.get(BACKEND_SESSION_KEY)
    same = request.session.get(USER_KEY) == str(user.pk)
    if proven and same and user.is_active and backend in settings.AUTHENTICATION_BACKENDS:
        user.backend = backend
        request._cached_user = user  # type: ignore[attr-defined]


def _is_over(row: SignIn, user: Any, now: datetime) -> bool:
    if now - row.started_at >= timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return True
    idle = now - row.seen_at
    short, long = (
        timedelta(minutes=minutes)
        for minutes in (settings.SESSION_IDLE_MINUTES_OFFICERS, settings.SESSION_IDLE_MINUTES)
    )
    return idle >= long or (idle >= short and bool(roles_of(user) & OFFICERS))


def open_of(user: User) -> QuerySet[SignIn]:
    """The browsers in which the account is signed in, the last seen first."""
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignIn.objects.filter(user=user, ended_at__isnull=True, started_at__gt=since)


def end(user: User, *, but: SignIn | None = None, pk: int | None = None) -> int:
    """End the account's sessions (one by `pk`, or all `but` one); returns how many."""
    rows = SignIn.objects.filter(user=user, ended_at__isnull=True)
    if pk is not None:
        rows = rows.filter(pk=pk)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.update(ended_at=timezone.now())


def close(users: Q) -> int:
    """Close the accounts that fit: inactive, out of every session, no open invitation."""
    ids = list(User.objects.filter(users, is_active=True).values_list("pk", flat=True))
    User.objects.filter(pk__in=ids).update(is_active=False)
    SignIn.objects.filter(user__in=ids, ended_at__isnull=True).update(ended_at=timezone.now())
    Invitation.objects.filter(user__in=ids, used_at__isnull=True).delete()
    return len(ids)


def confirm(request: HttpRequest, row: SignIn) -> None:
    """The second factor was shown in this session, which gets a new key for it."""
    row.verified_at = timezone.now()
    row.save(update_fields=["verified_at"])
    request.session.cycle_key()


def leave(request: HttpRequest) -> None:
    """End this session and forget what it held."""
    logout(request)


def forget(now: datetime) -> int:
    """Remove rows that are long over."""
    return SignIn.objects.filter(seen_at__lt=now - KEPT).delete()[0]


def never_locks(request: HttpRequest, credentials: Any = None) -> bool:
    """Axes asks: whether failures on this path lock nobody out."""
    return request.path.startswith(NEVER_LOCKED)


ACCOUNT_KEY = "account-"


def account_key(user: User) -> str:
    """The name under which the lock-out counts the failures of an account."""
    return f"{ACCOUNT_KEY}{user.pk}"


def signed_in_before(key: str, request: HttpRequest) -> bool:
    """Whether the account of a key of the lock-out has signed in from the caller's network, with
    its second factor where it has one; never for a name that nobody has."""
    network = shortened(client_address(request))
    if not network or not key.startswith(ACCOUNT_KEY):
        return False
    whole = Q(asks_code=False) | Q(verified_at__isnull=False)
    pk = key.removeprefix(ACCOUNT_KEY)
    return SignIn.objects.filter(whole, user_id=pk, network=network).exists()
