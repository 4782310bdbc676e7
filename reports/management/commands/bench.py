"""Measure speed and memory in databases of the benchmark's own."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.bench import suite, table


class Command(BaseCommand):
    help = (
        "Measures recalculation, pages, documents and imports against floors of the same run; "
        "prints a table and writes build/bench.json. Works in databases of its own."
    )

    requires_system_checks: list[str] = []  # the working database is not the one measured

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", nargs="+", choices=list(suite.GROUPS), metavar="NAME")
        parser.add_argument("--sizes", default="1904,100000", help="numbers of people")
        parser.add_argument("--repeats", type=int, help="else 5, and 3 for large sizes")
        parser.add_argument("--million", action="store_true", help="also 1,000,000 people")
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "build" / "bench.json")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DEBUG = False  # with DEBUG, Django keeps every statement
        logging.getLogger("sijafung").setLevel(logging.WARNING)
        sizes = [int(size) for size in options["sizes"].split(",")]
        wanted = suite.Wanted(sizes, options["repeats"], million=options["million"])
        groups = options["only"] or list(suite.GROUPS)
        figures: list[table.Figure] = []
        self.stderr.write(f"measuring {', '.join(groups)}")
        for group, found in suite.measure(wanted, groups):
            self.stderr.write(f"{group}: done")
            figures += found
            table.write_json(options["out"], figures)  # kept even if a later group fails
        self.stdout.write("\n".join(table.lines(figures)))
