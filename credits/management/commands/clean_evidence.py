"""List, or remove, stored bytes of evidence that no row refers to."""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from credits.services.evidence import forget, missing, orphans


class Command(BaseCommand):
    help = (
        "List the stored bytes of evidence that no row refers to, and rows whose bytes are gone. "
        "--remove removes the former."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove what is listed")
        parser.add_argument(
            "--older-than",
            type=int,
            default=24,
            metavar="HOURS",
            help="leave younger ones alone: they may be of an upload that goes on (24)",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = orphans(timezone.now(), timedelta(hours=options["older_than"]))
        removed = [o.name for o in found if forget(o)] if options["remove"] else []
        lost = sorted(str(row.public_id) for row in missing())
        if options["json"]:
            report = {
                "orphans": [{"name": o.name, "size": o.size} for o in found],
                "removed": removed,
                "missing": lost,
            }
            self.stdout.write(json.dumps(report, indent=1))
            return
        for orphan in found:
            done = " removed" if orphan.name in removed else ""
            self.stdout.write(f"{orphan.name}\t{orphan.size} bytes{done}")
        for row in lost:
            self.stdout.write(f"bytes missing: evidence {row}")
        self.stdout.write(
            f"{len(found)} without a row, {len(removed)} removed, {len(lost)} rows without bytes."
        )
