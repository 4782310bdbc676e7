"""A recap of new people as XLSX: read, previewed and applied, with the memory of the whole act."""

import tempfile
from datetime import date
from pathlib import Path

import xlsxwriter

from employees.models import ImportBatch, ImportRow
from positions.models import Position
from reports.bench.data import nip_of
from reports.bench.processes import side_by_side
from reports.bench.table import Figure

LIMITS = {1_904: 30.0, 100_000: 120.0}  # seconds
PEAK_MB = 500 * 1.048576  # 500 MiB
HEADINGS = (
    "NIP", "Nama", "Jabatan Fungsional", "Jenjang", "Periode Mulai", "Periode Selesai", "Predikat",
    "Angka Kredit", "Nomor Bukti", "Golongan", "TMT Golongan", "TMT Jabatan", "Unit",
)  # fmt: skip
ACT = """
from employees.services import imports
from employees.models import ImportBatch
with open({path!r}, "rb") as file:
    batch = imports.start("combined", file, "rekap.xlsx", None)
imports.run(batch.pk)
batch.refresh_from_db()
imports.ask_apply(batch, None)
imports.run(batch.pk)
"""


def recap(rows: int) -> Figure:
    """Into a database with the catalogue and nobody."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rekap.xlsx"
        _write(path, rows)
        ran = side_by_side([ACT.format(path=str(path))], {"MEDIA_ROOT": folder})
    batch = ImportBatch.objects.latest("id")
    taken = batch.rows.exclude(outcome=ImportRow.Outcome.REFUSED).count()
    if batch.state != ImportBatch.State.APPLIED or taken != rows:
        raise AssertionError(f"{batch.state}: {batch.counts} {batch.refusal}")
    limit = LIMITS.get(rows, rows / 1000)
    return Figure(
        "T20 import, preview and apply",
        rows,
        ours_s=round(ran.seconds, 3),
        peak_mb=round(ran.peak_mb, 1),
        target=f"<= {limit:g} s, 500 MiB",
        holds=ran.seconds <= limit and ran.peak_mb <= PEAK_MB,
    )


def _write(path: Path, rows: int) -> None:
    position = Position.objects.filter(category=Position.Category.EXPERT).order_by("number")[0]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        sheet.write_string(row, 0, nip_of(row))
        sheet.write_string(row, 1, f"Pegawai Uji {row:06d}")
        sheet.write_string(row, 2, position.name)
        sheet.write_string(row, 3, "Ahli Pertama")
        sheet.write_datetime(row, 4, date(2025, 1, 1), day)
        sheet.write_datetime(row, 5, date(2025, 12, 31), day)
        sheet.write_string(row, 6, "Baik")
        sheet.write_number(row, 7, 12.5)
        sheet.write_string(row, 8, f"EK/{row}")
        sheet.write_string(row, 9, "III/a")
        sheet.write_datetime(row, 10, date(2022, 4, 1), day)
        sheet.write_datetime(row, 11, date(2023, 1, 1), day)
        sheet.write_string(row, 12, "Biro Umum")
    book.close()
