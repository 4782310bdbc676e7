"""Write docs/claims.md: the states of a claim and the acts between them, from the machines."""

from pathlib import Path as FilePath
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credits.claim_drawing import document


class Command(BaseCommand):
    help = "Write docs/claims.md from the state machines; --check only says whether it is current."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = FilePath(settings.BASE_DIR) / "docs" / "claims.md"
        text = document()
        if options["check"]:
            known = path.read_text(encoding="utf-8") if path.exists() else ""
            if known != text:
                raise CommandError("docs/claims.md is not current: run manage.py draw_claims")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(str(path.name))
