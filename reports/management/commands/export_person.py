"""Write the copy of one person's data to a file: a ZIP, or only the PDF of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from employees.models import Employee
from reports.privacy.copies import pdf_of, write_zip


class Command(BaseCommand):
    help = (
        "Write everything stored about one person into a ZIP (JSON with schema, HTML, PDF, files);"
        " only the PDF where --out ends with .pdf."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--nip", required=True)
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        person = Employee.objects.filter(nip=options["nip"]).first()
        if person is None:
            raise CommandError(_("Nobody with this NIP is on record."))  # never the NIP itself
        with options["out"].open("xb") as file:
            if options["out"].suffix.lower() == ".pdf":
                file.write(pdf_of(person))
            else:
                write_zip(person, file)
        options["out"].chmod(0o600)
        self.stdout.write(_("Written."))
