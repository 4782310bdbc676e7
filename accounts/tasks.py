"""Thin wrappers for the worker."""

from celery import shared_task
from django.conf import settings

from accounts import sealing


@shared_task
def seal_trails() -> None:
    """Every minute: what was written since is sealed."""
    for trail in sealing.TABLES:
        sealing.seal(trail)


@shared_task
def check_trails() -> None:
    """Every night: prove both trails, and keep what was found for the auditor."""
    sealing.check(settings.LEDGER_ANCHOR_DIR)
