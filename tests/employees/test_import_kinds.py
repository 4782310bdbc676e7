"""People, appointments, ratings and opening balances as sheets of their own."""

from datetime import date
from typing import Any

import pytest

from credits.models import OpeningBalance, Rating
from credits.rules.units import UNIT
from employees.models import Appointment, Employee
from employees.services import imports
from tests.employees.importing import NIP, OTHER, applied, codes, dump, staged, warning_codes
from tests.factories import AppointmentFactory, EmployeeFactory, PositionFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


PEOPLE = ["NIP", "Nama", "Tanggal Lahir", "Jenis Kelamin", "Status Kepegawaian", "Unit", "TMT Unit"]
PERSON = {
    "NIP": NIP,
    "Nama": "Budi",
    "Tanggal Lahir": date(1990, 1, 1),
    "Jenis Kelamin": "L",
    "Status Kepegawaian": "PNS",
}


def test_people_are_created_and_only_filled_cells_change_them() -> None:
    applied("people", [PERSON], PEOPLE)
    batch = applied("people", [{"NIP": NIP, "Nama": "Budi Santoso"}], PEOPLE)
    budi = Employee.objects.get()
    assert (budi.name, budi.birth_date, budi.sex) == ("Budi Santoso", date(1990, 1, 1), "L")
    (change,) = batch.rows.get().changes
    assert change == {"field": "employee.name", "before": "Budi", "after": "Budi Santoso"}


def test_a_move_closes_the_unit_before() -> None:
    UnitFactory(version__name="Biro Satu")
    UnitFactory(version__name="Biro Dua")
    applied("people", [PERSON | {"Unit": "Biro Satu", "TMT Unit": date(2020, 1, 1)}], PEOPLE)
    applied("people", [PERSON | {"Unit": "biro dua", "TMT Unit": date(2024, 5, 1)}], PEOPLE)
    first, second = Employee.objects.get().memberships.order_by("start")
    assert (first.end, second.start, second.end) == (date(2024, 4, 30), date(2024, 5, 1), None)


def test_a_pppk_number_is_taken_as_pppk_with_a_warning_unless_stated() -> None:
    number = "199505172023212999"
    row = {"NIP": number, "Nama": "Sari"}
    batch = applied("people", [row], ["NIP", "Nama"])
    assert warning_codes(batch) == {"employment_from_nip": 1}
    assert Employee.objects.get().employment == "PPPK"


def test_a_golongan_without_a_date_is_refused_for_somebody_without_rank() -> None:
    batch = staged("people", [PERSON | {"Golongan": "III/a"}], [*PEOPLE, "Golongan"])
    assert codes(batch, 2) == ["rank_date_missing"]


APPOINTMENTS = ["NIP", "Jabatan Fungsional", "Jenjang", "TMT Jabatan", "Cara Pengangkatan"]


def test_an_older_appointment_goes_before_the_one_that_stands() -> None:
    position = PositionFactory(name="Analis Contoh")
    budi = EmployeeFactory(nip=NIP)
    AppointmentFactory(employee=budi, position=position, level="ahli_muda", start=date(2024, 1, 1))
    row = {
        "NIP": NIP,
        "Jabatan Fungsional": "Analis Contoh",
        "Jenjang": "Pertama",
        "TMT Jabatan": date(2019, 3, 1),
        "Cara Pengangkatan": "Pengangkatan Pertama",
    }
    applied("appointments", [row], APPOINTMENTS)
    first, second = Appointment.objects.order_by("start")
    assert (first.level, first.way, first.end) == ("ahli_pertama", "first", date(2023, 12, 31))
    assert second.start == date(2024, 1, 1)


def test_facts_of_somebody_unknown_are_refused() -> None:
    PositionFactory(name="Analis Contoh")
    row = {
        "NIP": NIP,
        "Jabatan Fungsional": "Analis Contoh",
        "Jenjang": "Ahli Muda",
        "TMT Jabatan": date(2024, 1, 1),
    }
    assert codes(staged("appointments", [row], APPOINTMENTS), 2) == ["person_unknown"]


def test_a_wide_recap_becomes_a_rating_per_year() -> None:
    EmployeeFactory(nip=NIP)
    EmployeeFactory(nip=OTHER)
    rows = [
        {"NIP": NIP, "Predikat 2023": "Baik", "Predikat 2024": "Sangat Baik"},
        {"NIP": OTHER, "Predikat 2024": "Kurang"},
    ]
    batch = applied("ratings", rows, ["NIP", "Predikat 2023", "Predikat 2024"])
    assert batch.counts["new"] == 2
    found = Rating.objects.order_by("start", "employee__nip")
    assert list(found.values_list("employee__nip", "start", "end", "predicate")) == [
        (NIP, date(2023, 1, 1), date(2023, 12, 31), "baik"),
        (NIP, date(2024, 1, 1), date(2024, 12, 31), "sangat_baik"),
        (OTHER, date(2024, 1, 1), date(2024, 12, 31), "kurang"),
    ]


def test_two_rows_that_rate_one_year_differently_are_both_refused() -> None:
    EmployeeFactory(nip=NIP)
    rows = [
        {"NIP": NIP, "Predikat 2023": "Baik", "Predikat 2024": "Sangat Baik"},
        {"NIP": NIP, "Predikat 2024": "Kurang"},
    ]
    batch = staged("ratings", rows, ["NIP", "Predikat 2023", "Predikat 2024"])
    assert codes(batch, 2) == codes(batch, 3) == ["rows_conflict"]


def test_a_rating_needs_a_year_or_a_period() -> None:
    batch = staged("ratings", [{"NIP": NIP, "Predikat": "Baik"}], ["NIP", "Predikat"])
    assert batch.refusal["code"] == "column_missing"


def test_a_corrected_rating_replaces_and_undoing_brings_the_former_back() -> None:
    EmployeeFactory(nip=NIP)
    headings = ["NIP", "Tahun", "Predikat"]
    applied("ratings", [{"NIP": NIP, "Tahun": 2024, "Predikat": "Baik"}], headings)
    before = dump()
    batch = applied("ratings", [{"NIP": NIP, "Tahun": 2024, "Predikat": "Kurang"}], headings)
    assert Rating.objects.get(superseded_by=None).predicate == "kurang"
    assert batch.rows.get().outcome == "changed"
    imports.ask_undo(batch, None)
    imports.run(batch.pk)
    assert dump() == before


def test_a_corrected_opening_balance_replaces_the_one_in_force() -> None:
    EmployeeFactory(nip=NIP)
    headings = ["NIP", "Tanggal", "Angka Kredit", "Jenis"]
    row = {"NIP": NIP, "Tanggal": date(2022, 12, 31), "Angka Kredit": "37.5", "Jenis": "Integrasi"}
    applied("opening", [row], headings)
    before = dump()
    batch = applied("opening", [row | {"Angka Kredit": "40"}], headings)
    assert OpeningBalance.objects.get(superseded_by=None).units == 40 * UNIT
    imports.ask_undo(batch, None)
    imports.run(batch.pk)
    assert dump() == before
