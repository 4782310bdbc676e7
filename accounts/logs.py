"""Structured logs: one JSON object a line, no personal data (callers pass ids, never names)."""

import json
import logging
import re
from datetime import UTC, datetime

_RESERVED = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}
_NIP = re.compile(r"\d{18}")


class JsonFormatter(logging.Formatter):
    """Format a record as JSON; anything that looks like a NIP is blanked out."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        entry |= {k: v for k, v in record.__dict__.items() if k not in _RESERVED}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return _NIP.sub("[nip]", json.dumps(entry, default=str, ensure_ascii=False))
