"""Signing in by user name, NIP or e-mail; and what the lock-out keeps instead of these."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_ins import account_key
from employees.models import Employee, FormerNip
from employees.nip import normalise

LONGEST = 254


class RegisterBackend(ModelBackend):
    """An account by any of its names. An unknown name costs the same hash and gets no more."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        user = account_of(username)
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None


def account_of(name: str) -> User | None:
    """The account of a user name, a NIP (also a former one) or an e-mail; None if not one."""
    name = name.strip()[:LONGEST]
    if not name or "\x00" in name:
        return None
    if found := User.objects.filter(username=name).first():
        return found
    if "@" in name:
        return _only(User.objects.filter(email__iexact=name, is_active=True))
    if any(char.isdigit() for char in name):
        return _by_nip(name)
    return None


def _by_nip(text: str) -> User | None:
    number, _notes = normalise(text)
    if number is None:
        return None
    people = Employee.objects.filter(nip=number)
    if not people.exists():
        former = FormerNip.objects.filter(nip=number).values("employee")
        people = Employee.objects.filter(pk__in=former)
    return _only(User.objects.filter(employee__in=people))


def _only(users: Any) -> User | None:
    found = list(users[:2])
    return found[0] if len(found) == 1 else None


def attempt_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What the lock-out counts by: the account, however it was named, or a keyed hash.

    Never what was typed: that may be a NIP, or a password in the wrong field.
    """
    typed = (credentials or {}).get("username")
    if typed is None:
        typed = request.POST.get("username", "")
    known = request.__dict__.setdefault("_attempt_keys", {})
    if typed not in known:
        user = account_of(typed)
        known[typed] = account_key(user) if user else _hashed(typed)
    return str(known[typed])


def _hashed(typed: str) -> str:
    key = f"sign-in:{settings.SECRET_KEY}".encode()
    folded = typed.strip().casefold().encode(errors="replace")
    return "unknown-" + hmac.new(key, folded, hashlib.sha256).hexdigest()[:32]
