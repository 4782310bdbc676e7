"""Each class of bad sheets gets the outcome that design/bad_input.md gives it."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from random import Random

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from employees.sheets.limits import Limits
from tests.employees.sheets.build import (
    HEADER,
    NIPS,
    SMALL,
    changed,
    csv_text,
    good_rows,
    good_xlsx,
    outcome,
    repacked,
    with_sheet,
    workbook,
    xlsx_bytes,
)

EXACT, WARN, ROW, FILE = "accept_exact", "accept_warn", "reject_row", "reject_file"

# column, what stands in the cell, outcome, a code that must be among those found
CELLS: list[tuple[str, object, str, str | None]] = [
    ("nip", int(NIPS[1]), ROW, "nip_number"),
    ("nip", 1.99002e17, ROW, "nip_number"),
    ("nip", "1.99002E+17", ROW, "nip_scientific"),
    ("nip", "1,99002022015012E+17", ROW, "nip_scientific"),
    ("nip", "19900202201501200O", ROW, "nip_characters"),
    ("nip", "١٩٩٠٠٢٠٢٢٠١٥٠١٢٠٠١", ROW, "nip_foreign_digits"),
    ("nip", NIPS[1][:-1], ROW, "nip_length"),
    ("nip", "0" + NIPS[1], ROW, "nip_length"),
    ("nip", "199002302015012001", ROW, "nip_birth_date"),
    ("nip", "199002022015013001", ROW, "nip_sex"),
    ("nip", "000000000000000000", ROW, "nip_zeros"),
    ("nip", "-", ROW, "cell_empty"),
    ("nip", "'" + NIPS[1], WARN, "nip_normalised"),
    ("nip", "19900202 201501 2 001", WARN, "nip_normalised"),
    ("nip", "19900202.201501.2.001", WARN, "nip_normalised"),
    ("nip", "19900202\u00a0201501\u00a02\u00a0001", WARN, "nip_normalised"),
    ("nip", "\u200b" + NIPS[1], WARN, "nip_normalised"),
    ("nip", "１９９００２０２２０１５０１２００１", WARN, "nip_normalised"),
    ("start", "2024-01-01", EXACT, None),
    ("start", 45292, WARN, "date_serial_read"),
    ("start", datetime.fromisoformat("2024-01-01T13:30"), WARN, "date_time_dropped"),
    ("start", "31/01/2024", WARN, "date_day_first"),
    ("start", "05/04/2024", WARN, "date_ambiguous"),
    ("start", "01/01/2024", WARN, "date_normalised"),
    ("start", "5 April 2024", WARN, "date_words"),
    ("start", "1 Agustus 2024", WARN, "date_words"),
    ("start", "1\u00a0Agustus\u00a02024", WARN, "date_words"),
    ("start", "2024-01-01 07:00:00", WARN, "date_time_dropped"),
    ("start", "31/02/2024", ROW, "date_impossible"),
    ("start", "29/02/2023", ROW, "date_impossible"),
    ("start", 60, ROW, "date_serial"),
    ("start", "60", ROW, "date_serial"),
    ("start", 2024, ROW, "date_serial"),
    ("start", "04/25/2024", ROW, "date_month_first"),
    ("start", "01/04/24", ROW, "date_two_digit_year"),
    ("start", "01/04/2567", ROW, "date_year"),
    ("start", "1445-06-19", ROW, "date_year"),
    ("start", "segera", ROW, "date_unreadable"),
    ("start", "١/٤/٢٠٢٤", ROW, "date_unreadable"),
    ("start", True, ROW, "cell_type"),
    ("amount", 0, EXACT, None),
    ("amount", "37.5", EXACT, None),
    ("amount", "37,5", WARN, "amount_comma"),
    ("amount", 434.99999999999994, WARN, "amount_noise"),
    ("amount", "12,500", ROW, "amount_ambiguous"),
    ("amount", "1.904", ROW, "amount_ambiguous"),
    ("amount", -1, ROW, "amount_negative"),
    ("amount", "-12.5", ROW, "amount_negative"),
    ("amount", "\u221212.5", ROW, "amount_negative"),
    ("amount", "NaN", ROW, "amount_not_finite"),
    ("amount", "Infinity", ROW, "amount_not_finite"),
    ("amount", "1.25e1", ROW, "amount_exponent"),
    ("amount", "1_000", ROW, "amount_underscore"),
    ("amount", "１２", ROW, "amount_foreign_digits"),
    ("amount", "١٢", ROW, "amount_foreign_digits"),
    ("amount", "12.34567", ROW, "amount_decimals"),
    ("amount", 12.34567, ROW, "amount_decimals"),
    ("amount", None, ROW, "cell_empty"),
    ("amount", "   ", ROW, "cell_empty"),
    ("amount", "-", ROW, "amount_unreadable"),
    ("amount", "#N/A", ROW, "cell_error"),
    ("amount", date(2024, 5, 12), ROW, "amount_is_date"),
    ("amount", "9" * 400, ROW, "amount_too_large"),
    ("rating", "baik", WARN, "choice_spelling"),
    ("rating", "  SANGAT   BAIK ", WARN, "choice_spelling"),
    ("rating", "Bagus", ROW, "choice_unknown"),
    ("rating", "В\u0430ik", ROW, "choice_unknown"),
    ("rating", "Bai\u212a", ROW, "choice_unknown"),
    ("name", "=HYPERLINK(1)", WARN, "text_formula_like"),
    ("name", "+62811", WARN, "text_formula_like"),
    ("name", "-1+1", WARN, "text_formula_like"),
    ("name", "@SUM(1)", WARN, "text_formula_like"),
    ("name", "\t=1", WARN, "text_formula_like"),
    ("name", "＝1＋1", WARN, "text_formula_like"),
    ("name", "<script>alert(1)</script>", EXACT, None),
    ("name", "{{ 7*7 }}{% debug %}${x}", EXACT, None),
    ("name", "Robert'); DROP TABLE people;--", EXACT, None),
    ("name", "Jose\u0301 Da Costa", WARN, "text_composed"),
    ("name", "José Da Costa", EXACT, None),
    ("name", "Budi\u202egnp.exe", ROW, "text_bidi"),
    ("name", "x" * 10_000, ROW, "text_too_long"),
    ("name", "Budi 😀", WARN, "text_emoji"),
    ("name", "Budi \U0001fae8", WARN, "text_emoji"),  # younger than this Python
    ("name", "Budi  Santoso", WARN, "blanks_unusual"),
    ("name", "Budi\nSantoso", WARN, "blanks_unusual"),
    ("name", 12345, ROW, "cell_type"),
]


@pytest.mark.parametrize(("column", "value", "expected", "code"), CELLS)
def test_a_cell_of_a_workbook_gets_the_outcome_of_its_class(
    tmp_path: Path, column: str, value: object, expected: str, code: str | None
) -> None:
    found, codes = outcome(tmp_path, xlsx_bytes(workbook(changed(column, value))))
    assert (found, code is None or code in codes) == (expected, True), codes


@pytest.mark.parametrize(
    ("column", "value", "expected", "code"),
    [case for case in CELLS if isinstance(case[1], str)],
)
def test_the_same_text_in_a_csv_gets_the_same_outcome(
    tmp_path: Path, column: str, value: str, expected: str, code: str | None
) -> None:
    data = csv_text(changed(column, value)).encode()
    found, codes = outcome(tmp_path, data, "rekap.csv")
    assert (found, code is None or code in codes) == (expected, True), codes


def _edit(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = workbook(good_rows())
    change(book)
    return xlsx_bytes(book)


def _formula(book: openpyxl.Workbook) -> None:
    book["Data"]["E3"] = "=10+2.5"


def _error_cell(book: openpyxl.Workbook) -> None:
    book["Data"]["E3"] = "#DIV/0!"
    book["Data"]["E3"].data_type = "e"


def _merged(book: openpyxl.Workbook) -> None:
    book["Data"]["D3"] = None
    book["Data"].merge_cells("D2:D3")


def _merged_over_values(book: openpyxl.Workbook) -> None:
    """Merged by a program that left the covered value in the file: nobody sees it."""
    book["Data"].merged_cells.add("D2:D3")


def _titles(book: openpyxl.Workbook) -> None:
    book["Data"].insert_rows(1, 2)
    book["Data"]["A1"] = "REKAPITULASI ANGKA KREDIT"


def _hidden_row(book: openpyxl.Workbook) -> None:
    book["Data"].row_dimensions[3].hidden = True


def _hidden_sheet(book: openpyxl.Workbook) -> None:
    other = book.create_sheet("Lama")
    other.append(["NIP", "rahasia"])
    other.sheet_state = "veryHidden"


def _subtotal(book: openpyxl.Workbook) -> None:
    book["Data"].append(["Jumlah", None, None, None, "=SUM(E2:E4)"])


def _two_sheets(book: openpyxl.Workbook) -> None:
    book.create_sheet("Data 2").append(list(HEADER))


def _formatted_empty_rows(book: openpyxl.Workbook) -> None:
    for row in range(5, 3005):
        for column in range(1, 7):
            book["Data"].cell(row, column).number_format = "@"


def _epoch_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def _reordered(rows: list[list[object]]) -> bytes:
    order = [1, 0, 2, 3, 4, 5]
    return xlsx_bytes(
        workbook([[row[i] for i in order] for row in rows], [HEADER[i] for i in order])
    )


def _xlsxwriter(write_nip: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, HEADER)
        for index, row in enumerate(good_rows(), start=1):
            getattr(sheet, write_nip)(index, 0, row[0] if write_nip != "write_number" else 1.99e17)
            sheet.write_string(index, 1, row[1])
            sheet.write_datetime(index, 2, date(2024, 1, 1), day)
            sheet.write_string(index, 3, row[3])
            sheet.write_number(index, 4, row[4])
            sheet.write_string(index, 5, row[5])
    return buffer.getvalue()


def _external_link(data: bytes) -> bytes:
    """A formula into another file, with a cached value, and the part that names the file."""
    cell = b'<c r="E3"><f>[1]Data!A1</f><v>12.5</v></c>'
    changed = with_sheet(lambda xml: xml.replace(b'<c r="E3" t="n"><v>12.5</v></c>', cell), data)
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return repacked(changed, extra=[("xl/externalLinks/externalLink1.xml", link)])


SHEETS: list[tuple[str, Callable[[], bytes], str, str | None]] = [
    ("openpyxl", good_xlsx, EXACT, None),
    ("xlsxwriter", lambda: _xlsxwriter("write_string"), EXACT, None),
    ("xlsxwriter with a number as NIP", lambda: _xlsxwriter("write_number"), ROW, "nip_number"),
    ("formula", lambda: _edit(_formula), ROW, "cell_formula"),
    ("formula into another file", lambda: _external_link(good_xlsx()), ROW, "cell_formula"),
    ("error value", lambda: _edit(_error_cell), ROW, "cell_error"),
    ("merged data cells", lambda: _edit(_merged), ROW, "cell_merged"),
    ("merged over values", lambda: _edit(_merged_over_values), ROW, "cell_merged"),
    ("title rows", lambda: _edit(_titles), WARN, "title_rows"),
    (
        "blank rows above the header",
        lambda: _edit(lambda b: b["Data"].insert_rows(1, 2)),
        WARN,
        "blank_rows",
    ),
    ("hidden row", lambda: _edit(_hidden_row), WARN, "row_hidden"),
    ("hidden sheet", lambda: _edit(_hidden_sheet), WARN, "sheets_hidden_ignored"),
    ("subtotal", lambda: _edit(_subtotal), WARN, "subtotal_skipped"),
    ("blank row", lambda: _edit(lambda b: b["Data"].insert_rows(3)), WARN, "blank_rows"),
    ("1904 epoch", lambda: _edit(_epoch_1904), EXACT, None),
    ("formatted empty rows", lambda: _edit(_formatted_empty_rows), EXACT, None),
    ("reordered columns", lambda: _reordered(good_rows()), WARN, "columns_reordered"),
    (
        "extra column",
        lambda: xlsx_bytes(workbook([[*r, "x"] for r in good_rows()], [*HEADER, "is_superuser"])),
        WARN,
        "columns_extra",
    ),
    (
        "a column without a heading",
        lambda: xlsx_bytes(workbook([[*r, "x"] for r in good_rows()])),
        WARN,
        "cells_unheaded",
    ),
    (
        "a heading with a blank at its end",
        lambda: xlsx_bytes(workbook(good_rows(), ["NIP ", *HEADER[1:]])),
        WARN,
        "heading_variant",
    ),
    (
        "other spelling of headings",
        lambda: xlsx_bytes(workbook(good_rows(), ["N I P", "NAMA", *HEADER[2:]])),
        WARN,
        "heading_variant",
    ),
    ("no header", lambda: xlsx_bytes(workbook(good_rows(), None)), FILE, "no_header"),
    ("header only", lambda: xlsx_bytes(workbook([])), FILE, "header_only"),
    ("empty workbook", lambda: xlsx_bytes(workbook([], None)), FILE, "no_data"),
    (
        "required column missing",
        lambda: xlsx_bytes(workbook([r[:4] for r in good_rows()], HEADER[:4])),
        FILE,
        "column_missing",
    ),
    (
        "the same column twice",
        lambda: xlsx_bytes(workbook([[*r, 3] for r in good_rows()], [*HEADER, "AK"])),
        FILE,
        "column_twice",
    ),
    ("two visible sheets", lambda: _edit(_two_sheets), FILE, "sheets_ambiguous"),
    (
        "false dimension",
        lambda: with_sheet(lambda x: x.replace(b'<dimension ref="A1:F4"', b'<dimension ref="A1"')),
        EXACT,
        None,
    ),
    (
        "a number beyond all bounds",
        lambda: with_sheet(lambda x: x.replace(b"<v>12.5</v>", b"<v>1E999999999</v>", 1)),
        ROW,
        "amount_too_large",
    ),
    (
        "a serial beyond all bounds",
        lambda: with_sheet(lambda x: x.replace(b"<v>45292</v>", b"<v>1E9999999</v>", 1)),
        ROW,
        "date_serial",
    ),
    (
        "a cell that is not a number",
        lambda: with_sheet(lambda x: x.replace(b"<v>12.5</v>", b"<v>NaN</v>", 1)),
        ROW,
        "amount_not_finite",
    ),
    (
        "a lone surrogate",
        lambda: xlsx_bytes(workbook(changed("rating", "Baik_xD800_"))),
        ROW,
        "choice_unknown",
    ),
    (
        "control character",
        lambda: with_sheet(
            lambda x: x,
            repacked(good_xlsx(), lambda n, b: b.replace(b"Siti Aminah", b"Siti_x0007_A")),
        ),
        ROW,
        "text_control",
    ),
]


@pytest.mark.parametrize(
    ("make", "expected", "code"), [pytest.param(*case[1:], id=case[0]) for case in SHEETS]
)
def test_a_workbook_gets_the_outcome_of_its_class(
    tmp_path: Path, make: Callable[[], bytes], expected: str, code: str | None
) -> None:
    found, codes = outcome(tmp_path, make())
    assert (found, code is None or code in codes) == (expected, True), codes


def _doctype(declaration: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    def change(name: str, body: bytes) -> bytes:
        if name != part:
            return body
        start = body.index(b"?>") + 2 if body.startswith(b"<?xml") else 0
        return body[:start] + declaration + body[start:]

    return repacked(good_xlsx(), change)


def _bomb() -> bytes:
    rows = b"<row></row>" * 6_000_000
    return with_sheet(lambda x: x.replace(b"</sheetData>", rows + b"</sheetData>"))


def _doubled() -> bytes:
    out = io.BytesIO(good_xlsx())
    with (
        zipfile.ZipFile(out, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def _encrypted_flag() -> bytes:
    data = bytearray(good_xlsx())
    entry = data.index(b"PK\1\2")
    data[entry + 8] |= 1
    return bytes(data)


def _bad_crc() -> bytes:
    data = bytearray(repacked(good_xlsx()))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    entry = data.index(info.filename.encode(), data.index(b"PK\1\2")) - 46
    struct.pack_into("<L", data, entry + 16, info.CRC ^ 1)
    return bytes(data)


def _far_cell(reference: str) -> bytes:
    row = "".join(filter(str.isdigit, reference))
    cell = f'<row r="{row}"><c r="{reference}" t="n"><v>1</v></c></row></sheetData>'.encode()
    return with_sheet(lambda x: x.replace(b"</sheetData>", cell))


def _utf16_part() -> bytes:
    return with_sheet(lambda x: x.decode().replace("utf-8", "utf-16").encode("utf-16"))


def _docx() -> bytes:
    out = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships><Relationship Id="r" Type="{kind}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
FILES: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("entities", lambda: _doctype(ENTITY), "a.xlsx", "xml_dtd"),
    ("external entity", lambda: _doctype(EXTERNAL), "a.xlsx", "xml_dtd"),
    ("a bare DTD in the styles", lambda: _doctype(b"<!DOCTYPE x>", "xl/styles.xml"), "a.xlsx",
     "xml_dtd"),
    ("a DTD in a part nobody reads", lambda: _doctype(ENTITY, "docProps/app.xml"), "a.xlsx",
     "xml_dtd"),
    ("UTF-16 part", _utf16_part, "a.xlsx", "xml_encoding"),
    ("zip bomb", _bomb, "a.xlsx", "zip_bomb"),
    ("traversal", lambda: repacked(good_xlsx(), extra=[("../../etc/x", b"x")]), "a.xlsx",
     "zip_path"),
    ("backslash traversal", lambda: repacked(good_xlsx(), extra=[("..\\x", b"x")]), "a.xlsx",
     "zip_path"),
    ("doubled part", _doubled, "a.xlsx", "zip_doubled"),
    ("doubled but for case", lambda: repacked(good_xlsx(), extra=[("XL/styles.xml", b"x")]),
     "a.xlsx", "zip_doubled"),
    ("macros", lambda: repacked(good_xlsx(), extra=[("xl/vbaProject.bin", b"x")]), "a.xlsx",
     "macros"),
    ("macro ending", good_xlsx, "a.xlsm", "macros"),
    ("encrypted entry", _encrypted_flag, "a.xlsx", "encrypted"),
    ("password", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
    ("old XLS under this name", lambda: OLE, "a.xlsx", "wrong_format"),
    ("CSV named XLSX", lambda: csv_text().encode(), "a.xlsx", "wrong_format"),
    ("XLSX named CSV", good_xlsx, "a.csv", "wrong_format"),
    ("HTML named CSV", lambda: b"<html><table><tr><td>NIP</td></tr></table>", "a.csv",
     "wrong_format"),
    ("DOCX named XLSX", _docx, "a.xlsx", "wrong_format"),
    ("unknown ending", good_xlsx, "a.ods", "wrong_extension"),
    ("truncated", lambda: good_xlsx()[:-300], "a.xlsx", "zip_damaged"),
    ("bad CRC", _bad_crc, "a.xlsx", "zip_damaged"),
    ("bytes after the end", lambda: good_xlsx() + b"<script>", "a.xlsx", "zip_trailing"),
    ("bytes before the start", lambda: b"PK\3\4junk" + good_xlsx(), "a.xlsx", "zip_trailing"),
    ("zero bytes", lambda: b"", "a.xlsx", "file_empty"),
    ("damaged XML", lambda: with_sheet(lambda x: x.replace(b"</sheetData>", b"")), "a.xlsx",
     "xml_damaged"),
    ("lone cell in the last corner", lambda: _far_cell("XFD1048576"), "a.xlsx",
     "too_many_columns"),
    ("lone cell in the last row", lambda: _far_cell("A1048576"), "a.xlsx", "too_many_rows"),
    ("CSV of zero bytes", lambda: b"", "a.csv", "file_empty"),
    ("CSV with NUL", lambda: csv_text().encode().replace(b"Siti", b"Si\0ti"), "a.csv", "csv_nul"),
    ("unclosed quotes", lambda: csv_text().replace("Siti", '"Siti').encode(), "a.csv",
     "csv_quotes"),
    ("one endless line", lambda: b"a" * 5_000_000, "a.csv", "csv_endless_line"),
    ("broken UTF-8", lambda: csv_text().encode().replace(b"Siti", b"Si\xc3\x28ti"), "a.csv",
     "csv_encoding"),
    ("a lone continuation byte", lambda: csv_text().encode().replace(b"Siti", b"Si\x80ti"),
     "a.csv", "csv_encoding"),
    ("broken beside good UTF-8", lambda: csv_text(changed("name", "José")).encode()
     .replace(b"Budi", b"Bud\xe9"), "a.csv", "csv_encoding"),
    ("cut off inside a character", lambda: csv_text().encode() + "é".encode()[:1], "a.csv",
     "csv_encoding"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "filename", "code"), [pytest.param(*case[1:], id=case[0]) for case in FILES]
)
def test_a_file_that_must_be_refused_is_refused_as_a_whole(
    tmp_path: Path, make: Callable[[], bytes], filename: str, code: str
) -> None:
    assert outcome(tmp_path, make(), filename) == (FILE, {code})


def _with_name(name: str, **options: str) -> str:
    return csv_text(changed("name", name), **options)


CSVS: list[tuple[str, Callable[[], bytes], str, str | None]] = [
    ("plain", lambda: csv_text().encode(), EXACT, None),
    ("BOM", lambda: csv_text().encode("utf-8-sig"), EXACT, None),
    ("Unix newlines", lambda: csv_text(newline="\n").encode(), EXACT, None),
    ("no newline at the end", lambda: csv_text().rstrip().encode(), EXACT, None),
    ("UTF-16", lambda: csv_text().encode("utf-16"), WARN, "encoding"),
    ("UTF-16 without BOM", lambda: csv_text().encode("utf-16-le"), WARN, "encoding"),
    ("CP1252", lambda: _with_name("José ’Aïcha’").encode("cp1252"), WARN, "encoding"),
    ("CP1252 capitals", lambda: _with_name("ÉMILE MÜLLER").encode("cp1252"), WARN, "encoding"),
    ("semicolons", lambda: csv_text(delimiter=";").encode(), WARN, "delimiter"),
    ("tabs", lambda: csv_text(delimiter="\t").encode(), WARN, "delimiter"),
    ("sep line", lambda: ("sep=;\r\n" + csv_text(delimiter=";")).encode(), WARN, "sep_line"),
    ("mixed newlines", lambda: csv_text().replace("\r\n", "\n", 2).encode(), WARN,
     "mixed_newlines"),
    ("quoted newlines", lambda: _with_name("Siti\nAminah").encode(), WARN, "blanks_unusual"),
    ("blank line", lambda: csv_text().replace("\r\n", "\r\n\r\n", 2).encode(), WARN,
     "blank_rows"),
    ("blank lines at the end", lambda: (csv_text() + ",,,,,\r\n" * 3).encode(), EXACT, None),
    ("too few cells", lambda: csv_text().replace(",Baik,12.5", ",Baik", 1).encode(), ROW,
     "cells_missing"),
    ("too many cells", lambda: csv_text().replace("Siti", "Siti,Nur").encode(), ROW,
     "cells_extra"),
    ("field over the parser's limit", lambda: _with_name("x" * 200_000).encode(), ROW,
     "text_too_long"),
    ("Excel's formula around digits", lambda: csv_text(
        changed("nip", f'="{NIPS[1]}"')).encode(), ROW, "cell_formula"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "expected", "code"), [pytest.param(*case[1:], id=case[0]) for case in CSVS]
)
def test_a_csv_gets_the_outcome_of_its_class(
    tmp_path: Path, make: Callable[[], bytes], expected: str, code: str | None
) -> None:
    found, codes = outcome(tmp_path, make(), "rekap.csv")
    assert (found, code is None or code in codes) == (expected, True), codes


@pytest.mark.parametrize("filename", ["a.xlsx", "a.csv"])
def test_the_row_limit_counts_rows_with_data_only(tmp_path: Path, filename: str) -> None:
    def data(rows: int) -> bytes:
        values = [[r[0], r[1], "2024-01-01", *r[3:]] for r in good_rows() for _ in range(10)]
        return (
            xlsx_bytes(workbook(values[:rows]))
            if filename == "a.xlsx"
            else csv_text(values[:rows]).encode()
        )

    assert outcome(tmp_path, data(20), filename, limits=SMALL)[0] == EXACT
    assert outcome(tmp_path, data(21), filename, limits=SMALL) == (FILE, {"too_many_rows"})


def test_a_child_without_enough_memory_or_time_refuses_the_file(tmp_path: Path) -> None:
    random = Random(1)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for row in range(1, 1500):
            # Shared strings are the one thing the child keeps: 45 MB of them.
            sheet.write_string(row, 0, random.randbytes(15_000).hex())
    data = buffer.getvalue()
    starved = outcome(tmp_path, data, limits=Limits(memory=40 * 1024 * 1024))
    assert starved[0] == FILE
    assert starved[1] <= {"too_much_memory", "reader_died"}
    assert outcome(tmp_path, data, limits=Limits(seconds=0)) == (FILE, {"too_slow"})
