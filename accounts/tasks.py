"""Letters and tidying in the worker: ids in, never a name or a token."""

import logging
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import invitations, mail, retention, sealing, services, sign_ins
from accounts.models import Notice, User

log = logging.getLogger("sijafung.accounts")
PART = 50  # letters of one task
MAILED_WITHIN = timedelta(days=3)  # older notices are no news any more


@shared_task
def send_invitations(user_ids: list[int], actor_id: int | None) -> None:
    """Invite and write to each, a part at a time; a letter that fails stops no other."""
    part, rest = user_ids[:PART], user_ids[PART:]
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    tokens = invitations.invite(part, actor)
    for user in User.objects.filter(pk__in=tokens).exclude(email=""):
        try:
            mail.send_invitation(user, tokens[user.pk])
        except OSError as error:
            log.warning("letter_failed", extra={"user": user.pk, "kind": type(error).__name__})
    if rest:
        send_invitations.delay(rest, actor_id)


@shared_task
def send_reset(user_ids: list[int]) -> None:
    for user in User.objects.filter(pk__in=user_ids, is_active=True).exclude(email=""):
        mail.send_reset(user)


@shared_task
def forget() -> None:
    """Remove sessions and devices that are long over, and failures to sign in of before today."""
    from django.contrib.sessions.models import Session

    sign_ins.forget(timezone.now())
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    AxesProxyHandler.reset_failure_logs(age_days=1)


@shared_task
def seal_trails() -> None:
    """Every minute: what was written since is sealed."""
    for trail in sealing.TABLES:
        sealing.seal(trail)


@shared_task
def check_trails() -> None:
    """Every night: prove both trails, and keep what was found for the auditor."""
    sealing.check(settings.LEDGER_ANCHOR_DIR)


@shared_task
def forget_notices() -> None:
    """Every night: notices older than they are kept."""
    services.forget_notices()


@shared_task
def destroy_approved() -> None:
    """At once after an approval, and every night: destroy what two persons agreed on."""
    retention.carry_out()


@shared_task
def send_digests() -> None:
    """Write to everybody about what he was told and has not read: one letter for all of it."""
    if settings.NOTICE_MAIL == "off":
        return
    waiting = Notice.objects.filter(
        read_at__isnull=True,
        mailed_at__isnull=True,
        created_at__gte=timezone.now() - MAILED_WITHIN,
    )
    people = User.objects.filter(pk__in=waiting.values("user"), is_active=True).exclude(email="")
    for user in people:
        with transaction.atomic():
            rows = list(waiting.filter(user=user).select_for_update(skip_locked=True))
            if not rows:
                continue
            # Marked in the transaction of the letter: a letter that fails is written anew, a task
            # that runs twice writes once.
            Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=timezone.now())
            try:
                mail.send_digest(user, rows)
            except OSError as error:
                transaction.set_rollback(True)
                log.warning("letter_failed", extra={"user": user.pk, "kind": type(error).__name__})
