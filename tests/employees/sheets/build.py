"""Builders of sheets, good and bad, for the tests of the reader. Every person is invented."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from employees.sheets.columns import Column
from employees.sheets.reader import Limits, Row, SheetRefused, Table, read

RATINGS = ("Sangat Baik", "Baik", "Butuh Perbaikan", "Kurang", "Sangat Kurang")
COLUMNS = (
    Column("nip", ("NIP", "Nomor Induk Pegawai"), "nip", required=True, mandatory=True),
    Column("name", ("Nama", "Nama Pegawai"), "name", required=True, mandatory=True),
    Column("start", ("Periode Mulai",), "date", required=True, mandatory=True),
    Column(
        "rating",
        ("Predikat",),
        "choice",
        required=True,
        mandatory=True,
        choices={text: text.lower() for text in RATINGS},
    ),
    Column("amount", ("Angka Kredit", "AK"), "amount", required=True, mandatory=True),
    Column("proof", ("Nomor Bukti",), "text"),
)
HEADER = tuple(column.headings[0] for column in COLUMNS)
NIPS = ("199001012015011001", "199002022015012001", "199003032015011001")
Values = list[Any]


def good_rows() -> list[Values]:
    names = ("Budi Santoso, S.H.", "Siti Aminah", "Agus Salim")
    return [
        [nip, name, date(2024, 1, 1), "Baik", 12.5, "1/0235/2024"]
        for nip, name in zip(NIPS, names, strict=True)
    ]


def changed(column: str, value: object, row: int = 1) -> list[Values]:
    """The good rows with one cell changed (row counted from 0)."""
    rows = good_rows()
    rows[row][[c.key for c in COLUMNS].index(column)] = value
    return rows


def workbook(
    rows: Sequence[Sequence[object]], header: Sequence[object] | None = HEADER
) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    if header is not None:
        sheet.append(list(header))
    for values in rows:
        sheet.append(list(values))
        for cell in sheet[sheet.max_row]:
            # A text that begins with "=" is text here, as another program writes it.
            if isinstance(cell.value, str):
                cell.data_type = "s"
    return book


def xlsx_bytes(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def good_xlsx() -> bytes:
    return xlsx_bytes(workbook(good_rows()))


def repacked(
    data: bytes,
    change: Callable[[str, bytes], bytes] | None = None,
    extra: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """The archive written again with parts changed and entries added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(name, body) if change else body)
        for name, body in extra:
            new.writestr(name, body)
    return out.getvalue()


def with_sheet(change: Callable[[bytes], bytes], data: bytes | None = None) -> bytes:
    """An XLSX whose first worksheet's XML is changed."""
    return repacked(
        data or good_xlsx(),
        lambda name, body: change(body) if name == "xl/worksheets/sheet1.xml" else body,
    )


def csv_text(
    rows: Sequence[Sequence[object]] | None = None, delimiter: str = ",", newline: str = "\r\n"
) -> str:
    lines = [HEADER, *(rows if rows is not None else good_rows())]
    return "".join(
        delimiter.join(_csv_cell(value, delimiter) for value in line) + newline for line in lines
    )


def _csv_cell(value: object, delimiter: str) -> str:
    text = "" if value is None else str(value)
    special = {delimiter, '"', "\r", "\n"}
    return '"' + text.replace('"', '""') + '"' if special & set(text) else text


def read_bytes(
    folder: Path, data: bytes, filename: str = "rekap.xlsx", **options: Any
) -> tuple[Table, list[Row]]:
    path = folder / "upload"
    path.write_bytes(data)
    table = read(path, filename=filename, columns=COLUMNS, **options)
    return table, list(table.rows)


def outcome(
    folder: Path, data: bytes, filename: str = "rekap.xlsx", **options: Any
) -> tuple[str, set[str]]:
    """(accept_exact | accept_warn | reject_row | reject_file, codes found)."""
    try:
        table, rows = read_bytes(folder, data, filename, **options)
    except SheetRefused as refused:
        return "reject_file", {refused.code}
    errors = {note.code for row in rows for note in row.errors}
    if errors:
        return "reject_row", errors
    warnings = {note.code for note in table.warnings}
    warnings |= {note.code for row in rows for note in row.warnings}
    return ("accept_warn", warnings) if warnings else ("accept_exact", set())


SMALL = Limits(rows=20)
