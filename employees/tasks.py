"""The worker's door to imports and accounts: ids in, one service call."""

import logging

from celery import shared_task
from django.utils import timezone

from employees.services import accounts, imports

log = logging.getLogger("sijafung.accounts")


@shared_task
def run_import(batch_id: int) -> None:
    """Read, apply or undo a batch, as its state asks."""
    imports.run(batch_id)


@shared_task
def sweep_imports() -> None:
    """Ring again for work that nobody has taken up or whose worker died (decision 13)."""
    for batch_id in imports.unfinished():
        run_import.delay(batch_id)


@shared_task
def synchronise_accounts() -> None:
    """Each night: roles as the register of the new day has them, accounts of who left closed."""
    done = accounts.synchronise(timezone.localdate())
    log.info("accounts_synchronised", extra=done)
