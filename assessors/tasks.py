"""Thin wrappers for the workers."""

from celery import shared_task
from django.utils import timezone

from assessors import notices


@shared_task
def remind_teams() -> None:
    """Every morning: judging that is due and terms that end. A second run tells nobody again."""
    notices.remind(timezone.localdate())
