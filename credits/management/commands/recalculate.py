"""Recalculate credit points: the same service as the admin's page."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credits.explanations import issue
from credits.models import CalculationRun
from credits.rules.units import amount_text, from_units
from credits.services.runs import ScopeError, recalculate_now


class Command(BaseCommand):
    help = "Recalculate the points of one person, a unit, a position, whoever is stale, or all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--nip", help="one person")
        scope.add_argument("--unit", help="code of a unit; with the units below it")
        scope.add_argument("--position", help="code of a functional position")
        scope.add_argument("--stale", action="store_true", help="whoever's facts or rules changed")
        scope.add_argument("--all", action="store_true")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, only")
        parser.add_argument("--reason", default="manage.py recalculate")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = {
            key: options[key] for key in ("nip", "unit", "position", "stale", "all") if options[key]
        }
        try:
            run = recalculate_now(scope, options["reason"], dry_run=options["dry_run"])
        except ScopeError as problem:
            # Without the value itself: a NIP belongs in no log.
            raise CommandError(f"{problem.code}: nothing matches what was asked for") from None
        if options["json"]:
            self.stdout.write(json.dumps(self._result(run), ensure_ascii=False, indent=1))
        else:
            self._tell(run)

    def _result(self, run: CalculationRun) -> dict[str, Any]:
        return {
            "run": run.pk,
            "dry_run": run.dry_run,
            "state": run.state,
            "rules_version": run.rules_version,
            "people": run.people,
            "changed": run.changed,
            "posted": run.posted,
            "reversed": run.reversed,
            "not_computed": run.not_computed,
            "failed": run.failed,
            "changes": [
                {
                    "nip": change.employee.nip,
                    "before": amount_text(from_units(change.before_units)),
                    "after": amount_text(from_units(change.after_units)),
                    "removed": change.removed,
                    "added": change.added,
                }
                for change in run.changes.select_related("employee")
            ],
            "issues": [
                {
                    "nip": found.employee.nip,
                    "severity": found.severity,
                    "code": found.code,
                    "message": issue(found.code, found.params),
                }
                for found in run.issues.select_related("employee")
            ],
        }

    def _tell(self, run: CalculationRun) -> None:
        what = "would change" if run.dry_run else "changed"
        self.stdout.write(
            f"Run {run.pk} ({run.state}): {run.people} people, {run.changed} {what},"
            f" {run.posted} entries, {run.reversed} reversals, {run.not_computed} not computed,"
            f" {run.failed} failed."
        )
        for change in run.changes.select_related("employee")[:20]:
            before, after = from_units(change.before_units), from_units(change.after_units)
            self.stdout.write(
                f"  {change.employee.full_name}: {amount_text(before)} -> {amount_text(after)}"
            )
