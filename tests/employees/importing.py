"""Makes sheets and takes them through the services, for tests of imports."""

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import openpyxl
from django.db import connection

from credits.services.approvals import approve_batch
from employees.models import ImportBatch
from employees.services import imports

COMBINED = [
    "NIP",
    "Nama",
    "Jabatan Fungsional",
    "Jenjang",
    "Periode Mulai",
    "Periode Selesai",
    "Predikat",
    "Angka Kredit",
    "Nomor Bukti",
    "Golongan",
    "TMT Golongan",
    "TMT Jabatan",
    "Unit",
]
NIP = "199001012015011901"
OTHER = "199105062016022902"
ROW: Mapping[str, Any] = {
    "NIP": NIP,
    "Nama": "Dr. Budi Santoso, S.H., M.H.",
    "Jabatan Fungsional": "Analis Contoh",
    "Jenjang": "Ahli Pertama",
    "Periode Mulai": date(2024, 1, 1),
    "Periode Selesai": date(2024, 12, 31),
    "Predikat": "Baik",
    "Angka Kredit": "12.5",
    "Nomor Bukti": "EK/1",
    "Golongan": "III/a",
    "TMT Golongan": date(2020, 4, 1),
    "TMT Jabatan": date(2020, 4, 1),
    "Unit": "Biro Contoh",
}
TABLES = (
    "employees_employee",
    "employees_rank",
    "employees_appointment",
    "employees_unitmembership",
    "employees_education",
    "credits_rating",
    "credits_openingbalance",
)


def workbook(headings: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> io.BytesIO:
    """An XLSX as openpyxl writes it."""
    headings = list(headings)
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append([row.get(heading) for heading in headings])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def staged(
    kind: str, rows: Iterable[Mapping[str, Any]], headings: Iterable[str] = COMBINED, **options: Any
) -> ImportBatch:
    """A batch read into its preview."""
    batch = imports.start(kind, workbook(headings, rows), "rekap.xlsx", None, **options)
    return imports.run(batch.pk)


def applied(
    kind: str, rows: Iterable[Mapping[str, Any]], headings: Iterable[str] = COMBINED, **options: Any
) -> ImportBatch:
    """A batch read, applied and approved, as the operator's command does it."""
    batch = staged(kind, rows, headings, **options)
    imports.ask_apply(batch, None)
    batch = imports.run(batch.pk)
    if batch.state == ImportBatch.State.APPLIED:
        approve_batch(batch, None)
        batch.refresh_from_db()
    return batch


def combined(*changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of a combined recap: ROW with some cells changed."""
    return [{**ROW, **change} for change in changes]


def year(number: int, **cells: Any) -> dict[str, Any]:
    """The cells of a whole year's row."""
    return {
        "Periode Mulai": date(number, 1, 1),
        "Periode Selesai": date(number, 12, 31),
        "Nomor Bukti": f"EK/{number}",
    } | cells


def dump() -> dict[str, list[str]]:
    """Every column of every table that imports write, but the stamps of the counting."""
    with connection.cursor() as cursor:
        result = {}
        for table in TABLES:
            cursor.execute(
                f"SELECT (to_jsonb(t) - 'facts_version' - 'facts_changed_at')::text "
                f"FROM {table} t ORDER BY id"
            )
            result[table] = [row[0] for row in cursor.fetchall()]
    return result


def codes(batch: ImportBatch, number: int) -> list[str]:
    """The codes of the errors of a row."""
    return [error["code"] for error in batch.rows.get(number=number).errors]


def warning_codes(batch: ImportBatch) -> dict[str, int]:
    """Warning and notice codes of a batch with their counts."""
    return {warning["code"]: warning["count"] for warning in batch.warnings}
