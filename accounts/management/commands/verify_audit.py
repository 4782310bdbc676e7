"""Prove that the audit trail and the access log are what was written."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.sealing import verify


class Command(BaseCommand):
    help = (
        "Seal what is new, then recompute the digest of every row of both trails and every seal, "
        "and compare with the anchors outside the database. Exit code 1 when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, default=settings.LEDGER_ANCHOR_DIR)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = verify(options["anchors"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(proof)))
        else:
            self.stdout.write(
                f"{proof.rows['audit']} writes and {proof.rows['access']} looks,"
                f" {proof.seals} seals, {proof.anchors} anchors: {len(proof.findings)} findings."
            )
            for one in proof.findings:
                self.stdout.write(f"  {one.code}: {one.trail} row {one.row_id} {one.detail}")
        if proof.findings:
            raise CommandError("the trails are not what was written")
