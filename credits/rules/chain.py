"""The hash chain that makes tampering with a person's ledger evident.

The hash of an entry is SHA-256 over the hash before it (32 zero bytes at the start of a chain)
and the entry's own fields, in `FIELDS` order, as text joined by the unit separator. Integers in
decimal, dates as YYYY-MM-DD, the instant as microseconds since 1970 in UTC, NULL as empty text.
Anyone can recompute it; `manage.py verify_ledger` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

GENESIS = bytes(32)
FIELDS = (
    "employee_id",
    "seq",
    "kind",
    "effective_on",
    "amount_units",
    "rule",
    "article",
    "edition",
    "level",
    "golongan",
    "predicate",
    "months",
    "base_units",
    "percent",
    "period_start",
    "period_end",
    "source",
    "source_id",
    "run_id",
    "reverses_seq",
    "recorded_at",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(moment: datetime) -> str:
    """Microseconds since 1970 in UTC, as text."""
    delta = moment - _EPOCH
    return str((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)


def joined(fields: Iterable[object]) -> str:
    """Fields as text, joined by the unit separator."""
    return "\x1f".join(["" if f is None else str(f) for f in fields])


def link(previous: bytes, fields: Iterable[object]) -> bytes:
    """The hash of an entry whose fields (in FIELDS order) follow `previous`."""
    return sealed(previous, joined(fields))


def sealed(previous: bytes, text: str) -> bytes:
    """The hash of an entry whose `joined` fields follow `previous`."""
    return sha256(previous + text.encode()).digest()


def root(heads: Iterable[tuple[int, int, bytes]]) -> str:
    """The root over all chains: SHA-256 over (person, last seq, last hash) in order of person."""
    digest = sha256()
    for person, seq, last in heads:
        digest.update(b"%d:%d:" % (person, seq))
        digest.update(last)
    return digest.hexdigest()
