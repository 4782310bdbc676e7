"""Evaluate a file of golden cases with the rule engine; touches no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reports import golden

DIFFERENT = 1
MALFORMED = 2


class Command(BaseCommand):
    """Exit status 0: all rows match; 1: some differ; 2: the file is malformed."""

    help = "Evaluates golden cases (CSV) and compares them with what they expect."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--family", help="evaluate the cases of this family only")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = self._cases(options["file"])
        family = options["family"]
        if family is not None:
            cases = [case for case in cases if case.family == family]
            if not cases:
                raise CommandError(
                    _('The file holds no case of family "%(family)s".') % {"family": family},
                    returncode=MALFORMED,
                )
        report = golden.run(cases)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), default=str))
        else:
            for line in golden.lines(report):
                self.stdout.write(line)
        if report.failed:
            sys.exit(DIFFERENT)

    def _cases(self, path: Path) -> list[golden.Case]:
        try:
            return golden.read_cases(path)
        except OSError as problem:
            sentence = _("%(file)s cannot be read: %(reason)s") % {
                "file": path,
                "reason": problem.strerror,
            }
        except golden.MalformedFileError as problem:
            sentence = _("%(file)s is not a file of golden cases. %(reason)s") % {
                "file": path,
                "reason": _sentence(problem),
            }
        raise CommandError(sentence, returncode=MALFORMED)


def _sentence(problem: golden.MalformedFileError) -> str:
    sentences = {
        "not_utf8": _("Byte %(byte)s is not UTF-8: save the file as CSV UTF-8."),
        "not_csv": _("Line %(line)s is not CSV: %(detail)s."),
        "missing_column": _("These columns are missing in the header: %(columns)s."),
        "column_twice": _("These columns stand in the header more than once: %(columns)s."),
        "column_count": _("Line %(line)s has more or fewer cells than the header."),
        "bad_json": _("Line %(line)s (%(case)s), column %(column)s, is not JSON: %(detail)s."),
        "not_an_object": _("Line %(line)s (%(case)s), column %(column)s, is not a JSON object."),
    }
    return sentences[problem.code] % problem.params
