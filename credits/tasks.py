"""Thin wrappers for the workers: ids in, one service call."""

from celery import shared_task
from django.conf import settings

from credits.services import documents, runs, verification
from credits.services.claims import reminders


@shared_task(soft_time_limit=600, time_limit=660)
def work_on_run(run_id: int) -> None:
    """Do parts of a run for a while, then ring again so that other work gets its turn."""
    if runs.work(run_id):
        work_on_run.delay(run_id)


@shared_task(soft_time_limit=600, time_limit=660)
def work_on_batch(batch_id: int) -> None:
    """Render parts of a batch for a while, then ring again."""
    if documents.work_on(batch_id):
        work_on_batch.delay(batch_id)


@shared_task
def sweep() -> None:
    """Ring for all that is unfinished: what was lost with a worker or a broker resumes."""
    for run_id in runs.open_runs():
        work_on_run.apply_async((run_id,), expires=30)
    for batch_id in documents.open_batches():
        work_on_batch.apply_async((batch_id,), expires=30)


@shared_task
def recalculate_stale() -> None:
    """The nightly run over whoever's facts or rules changed."""
    if runs.stale_ids():
        runs.start({"stale": True}, reason="nightly")


@shared_task
def anchor_ledger() -> None:
    verification.anchor(settings.LEDGER_ANCHOR_DIR)


@shared_task
def remind_claims() -> None:
    """Every morning: terms of claims that end soon. A second run tells nobody again."""
    reminders.remind()
