"""Reading a batch into a preview: what each row would do, with its differences."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from employees.importing import catalogue, reading, registry
from employees.importing.facets import Context
from employees.importing.plan import CHANGED, NEW, REFUSED, SAME, Finding, SheetRow
from employees.importing.reading import Collected, Encoded, Group
from employees.models import ImportBatch, ImportRow
from employees.notices import import_ended
from employees.sheets.reader import SheetRefused, preview_headings

# What a person can mend by saying which sheet or column is meant.
ASKABLE = {
    "column_missing",
    "no_header",
    "sheets_ambiguous",
    "column_twice",
    "sheet_unknown",
    "mapping_unknown",
}
_TICK = 1_000  # rows between two signs of life
State = ImportBatch.State


def stage(batch: ImportBatch) -> None:
    """Read the file and write the preview; a refused file leaves no rows and no file."""
    kind = registry.kind(batch.kind)
    catalogue.ensure_ministry()
    batch.rows.all().delete()
    try:
        sheet = reading.collect(batch, kind, _Progress(batch))
    except SheetRefused as refusal:
        _refuse(batch, refusal)
        return
    tally = Tally()
    for finding in sheet.warnings:
        tally.warn(finding, None)
    _note_seen(batch, tally)
    officers = frozenset(filter(None, [batch.created_by_id]))
    context = Context(catalogue.load(), timezone.localdate(), officers, actor=batch.created_by_id)
    _Writer(batch, kind, sheet, tally).write(context)
    batch.headings = sheet.headings
    batch.options = batch.options | {"matched": sheet.matched}
    batch.rows_read = batch.rows_total = sheet.count
    batch.counts, batch.warnings = tally.counts, tally.stored()
    batch.differences = sorted(tally.differences, key=lambda d: d["row"])
    batch.refusal = None
    move(batch, State.PREVIEW)


def move(batch: ImportBatch, state: State) -> None:
    """Save everything the work has found out together with the state it ends in, and tell who
    asked for it: both or neither stay, so that nobody is told twice."""
    asked = batch.state
    batch.state, batch.state_at, batch.attempts = state, timezone.now(), 0
    with transaction.atomic():
        batch.save()
        import_ended(batch, asked)


def _refuse(batch: ImportBatch, refusal: SheetRefused) -> None:
    params = json.loads(reading.encode(refusal.params))
    batch.refusal = {"code": refusal.code, "params": params}
    batch.rows_read = batch.rows_total = 0
    batch.counts, batch.warnings, batch.differences = {}, [], []
    if batch.options.get("interactive") and refusal.code in ASKABLE:
        batch.headings = _headings(batch)
        move(batch, State.MAPPING)
        return
    move(batch, State.REFUSED)
    forget_file(batch)


def _headings(batch: ImportBatch) -> Any:
    """Sheets and first rows for the mapping page; nothing where even that cannot be read."""
    with tempfile.NamedTemporaryFile() as copy, batch.file.open("rb") as source:
        shutil.copyfileobj(source, copy)
        copy.flush()
        try:
            sheet = batch.options.get("sheet") or None
            seen = preview_headings(Path(copy.name), batch.file_name, sheet)
        except SheetRefused as refusal:
            sheets = refusal.params.get("sheets", ())
            return {"sheets": list(sheets) if isinstance(sheets, Sequence) else [], "rows": []}
    sheets = [s.name for s in seen.sheets if s.has_data]
    return {"sheets": sheets, "sheet": seen.sheet, "rows": seen.rows[:20]}


def forget_file(batch: ImportBatch) -> None:
    """Remove the stored file once the batch no longer needs it."""
    if batch.file:
        batch.file.delete(save=False)
        ImportBatch.objects.filter(pk=batch.pk).update(file="")


def _note_seen(batch: ImportBatch, tally: "Tally") -> None:
    same = ImportBatch.objects.filter(
        Q(file_hash=batch.file_hash, kind=batch.kind, state=State.APPLIED) & ~Q(pk=batch.pk)
    ).first()
    if same is not None and same.applied_at is not None:
        day = timezone.localtime(same.applied_at).date()
        tally.warn(Finding("file_seen", {"day": day.isoformat()}), None)


class Tally:
    """Counts of a sheet; warnings of one kind once, with how often and where first."""

    def __init__(self) -> None:
        self.counts = {NEW: 0, CHANGED: 0, SAME: 0, REFUSED: 0}
        self.differences: list[dict[str, Any]] = []
        self._warnings: dict[tuple[str, str | None], dict[str, Any]] = {}

    def row(self, row: SheetRow) -> None:
        self.counts[row.outcome] += 1
        self.differences.extend(row.differences)
        for finding in row.warnings:
            self.warn(finding, row.number)

    def warn(self, finding: Finding, number: int | None) -> None:
        known = self._warnings.get((finding.code, finding.column))
        if known is None:
            self._warnings[finding.code, finding.column] = finding.stored() | {
                "count": 1,
                "row": number,
            }
            return
        known["count"] += 1
        if number is not None and (known["row"] is None or number < known["row"]):
            known |= {"row": number, "params": finding.params}

    def stored(self) -> list[dict[str, Any]]:
        text = reading.encode(list(self._warnings.values()))
        return list(json.loads(text))


class _Progress:
    """Signs of life while a file is read; reading is the first half of the bar."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.last = 0

    def __call__(self, done: int, estimate: int | None) -> None:
        if done - self.last >= _TICK:
            self.last = done
            total = 2 * max(done, estimate or 0)
            ImportBatch.objects.filter(pk=self.batch.pk).update(rows_read=done, rows_total=total)


class _Writer:
    """Plans a collected sheet chunk by chunk and writes the preview with COPY."""

    def __init__(
        self, batch: ImportBatch, kind: registry.Kind, sheet: Collected, tally: Tally
    ) -> None:
        self.batch, self.kind, self.sheet, self.tally = batch, kind, sheet, tally
        self.headings = kind.headings(sheet.matched)
        self.raw: dict[int, Any] = {}
        self.done = 0

    def write(self, context: Context) -> None:
        for part in reading.chunks(self._groups()):
            reading.plan(self.kind, part, context)
            self._copy(part)
        nobody = [self._row(encoded, "") for encoded in self.sheet.nobody]
        self._copy([("", nobody)])

    def _groups(self) -> Iterator[Group]:
        while self.sheet.people:  # rows are dropped from memory as they are planned
            nip, rows = self.sheet.people.popitem()
            yield nip, [self._row(encoded, nip) for encoded in rows]

    def _row(self, encoded: Encoded, nip: str) -> SheetRow:
        number, text = encoded
        data = json.loads(text)
        values = reading.decode(self.kind, data["values"])
        row = SheetRow(number, values, self.headings)
        row.errors = [Finding(**e) for e in data["errors"]]
        row.warnings = [Finding(**w) for w in data["warnings"]]
        row.settle()
        self.raw[number] = data["raw"]
        return row

    def _copy(self, groups: Sequence[Group]) -> None:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for record in self._records(groups):
                copy.write_row(record)
        self.done += sum(len(rows) for _nip, rows in groups)
        total = self.sheet.count
        ImportBatch.objects.filter(pk=self.batch.pk).update(
            rows_read=total + self.done, rows_total=2 * total
        )

    def _records(self, groups: Iterable[Group]) -> Iterator[tuple[Any, ...]]:
        for nip, rows in groups:
            for row in rows:
                self.tally.row(row)
                values = row.values | ({"nip": nip} if nip else {})
                yield (
                    self.batch.pk,
                    row.number,
                    row.outcome,
                    reading.encode(self.raw.pop(row.number)),
                    reading.encode(values),
                    reading.encode(row.changes),
                    reading.encode([e.stored() for e in row.errors]),
                    reading.encode([w.stored() for w in row.warnings]),
                )


_COPY = f"""COPY {ImportRow._meta.db_table}
    (batch_id, number, outcome, raw, "values", changes, errors, warnings) FROM STDIN"""
