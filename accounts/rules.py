"""The chain over the trails, so that anyone can recompute it.

The digest of a row is SHA-256 over its fields in the order of `DIGESTED`, as text joined by the
unit separator: numbers in decimal, the instant as microseconds since 1970 in UTC, JSON as
PostgreSQL writes jsonb, NULL as empty text. A seal's hash is SHA-256 over the hash of the seal
before it (32 zero bytes at first) and the digests of its rows in order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

GENESIS = bytes(32)
_COMMON = ("id", "at", "actor_id", "channel", "request_id", "address", "reason")
DIGESTED = {
    "audit": (*_COMMON, "kind", "table", "row_id", "person", "before", "after"),
    "access": (*_COMMON, "roles", "subject", "people", "what", "how", "detail"),
}


def digest(fields: Iterable[str | None]) -> bytes:
    """The digest of a row whose fields, as text, come in the order of DIGESTED."""
    return sha256("\x1f".join(f or "" for f in fields).encode()).digest()


def sealed(previous: bytes, digests: Iterable[bytes]) -> bytes:
    """The hash of a seal over rows with these digests, after the seal with hash `previous`."""
    whole = sha256(previous)
    for one in digests:
        whole.update(one)
    return whole.digest()
