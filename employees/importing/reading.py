"""From a stored file to planned rows: read once, compactly kept, planned person by person.

Rows of one person belong together (a yearly rating replaces the quarters of the same sheet), but
may stand anywhere, so that the sheet is read whole before it is planned. Until then a row is one
JSON text; nothing is written, and a file that turns out bad further down leaves nothing behind.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from employees.importing.facets import Context
from employees.importing.plan import REFUSED, Finding, Person, Rec, SheetRow
from employees.importing.registry import Kind
from employees.models import Employee, FormerNip, ImportBatch
from employees.sheets.columns import Note
from employees.sheets.reader import Limits, SheetRefused, Table, read

CHUNK = 2_000  # rows planned and written at once
TEMPLATE_SHEETS = ("Nilai yang diizinkan",)

Encoded = tuple[int, str]  # the sheet's row number, the rest as JSON


@dataclass
class Collected:
    """A sheet in memory: rows with a usable NIP by NIP, the others apart."""

    headings: list[str]
    matched: dict[str, str]
    people: dict[str, list[Encoded]] = field(default_factory=dict)
    nobody: list[Encoded] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    count: int = 0


def collect(
    batch: ImportBatch, kind: Kind, progress: Callable[[int, int | None], None]
) -> Collected:
    """Read the file of a batch. Raises SheetRefused."""
    with tempfile.NamedTemporaryFile(suffix=Path(batch.file_name).suffix.lower()[:8]) as copy:
        with batch.file.open("rb") as source:
            shutil.copyfileobj(source, copy)
        copy.flush()
        table = read(
            Path(copy.name),
            filename=batch.file_name,
            columns=kind.columns,
            sheet=batch.options.get("sheet") or None,
            decimal=batch.options.get("decimal") or None,
            mapping=batch.options.get("mapping") or None,
            progress=progress,
            ignore_sheets=TEMPLATE_SHEETS,
            limits=Limits(**getattr(settings, "IMPORT_LIMITS", {})),
        )
        return _collect(table, kind)


def _collect(table: Table, kind: Kind) -> Collected:
    missing = kind.missing(set(table.matched.values()))
    if missing:
        raise SheetRefused("column_missing", columns=missing, header_row=table.header_row)
    sheet = Collected(table.headings, table.matched)
    types = {column.key: column.type for column in kind.columns}
    amounts = [(h, key) for h, key in table.matched.items() if types[key] == "amount"]
    for row in table.rows:
        sheet.count += 1
        nip = row.values.pop("nip", None)
        values = {k: v for k, v in row.values.items() if v is not None}
        for heading, key in amounts:
            if key in values:
                values[f"{key}_places"] = places(row.raw.get(heading, ""), values[key])
        text = encode(
            {
                "values": values,
                "raw": row.raw,
                "errors": [_finding(n).stored() for n in row.errors],
                "warnings": [_finding(n).stored() for n in row.warnings],
            }
        )
        where = sheet.people.setdefault(nip, []) if isinstance(nip, str) else sheet.nobody
        where.append((row.number, text))
    sheet.warnings = [_finding(note) for note in table.warnings]
    return sheet


def places(text: str, value: Any) -> int:
    """How many decimals the cell states: "12,50" two, though the amount is 12.5.

    Where the digits are not those of the amount (thousands, binary noise), those of the amount.
    """
    digits = "".join(c for c in text if c.isdigit())
    after = re.search(r"[.,]([0-9]+)\s*$", text)
    count = len(after[1]) if after else 0
    if digits and Decimal(value).scaleb(count) == int(digits):
        return count
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


encode: Callable[[Any], str] = DjangoJSONEncoder(ensure_ascii=False).encode


def _finding(note: Note) -> Finding:
    return Finding(note.code, dict(note.params), note.column)


def decode(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values of a row as Python values, by the types of the kind's columns."""
    types = {c.key: c.type for c in kind.columns}
    return {k: _decoded(types.get(k, "text"), v) for k, v in values.items()}


def _decoded(type_: str, value: Any) -> Any:
    if type_ == "date":
        return date.fromisoformat(value)
    return Decimal(value) if type_ == "amount" else value


Group = tuple[str, list[SheetRow]]


def chunks(groups: Iterable[Group]) -> Iterator[list[Group]]:
    """Groups of rows by person, some CHUNK rows at a time; a person is never cut."""
    part: list[Group] = []
    size = 0
    for group in groups:
        part.append(group)
        size += len(group[1])
        if size >= CHUNK:
            yield part
            part, size = [], 0
    if part:
        yield part


def plan(kind: Kind, groups: Sequence[Group], context: Context) -> list[Person]:
    """Plan the rows of some people against the database as it is; gives the people's image."""
    for _nip, rows in groups:
        _settle_doubles(kind, [r for r in rows if r.outcome != REFUSED])
    people = load_people(kind, [nip for nip, _rows in groups])
    merged: dict[int, tuple[Person, list[SheetRow]]] = {}
    for nip, rows in groups:
        person = people[nip]
        if person.nip != nip:
            for row in rows:
                row.warn("nip_former", "nip")
        open_rows = [r for r in rows if r.outcome != REFUSED and r.twin is None]
        merged.setdefault(id(person), (person, []))[1].extend(open_rows)
    for person, rows in merged.values():
        if _is_own(person, context):
            for row in rows:
                row.error("own_record", "nip")
                row.settle()
        elif rows:
            kind.plan(person, rows, context)
    for _nip, rows in groups:
        _refuse_twins(rows)
    return [person for person, _rows in merged.values()]


def _is_own(person: Person, context: Context) -> bool:
    return person.employee is not None and person.employee.user_id in context.officers


def _settle_doubles(kind: Kind, rows: Sequence[SheetRow]) -> None:
    """The same row again counts once; the same fact stated otherwise refuses all those rows."""
    seen: dict[Any, list[SheetRow]] = {}
    for row in rows:
        seen.setdefault(kind.identity(row.values), []).append(row)
    for group in seen.values():
        if len(group) == 1:
            continue
        first = group[0]
        differing = _differing(kind, group)
        if differing is None:
            for row in group[1:]:
                row.twin = first
                row.warn("duplicate_row", row=first.number)
            continue
        refuse_conflict(group, differing)


def _differing(kind: Kind, rows: Sequence[SheetRow]) -> str | None:
    """The first column in which rows differ; "12.5" and "12.50" do not."""
    keys = (column.key for column in kind.columns)
    return next((k for k in keys if any(r.get(k) != rows[0].get(k) for r in rows)), None)


def refuse_conflict(rows: Sequence[SheetRow], key: str) -> None:
    """Rows that contradict each other are all refused; each names the others."""
    numbers = sorted(row.number for row in rows)
    for row in rows:
        row.error("rows_conflict", key, rows=numbers[:20])
        row.settle()


def _refuse_twins(rows: Sequence[SheetRow]) -> None:
    """What is wrong with a row is wrong with the same row below it."""
    for row in rows:
        if row.twin is not None and row.twin.errors:
            row.errors = list(row.twin.errors)
            row.warnings = [w for w in row.warnings if w.code != "duplicate_row"]
            row.settle()


def load_people(kind: Kind, nips: Sequence[str]) -> dict[str, Person]:
    """The image of some people: a query for them, one for former NIPs, one per table."""
    known = {e["nip"]: e for e in Employee.everyone.filter(nip__in=nips).values()}
    people = {nip: Person(nip) for nip in nips}
    by_id: dict[int, Person] = {}
    for nip, values in known.items():
        _fill(people[nip], dict(values))
        by_id[values["id"]] = people[nip]
    strangers = [nip for nip in nips if nip not in known]
    former = FormerNip.objects.filter(nip__in=strangers, employee__withdrawn_at__isnull=True)
    moved = dict(former.values_list("nip", "employee_id"))
    missing = Employee.everyone.filter(id__in=set(moved.values()) - set(by_id)).values()
    for values in missing:
        by_id[values["id"]] = Person(values["nip"])
        _fill(by_id[values["id"]], dict(values))
    people |= {nip: by_id[pk] for nip, pk in moved.items()}
    for wanted in kind.reads:
        rows = wanted.model._default_manager.filter(wanted.where, employee_id__in=list(by_id))
        for row in rows.order_by("id").values():
            by_id[row["employee_id"]].of(wanted.model).append(Rec(wanted.model, row, row["id"]))
    return people


def _fill(person: Person, values: dict[str, Any]) -> None:
    person.employee = Rec(Employee, values, values["id"])
    person.withdrawn = values["withdrawn_at"] is not None
