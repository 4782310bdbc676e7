"""The parent's side of the child that opens an XLSX: start it, read its rows, end it."""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from employees.sheets.cells import RawCell, Typed
from employees.sheets.limits import Limits, SheetRefused
from employees.sheets.source import RawRow, SheetInfo
from employees.sheets.texts import storable

_ROOT = Path(__file__).resolve().parents[2]
_BLOCK = 1 << 16
# The child sends no line longer than a few rows; more would be a child gone wild.
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass
class Workbook:
    """What the child said first, and the rows still to come."""

    sheets: list[SheetInfo]
    sheet: str | None
    epoch1904: bool
    estimate: int
    rows: Iterator[RawRow]


class _Child:
    """One child process; `messages()` ends it in every case."""

    def __init__(self, request: dict[str, Any], limits: Limits) -> None:
        self.limits = limits
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-m", "employees.sheets.child", json.dumps(request)],
            cwd=_ROOT,
            env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
        )

    def messages(self) -> Generator[Any, None, None]:
        """Every message up to the end; raises SheetRefused for a refusal, a dead or slow child."""
        try:
            for line in self._lines():
                message = json.loads(line)
                if isinstance(message, dict):
                    if "refused" in message:
                        raise SheetRefused(message["refused"], **_storable(message["params"]))
                    if "end" in message:
                        return
                yield message
            raise SheetRefused("reader_died")
        finally:
            self.close()

    def _lines(self) -> Iterator[bytes]:
        """Lines of the pipe. Only the time spent waiting counts: the caller may be slow."""
        assert self.process.stdout is not None  # noqa: S101 - for the type checker
        descriptor = self.process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        left = float(self.limits.seconds)
        pending = bytearray()
        while True:
            started = time.monotonic()
            ready = poll.poll(max(0.0, left) * 1000)
            left -= time.monotonic() - started
            if not ready:
                raise SheetRefused("too_slow", seconds=self.limits.seconds)
            block = os.read(descriptor, _BLOCK)
            if not block:
                return
            pending += block
            if b"\n" in block:
                *lines, rest = bytes(pending).split(b"\n")
                pending = bytearray(rest)
                yield from lines
            elif len(pending) > _LONGEST_LINE:
                raise SheetRefused("reader_died")

    def close(self) -> None:
        """Kill the child if it still runs, and collect it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.wait()


def open_workbook(
    path: Path,
    *,
    sheet: str | None,
    ignore: Sequence[str],
    limits: Limits,
    preview: int | None = None,
) -> Workbook:
    """Open an XLSX in a child process; rows are read from it as they are asked for.

    Raises SheetRefused here or while the rows are iterated. With `preview`, only so many rows,
    and no sheet is refused as ambiguous (then `sheet` is None and there are no rows).
    """
    request = {
        "path": str(path.resolve()),
        "sheet": sheet,
        "ignore": list(ignore),
        "preview": preview,
        "limits": asdict(limits),
    }
    messages = _Child(request, limits).messages()
    head = next(messages, None)
    if not isinstance(head, dict):
        raise SheetRefused("reader_died")
    sheets = [
        SheetInfo(storable(name), hidden, has_data) for name, hidden, has_data in head["sheets"]
    ]
    return Workbook(sheets, head["sheet"], head["epoch1904"], head["rows"], _rows(messages))


def _rows(messages: Generator[Any, None, None]) -> Iterator[RawRow]:
    with contextlib.closing(messages):
        for batch in messages:
            for number, hidden, cells in batch:
                yield RawRow(number, [_cell(cell) for cell in cells], hidden)


def _storable(params: dict[str, Any]) -> dict[str, Any]:
    """Names of sheets come from the file: nothing in them may break a page or a database."""
    return {
        key: [storable(item) for item in value]
        if isinstance(value, list)
        else storable(value)
        if isinstance(value, str)
        else value
        for key, value in params.items()
    }


def _cell(cell: Any) -> RawCell:
    return Typed(cell[0], cell[1]) if type(cell) is list else cell
