"""The child process that opens an XLSX: `python -m employees.sheets.child REQUEST`.

It bounds its own memory, CPU and file writes before it opens the file, and writes JSON lines:
first {"sheets": [[name, hidden, has_data], ...], "sheet": name or null, "epoch1904": bool,
"rows": estimate}, then lists of rows [number, hidden, cells], at last {"end": true}; or
{"refused": code, "params": {...}} at any point. REQUEST is a JSON object: path, sheet, ignore,
preview (rows wanted, or null) and limits. Standard library only: it starts in 0.1 s.
"""

import json
import resource
import sys
from collections import deque
from pathlib import Path
from typing import Any, TextIO

from employees.sheets.archive import open_checked
from employees.sheets.limits import MIB, Limits, SheetRefused
from employees.sheets.workbook import Book, SheetPart, SheetScan, open_book

_BATCH_ROWS = 200
_BATCH_CELLS = 20_000


def main(argv: list[str], out: TextIO) -> int:
    """Serve one request; every outcome but a dead process is a line on `out`."""
    request = json.loads(argv[1])
    limits = Limits(**request["limits"])
    _bound(limits)
    try:
        _serve(request, limits, out)
    except SheetRefused as refused:
        _send(out, {"refused": refused.code, "params": refused.params})
    except MemoryError:
        _send(out, {"refused": "too_much_memory", "params": {"limit_mib": limits.memory // MIB}})
    except (ValueError, KeyError, IndexError, OverflowError, RecursionError):
        # Whatever a forged part made trip: the file is damaged, the process is done anyway.
        _send(out, {"refused": "xml_damaged", "params": {}})
    return 0


def _bound(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(out: TextIO, message: object) -> None:
    out.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")))
    out.write("\n")
    out.flush()


def _serve(request: dict[str, Any], limits: Limits, out: TextIO) -> None:
    with Path(request["path"]).open("rb") as stream, open_checked(stream, limits) as archive:
        book = open_book(archive, limits)
        preview = request["preview"]
        sheet = _choose(book, request["sheet"], set(request["ignore"]), bool(preview))
        head = {
            "sheets": [[one.name, one.hidden, one.has_data] for one in book.sheets],
            "sheet": sheet.name if sheet else None,
            "epoch1904": book.epoch1904,
        }
        scan = SheetScan(book, sheet) if sheet else None
        if sheet and scan and scan.estimate > limits.rows and not preview:
            # Count first: a sheet over the limit is refused before the parent parses a row.
            deque(SheetScan(book, sheet).rows(), maxlen=0)
        _send(out, {**head, "rows": scan.estimate if scan else 0})
        if scan:
            _send_rows(scan, out, preview)
        _send(out, {"end": True})


def _choose(
    book: Book, wanted: str | None, ignored: set[str], undecided_is_fine: bool
) -> SheetPart | None:
    """The sheet asked for, or the only visible one with data; raises SheetRefused."""
    if wanted is not None:
        for sheet in book.sheets:
            if sheet.name == wanted:
                return sheet
        names = [sheet.name for sheet in book.sheets]
        raise SheetRefused("sheet_unknown", sheet=wanted, sheets=names)
    filled = [sheet for sheet in book.sheets if sheet.has_data and sheet.name not in ignored]
    visible = [sheet for sheet in filled if not sheet.hidden]
    if len(visible) == 1:
        return visible[0]
    if undecided_is_fine:
        return None
    if visible:
        raise SheetRefused("sheets_ambiguous", sheets=[sheet.name for sheet in visible])
    if filled:
        raise SheetRefused("sheets_hidden", sheets=[sheet.name for sheet in filled])
    raise SheetRefused("no_data")


def _send_rows(scan: SheetScan, out: TextIO, preview: int | None) -> None:
    batch: list[object] = []
    cells = 0
    for sent, row in enumerate(scan.rows(), start=1):
        batch.append(row)
        cells += len(row[2]) + sum(len(c) // 64 for c in row[2] if isinstance(c, str))
        if len(batch) >= _BATCH_ROWS or cells >= _BATCH_CELLS:
            _send(out, batch)
            batch, cells = [], 0
        if preview and sent >= preview:
            break
    if batch:
        _send(out, batch)


if __name__ == "__main__":
    sys.exit(main(sys.argv, sys.stdout))
