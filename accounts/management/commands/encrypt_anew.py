"""Encrypt the second factors' secrets by the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.second_factor import encrypt_anew


class Command(BaseCommand):
    help = (
        "Encrypt the secret of every second factor anew, by the first of ENCRYPTION_KEYS; after it"
        " the others can be removed. Exit code 1 where some were encrypted by none of the keys."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = encrypt_anew()
        self.stdout.write(_("%(number)d encrypted anew.") % {"number": done})
        if unreadable:
            raise CommandError(
                _("%(number)d cannot be read by any of ENCRYPTION_KEYS; they stay as they are.")
                % {"number": unreadable}
            )
