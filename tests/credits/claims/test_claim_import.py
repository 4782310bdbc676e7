"""Claims from a sheet: a row per activity, by a coordinator within the own units."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.models import Claim, ClaimEditor, ClaimItem, JointWork
from credits.rules.claim_states import Act
from credits.rules.units import from_units
from credits.services.claims.acts import perform
from employees.models import Employee, ImportBatch, ImportRow
from employees.services import imports
from tests import factories
from tests.credits.claims.test_acts import coordinator, person
from tests.employees.importing import workbook
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HEADINGS = [
    "NIP",
    "Nama",
    "Periode Mulai",
    "Periode Selesai",
    "Kode Butir",
    "Tanggal Kegiatan Mulai",
    "Tanggal Kegiatan Selesai",
    "Jumlah",
    "Satuan",
    "Uraian",
    "Nomor Surat Tugas",
    "Judul Karya",
    "Tanggal Karya",
    "Jumlah Penulis",
    "Penulis Ke",
    "Alasan Keterlambatan",
]


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def sari() -> Employee:
    """In the unit of the coordinator; her JF has the activities I.A.1 and V.1 (a joint work)."""
    claimant = person()
    table = factories.ActivityTableFactory(position=claimant.appointments.get().position)
    factories.ActivityItemFactory(table=table, code="I.A.1")
    factories.ActivityItemFactory(table=table, code="V.1", element="profesi", level="", points=4)
    return claimant


def row(claimant: Employee, **others: Any) -> dict[str, Any]:
    values = {
        "NIP": claimant.nip,
        "Nama": claimant.name,
        "Periode Mulai": date(2022, 1, 1),
        "Periode Selesai": date(2022, 6, 30),
        "Kode Butir": "I.A.1",
        "Tanggal Kegiatan Mulai": date(2022, 2, 1),
        "Tanggal Kegiatan Selesai": date(2022, 2, 28),
        "Jumlah": 3,
        "Satuan": "laporan",
        "Uraian": "Laporan Februari",
        "Alasan Keterlambatan": "Belum dinilai",
    }
    return values | {key.replace("_", " "): value for key, value in others.items()}


def upload(client: Client, rows: list[dict[str, Any]]) -> ImportBatch:
    file = workbook(HEADINGS, rows)
    file.name = "usulan.xlsx"  # type: ignore[misc]
    answer = client.post(reverse("employees:import_new"), {"kind": "claims", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return imports.run(ImportBatch.objects.latest("id").pk)


def apply(client: Client, batch: ImportBatch) -> ImportBatch:
    client.post(reverse("employees:import_apply", args=[batch.public_id]))
    return imports.run(batch.pk)


@pytest.fixture
def desk(client: Client, sari: Employee) -> Client:
    client.force_login(coordinator(sari).user)
    return client


def codes(batch: ImportBatch) -> dict[int, list[str]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return {r.number: [e["code"] for e in r.errors] for r in rows}


def test_az062_a_coordinator_imports_drafts_with_points_of_the_server(
    desk: Client, sari: Employee
) -> None:
    joint = {
        "Kode_Butir": "V.1",
        "Jumlah": 1,
        "Judul_Karya": "Buku Ajar",
        "Jumlah_Penulis": 2,
        "Penulis_Ke": 2,
        "Uraian": "Bab dua",
    }
    batch = upload(desk, [row(sari), row(sari, **joint)])
    assert codes(batch) == {2: [], 3: []}
    assert not Claim.objects.exists()
    page = desk.get(reverse("employees:import", args=[batch.public_id])).content.decode()
    assert "I.A.1" in page
    assert apply(desk, batch).state == ImportBatch.State.APPLIED
    claim = Claim.objects.get()
    assert (claim.employee, claim.state, claim.path, claim.version) == (sari, "draft", "team", 1)
    assert (claim.level, claim.golongan) == ("ahli_pertama", "III/a")
    assert claim.unit == sari.memberships.get().unit
    first, second = claim.items.order_by("number")
    assert from_units(first.points_units) == Fraction(3, 2)
    assert from_units(second.points_units) == Fraction(8, 5)  # 40 % of 4
    assert (second.work.title, second.place) == ("Buku Ajar", 2)
    assert claim.created_by == desk.get("/").wsgi_request.user


def test_az063_b22_a_row_of_another_unit_is_refused_and_the_others_go_on(
    desk: Client, sari: Employee
) -> None:
    stranger = person()
    batch = upload(desk, [row(stranger), row(sari)])
    assert codes(batch) == {2: ["claim_out_of_reach"], 3: []}
    page = desk.get(reverse("employees:import", args=[batch.public_id])).content.decode()
    assert "Anda koordinasi" in page
    apply(desk, batch)
    assert [c.employee for c in Claim.objects.all()] == [sari]


def test_az077_another_ones_import_does_not_exist(desk: Client, sari: Employee) -> None:
    mine = upload(desk, [row(sari)])
    desk.force_login(coordinator(person()).user)
    for name in ("import", "import_progress", "import_refused"):
        assert desk.get(reverse(f"employees:{name}", args=[mine.public_id])).status_code == 404
    for name in ("import_apply", "import_undo", "import_discard", "import_columns"):
        assert desk.post(reverse(f"employees:{name}", args=[mine.public_id])).status_code == 404
    assert str(mine.public_id) not in desk.get(reverse("employees:imports")).content.decode()
    mine.refresh_from_db()
    assert mine.state == ImportBatch.State.PREVIEW


def test_a_coordinator_imports_claims_and_nothing_else(desk: Client, sari: Employee) -> None:
    form = desk.get(reverse("employees:import_new")).context["form"]
    assert [code for code, _title in form.fields["kind"].choices] == ["claims"]
    file = workbook(HEADINGS, [row(sari)])
    file.name = "rekap.xlsx"  # type: ignore[misc]
    desk.post(reverse("employees:import_new"), {"kind": "combined", "file": file})
    assert not ImportBatch.objects.exists()
    template = reverse("employees:import_template", args=["combined"])
    assert desk.get(template).status_code == 403
    sheet = desk.get(reverse("employees:import_template", args=["claims"]))
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    # An import of another kind, made while he was an officer, is not his to apply any more.
    user = desk.get("/").wsgi_request.user
    old = ImportBatch.objects.create(kind="ratings", state="preview", created_by=user)
    assert desk.post(reverse("employees:import_apply", args=[old.public_id])).status_code == 403


def test_az067_nobody_imports_claims_of_his_own(desk: Client, sari: Employee) -> None:
    user = desk.get("/").wsgi_request.user
    Employee.objects.filter(user=user).update(user=None)
    sari.user = user
    sari.save()
    factories.ClaimCoordinatorFactory(unit=sari.memberships.get().unit, employee=sari)
    assert codes(upload(desk, [row(sari)])) == {2: ["own_record"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Kode_Butir": "X.9"}, "claim_activity_unknown"),
        ({"Satuan": "dokumen"}, "claim_product"),
        ({"Jumlah": 0}, "claim_quantity"),
        ({"Tanggal_Kegiatan_Selesai": date(2022, 7, 31)}, "claim_outside_period"),
        ({"Tanggal_Kegiatan_Selesai": date(2022, 1, 31)}, "end_before_start"),
        ({"Judul_Karya": "Buku", "Jumlah_Penulis": 5, "Penulis_Ke": 1}, "claim_joint"),
        ({"Judul_Karya": "Buku", "Jumlah_Penulis": 2, "Penulis_Ke": 3}, "claim_joint"),
        ({"NIP": "199105062016022902"}, "person_unknown"),
    ],
)
def test_each_fault_is_named_in_its_row(
    desk: Client, sari: Employee, change: dict[str, Any], code: str
) -> None:
    batch = upload(desk, [row(sari, **change)])
    assert codes(batch)[2] == [code]
    page = desk.get(reverse("employees:import", args=[batch.public_id])).content.decode()
    assert code not in page
    assert "%(" not in page


def test_the_same_sheet_again_changes_nothing_and_more_rows_are_added(
    desk: Client, sari: Employee
) -> None:
    apply(desk, upload(desk, [row(sari)]))
    later = {
        "Tanggal_Kegiatan_Mulai": date(2022, 3, 1),
        "Tanggal_Kegiatan_Selesai": date(2022, 3, 31),
    }
    again = upload(desk, [row(sari), row(sari, **later)])
    assert (again.counts["same"], again.counts["new"]) == (1, 1)
    apply(desk, again)
    claim = Claim.objects.get()
    assert (claim.version, [i.number for i in claim.items.all()]) == (2, [1, 2])
    other = upload(desk, [row(sari, Jumlah=9)])
    assert codes(other) == {2: ["claim_item_there"]}


def test_what_was_handed_in_is_not_added_to(desk: Client, sari: Employee) -> None:
    apply(desk, upload(desk, [row(sari)]))
    claim = Claim.objects.get()
    claim.items.get().files.add(factories.EvidenceFileFactory(employee=sari))
    perform(claim, Act.SUBMIT, desk.get("/").wsgi_request.user)
    assert codes(upload(desk, [row(sari)])) == {2: ["claim_handed_in"]}


def test_coauthors_of_one_sheet_share_one_work(desk: Client, sari: Employee) -> None:
    unit, post = sari.memberships.get().unit, sari.appointments.get()
    budi = factories.EmployeeFactory()
    factories.AppointmentFactory(employee=budi, position=post.position, start=date(2020, 1, 1))
    factories.RankFactory(employee=budi, golongan="III/a", effective_on=date(2020, 1, 1))
    factories.MembershipFactory(employee=budi, unit=unit, start=date(2020, 1, 1))
    work = {"Kode_Butir": "V.1", "Jumlah": 1, "Judul_Karya": "Buku", "Jumlah_Penulis": 2}
    rows = [row(sari, Penulis_Ke=1, **work), row(budi, Penulis_Ke=2, **work)]
    apply(desk, upload(desk, rows))
    assert JointWork.objects.count() == 1
    assert sorted(ClaimItem.objects.values_list("place", flat=True)) == [1, 2]


def test_an_import_is_undone_unless_a_draft_was_changed(desk: Client, sari: Employee) -> None:
    batch = apply(desk, upload(desk, [row(sari)]))
    version = sari.facts_version
    sari.refresh_from_db()
    assert sari.facts_version == version  # a draft is no fact of the counting
    claim = Claim.objects.get()
    desk.get(reverse("credits:claim_edit", args=[claim.public_id]))
    assert ClaimEditor.objects.exists()
    undo = reverse("employees:import_undo", args=[batch.public_id])
    desk.post(undo)
    assert imports.run(batch.pk).state == ImportBatch.State.UNDONE
    assert not Claim.objects.exists()
    batch = apply(desk, upload(desk, [row(sari)]))
    desk.post(
        reverse("credits:claim_item_copy", args=[Claim.objects.get().public_id, 1]), {"version": 1}
    )
    desk.post(reverse("employees:import_undo", args=[batch.public_id]))
    assert imports.run(batch.pk).state == ImportBatch.State.APPLIED
    assert Claim.objects.get().items.count() == 2


def test_the_register_may_have_changed_between_preview_and_applying(
    desk: Client, sari: Employee
) -> None:
    batch = upload(desk, [row(sari)])
    sari.memberships.update(unit=factories.UnitFactory())
    batch = apply(desk, batch)
    assert batch.counts["refused"] == 1
    assert not Claim.objects.exists()


def test_biro_sdm_imports_for_everybody(client: Client, sari: Employee) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    apply(client, upload(client, [row(sari)]))
    assert Claim.objects.get().employee == sari
