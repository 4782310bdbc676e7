"""The pages and the command of imports."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Notice
from accounts.policy import Role
from employees.models import Employee, ImportBatch
from employees.services import imports
from tests.employees.importing import COMBINED, NIP, OTHER, combined, workbook
from tests.factories import PositionFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    PositionFactory(name="Analis Contoh")
    UnitFactory(version__name="Biro Contoh")


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def _upload(client: Client, *changes: dict[str, Any]) -> ImportBatch:
    file = workbook(COMBINED, combined(*changes))
    file.name = "rekap.xlsx"  # type: ignore[misc]
    answer = client.post(reverse("employees:import_new"), {"kind": "combined", "file": file})
    batch = ImportBatch.objects.latest("id")
    assert answer.headers["Location"] == f"/impor/{batch.public_id}/"
    return batch


def test_an_officer_uploads_looks_applies_and_undoes(hr: Client) -> None:
    batch = _upload(hr, {}, {"NIP": "123"}, {"NIP": OTHER, "Nama": "<b>Ani</b>"})
    page = reverse("employees:import", args=[batch.public_id])
    assert "data-progress-url" in hr.get(page).content.decode()
    imports.run(batch.pk)
    body = hr.get(page).content.decode()
    assert "Budi Santoso" in body
    assert "&lt;b&gt;Ani" in body
    assert NIP not in page
    assert not Employee.objects.exists()
    hr.post(reverse("employees:import_apply", args=[batch.public_id]))
    assert imports.run(batch.pk).state == ImportBatch.State.APPLIED
    assert Employee.objects.count() == 2
    hr.post(reverse("employees:import_undo", args=[batch.public_id]))
    assert imports.run(batch.pk).state == ImportBatch.State.UNDONE
    assert not Employee.objects.exists()


def test_each_end_is_told_once_to_whoever_asked(hr: Client) -> None:
    batch = _upload(hr, {})
    for act in ("", "apply", "undo"):
        if act:
            hr.post(reverse(f"employees:import_{act}", args=[batch.public_id]))
        imports.run(batch.pk)
        imports.run(batch.pk)  # the sweep rings again
    told = list(Notice.objects.order_by("id").values_list("kind", "url"))
    page = reverse("employees:import", args=[batch.public_id])
    kinds = ("import.preview", "import.applied", "import.undone")
    assert told == [(kind, page) for kind in kinds]
    body = hr.get(reverse("accounts:notices")).content.decode()
    assert "%(" not in body
    assert "import." not in body


def test_work_that_is_given_up_is_told_as_not_done(hr: Client) -> None:
    batch = _upload(hr, {})
    imports.run(batch.pk)
    hr.post(reverse("employees:import_apply", args=[batch.public_id]))
    ImportBatch.objects.update(attempts=imports.ATTEMPTS)
    imports.run(batch.pk)
    assert Notice.objects.latest("id").kind == "import.not_applied"


def test_refused_rows_come_back_with_their_reason_and_as_text(hr: Client) -> None:
    batch = _upload(hr, {"NIP": "123", "Nama": "=1+1 <x>"}, {})
    imports.run(batch.pk)
    answer = hr.get(reverse("employees:import_refused", args=[batch.public_id]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    heads, row = list(sheet.iter_rows(values_only=True))
    assert (heads[0], heads[-1]) == ("Baris", "Alasan")
    assert row[0] == "2"
    assert row[heads.index("NIP")] == "123"
    assert row[-1].startswith("NIP: ")
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} <= {"s"}


@pytest.mark.parametrize("kind", ["people", "appointments", "ratings", "opening", "combined"])
def test_a_template_is_text_and_its_headings_match_exactly(hr: Client, kind: str) -> None:
    answer = hr.get(reverse("employees:import_template", args=[kind]))
    data = io.BytesIO(b"".join(answer.streaming_content))
    batch = imports.start(kind, data, "templat.xlsx", None)
    batch = imports.run(batch.pk)
    assert batch.state == ImportBatch.State.PREVIEW
    about_headings = {"heading_variant", "columns_reordered", "columns_extra"}
    assert not about_headings & {warning["code"] for warning in batch.warnings}


@pytest.mark.parametrize(
    ("role", "seen", "written"), [(Role.AUDITOR, 200, 403), (Role.HOLDER, 403, 403)]
)
def test_others_see_or_do_no_more_than_their_role(
    client: Client, role: Role, seen: int, written: int
) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse("employees:imports")).status_code == seen
    assert client.get(reverse("employees:import_new")).status_code == written
    batch = imports.start("combined", workbook(COMBINED, combined({})), "rekap.xlsx", None)
    imports.run(batch.pk)
    for name in ("import_apply", "import_undo", "import_discard"):
        address = reverse(f"employees:{name}", args=[batch.public_id])
        assert client.post(address).status_code == written
    assert ImportBatch.objects.get().state == ImportBatch.State.PREVIEW


def test_applying_twice_is_said_and_does_nothing(hr: Client) -> None:
    batch = _upload(hr, {})
    imports.run(batch.pk)
    imports.ask_apply(batch, None)
    imports.run(batch.pk)
    answer = hr.post(reverse("employees:import_apply", args=[batch.public_id]), follow=True)
    assert [str(message.level_tag) for message in answer.context["messages"]] == ["error"]


def _command(tmp_path: Path, *arguments: str, rows: list[dict[str, Any]]) -> tuple[int, Any]:
    path = tmp_path / "rekap.xlsx"
    path.write_bytes(workbook(COMBINED, rows).getvalue())
    out = io.StringIO()
    try:
        call_command("import_sheet", "combined", str(path), "--json", *arguments, stdout=out)
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, json.loads(out.getvalue())


def test_the_command_applies_the_accepted_rows_and_says_which_were_not(tmp_path: Path) -> None:
    rows = combined({}, {"NIP": OTHER, "Nama": "Ani", "Predikat": "Lumayan"})
    code, told = _command(tmp_path, "--apply", rows=rows)
    assert code == 1
    assert (told["outcome"], told["rows_ok"], told["applied"]) == ("reject_row", 1, True)
    (refused,) = told["rows_refused"]
    assert (refused["row"], refused["column"], refused["code"]) == (3, "Predikat", "choice_unknown")
    assert list(Employee.objects.values_list("nip", flat=True)) == [NIP]


def test_the_command_writes_nothing_without_apply(tmp_path: Path) -> None:
    code, told = _command(tmp_path, rows=combined({}))
    assert (code, told["outcome"], told["applied"]) == (0, "accept_exact", False)
    assert not Employee.objects.exists()


def test_the_command_refuses_a_file_with_code_2(tmp_path: Path) -> None:
    code, told = _command(tmp_path, "--apply", rows=[])
    assert (code, told["outcome"], told["applied"]) == (2, "reject_file", False)
