"""Prove that the ledger is what was written: chains, heads, daily anchors."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credits.services.verification import anchor, verify


class Command(BaseCommand):
    help = "Recompute every hash chain and compare it with the heads and the daily anchors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, default=settings.LEDGER_ANCHOR_DIR)
        parser.add_argument("--anchor", action="store_true", help="write today's anchor first")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anchor"]:
            anchor(options["anchors"])
        result = verify(options["anchors"])
        found = [vars(f) for f in result.findings]
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "entries": result.entries,
                        "people": result.people,
                        "anchors": result.anchors,
                        "findings": found,
                    }
                )
            )
        else:
            self.stdout.write(
                f"{result.entries} entries of {result.people} people,"
                f" {result.anchors} anchors: {len(found)} findings."
            )
            for item in found:
                self.stdout.write(
                    f"  {item['code']}: person {item['employee_id']}, entry {item['seq']}"
                    f" {item['detail']}"
                )
        if found:
            raise CommandError("the ledger is not what was written")
