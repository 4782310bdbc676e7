"""List, and with --apply destroy, what is past its time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts import retention


class Command(BaseCommand):
    help = "List what is past its retention; --apply destroys it and leaves a record of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="destroy what is listed")

    def handle(self, *args: Any, **options: Any) -> None:
        for rule in retention.rules():
            if options["apply"]:
                number, said = retention.destroy(rule), _("destroyed")
            else:
                number, said = retention.overdue(rule).count(), _("past its time")
            self.stdout.write(
                f"{rule.title}: {number} {said} ({rule.kept.days} {_('days')}; {rule.basis})"
            )
