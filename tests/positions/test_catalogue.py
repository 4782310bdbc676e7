"""Loading the catalogue: complete, repeatable, never against an officer's edit."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from employees.models import Agency
from positions.models import (
    Decree,
    Position,
    PositionAlias,
    PositionLevel,
    Supervision,
    Unit,
    UnitVersion,
)
from positions.services import is_unedited, load_catalogue, merge

pytestmark = pytest.mark.django_db


def loaded() -> dict:
    out = StringIO()
    call_command("load_catalogue", json=True, stdout=out)
    return json.loads(out.getvalue())


def test_the_catalogue_has_32_positions_and_the_one_being_formed() -> None:
    load_catalogue()
    assert Position.objects.filter(status="active").count() == 32
    assert Position.objects.get(status="being_formed").code == "analis-ketenagakerjaan"
    assert set(Position.objects.filter(own_rules=True).values_list("code", flat=True)) == {"dosen"}
    assert Agency.objects.filter(kind="ministry").count() == 1


def test_levels_carry_their_ranks_and_the_retirement_age_of_the_position() -> None:
    load_catalogue()
    spans = PositionLevel.objects.filter(position__code="instruktur").values_list(
        "level", "rank_low", "rank_high", "retirement_age"
    )
    assert ("terampil", "II/b", "II/d", 58) in spans
    assert ("ahli_madya", "IV/a", "IV/c", 60) in spans
    assert [level for level, *_ in spans][:3] == ["terampil", "mahir", "penyelia"]
    lecturers = PositionLevel.objects.filter(position__code="dosen")
    assert lecturers.get(level="ahli_muda").name == "Lektor"


def test_nothing_is_shown_as_confirmed_and_every_row_has_its_grade() -> None:
    load_catalogue()
    for model in (Position, Unit, Supervision):
        assert not model.objects.filter(confirmed=True).exists()
        assert not model.objects.filter(evidence_grade="").exists()


def test_each_of_the_32_is_supervised_under_the_decree() -> None:
    load_catalogue()
    decree = Decree.objects.get()
    rows = Supervision.objects.on(date(2024, 1, 1))
    assert rows.filter(decree=decree, position__status="active").count() == 32
    assert not Supervision.objects.on(date(2021, 2, 28)).exists()


def test_a_renamed_unit_has_both_names_each_in_its_time() -> None:
    load_catalogue()
    versions = UnitVersion.objects.filter(unit__code="upt-blk-padang")
    assert versions.on(date(2021, 12, 31)).get().abbreviation == "BLK Padang"
    assert versions.on(date(2022, 1, 1)).get().abbreviation == "BPVP Padang"
    assert versions.on(date(2022, 1, 1)).get().parent.code == "lavotas"


def test_loading_again_changes_nothing() -> None:
    first = loaded()
    assert first["created"]
    assert not first["kept"]
    again = loaded()
    assert again == {
        "created": 0,
        "updated": 0,
        "unchanged": first["created"],
        "kept": [],
    }
    assert is_unedited()


def test_an_edited_field_is_kept_and_reported() -> None:
    load_catalogue()
    Position.objects.filter(code="ppbj").update(custodian="LKPP")
    report = loaded()
    assert report["kept"] == [
        {
            "row": "ppbj",
            "field": "custodian",
            "ours": "LKPP",
            "catalogue": "Lembaga Kebijakan Pengadaan Barang/Jasa Pemerintah",
        }
    ]
    assert Position.objects.get(code="ppbj").custodian == "LKPP"
    assert not is_unedited()


def test_edits_of_what_hangs_on_a_row_are_kept_too() -> None:
    load_catalogue()
    PositionLevel.objects.filter(position__code="ptp", level="ahli_utama").update(retirement_age=60)
    PositionAlias.objects.filter(name="PTP").delete()
    UnitVersion.objects.filter(unit__code="setjen", name="Sekretariat Jenderal").update(
        abbreviation="Sekjen"
    )
    Supervision.objects.filter(position__code="auditor").update(
        unit=Unit.objects.get(code="itjen-i")
    )
    kept = {(row["row"], row["field"]) for row in loaded()["kept"]}
    assert kept == {
        ("ptp", "level ahli_utama"),
        ("ptp", "alias PTP"),
        ("setjen", "version 2017-01-01"),
        ("supervision auditor", "unit"),
    }
    assert not PositionAlias.objects.filter(name="PTP").exists()
    assert Supervision.objects.get(position__code="auditor").unit.code == "itjen-i"


def test_what_an_officer_added_stays_and_is_no_difference() -> None:
    load_catalogue()
    position = Position.objects.get(code="arsiparis")
    PositionAlias.objects.create(position=position, name="Ahli Arsip", kind="former")
    assert loaded()["kept"] == []
    assert PositionAlias.objects.filter(name="Ahli Arsip").exists()
    assert not is_unedited()


def test_a_new_value_of_the_catalogue_reaches_rows_that_nobody_edited(monkeypatch) -> None:
    load_catalogue()
    from positions import catalogue

    rows = catalogue.positions()
    rows["perencana"]["custodian"] = "Bappenas"
    del rows["perencana"]["regulation PermenPANRB 4/2020"]
    Position.objects.filter(code="dokter").update(name_en="Doctor")
    rows["dokter"]["name_en"] = "Medical doctor"
    monkeypatch.setattr(catalogue, "positions", lambda: rows)
    report = load_catalogue()
    assert (report.updated, [row["field"] for row in report.kept]) == (1, ["name_en"])
    perencana = Position.objects.get(code="perencana")
    assert perencana.custodian == "Bappenas"
    assert not perencana.regulations.exists()


def test_a_name_taken_by_an_officer_stops_one_row_only(monkeypatch) -> None:
    load_catalogue()
    from positions import catalogue

    rows = catalogue.positions()
    rows["perencana"]["alias Perancang Rencana"] = {"kind": "former"}
    monkeypatch.setattr(catalogue, "positions", lambda: rows)
    other = Position.objects.get(code="auditor")
    PositionAlias.objects.create(position=other, name="Perancang Rencana", kind="former")
    report = load_catalogue()
    assert [(row["row"], row["field"]) for row in report.kept] == [
        ("perencana", "alias Perancang Rencana")
    ]


def test_an_edit_that_comes_back_to_the_catalogue_is_an_edit_no_more() -> None:
    first = merge({"a": 1}, {"a": 0}, {"a": 1})
    assert (first.changes, first.kept, first.loaded) == ({}, [], {"a": 1})
    assert merge({"a": 1}, first.loaded, {"a": 2}).changes == {"a": 2}
