"""Finding positions, units and decrees by whatever people write."""

from datetime import date

import pytest

from positions.selectors import (
    find_position,
    find_unit,
    fold_name,
    level_names,
    position_index,
    search_decrees,
    supervisor_of,
    unit_index,
    unit_names,
    units_below,
)
from positions.services import load_catalogue
from tests.factories import PositionFactory, UnitFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Pengelola Pengadaan Barang/Jasa", "ppbj"),
        ("pengelola pengadaan barang / jasa", "ppbj"),
        ("Pengelola Pengadaan Barang & Jasa", "ppbj"),
        ("PPBJ", "ppbj"),
        ("APK-APBN", "apk-apbn"),
        ("JF Pranata Komputer", "pranata-komputer"),
        ("Jabatan Fungsional PLK", "plk"),
        ("Analis Kepegawaian", "analis-sdma"),
        ("mediator-hi", "mediator-hi"),
        ("  ARSIPARIS ", "arsiparis"),
    ],
)
def test_a_position_is_found_by_name_abbreviation_former_name_and_code(text, code) -> None:
    load_catalogue()
    (found,) = find_position(text)
    assert found.code == code
    assert position_index()[fold_name(text)] == found.pk


def test_an_unknown_position_is_not_guessed() -> None:
    load_catalogue()
    assert find_position("Analis") == []
    assert find_position("") == []


def test_a_unit_is_found_by_the_name_of_any_time() -> None:
    load_catalogue()
    for text in ("BLK Padang", "bpvp padang", "Balai Latihan Kerja Padang", "upt-blk-padang"):
        (found,) = find_unit(text)
        assert found.code == "upt-blk-padang"
        assert unit_index()[fold_name(text)] == found.pk


def test_an_ambiguous_name_lists_all_and_stands_in_no_index() -> None:
    one = UnitFactory(version__name="Bagian Umum", version__abbreviation="BU")
    two = UnitFactory(version__name="Bagian Umum")
    assert {unit.pk for unit in find_unit("bagian umum")} == {one.pk, two.pk}
    assert fold_name("Bagian Umum") not in unit_index()
    assert unit_index()[fold_name("bu")] == one.pk


def test_indexes_cost_the_same_whatever_the_number_of_rows(django_assert_num_queries) -> None:
    for number in (2, 20):
        for _ in range(number):
            PositionFactory()
            UnitFactory()
        with django_assert_num_queries(2):
            position_index()
        with django_assert_num_queries(2):
            unit_index()


def test_the_tree_below_a_unit_is_the_one_of_the_day() -> None:
    top, other = UnitFactory(), UnitFactory()
    bureau = UnitFactory(version__parent=top)
    moved = UnitFactory(version__parent=bureau, version__end=date(2022, 12, 31))
    moved.versions.create(start=date(2023, 1, 1), name="Sesudah", parent=other)
    assert units_below([top.pk], date(2022, 6, 1)) == {top.pk, bureau.pk, moved.pk}
    assert units_below([top.pk], date(2023, 6, 1)) == {top.pk, bureau.pk}
    assert units_below([top.pk, other.pk], TODAY) == {top.pk, bureau.pk, other.pk, moved.pk}
    assert units_below([], TODAY) == set()


def test_names_and_supervisors_are_those_of_the_day() -> None:
    load_catalogue()
    (padang,) = find_unit("BLK Padang")
    assert unit_names(date(2020, 1, 1))[padang.pk] == "Balai Latihan Kerja Padang"
    assert unit_names(TODAY)[padang.pk].startswith("Balai Pelatihan Vokasi")
    (archivist,) = find_position("Arsiparis")
    assert supervisor_of(archivist, TODAY).unit.code == "setjen-biro-umum"
    assert supervisor_of(archivist.pk, date(2021, 2, 1)) is None
    (lecturer,) = find_position("Dosen")
    assert level_names()[lecturer.pk, "ahli_utama"] == "Guru Besar / Profesor"


@pytest.mark.parametrize(
    "text",
    ["1/ 0235/KP 0804/3/2021", "1/0235/KP.08.04/3/2021", "0235/kp0804", "unit pembina"],
)
def test_a_decree_is_found_however_its_number_is_printed(text) -> None:
    load_catalogue()
    assert [d.number for d in search_decrees(text)] == ["1/0235/KP.08.04/3/2021"]


def test_dots_and_blanks_alone_find_no_decree() -> None:
    load_catalogue()
    assert not search_decrees(" .. ").exists()
