"""The recap HR staff keep today, taken in as one staged act and taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from credits.models import Document, OpeningBalance, Rating
from credits.services import runs
from employees.importing import reporting
from employees.importing.sentences import sentence
from employees.models import Appointment, Employee, ImportBatch, Rank, UnitMembership
from employees.services import facts, imports
from tests.employees.importing import (
    COMBINED,
    NIP,
    OTHER,
    ROW,
    applied,
    codes,
    combined,
    dump,
    staged,
    warning_codes,
    year,
)
from tests.factories import (
    AgencyFactory,
    EmployeeFactory,
    PositionFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
State = ImportBatch.State


@pytest.fixture(autouse=True)
def _catalogue(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    AgencyFactory()
    PositionFactory(name="Analis Contoh", code="analis-contoh")
    PositionFactory(name="Mediator Contoh", code="mediator-contoh")
    UnitFactory(version__name="Biro Contoh")
    UnitFactory(version__name="Pusat Contoh")


def test_a_recap_creates_people_with_everything_it_states() -> None:
    batch = applied("combined", combined({}, {"NIP": OTHER, "Nama": "Ani"}))
    assert batch.state == State.APPLIED
    budi = Employee.objects.get(nip=NIP)
    assert (budi.front_title, budi.name, budi.back_title) == ("Dr.", "Budi Santoso", "S.H., M.H.")
    assert budi.birth_date is None  # never taken from the NIP
    appointment = budi.appointments.get()
    assert (appointment.start, appointment.end, appointment.start_assumed) == (
        date(2020, 4, 1),
        None,
        False,
    )
    assert budi.ranks.get().effective_on == date(2020, 4, 1)
    assert budi.memberships.get().unit.versions.get().name == "Biro Contoh"
    assert budi.ratings.get().predicate == "baik"
    assert sorted(Employee.objects.values_list("nip", flat=True)) == [NIP, OTHER]
    assert reporting.report(batch)["outcome"] == "accept_exact"


def test_whoever_an_import_makes_or_changes_is_to_be_computed() -> None:
    applied("combined", combined(year(2024), {"NIP": OTHER, "Nama": "Ani"}))
    everybody = sorted(Employee.objects.values_list("pk", flat=True))
    assert runs.stale_ids() == everybody
    runs.recalculate_now({"stale": True}, reason="test")
    assert runs.stale_ids() == []
    applied("combined", combined(year(2025), {"NIP": "198811112014031903", "Nama": "Orang Baru"}))
    changed = Employee.objects.exclude(nip=OTHER).values_list("pk", flat=True)
    assert runs.stale_ids() == sorted(changed)


def test_the_same_file_again_changes_nothing() -> None:
    applied("combined", combined({}, year(2023)))
    before = dump()
    again = applied("combined", combined({}, year(2023)))
    assert again.counts == {"new": 0, "changed": 0, "same": 2, "refused": 0}
    assert "file_seen" not in reporting.warnings(again)
    assert dump() == before
    assert again.changes.count() == 0


def test_undoing_restores_rows_that_were_there_before() -> None:
    applied("combined", combined(year(2024), {"NIP": OTHER, "Nama": "Ani"}))
    before, version = dump(), Employee.objects.get(nip=NIP).facts_version
    batch = applied(
        "combined",
        combined(
            year(2024, Predikat="Sangat Baik", **{"Angka Kredit": "18.75"}),
            year(2025, Jenjang="Ahli Muda", Unit="Pusat Contoh", Golongan="III/c")
            | {"TMT Jabatan": date(2025, 3, 1), "TMT Golongan": date(2025, 3, 1)},
            {"NIP": "198811112014031903", "Nama": "Orang Baru"},
        ),
    )
    assert batch.counts["refused"] == 0
    assert dump() != before
    assert imports.ask_undo(batch, None) == []
    assert imports.run(batch.pk).state == State.UNDONE
    assert dump() == before
    assert Employee.objects.get(nip=NIP).facts_version > version  # to be computed again


def test_another_level_later_is_a_promotion_that_closes_the_former_one() -> None:
    without = {"TMT Jabatan": None}
    applied(
        "combined",
        combined(year(2025, Jenjang="Ahli Muda", **without), year(2024, **without)),
    )
    first, second = Appointment.objects.order_by("start")
    assert (first.start, first.end, first.level) == (
        date(2024, 1, 1),
        date(2024, 12, 31),
        "ahli_pertama",
    )
    assert (second.start, second.end, second.level, second.way) == (
        date(2025, 1, 1),
        None,
        "ahli_muda",
        "promotion",
    )
    assert first.start_assumed
    assert second.start_assumed


def test_a_start_that_was_assumed_gives_way_to_the_stated_one() -> None:
    applied("combined", combined({"TMT Jabatan": None}))
    assert Appointment.objects.get().start == date(2024, 1, 1)
    applied("combined", combined({}))
    appointment = Appointment.objects.get()
    assert (appointment.start, appointment.start_assumed) == (date(2020, 4, 1), False)


def test_a_year_in_the_same_sheet_replaces_its_quarters() -> None:
    quarters = [
        {
            "Periode Mulai": date(2024, 3 * q + 1, 1),
            "Periode Selesai": date(2024 + (q == 3), (3 * q + 4) % 12, 1) - timedelta(days=1),
            "Angka Kredit": "3.125",
        }
        for q in range(4)
    ]
    # "3.125" is exact once the sign is stated
    batch = applied("combined", combined(year(2024), *quarters), decimal="point")
    assert batch.counts["refused"] == 0
    yearly = Rating.objects.get(superseded_by=None)
    assert (yearly.start, yearly.end) == (date(2024, 1, 1), date(2024, 12, 31))
    assert Rating.objects.filter(superseded_by=yearly).count() == 4
    assert batch.differences == []


@pytest.mark.parametrize(
    ("stated", "listed"),
    [("12.5", None), ("12.50", None), ("13", None), ("12.51", "12.50"), ("12.6", "12.5")],
)
def test_stated_points_are_compared_at_the_decimals_stated(stated: str, listed: str) -> None:
    batch = staged("combined", combined({"Angka Kredit": stated}))
    assert [d["ours"] for d in batch.differences] == ([listed] if listed else [])
    assert OpeningBalance.objects.count() == 0


def test_the_comparison_counts_only_months_of_the_appointment() -> None:
    batch = staged("combined", combined({"TMT Jabatan": date(2024, 7, 1)}))
    assert [(d["stated"], d["ours"]) for d in batch.differences] == [("12.5", "6.3")]


def test_contradicting_rows_are_all_refused_and_the_same_row_counts_once() -> None:
    rows = combined(
        {},
        {"Predikat": "Kurang", "Angka Kredit": "6.25"},
        {"NIP": OTHER, "Nama": "Ani"},
        {"NIP": OTHER, "Nama": "Ani"},
    )
    batch = applied("combined", rows)
    assert codes(batch, 2) == codes(batch, 3) == ["rows_conflict"]
    assert warning_codes(batch)["duplicate_row"] == 1
    assert list(Rating.objects.values_list("employee__nip", flat=True)) == [OTHER]


def test_a_contradiction_names_the_column_that_differs() -> None:
    batch = staged("combined", combined({}, {"Predikat": "Kurang"}))
    told = [(row["row"], row["column"]) for row in reporting.refused_rows(batch)]
    assert told == [(2, "Predikat"), (3, "Predikat")]


def test_the_same_row_with_other_zeros_is_the_same_and_counts_once() -> None:
    rows = combined({"Angka Kredit": "12.5"}, {"Angka Kredit": "12.50"})
    report = reporting.report(staged("combined", rows))
    assert (report["outcome"], report["rows_ok"]) == ("accept_warn", 1)


def test_the_double_of_a_refused_row_is_refused_too() -> None:
    batch = staged("combined", combined({"Unit": "Antah"}, {"Unit": "Antah"}))
    assert codes(batch, 2) == codes(batch, 3) == ["unit_unknown"]
    assert batch.counts == {"new": 0, "changed": 0, "same": 0, "refused": 2}


def test_a_dash_for_a_unit_means_none() -> None:
    batch = applied("combined", combined({"Unit": "-"}))
    assert warning_codes(batch) == {"dash_as_empty": 1}
    assert not UnitMembership.objects.exists()


def test_a_name_that_begins_with_a_tab_is_stored_exact() -> None:
    applied("combined", combined({"Nama": "\t=1+1, S.H."}))
    assert Employee.objects.get().name == "\t=1+1, S.H."


def test_a_column_that_the_sheet_lacks_is_named_as_in_the_template() -> None:
    headings = [h for h in COMBINED if h != "TMT Jabatan"]
    notices = reporting.notices(staged("combined", combined({}), headings))
    told = {notice["code"]: notice["column"] for notice in notices}
    assert told["appointment_start_assumed"] == "TMT Jabatan"


def test_the_number_of_rows_is_limited_by_a_setting(settings: Any) -> None:
    settings.IMPORT_LIMITS = {"rows": 1}
    batch = staged("combined", combined({}, {"NIP": OTHER, "Nama": "Ani"}))
    assert batch.refusal["code"] == "too_many_rows"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Jabatan Fungsional": "Tukang Contoh"}, "position_unknown"),
        ({"Jenjang": "Penyelia"}, "level_not_in_position"),
        ({"Jenjang": "Tingkat Tujuh"}, "level_unknown"),
        ({"Unit": "Biro Antah"}, "unit_unknown"),
        ({"Golongan": "IX"}, "golongan_employment"),
        ({"Periode Selesai": date(2023, 12, 31)}, "end_before_start"),
        ({"Periode Selesai": date(2025, 6, 30)}, "period_across_years"),
        ({"Periode Mulai": date(2022, 7, 1), "Periode Selesai": date(2023, 6, 30)},
         "period_across_regimes"),
        ({"Angka Kredit": None}, "cell_empty"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_refused_whole_and_the_others_are_taken(
    cells: dict[str, Any], code: str
) -> None:
    batch = applied("combined", combined(cells, {"NIP": OTHER, "Nama": "Ani"}))
    assert codes(batch, 2) == [code]
    assert list(Employee.objects.values_list("nip", flat=True)) == [OTHER]
    assert Rank.objects.count() == UnitMembership.objects.count() == 1
    report = reporting.report(batch)
    assert report["outcome"] == "reject_row"
    assert [row["row"] for row in report["rows_refused"]] == [2]
    assert report["rows_refused"][0]["message"]


def test_a_rating_inside_a_longer_one_in_force_is_refused() -> None:
    applied("combined", combined({}))
    half = {"Periode Selesai": date(2024, 6, 30), "Angka Kredit": "6.25"}
    assert codes(staged("combined", combined(half)), 2) == ["rating_inside_longer"]


def test_rows_that_the_database_no_longer_allows_are_left_out_when_applying() -> None:
    batch = staged("combined", combined(year(2024), {"NIP": OTHER, "Nama": "Ani"}))
    budi = EmployeeFactory(nip=NIP, name="Budi Santoso")
    Rating.objects.create(
        employee=budi, start=date(2024, 10, 1), end=date(2024, 12, 31), predicate="baik"
    )
    Rating.objects.create(
        employee=budi, start=date(2024, 1, 1), end=date(2024, 9, 30), predicate="baik"
    )
    Appointment.objects.create(
        employee=budi,
        position=PositionFactory(code="mediator-contoh"),
        level="ahli_muda",
        start=date(2020, 4, 1),
    )
    imports.ask_apply(batch, None)
    batch = imports.run(batch.pk)
    assert codes(batch, 2) == ["appointment_conflict", "changed_since_preview"]
    assert batch.counts == {"new": 1, "changed": 0, "same": 0, "refused": 1}
    assert Rating.objects.filter(employee=budi, superseded_by=None).count() == 2


def test_officers_never_import_or_undo_about_themselves() -> None:
    officer = UserFactory()
    rows = combined({}, {"NIP": OTHER, "Nama": "Ani"})
    batch = applied("combined", rows)
    Employee.objects.filter(nip=NIP).update(user=officer)
    corrected = combined(
        {"Predikat": "Sangat Baik"}, {"NIP": OTHER, "Nama": "Ani", "Predikat": "Kurang"}
    )
    second = staged("combined", corrected)
    imports.ask_apply(second, officer)
    second = imports.run(second.pk)
    assert codes(second, 2)[0] == "own_record"
    assert not codes(second, 3)
    assert Rating.objects.get(employee__nip=NIP).predicate == "baik"
    assert "own_record" in {reason.code for reason in imports.ask_undo(batch, officer)}


def test_a_later_correction_by_hand_stands_against_undoing() -> None:
    batch = applied("combined", combined({}))
    budi = Employee.objects.get(nip=NIP)
    facts.correct_person(budi, {"name": "Budi S."}, "salah tulis", None)
    reasons = imports.ask_undo(batch, None)
    assert {reason.code for reason in reasons} == {"later_change", "later_fact"}
    said = [sentence(reason.code, reason.params) for reason in reasons]
    assert any("pegawai" in text and "Budi S." in text for text in said)
    assert not any("employee" in text.lower() for text in said)
    assert ImportBatch.objects.get().state == State.APPLIED


def test_a_document_made_since_stands_against_undoing_and_is_named() -> None:
    batch = applied("combined", combined({}))
    Document.objects.create(
        employee=Employee.objects.get(nip=NIP),
        form=Document.Form.CONVERSION,
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        content={},
        rules_version="x",
    )
    (reason,) = imports.ask_undo(batch, None)
    assert reason.code == "documents_issued"
    assert "Budi Santoso" in reason.params["documents"][0]


def test_a_recalculation_does_not_hinder_undoing_and_is_reversed_by_the_next() -> None:
    applied("combined", combined({"NIP": OTHER, "Nama": "Ani"}))
    before = dump()
    batch = applied("combined", combined({}))
    runs.recalculate_now({"all": True}, reason="test")
    budi = Employee.objects.get(nip=NIP)
    assert budi.head.balance_units > 0
    assert imports.ask_undo(batch, None) == []
    assert imports.run(batch.pk).state == State.UNDONE
    assert not Employee.objects.filter(nip=NIP).exists()
    kept = Employee.everyone.get(nip=NIP)  # entries cannot lose their person
    assert kept.withdrawn_at is not None
    assert not kept.appointments.exists()
    assert not kept.ratings.filter(withdrawn_at=None).exists()
    assert [row for row in dump()["employees_employee"] if OTHER in row] == (
        before["employees_employee"]
    )
    runs.recalculate_now({"all": True}, reason="test")
    kept.head.refresh_from_db()
    assert kept.head.balance_units == 0
    applied("combined", combined({}))  # and the person may come back
    assert Employee.objects.get(nip=NIP).pk == kept.pk
    runs.recalculate_now({"all": True}, reason="test")
    kept.head.refresh_from_db()
    assert kept.head.balance_units > 0


def test_a_worker_that_died_in_mid_reading_is_followed_by_another() -> None:
    batch = staged("combined", combined({}))
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=State.READING, state_at=timezone.now() - timedelta(minutes=5), attempts=1
    )
    assert imports.unfinished() == [batch.pk]
    assert imports.run(batch.pk).state == State.PREVIEW
    assert batch.rows.count() == 1
    assert imports.unfinished() == []


def test_work_that_fails_three_times_is_given_up(monkeypatch: Any) -> None:
    batch = staged("combined", combined({}))
    imports.ask_apply(batch, None)

    def broken(batch: ImportBatch) -> None:
        raise MemoryError

    monkeypatch.setitem(imports._WORK, State.APPLYING, broken)
    for _ in range(3):
        with pytest.raises(MemoryError):
            imports.run(batch.pk)
    assert imports.run(batch.pk).state == State.FAILED
    assert not Employee.objects.exists()


def test_a_refused_file_leaves_no_rows_and_no_file(tmp_path: Any) -> None:
    batch = staged("combined", combined({}), [h for h in COMBINED if h != "Predikat"])
    assert batch.state == State.REFUSED
    assert batch.refusal["code"] == "column_missing"
    assert not batch.rows.exists()
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]
    assert reporting.report(batch)["outcome"] == "reject_file"


def test_columns_may_be_matched_by_hand() -> None:
    headings = ["Hasil" if h == "Predikat" else h for h in COMBINED]
    rows = [{**ROW, "Hasil": ROW["Predikat"]}]
    batch = staged("combined", rows, headings, interactive=True)
    assert batch.state == State.MAPPING
    imports.remap(batch, {"mapping": {"Hasil": "predicate"}})
    assert imports.run(batch.pk).state == State.PREVIEW
