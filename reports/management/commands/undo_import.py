"""Undo an applied import from the command line, as the button on its page does."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from employees.importing.sentences import sentence
from employees.models import ImportBatch
from employees.services import imports


class Command(BaseCommand):
    requires_system_checks = []  # no pages are needed here
    help = "Restores what was before an import. Exit code 1 when something rests on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=UUID, help="as import_sheet --json says")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(public_id=options["batch"]).first()
        if batch is None:
            raise CommandError("There is no such import.", returncode=2)
        try:
            found = imports.ask_undo(batch, None)
        except imports.ImportStateError as problem:
            raise CommandError(sentence(problem.code, problem.params), returncode=2) from problem
        reasons = [r.stored() | {"message": sentence(r.code, r.params)} for r in found]
        if not reasons:
            batch = imports.run(batch.pk) or batch
        undone = batch.state == ImportBatch.State.UNDONE
        if options["json"]:
            told = {"undone": undone, "reasons": reasons, "batch": str(batch.public_id)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(batch.get_state_display())
            for reason in reasons:
                self.stdout.write(reason["message"])
        if not undone:
            raise SystemExit(1)
