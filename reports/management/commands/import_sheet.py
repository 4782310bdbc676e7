"""Import a spreadsheet from the command line: the services of the pages, without a worker."""

import json
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.policy import allows
from credits.services import approvals
from employees.importing import registry, reporting
from employees.models import ImportBatch
from employees.services import imports
from positions.models import Position

State = ImportBatch.State


class Command(BaseCommand):
    requires_system_checks = []  # no pages are needed here
    help = (
        "Reads an XLSX or CSV file, shows what each row would do, and with --apply writes the "
        "accepted rows. Ratings count once a second person approves them: --approved-by names that "
        "person. Exit code 0: all rows taken, 1: some rows refused, 2: file refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.code for kind in registry.kinds()])
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", help="the worksheet, where several hold data")
        parser.add_argument("--decimal", choices=["comma", "point"], help="the decimal sign used")
        parser.add_argument("--apply", action="store_true", help="write the accepted rows")
        parser.add_argument(
            "--approved-by",
            metavar="USERNAME",
            help="the officer of Biro SDM who approves the imported ratings as the second person",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path.name}.", returncode=2)
        second = self._second(options["approved_by"], apply=options["apply"])
        if not Position.objects.exists():
            call_command("load_catalogue", stdout=StringIO())
        with path.open("rb") as file:
            batch = imports.start(
                options["kind"],
                file,
                path.name,
                None,
                sheet=options["sheet"],
                decimal=options["decimal"],
            )
        batch = imports.run(batch.pk) or batch
        if options["apply"] and batch.state == State.PREVIEW and reporting.rows_ok(batch):
            imports.ask_apply(batch, None, "import_sheet")
            batch = imports.run(batch.pk) or batch
            self._approve(batch, second)
        self._answer(batch, as_json=options["json"])

    def _second(self, username: str | None, *, apply: bool) -> User | None:
        """The second person, checked before anything is read."""
        if username is None:
            return None
        if not apply:
            raise CommandError("--approved-by goes with --apply.", returncode=2)
        user = User.objects.filter(username=username).first()
        if user is None or not allows(user, "rating_approval", "change"):
            text = f"{username} is no active account that may approve ratings."
            raise CommandError(text, returncode=2)
        return user

    def _approve(self, batch: ImportBatch, second: User | None) -> None:
        """With a second person, or on the operator's word where the site allows it."""
        waiting = batch.ratings.filter(state="entered").count()
        if batch.state != State.APPLIED or not waiting:
            return
        if second is None and settings.FOUR_EYES_STRICT:
            self.stderr.write(
                f"{waiting} rating(s) wait for a second person and do not count yet: approve them "
                f"on the page of batch {batch.public_id}, or import with --approved-by USERNAME."
            )
            return
        if second is None:
            self.stderr.write(
                f"{waiting} rating(s) approved by the operator's command without a second person. "
                "Name one with --approved-by USERNAME."
            )
        done = approvals.approve_batch(batch, second)
        for rating, refusal in done.refused:
            self.stderr.write(f"{rating.pk}: {refusal.code} {refusal.params}")
        batch.refresh_from_db()

    def _answer(self, batch: ImportBatch, *, as_json: bool) -> None:
        report = reporting.report(batch)
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(report)
        code = reporting.EXIT_CODES[report["outcome"]]
        if code:
            raise SystemExit(code)

    def _tell(self, report: dict[str, Any]) -> None:
        """The same for people, one finding per line."""
        self.stdout.write(f"{report['outcome']}: {report['counts']}")
        if "refusal" in report:
            self.stdout.write(report["refusal"]["message"])
        for warning in report["warnings"] + report["notices"]:
            self.stdout.write(f"  {warning['message']} ({warning['count']} x)")
        for row in report["rows_refused"]:
            self.stdout.write(f"  {row['row']} {row['column'] or ''}: {row['message']}")
        for one in report["differences"]:
            self.stdout.write(f"  {one['row']}: {one['stated']} / {one['ours']}")
        self.stdout.write(f"batch {report['batch']}, applied: {report['applied']}")
