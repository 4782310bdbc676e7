"""Tables of activity items: reading a sheet into a preview, applying it, loading what is shipped.

A table that a claim uses is never edited. Another one for the same dates replaces it as its next
version; claims keep the items that they were made with.
"""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from credits.activity_data import shipped
from credits.activity_sheets import read_sheet
from credits.models import ActivityImport, ActivityItem, ActivityTable
from credits.services.claims.errors import ClaimError
from positions.models import Position, PositionLevel

Provenance = ActivityTable.Provenance
State = ActivityImport.State
_LOCKS = 7_205  # namespace of our advisory locks: the tables of one JF


@dataclass(frozen=True, slots=True)
class Head:
    """What a table is, beside its items."""

    position: Position
    regulation: str
    provenance: str
    start: date
    end: date | None = None
    source: str = ""


@dataclass(slots=True)
class Effect:
    """What making a table does to those that there are. `obstacle` forbids it."""

    replaces: list[ActivityTable] = field(default_factory=list)
    obstacle: ActivityTable | None = None

    @property
    def version(self) -> int:
        """The number of the new one."""
        return max((t.version for t in self.replaces), default=0) + 1


def in_force() -> "QuerySet[ActivityTable]":
    """The tables that nothing replaced."""
    return ActivityTable.objects.filter(replaced_by__isnull=True)


def effect_of(head: Head) -> Effect:
    """Which tables a new one would replace: one of the same dates, and whatever is no official one.

    An official table of other dates that shares a day with it is an obstacle.
    """
    shared = in_force().filter(Q(end__isnull=True) | Q(end__gte=head.start), position=head.position)
    if head.end is not None:
        shared = shared.filter(start__lte=head.end)
    effect = Effect()
    for table in shared.order_by("start"):
        same = (table.start, table.end) == (head.start, head.end)
        official = table.provenance == Provenance.OFFICIAL
        if same or (not official and head.provenance == Provenance.OFFICIAL):
            effect.replaces.append(table)
        else:
            effect.obstacle = table
    return effect


def stage(
    head: Head, file: BinaryIO, file_name: str, actor: User | None, decimal: str | None = None
) -> ActivityImport:
    """Read a sheet into a preview; nothing else is written.

    Raises SheetRefused where the file as a whole cannot be read.
    """
    levels = list(
        PositionLevel.objects.filter(position=head.position)
        .order_by("order")
        .values_list("level", "name")
    )
    file.seek(0)
    content = file.read()
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(content)
        copy.flush()
        sheet = read_sheet(
            Path(copy.name),
            file_name,
            head.position.name,
            [code for code, _name in levels],
            dict(levels),
            decimal,
        )
    return ActivityImport.objects.create(
        position=head.position,
        regulation=head.regulation,
        provenance=head.provenance,
        source=head.source,
        start=head.start,
        end=head.end,
        file_name=file_name[:300],
        file_hash=hashlib.sha256(content).hexdigest(),
        rows=sheet.rows,
        findings=sheet.findings,
        created_by=actor,
    )


def head_of(batch: ActivityImport) -> Head:
    """The head that a staged sheet states."""
    return Head(
        batch.position, batch.regulation, batch.provenance, batch.start, batch.end, batch.source
    )


def errors_of(batch: ActivityImport) -> list[dict[str, Any]]:
    """What forbids applying."""
    return [f for f in batch.findings if f["severity"] == "error"]


@transaction.atomic
def apply(batch: ActivityImport, actor: User | None) -> ActivityTable:
    """Make the table of a staged sheet: all its rows, or nothing.

    Raises ClaimError: import_not_open, import_has_errors, table_overlaps (all 409).
    """
    batch = (
        ActivityImport.objects.select_for_update(of=("self",))
        .select_related("position")
        .get(pk=batch.pk)
    )
    if batch.state != State.PREVIEW:
        raise ClaimError("import_not_open")
    if errors_of(batch) or not batch.rows:
        raise ClaimError("import_has_errors")
    table = make(head_of(batch), batch.rows)
    batch.state, batch.table = State.APPLIED, table
    batch.applied_by, batch.applied_at = actor, timezone.now()
    batch.save()
    return table


@transaction.atomic
def discard(batch: ActivityImport) -> None:
    """Put a staged sheet aside. Raises ClaimError import_not_open (409)."""
    batch = ActivityImport.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.PREVIEW:
        raise ClaimError("import_not_open")
    batch.state, batch.rows, batch.findings = State.DISCARDED, [], []
    batch.save()


@transaction.atomic
def make(head: Head, rows: Sequence[Mapping[str, Any]]) -> ActivityTable:
    """Write a table with its items; what it replaces stays, for the claims that use it.

    The same content again gives the table that there is.

    Raises ClaimError table_overlaps (409).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, head.position.pk])
    digest = digest_of(head, rows)
    known = in_force().filter(position=head.position, digest=digest).first()
    if known is not None:
        return known
    effect = effect_of(head)
    if effect.obstacle is not None:
        old = effect.obstacle
        raise ClaimError("table_overlaps", start=old.start, end=old.end or "…")
    table = ActivityTable.objects.create(
        position=head.position,
        regulation=head.regulation,
        provenance=head.provenance,
        source=head.source,
        start=head.start,
        end=head.end,
        version=effect.version,
        digest=digest,
    )
    ids = [old.pk for old in effect.replaces]
    ActivityTable.objects.filter(pk__in=ids).update(replaced_by=table)
    ActivityItem.objects.bulk_create([_item(table, row) for row in rows])
    return table


def _item(table: ActivityTable, row: Mapping[str, Any]) -> ActivityItem:
    fields = ("code", "element", "sub_element", "name", "product", "level", "evidence")
    return ActivityItem(
        table=table,
        points=Decimal(row["points"]),
        yearly_limit=row["yearly_limit"],
        **{name: row[name] for name in fields},
    )


def digest_of(head: Head, rows: Sequence[Mapping[str, Any]]) -> str:
    """What a table says, as one number: the same content gives the same."""
    said = {
        "position": head.position.code,
        "regulation": head.regulation,
        "provenance": head.provenance,
        "start": str(head.start),
        "end": str(head.end),
        "source": head.source,
        "rows": [{k: v for k, v in row.items() if k != "row"} for row in rows],
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# ------------------------------------------------------------------ what is shipped


@dataclass(slots=True)
class Loaded:
    """What loading did, by the codes of the JF."""

    made: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # another table stands there
    unknown: list[str] = field(default_factory=list)  # the catalogue has no such JF


def load() -> Loaded:
    """Make the tables that are shipped (credits/data), where nothing else stands.

    Safe to repeat. What an officer imported is never touched; a shipped table that changed gets
    its next version.
    """
    done = Loaded()
    positions = {p.code: p for p in Position.objects.all()}
    for code, values, rows in shipped():
        if code not in positions:
            done.unknown.append(code)
            continue
        head = Head(position=positions[code], **values)
        found = in_force().filter(position=head.position)
        if found.filter(digest=digest_of(head, rows)).exists():
            done.unchanged.append(code)
        elif found.filter(Q(provenance=Provenance.OFFICIAL) | Q(imports__isnull=False)).exists():
            done.kept.append(code)
        else:
            try:
                make(head, rows)
            except ClaimError:  # a table that somebody imported, of other dates
                done.kept.append(code)
            else:
                done.made.append(code)
    return done
