"""What came of a batch, for the command's JSON, the pages and the sheet of refused rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from employees.importing.plan import CHANGED, NEW, NOTICES, REFUSED, SAME
from employees.importing.sentences import sentence
from employees.models import ImportBatch, ImportRow

ACCEPT_EXACT, ACCEPT_WARN, REJECT_ROW, REJECT_FILE = (
    "accept_exact",
    "accept_warn",
    "reject_row",
    "reject_file",
)
EXIT_CODES = {ACCEPT_EXACT: 0, ACCEPT_WARN: 0, REJECT_ROW: 1, REJECT_FILE: 2}
State = ImportBatch.State
_FILE_REFUSED = (State.REFUSED, State.MAPPING, State.FAILED)


def outcome(batch: ImportBatch) -> str:
    """One of the four outcomes of design/bad_input.md."""
    if batch.state in _FILE_REFUSED:
        return REJECT_FILE
    if batch.counts.get(REFUSED):
        return REJECT_ROW
    return ACCEPT_WARN if warnings(batch) else ACCEPT_EXACT


def rows_ok(batch: ImportBatch) -> int:
    """Rows taken; the same row again counts once."""
    taken = sum(batch.counts.get(name, 0) for name in (NEW, CHANGED, SAME))
    return taken - sum(w["count"] for w in batch.warnings if w["code"] == "duplicate_row")


def warnings(batch: ImportBatch) -> list[dict[str, Any]]:
    """Warnings, each kind once with its count."""
    return [_said(w) for w in batch.warnings if w["code"] not in NOTICES]


def notices(batch: ImportBatch) -> list[dict[str, Any]]:
    """What was filled in as the rules of the import say; no fault of the sheet."""
    return [_said(w) for w in batch.warnings if w["code"] in NOTICES]


def refusal(batch: ImportBatch) -> dict[str, Any] | None:
    """Why the file was refused, or why the last work stopped, with its sentence."""
    return _said(batch.refusal) if batch.refusal else None


def _said(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {**finding, "message": sentence(finding["code"], finding["params"])}


def refused_rows(batch: ImportBatch) -> Iterator[dict[str, Any]]:
    """One item per refused row: its first error, and further ones under `others`."""
    rows = batch.rows.filter(outcome=REFUSED).order_by("number")
    for number, errors in rows.values_list("number", "errors").iterator():
        first, *others = [
            {"column": e["column"], "code": e["code"], "message": sentence(e["code"], e["params"])}
            for e in errors
        ]
        yield {"row": number} | first | ({"others": others} if others else {})


def report(batch: ImportBatch) -> dict[str, Any]:
    """The JSON of `import_sheet` (issue 3 C), with the sentences in the active language."""
    told = refusal(batch)
    return {
        "outcome": outcome(batch),
        "rows_ok": rows_ok(batch),
        "rows_refused": list(refused_rows(batch)),
        "warnings": warnings(batch),
        "notices": notices(batch),
        "differences": batch.differences,
        "applied": batch.state == State.APPLIED,
        "batch": str(batch.public_id),
        "counts": batch.counts,
    } | ({"refusal": told} if told else {})


def reasons_of(row: ImportRow) -> str:
    """All errors of a refused row as one text, for the cell beside it."""
    told = []
    for error in row.errors:
        where = f"{error['column']}: " if error["column"] else ""
        told.append(where + sentence(error["code"], error["params"]))
    return "\n".join(told)
