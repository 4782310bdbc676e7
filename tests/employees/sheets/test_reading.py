"""What the reader gives back: values byte for byte, row numbers, notes, sentences."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from employees import messages
from employees.sheets import codes
from employees.sheets.amounts import read_number, read_text
from employees.sheets.cells import Context, parse_cell
from employees.sheets.columns import Column
from employees.sheets.dates import read_text as read_date
from employees.sheets.duplicates import Conflicts, mark_duplicates
from employees.sheets.golongan import read as read_golongan
from employees.sheets.names import split_titles
from employees.sheets.reader import SheetRefused, preview_headings, read
from tests.employees.sheets.build import (
    COLUMNS,
    HEADER,
    NIPS,
    changed,
    csv_text,
    good_rows,
    good_xlsx,
    read_bytes,
    workbook,
    xlsx_bytes,
)


def test_values_come_back_exact_from_both_formats(tmp_path: Path) -> None:
    for data, filename in ((good_xlsx(), "a.xlsx"), (csv_text().encode(), "a.csv")):
        table, rows = read_bytes(tmp_path, data, filename)
        assert [row.number for row in rows] == [2, 3, 4]
        assert [row.values["nip"] for row in rows] == list(NIPS)
        assert rows[0].values == {
            "nip": NIPS[0],
            "name": "Budi Santoso, S.H.",
            "start": date(2024, 1, 1),
            "rating": "baik",
            "amount": Decimal("12.5"),
            "proof": "1/0235/2024",
        }
        assert table.matched == {c.headings[0]: c.key for c in COLUMNS}


def test_row_numbers_are_the_sheets_own_below_titles_gaps_and_subtotals(tmp_path: Path) -> None:
    book = workbook(changed("amount", "12,500", row=2))
    sheet = book["Data"]
    sheet.insert_rows(4, 2)
    sheet["B4"] = "Jumlah"
    sheet.insert_rows(1, 3)
    sheet["A1"] = "REKAPITULASI"
    table, rows = read_bytes(tmp_path, xlsx_bytes(book))
    assert table.header_row == 4
    assert [(row.number, [note.column for note in row.errors]) for row in rows] == [
        (5, []),
        (6, []),
        (9, ["Angka Kredit"]),
    ]
    assert rows[2].raw["Angka Kredit"] == "12,500"
    assert rows[2].raw["Periode Mulai"] == "01-01-2024"


def test_a_row_of_a_merged_range_below_its_first_is_refused_alone(tmp_path: Path) -> None:
    book = workbook(good_rows())
    book["Data"]["D3"] = None
    book["Data"].merge_cells("D2:D3")
    _table, rows = read_bytes(tmp_path, xlsx_bytes(book))
    assert [bool(row.errors) for row in rows] == [False, True, False]


def test_a_number_below_the_headings_of_each_column_is_not_a_row(tmp_path: Path) -> None:
    rows = [[f"({n})" for n in range(1, 7)], *good_rows()]
    table, read_rows = read_bytes(tmp_path, csv_text(rows).encode(), "a.csv")
    assert len(read_rows) == 3
    assert [note.code for note in table.warnings] == ["numbering_skipped"]


def test_the_chosen_sheet_is_read_where_two_hold_data(tmp_path: Path) -> None:
    book = workbook(good_rows())
    other = book.create_sheet("Lain")
    other.append(list(HEADER))
    other.append(good_rows()[2])
    data = xlsx_bytes(book)
    assert [r.values["nip"] for r in read_bytes(tmp_path, data, sheet="Lain")[1]] == [NIPS[2]]
    with pytest.raises(SheetRefused) as refused:
        read_bytes(tmp_path, data, sheet="Tidak ada")
    assert refused.value.code == "sheet_unknown"
    assert len(read_bytes(tmp_path, data, ignore_sheets=["Lain"])[1]) == 3
    preview = preview_headings(tmp_path / "upload", "a.xlsx")
    assert ([sheet.name for sheet in preview.sheets], preview.sheet) == (["Data", "Lain"], None)


def test_the_preview_shows_the_first_rows_whatever_the_headings(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"Kolom A;Kolom B\r\n1;2\r\n")
    assert preview_headings(path, "a.csv").rows == [(1, ["Kolom A", "Kolom B"]), (2, ["1", "2"])]
    path.write_bytes(good_xlsx())
    preview = preview_headings(path, "a.xlsx")
    assert (preview.sheet, preview.rows[0]) == ("Data", (1, list(HEADER)))


def test_headings_mapped_by_hand_replace_the_matching(tmp_path: Path) -> None:
    header = ["Nomor Pegawai", *HEADER[1:5], "AK"]
    data = xlsx_bytes(workbook(good_rows(), header))
    mapping = {"Nomor Pegawai": "nip", "AK": ""}
    table, rows = read_bytes(tmp_path, data, mapping=mapping)
    assert rows[0].values["nip"] == NIPS[0]
    assert table.unmatched == ["AK"]
    with pytest.raises(SheetRefused) as refused:
        read_bytes(tmp_path, data, mapping={**mapping, "Bukan": "name"})
    assert refused.value.code == "mapping_unknown"


def test_progress_ends_at_the_number_of_rows(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    read_bytes(tmp_path, good_xlsx(), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (3, 3)


def test_a_reading_given_up_leaves_no_child_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_bytes(workbook(good_rows() * 400)))
    table = read(path, filename="a.xlsx", columns=COLUMNS)
    next(table.rows)
    table.close()
    assert list(table.rows) == []


def test_the_same_row_twice_is_marked_and_a_contradiction_names_all_its_rows(
    tmp_path: Path,
) -> None:
    first, second, third = good_rows()
    other = [*first[:4], 25, first[5]]
    data = xlsx_bytes(workbook([first, second, first, third, other]))
    _table, rows = read_bytes(tmp_path, data)
    conflicts = Conflicts()
    marked = list(
        mark_duplicates(rows, lambda row: (row.values["nip"], row.values["start"]), conflicts)
    )
    assert [row.duplicate_of for row in marked] == [None, None, 2, None, None]
    assert conflicts.groups() == [(2, 6)]


@given(st.decimals(0, 99_999, places=4))
def test_an_amount_with_a_stated_sign_reads_alike_with_comma_and_point(amount: Decimal) -> None:
    text = f"{amount:f}"
    assert read_text(text, 4, "point") == (amount, ())
    assert read_text(text.replace(".", ","), 4, "comma") == (amount, ())


@given(st.floats(0, 99_999).map(lambda number: round(number, 3)))
def test_a_numeric_cell_keeps_the_decimals_its_author_typed(number: float) -> None:
    value, _notes = read_number(repr(number), 4)
    assert value == Decimal(f"{number:.3f}")


@example("0.001")
@example("0.001,5")
@given(st.text(alphabet="0123456789.,", max_size=12))
def test_an_unstated_amount_is_never_one_of_two_possible_readings(text: str) -> None:
    value, _notes = read_text(text, 4) if text else (None, ())
    comma, point = read_text(text, 4, "comma")[0], read_text(text, 4, "point")[0]
    if value is not None and comma is not None and point is not None:
        assert comma == point == value


@given(st.text(max_size=40), st.sampled_from(("nip", "name", "text", "date", "amount", "int")))
def test_no_text_makes_a_parser_fail_or_give_a_value_beside_an_error(text: str, kind: str) -> None:
    value, notes = parse_cell(text, Column("k", ("K",), kind), Context())
    errors = [note for note in notes if note.severity == "error"]
    assert value is None or not errors


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_written_day_first_is_that_day(day: date) -> None:
    for form in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"):
        assert read_date(day.strftime(form))[0] == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("III/b", "III/b"),
        ("IIIb", "III/b"),
        ("III.b", "III/b"),
        ("3b", "III/b"),
        ("Penata Muda Tk. I, III/b", "III/b"),
        ("Pembina Utama Muda (IV/c)", "IV/c"),
        ("IX", "IX"),
        ("III/e", None),
        ("Penata, III/b", None),
    ],
)
def test_a_golongan_is_read_in_the_spellings_of_officials(text: str, expected: str | None) -> None:
    assert read_golongan(text)[0] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dr. Budi Santoso, S.H., M.H.", ("Dr.", "Budi Santoso", "S.H., M.H.")),
        ("Prof. Dr. drg. Ani, M.Kes., Ph.D.", ("Prof. Dr. drg.", "Ani", "M.Kes., Ph.D.")),
        ("SITI AMINAH, SE, MM", ("", "SITI AMINAH", "SE, MM")),
        ("Budi S.H. M.Si", ("", "Budi", "S.H. M.Si")),
        ("R. Siti Aminah", ("", "R. Siti Aminah", "")),
        ("Muhammad A.R.", ("", "Muhammad A.R.", "")),
    ],
)
def test_titles_are_told_from_the_name(name: str, expected: tuple[str, str, str]) -> None:
    assert split_titles(name) == expected


@pytest.mark.parametrize("code", sorted(codes.PARAMETERS))
def test_every_code_has_a_sentence_of_its_parameters(code: str) -> None:
    used = set(re.findall(r"%\((\w+)\)s", str(messages.SENTENCES[code])))
    assert used <= set(codes.PARAMETERS[code])
    params = dict.fromkeys(codes.PARAMETERS[code], 7)
    assert "%(" not in messages.sentence(code, params)
    assert set(messages.SENTENCES) == set(codes.PARAMETERS)


def test_an_ambiguous_date_is_shown_in_words_of_the_language() -> None:
    _value, (note,) = read_date("05/04/2021")
    with translation.override("id"):
        assert "5 April 2021" in messages.sentence(note.code, note.params)
        assert "5 Agustus 2021" in messages.sentence("date_words", {"date": "2021-08-05"})
        assert "12,5" in messages.sentence("amount_comma", {"amount": Decimal("12.5")})
