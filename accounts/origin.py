"""Who acts, from where and why, carried to the database's own triggers.

A statement that writes is sent with a comment in front of it that says so; the audit trigger reads
it with `current_query()`. So it costs no statement of its own, needs no state of a connection
(pools and rollbacks cannot mix two requests), and reads are sent as they are.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from accounts.browsers import client_address, shortened

LONGEST = 500  # characters of a reason
_WRITES = re.compile(r"\s*(?:insert|update|delete|with|truncate|merge)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """Where writes come from. With a request, account and reason are read when they are needed:
    signing in changes the account, and most requests write nothing."""

    channel: str
    request_id: str = ""
    address: str = ""
    actor_id: int | None = None
    reason: str = ""
    request: HttpRequest | None = None

    def actor(self) -> int | None:
        if self.actor_id is None and self.request is not None:
            found: int | None = getattr(getattr(self.request, "user", None), "pk", None)
            return found
        return self.actor_id

    def why(self) -> str:
        """The reason given, else what the form asked as `reason`."""
        posted = getattr(self.request, "_post", None)  # only if read already: never read it here
        if not self.reason and posted:
            return str(posted.get("reason", ""))[:LONGEST]
        return self.reason


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """The origin of what runs now; outside requests and tasks it is a command."""
    return _current.get() or Origin("command")


@contextmanager
def acting(origin: Origin) -> Iterator[Origin]:
    """Everything inside comes from there."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


@contextmanager
def on_behalf_of(actor_id: int | None, reason: str = "") -> Iterator[Origin]:
    """The same channel, in the name of whoever asked for the work, and why."""
    with acting(replace(current(), actor_id=actor_id, reason=reason[:LONGEST])) as origin:
        yield origin


def of_request(request: HttpRequest) -> Origin:
    channel = "api" if request.path.startswith("/api/") else "page"
    return Origin(
        channel, secrets.token_hex(8), shortened(client_address(request)), request=request
    )


def stamped(sql: str) -> str:
    """The statement with its origin in front, if it may write."""
    if not isinstance(sql, str) or not _WRITES.match(sql):
        return sql
    origin = current()
    said = {
        "channel": origin.channel,
        "request": origin.request_id,
        "address": origin.address,
        "actor": origin.actor(),
        "reason": origin.why(),
    }
    text = json.dumps({k: v for k, v in said.items() if v}).encode()
    return f"/*origin:{base64.b64encode(text).decode()}*/ {sql}"


def stamp(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """The wrapper around every statement of a connection."""
    return execute(stamped(sql), params, many, context)


def stamp_connection(connection: Any, **kwargs: Any) -> None:
    """Let every statement of a connection be stamped, once (signal `connection_created`)."""
    if connection.vendor == "postgresql" and stamp not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, stamp)


_before: dict[str, Origin | None] = {}  # a task may run inside of what called it


def task_begins(task_id: str = "", **kwargs: Any) -> None:
    """A task of the worker acts for itself until a service says for whom (`on_behalf_of`)."""
    _before[task_id] = _current.get()
    _current.set(Origin("task", str(task_id).replace("-", "")[:32]))


def task_ends(task_id: str = "", **kwargs: Any) -> None:
    _current.set(_before.pop(task_id, None))
