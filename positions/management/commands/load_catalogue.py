"""Load or refresh the catalogue: positions, units, decrees, supervision, employers."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from positions.services import LoadReport, load_catalogue


class Command(BaseCommand):
    help = (
        "Load the catalogue of positions and units. Safe to repeat: whatever an officer has "
        "edited is kept and reported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_catalogue()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        elif options["verbosity"] > 0:
            self._describe(report)

    def _describe(self, report: LoadReport) -> None:
        self.stdout.write(
            f"Catalogue: {report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged, {len(report.kept)} differences kept."
        )
        for kept in report.kept:
            self.stdout.write(
                f"  kept: {kept['row']}, {kept['field']}: ours {kept['ours']!r}, "
                f"catalogue {kept['catalogue']!r}"
            )
