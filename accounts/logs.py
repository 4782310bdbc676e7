"""Structured logs: one JSON object a line, no personal data (callers pass ids, never names).

What Python or PostgreSQL say in an exception may quote a row ("Key (nip)=(...) already exists"), so
of an exception only its kind and the lines of code are logged, never its message.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

_RESERVED = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}
# Eighteen digits, also as officers group them.
_NIP = re.compile(r"(?<!\d)\d{8}[ .-]?\d{6}[ .-]?\d[ .-]?\d{3}(?!\d)")
_OF_TASKS = {"data"}  # Celery repeats the message, the arguments and the traceback here


class JsonFormatter(logging.Formatter):
    """Format a record as JSON; anything that looks like a NIP is blanked out."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _without_message(record),
        }
        extra = {k: v for k, v in record.__dict__.items() if k not in _RESERVED | _OF_TASKS}
        entry |= {k: v for k, v in extra.items() if not isinstance(v, BaseException)}
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = _frames(record.exc_info[1])
        return _NIP.sub("[nip]", json.dumps(entry, default=str, ensure_ascii=False))


def _without_message(record: logging.LogRecord) -> str:
    """The event, without the message of the exception that it may quote."""
    said = record.getMessage()
    problem = record.exc_info[1] if record.exc_info else None
    if problem is not None:
        if record.name.startswith("celery"):
            return f"task failed: {type(problem).__name__}"
        for quoted in filter(None, (repr(problem), str(problem))):
            said = said.replace(quoted, type(problem).__name__)
    return said


def _frames(problem: BaseException) -> str:
    """Kind and lines of code of an exception and of those behind it."""
    parts = []
    seen: BaseException | None = problem
    while seen is not None:
        lines = "".join(traceback.format_tb(seen.__traceback__))
        kind = type(seen)
        parts.append(f"{lines}{kind.__module__}.{kind.__qualname__}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n\n".join(reversed(parts))
