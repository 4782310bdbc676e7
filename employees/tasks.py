"""The worker's door to imports: ids in, one service call."""

from celery import shared_task

from employees.services import imports


@shared_task
def run_import(batch_id: int) -> None:
    """Read, apply or undo a batch, as its state asks."""
    imports.run(batch_id)


@shared_task
def sweep_imports() -> None:
    """Ring again for work that nobody has taken up or whose worker died (decision 13)."""
    for batch_id in imports.unfinished():
        run_import.delay(batch_id)
