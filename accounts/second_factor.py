"""The second factor: a code from an app (TOTP), or a recovery code that works once.

A dump of the database gives neither: the app's secret lies encrypted (`accounts.encryption`), of
the recovery codes there are hashes. These need no key, hence open the account when a key is lost.
"""

import base64
import logging
import re
import secrets
from enum import Enum
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from accounts import encryption
from accounts.models import AppDevice, SignIn, User
from accounts.policy import roles_of

RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_GROUP = 5  # two groups: 49 bits
NAME = "SIJAFUNG"
SECRET_LENGTH = 20  # bytes, RFC 4226 R6
log = logging.getLogger("sijafung.accounts")


class Answer(Enum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"  # after wrong ones: 1 s, 2 s, 4 s, ...
    UNREADABLE = "unreadable"  # the key that encrypted the app's secret is not here


def has(user: User) -> bool:
    """Whether the account has a second factor."""
    return AppDevice.objects.filter(user=user, confirmed=True).exists()


def required_of(user: Any) -> bool:
    """Whether one of the account's roles must show a second factor."""
    wanted = settings.TWO_FACTOR_REQUIRED_ROLES
    return bool(wanted) and any(role.value in wanted for role in roles_of(user))


def recovery_left(user: User) -> int:
    """How many recovery codes are still good."""
    return StaticToken.objects.filter(device__user=user).count()


def begun(user: User) -> AppDevice:
    """The app's secret that waits to be confirmed; the same until it is, while it can be read."""
    found = AppDevice.objects.filter(user=user, confirmed=False).first()
    if found is not None:
        if found.readable():
            return found
        found.delete()
    device = AppDevice(user=user, name=NAME, confirmed=False)
    device.keep(secrets.token_bytes(SECRET_LENGTH))
    device.save()
    return device


@transaction.atomic
def confirm(user: User, code: str, here: SignIn) -> tuple[Answer, list[str]]:
    """Finish the enrolment with a code of the app; a right one brings the recovery codes.

    Sessions but the one `here`, which knew the password alone, end.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    device = AppDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or has(user):
        return Answer.WRONG, []
    digits = _digits(code)
    answer = _try(device, digits) if digits else Answer.WRONG
    if answer is not Answer.RIGHT:
        return answer, []
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    SignIn.objects.filter(user=user, ended_at__isnull=True).exclude(pk=here.pk).update(
        ended_at=timezone.now()
    )
    return answer, _new_codes(user)


@transaction.atomic
def verify(user: User, code: str) -> Answer:
    """Check a code of the app or a recovery code; each works once. Empty ones never do."""
    if digits := _digits(code):
        app = AppDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return _try(app, digits)
    spelled = re.sub(r"[\s-]", "", code).lower()
    if len(spelled) != 2 * _GROUP:
        return Answer.WRONG
    codes = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return _try(codes, spelled)


def _digits(code: str) -> str:
    """The six digits, or "": only what has the form of a code, for `int` would read more."""
    code = re.sub(r"\s", "", code)
    return code if re.fullmatch(r"[0-9]{6}", code) else ""


def _try(device: AppDevice | StaticDevice | None, code: str) -> Answer:
    if device is None:
        return Answer.WRONG
    if not device.verify_is_allowed()[0]:
        return Answer.WAIT
    if isinstance(device, StaticDevice):
        code = hashed(device.pk, code)
    try:
        return Answer.RIGHT if device.verify_token(code) else Answer.WRONG
    except encryption.UndecipherableError:
        log.error("second_factor_unreadable", extra={"user": device.user_id})
        return Answer.UNREADABLE


def _new_codes(user: User) -> list[str]:
    """Fresh recovery codes in place of the old; shown once, by the caller."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=NAME)
    codes = [_code() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=hashed(device.pk, code)) for code in codes
    )
    return [f"{code[:_GROUP]}-{code[_GROUP:]}" for code in codes]


def _code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _place in range(2 * _GROUP))


def hashed(device_id: int, code: str) -> str:
    """What is kept of a recovery code: 16 characters, the room that django-otp gives.

    Argon2id with 8 MiB: codes have 49 bits, which a fast hash would not protect. The salt is the
    device's, as a code has to be found by its hash.
    """
    salt = sha256(f"recovery codes of {device_id}".encode()).digest()[:16]
    kdf = Argon2id(salt=salt, length=12, iterations=1, lanes=1, memory_cost=8 * 1024)
    return base64.urlsafe_b64encode(kdf.derive(code.encode())).decode()


@transaction.atomic
def renew_codes(user: User, code: str) -> tuple[Answer, list[str]]:
    """New recovery codes, for who shows a right code."""
    answer = verify(user, code)
    return answer, _new_codes(user) if answer is Answer.RIGHT else []


@transaction.atomic
def give_up(user: User, code: str) -> Answer:
    """Remove the own second factor, by a right code; PermissionDenied where the role needs it."""
    if required_of(user):
        raise PermissionDenied
    answer = verify(user, code)
    if answer is Answer.RIGHT:
        _remove(user)
    return answer


@transaction.atomic
def reset(user: User, reason: str, actor: User) -> None:
    """Take away somebody's lost second factor, with a reason kept in the account's history.

    The person's sessions end. Raises PermissionDenied for the own one: who signed in with a
    password alone must not get rid of the second factor by it.
    """
    if user.pk == actor.pk or not reason.strip():
        raise PermissionDenied
    _remove(user)
    SignIn.objects.filter(user=user, ended_at__isnull=True).update(ended_at=timezone.now())
    LogEntry.objects.log_actions(
        actor.pk,
        [user],
        CHANGE,
        change_message=_("Second factor reset. Reason: %(reason)s") % {"reason": reason},
        single_object=True,
    )


def encrypt_anew() -> tuple[int, int]:
    """Encrypt every app's secret by the first key; how many were, how many no key could read."""
    done = unreadable = 0
    for pk in AppDevice.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            device = AppDevice.objects.select_for_update().filter(pk=pk).first()
            if device is None:
                continue
            try:
                device.keep(device.bin_key)
            except encryption.UndecipherableError:
                unreadable += 1
                continue
            device.save(update_fields=["key"])
            done += 1
    return done, unreadable


def _remove(user: User) -> None:
    AppDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    SignIn.objects.filter(user=user, ended_at__isnull=True).update(asks_code=False)
