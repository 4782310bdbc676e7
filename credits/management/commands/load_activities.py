"""Load the activity items that are shipped: stand-ins and invented ones, marked as such."""

from typing import Any

from django.core.management.base import BaseCommand

from credits.services.activities import load


class Command(BaseCommand):
    help = (
        "Load the shipped tables of activity items. Safe to repeat: tables that an officer "
        "imported are kept."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = load()
        if options["verbosity"] > 0:
            self.stdout.write(
                f"Activity tables: {len(done.made)} made, {len(done.unchanged)} unchanged, "
                f"{len(done.kept)} kept as imported."
            )
            for code in done.unknown:
                self.stdout.write(f"  not in the catalogue: {code}")
