"""Proof that the ledger is what was written: the chains, the heads, and the daily anchor."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.sealing import last_seals
from credits.models import LedgerAnchor
from credits.rules.chain import GENESIS, instant, link, root
from credits.services.ledger import COLUMNS

READ = f"""
    SELECT {
    COLUMNS.replace("effective_on", "effective_on::text")
    .replace("period_start", "period_start::text")
    .replace("period_end", "period_end::text")
}, id
    FROM credits_ledgerentry ORDER BY employee_id, seq"""  # noqa: S608  constant columns


@dataclass
class Finding:
    """One thing that is not as it was written: a code with the row concerned."""

    code: str
    employee_id: int | None = None
    seq: int | None = None
    detail: str = ""


@dataclass
class Verification:
    """What a proof looked at and what it found."""

    entries: int = 0
    people: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Anchor:
    day: str
    last_entry_id: int
    root: str
    heads: list[tuple[int, int, bytes]] = field(default_factory=list)


def verify(directory: Path) -> Verification:
    """Recompute every chain and compare it with heads and anchors (`directory` of anchor files).

    One pass in the order of the chains; memory does not grow with the number of entries (with
    anchors it grows with the number of people).
    """
    result = Verification()
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:  # heads and chains of one moment, whoever posts meanwhile
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        anchors = _read_anchors(directory, result)
        heads = _heads()
        for person, tail in _chains(result, anchors):
            _compare_head(result, heads.pop(person, None), person, tail)
        for person, head in heads.items():
            if head[0]:
                result.findings.append(Finding("chain_missing", person, head[0]))
        for anchor in anchors:
            if root(anchor.heads) != anchor.root:
                result.findings.append(Finding("anchor_differs", detail=anchor.day))
    return result


def _heads() -> dict[int, tuple[int, bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT employee_id, seq, hash, balance_units FROM credits_ledgerhead")
        return {row[0]: (row[1], bytes(row[2]), row[3]) for row in cursor.fetchall()}


def _compare_head(
    result: Verification,
    head: tuple[int, bytes, int] | None,
    person: int,
    tail: tuple[int, bytes, int],
) -> None:
    if head is None:
        result.findings.append(Finding("head_missing", person, tail[0]))
    elif head[:2] != tail[:2]:
        result.findings.append(Finding("tail_differs", person, tail[0]))
    elif head[2] != tail[2]:
        result.findings.append(Finding("balance_differs", person, tail[0]))


def _chains(
    result: Verification, anchors: list[_Anchor]
) -> Iterator[tuple[int, tuple[int, bytes, int]]]:
    """Each person with (last number, last hash, sum); breaks are noted, the first per person."""
    person, seq, previous, total, broken = None, 0, GENESIS, 0, False
    marks: dict[str, tuple[int, bytes]] = {}
    for row in _stream():
        if row[0] != person:
            if person is not None:
                _mark(anchors, person, marks)
                yield person, (seq, previous, total)
            person, seq, previous, total, broken = row[0], 0, GENESIS, 0, False
            result.people += 1
        result.entries += 1
        seq += 1
        stored = bytes(row[21])
        fields = (*row[:20], instant(row[20]))
        if not broken and (row[1] != seq or link(previous, fields) != stored):
            result.findings.append(Finding("chain_broken", person, row[1]))
            broken = True
        seq, previous, total = row[1], stored, total + row[4]
        for anchor in anchors:
            if row[22] <= anchor.last_entry_id:
                marks[anchor.day] = (seq, stored)
    if person is not None:
        _mark(anchors, person, marks)
        yield person, (seq, previous, total)


def _mark(anchors: list[_Anchor], person: int, marks: dict[str, tuple[int, bytes]]) -> None:
    for anchor in anchors:
        if anchor.day in marks:
            anchor.heads.append((person, *marks[anchor.day]))
    marks.clear()


def _stream() -> Iterator[tuple[Any, ...]]:
    connection.ensure_connection()
    with connection.connection.cursor(name="verify_ledger") as cursor:
        cursor.itersize = 5000
        cursor.execute(READ)
        yield from cursor


def _read_anchors(directory: Path, result: Verification) -> list[_Anchor]:
    """The anchor files, checked against the anchors that the database remembers."""
    anchors = []
    for path in sorted(directory.glob("*.json")) if directory.is_dir() else ():
        try:
            data = json.loads(path.read_text())
            anchors.append(_Anchor(data["day"], data["last_entry_id"], data["root"]))
        except (ValueError, KeyError, TypeError):
            result.findings.append(Finding("anchor_unreadable", detail=path.name))
    on_file = {anchor.day for anchor in anchors}
    for day in LedgerAnchor.objects.values_list("day", flat=True):
        if day.isoformat() not in on_file:
            result.findings.append(Finding("anchor_file_missing", detail=day.isoformat()))
    result.anchors = len(anchors)
    return anchors


def anchor(directory: Path, day: date | None = None) -> LedgerAnchor:
    """Write the day's root over all chains to a file outside the database, once a day.

    The table is locked against writers for the moment of reading, so that the last entry id is a
    clean border: every smaller id is in, none comes later.
    """
    day = day or timezone.localdate()
    if found := LedgerAnchor.objects.filter(day=day).first():
        return found
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE credits_ledgerentry IN SHARE MODE")
            cursor.execute("SELECT coalesce(max(id), 0) FROM credits_ledgerentry")
            last: int = cursor.fetchone()[0]
            cursor.execute(
                "SELECT DISTINCT ON (employee_id) employee_id, seq, hash"
                " FROM credits_ledgerentry ORDER BY employee_id, seq DESC"
            )
            heads = [(row[0], row[1], bytes(row[2])) for row in cursor.fetchall()]
        written = LedgerAnchor.objects.create(
            day=day, last_entry_id=last, people=len(heads), root=root(heads)
        )
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{day.isoformat()}.json"
        with path.open("x") as file:  # an anchor is never written over
            json.dump(
                {
                    "day": day.isoformat(),
                    "last_entry_id": last,
                    "people": len(heads),
                    "root": written.root,
                    "trails": last_seals(),  # proven by verify_audit
                },
                file,
            )
        path.chmod(0o444)
    return written
