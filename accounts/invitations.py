"""One-time links with which people set their first password. Only hashes are kept."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import sign_ins
from accounts.models import Invitation, User

VALID = timedelta(days=7)
BYTES = 32
# Whoever set a password once needs no invitation.
NEVER_ENTERED = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True)


def digest(token: str) -> str:
    """What is kept of a token. It is random, so that one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(user_ids: Iterable[int], actor: User | None) -> dict[int, str]:
    """Give each account that nobody entered yet a new link; returns user id -> token.

    The older link of the same account is void from now on. The tokens are kept nowhere.
    """
    wanted = User.objects.filter(NEVER_ENTERED, pk__in=list(user_ids))
    ids = [user.pk for user in wanted.select_for_update(no_key=True).order_by("pk")]
    Invitation.objects.filter(user__in=ids, used_at__isnull=True).delete()
    tokens = {pk: secrets.token_urlsafe(BYTES) for pk in ids}
    now = timezone.now()
    Invitation.objects.bulk_create(
        (
            Invitation(
                user_id=pk,
                token_hash=digest(token),
                created_by=actor,
                created_at=now,
                expires_at=now + VALID,
            )
            for pk, token in tokens.items()
        ),
        batch_size=1000,
    )
    return tokens


def find(token: str) -> Invitation | None:
    """The open invitation of a token; None where it was used, replaced, or is too old."""
    return (
        Invitation.objects.filter(
            token_hash=digest(token),
            used_at__isnull=True,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )


@transaction.atomic
def accept(invitation: Invitation, password: str) -> bool:
    """Set the password that was chosen; False where somebody was faster with the same link."""
    taken = Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True)
    if not taken.update(used_at=timezone.now()):
        return False
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_ins.end(user)
    return True
