"""Seals over the trails, and the proof that nothing was changed, removed or cut off since.

Writers never wait for one another: sealing takes a moment in which nobody is writing to the trail
(a lock that gives up at once), so every smaller id is there and none comes later.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditCheck, AuditSeal
from accounts.rules import DIGESTED, GENESIS, digest, sealed

TABLES = {"audit": "accounts_auditevent", "access": "accounts_accessevent"}
TRIES, PAUSE_S = 20, 0.1
_TEXT = {
    "at": "((extract(epoch FROM at) * 1000000)::bigint)::text",
}
_LOCK = 7_205  # one sealer at a time


@dataclass
class Finding:
    """One thing that is not as it was written: a code, the trail, and the first row concerned."""

    code: str
    trail: str = ""
    row_id: int | None = None
    detail: str = ""


@dataclass
class Proof:
    """What a proof looked at and what it found."""

    rows: dict[str, int] = field(default_factory=dict)
    seals: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)


def seal(trail: str) -> AuditSeal | None:
    """Seal all rows of a trail that are not sealed yet; None where there is nothing to seal, or
    where no quiet moment came (the next try comes soon)."""
    border = _border(trail)
    if not border:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditSeal.objects.filter(trail=trail).order_by("-number").first()
        after = last.last_id if last else 0
        digests, first, count = [], 0, 0
        for row_id, stored, _fields in _rows(trail, after, border):
            digests.append(stored)
            first, count = first or row_id, count + 1
        if not count:
            return None
        previous = bytes(last.hash) if last else GENESIS
        return AuditSeal.objects.create(
            trail=trail,
            number=last.number + 1 if last else 1,
            first_id=first,
            last_id=border,
            count=count,
            previous=previous,
            hash=sealed(previous, digests),
        )


def _border(trail: str) -> int:
    """The largest id of the trail at a moment when nobody was writing to it; 0 without one."""
    table = TABLES[trail]
    for _try in range(TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE NOWAIT")
                cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
                return int(cursor.fetchone()[0])
        except DatabaseError:
            time.sleep(PAUSE_S)
    return 0


def last_seals() -> dict[str, dict[str, Any]]:
    """The end of each chain, for the anchor outside the database."""
    ends = AuditSeal.objects.order_by("trail", "-number").distinct("trail")
    return {
        one.trail: {"number": one.number, "last_id": one.last_id, "hash": bytes(one.hash).hex()}
        for one in ends
    }


def verify(directory: Path) -> Proof:
    """Seal what is new, then recompute every digest and every seal, and compare with the anchors
    that `directory` holds. Memory grows with the largest seal only (32 bytes a row)."""
    proof = Proof()
    for trail in TABLES:
        seal(trail)
    for trail in TABLES:
        proof.rows[trail] = 0
        _verify(trail, proof)
    _compare_anchors(directory, proof)
    proof.findings += [Finding("not_audited", detail=table) for table in audit.missing()]
    return proof


def check(directory: Path) -> AuditCheck:
    """A proof, kept for the auditor's page."""
    proof = verify(directory)
    return AuditCheck.objects.create(
        events=proof.rows["audit"],
        accesses=proof.rows["access"],
        seals=proof.seals,
        anchors=proof.anchors,
        findings=[asdict(finding) for finding in proof.findings],
    )


def _verify(trail: str, proof: Proof) -> None:
    """One pass over the trail; only the first break of a chain is told, the rest follows it."""
    before, after, number = GENESIS, 0, 0
    for one in AuditSeal.objects.filter(trail=trail).order_by("number").iterator():
        number += 1
        proof.seals += 1
        if one.number != number or bytes(one.previous) != before:
            proof.findings.append(Finding("seal_missing", trail, after or None, f"{number}"))
            number = one.number
        _verify_seal(trail, one, after, proof)
        before, after = bytes(one.hash), one.last_id
    _digests(trail, after, None, proof)


def _verify_seal(trail: str, one: AuditSeal, after: int, proof: Proof) -> None:
    digests, whole = _digests(trail, after, one.last_id, proof)
    if len(digests) != one.count:
        proof.findings.append(
            Finding("rows_missing", trail, one.first_id, f"{len(digests) - one.count:+d}")
        )
    elif whole and sealed(bytes(one.previous), digests) != bytes(one.hash):
        proof.findings.append(Finding("seal_differs", trail, one.first_id, str(one.number)))


def _digests(trail: str, after: int, until: int | None, proof: Proof) -> tuple[list[bytes], bool]:
    """The stored digests of a range, and whether each is that of its row; the first that is not
    becomes a finding."""
    found, whole = [], True
    for row_id, stored, fields in _rows(trail, after, until):
        proof.rows[trail] += 1
        found.append(stored)
        if whole and digest(fields) != stored:
            proof.findings.append(Finding("row_changed", trail, row_id))
            whole = False
    return found, whole


def _rows(trail: str, after: int, until: int | None) -> Iterator[tuple[int, bytes, list[str]]]:
    """Rows with id in (after, until], by id: id, stored digest, fields as text."""
    columns = ", ".join(_TEXT.get(name, f'"{name}"::text') for name in DIGESTED[trail])
    border = "" if until is None else f" AND t.id <= {int(until)}"
    connection.ensure_connection()
    with transaction.atomic(), connection.connection.cursor(name=f"trail_{trail}") as cursor:
        cursor.itersize = 5000
        cursor.execute(
            f"SELECT t.id, t.digest, {columns} FROM {TABLES[trail]} t"  # noqa: S608 - constants
            f" WHERE t.id > {int(after)}{border} ORDER BY t.id"
        )
        for row in cursor:
            yield row[0], bytes(row[1]), list(row[2:])


def _compare_anchors(directory: Path, proof: Proof) -> None:
    """Each anchor outside the database names a seal that must still be there as it was."""
    for path in sorted(directory.glob("*.json")) if directory.is_dir() else ():
        try:
            ends = json.loads(path.read_text()).get("trails", {})
            for trail, end in ends.items():
                _compare_end(trail, end, path.stem, proof)
        except (ValueError, KeyError, TypeError, AttributeError):
            proof.findings.append(Finding("anchor_unreadable", detail=path.name))
            continue
        proof.anchors += bool(ends)


def _compare_end(trail: str, end: dict[str, Any], day: str, proof: Proof) -> None:
    found = AuditSeal.objects.filter(trail=trail, number=end["number"]).first()
    if found is None:
        proof.findings.append(Finding("tail_cut", trail, end["last_id"], day))
    elif bytes(found.hash).hex() != end["hash"]:
        proof.findings.append(Finding("anchor_differs", trail, end["last_id"], day))
