"""The worker's door to what belongs to accounts."""

from celery import shared_task

from accounts import services


@shared_task
def forget_notices() -> None:
    """Every night: notices older than they are kept."""
    services.forget_notices()
