"""List what is past its time; with --apply destroy what two persons agreed on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import retention


class Command(BaseCommand):
    help = (
        "List what is past its retention. It is proposed and approved by two persons on the page"
        " of the site; --apply destroys at once what is approved, as the worker does anyway."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="destroy what is approved")

    def handle(self, *args: Any, **options: Any) -> None:
        done = retention.carry_out() if options["apply"] else {}
        for rule, number in retention.past_their_time():
            said = f"{number} {_('past its time')}"
            if options["apply"]:
                said = f"{done.get(rule.kind, 0)} {_('destroyed')}, {said}"
            self.stdout.write(f"{rule.title}: {said} ({rule.kept.days} {_('days')}; {rule.basis})")
        if options["apply"] and not done:
            self.stderr.write(
                _("Nothing is approved. One person proposes under %(page)s, another approves.")
                % {"page": reverse("accounts:destructions")}
            )
