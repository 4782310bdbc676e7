"""Balances of all holders, as of a date and as known at an instant."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from credits.rules.editions import using
from credits.selectors import balance_rows
from credits.services.rulebooks import in_force
from employees.models import Appointment, Employee

FIELDS = (
    "nip",
    "name",
    "position",
    "level",
    "rank",
    "balance",
    "balance_rounded",
    "rank_target",
    "level_target",
    "missing_rank",
    "missing_level",
    "stale",
    "computed",
)
CHUNK = 2000


class Command(BaseCommand):
    help = "Print every holder's balance, thresholds and what is missing (CSV or JSON lines)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="date YYYY-MM-DD; default today")
        parser.add_argument("--known-at", help="instant, ISO 8601; default now")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        on = _date(options["as_of"]) if options["as_of"] else timezone.localdate()
        known_at = _instant(options["known_at"]) if options["known_at"] else None
        with using(in_force()):
            self._print(self._rows(on, known_at), options)

    def _print(self, rows: Iterator[dict[str, Any]], options: dict[str, Any]) -> None:
        if options["format"] == "json":
            self.stdout.write(json.dumps(list(rows), ensure_ascii=False, indent=1))
            return
        writer = csv.DictWriter(self.stdout, FIELDS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: _safe(v) for k, v in row.items()})

    def _rows(self, on: date, known_at: datetime | None) -> Iterator[dict[str, Any]]:
        holders = Appointment.objects.on(on).values("employee_id")
        people = Employee.objects.filter(id__in=holders).order_by("nip")
        fields = ("id", "public_id", "nip", "front_title", "name", "back_title")
        everyone = list(people.only(*fields))
        for at in range(0, len(everyone), CHUNK):
            block = everyone[at : at + CHUNK]
            rows = balance_rows(block, on, known_at)
            yield from ({field: row[field] for field in FIELDS} for row in rows)


def _safe(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _date(text: str) -> date:
    try:
        parsed = parse_date(text)
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError("--as-of takes a date such as 2025-12-31")
    return parsed


def _instant(text: str) -> datetime:
    try:
        parsed = parse_datetime(text)
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError("--known-at takes an instant such as 2026-01-31T17:00:00+07:00")
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
