"""The audit trail as a sheet: one line for each changed field, text stays text."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import AuditEvent
from reports.exports import harmless
from reports.privacy.words import Told, told

BATCH = 1000


def _headings() -> list[str]:
    return [
        _("Event"), _("Time"), pgettext("acted", "Who"), _("Channel"),
        _("Network address"), _("Request"),
        _("Kind"), _("Table"), _("Row"), _("Person"), _("Field"), _("Before"), _("After"),
        _("Reason"), "SHA-256",
    ]  # fmt: skip


def _lines(events: "QuerySet[AuditEvent]") -> Iterator[list[str]]:
    for group in _groups(events):
        for row in told(group):
            yield from _of(row)


def _of(row: Told) -> Iterator[list[str]]:
    event = row.event
    head = [
        str(event.pk), timezone.localtime(event.at).isoformat(), row.who,
        event.get_channel_display(), event.address, event.request_id, event.get_kind_display(),
        row.title, event.row_id, row.person.full_name if row.person else "",
    ]  # fmt: skip
    tail = [event.reason, bytes(event.digest).hex()]
    if not row.changes:
        yield [*head, "", "", "", *tail]
    for change in row.changes:
        yield [*head, change.label, change.before, change.after, *tail]


def _groups(events: "QuerySet[AuditEvent]") -> Iterator[list[AuditEvent]]:
    group: list[Any] = []
    for event in events.iterator(chunk_size=BATCH):
        group.append(event)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def trail_csv(events: "QuerySet[AuditEvent]", path: Path) -> None:
    """CSV in UTF-8 with a byte order mark, so that spreadsheet programs read it right."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_headings())
        writer.writerows([harmless(cell) for cell in line] for line in _lines(events))


def trail_workbook(events: "QuerySet[AuditEvent]", path: Path) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("Audit")
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(_headings()):
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(_lines(events), 1):
        for column, cell in enumerate(line):
            sheet.write_string(number, column, harmless(cell))
    book.close()
