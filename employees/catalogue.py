"""The employers that the catalogue brings along: the ministry, a few provinces and regencies.

Registered with `positions.services.load_catalogue`, because employers live above the positions.
"""

import json
from pathlib import Path

from django.db.models import QuerySet

from employees.models import Agency
from positions.services import LoadReport, register_catalogue_part

_FILE = Path(__file__).parent / "data" / "agencies.json"
_FIELDS = ("name", "kind", "place", "copies")


def _rows() -> list[dict[str, str]]:
    return list(json.loads(_FILE.read_text(encoding="utf-8")))


def load_agencies(report: LoadReport) -> None:
    """Add employers that are missing; one that exists is an officer's and stays as it is."""
    known = {agency.code: agency for agency in Agency.objects.all()}
    names = {agency.name for agency in known.values()}
    for row in _rows():
        ours = known.get(row["code"])
        if ours is None and row["name"] not in names:
            Agency.objects.create(**row)
            report.created += 1
            continue
        report.unchanged += 1
        if ours is None:
            report.keep(row["code"], "code", None, row["code"])
            continue
        for name in _FIELDS:
            if getattr(ours, name) != row[name]:
                report.keep(row["code"], name, getattr(ours, name), row[name])


def added_agencies() -> QuerySet[Agency]:
    """Employers that officers entered beside those of the file."""
    return Agency.objects.exclude(code__in=[row["code"] for row in _rows()])


def register() -> None:
    register_catalogue_part(load_agencies)
