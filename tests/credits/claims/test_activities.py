"""Tables of activity items: what is shipped, the import of a sheet, search and suggestions."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.activity_data import shipped
from credits.activity_sheets import COLUMNS, EXAMPLE
from credits.forms_activities import ActivityChoiceField
from credits.models import ActivityImport, ActivityItem, ActivityTable
from credits.rules.claims import Element
from credits.services import activities
from credits.services.activities import Head
from credits.services.claims.conventional import Conventional
from credits.services.claims.errors import ClaimError
from positions.models import Position
from positions.services import load_catalogue
from tests import factories
from tests.credits.claims.test_acts import draft, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START, END = date(2019, 1, 1), date(2022, 12, 31)
HEADINGS = [column.headings[0] for column in COLUMNS]
GOOD = [
    "I.A.1",
    "Tugas Jabatan",
    "",
    "Menyusun laporan",
    "Laporan",
    "Ahli Pertama",
    "0,0625",
    "",
    "",
]


def sheet(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headings, *rows])
    return SimpleUploadedFile("butir.csv", text.getvalue().encode("utf-8"))


def other(**cells: str) -> list[str]:
    """The good row with other cells, by the keys of the columns."""
    keys = [column.key for column in COLUMNS]
    return [cells.get(key, value) for key, value in zip(keys, GOOD, strict=True)]


@pytest.fixture
def position() -> Position:
    return factories.PositionFactory(name="Penguji Contoh")


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def head(position: Position, **values: Any) -> Head:
    given = {
        "regulation": "PermenPANRB 1/2019",
        "provenance": "official",
        "start": START,
        "end": END,
    }
    return Head(position, **(given | values))


def staged(position: Position, rows: Sequence[Sequence[str]], **values: Any) -> ActivityImport:
    return activities.stage(head(position, **values), sheet(rows), "butir.csv", None)


def found(batch: ActivityImport) -> list[tuple[int, str | None, str]]:
    return [(f["row"], f["column"], f["code"]) for f in activities.errors_of(batch)]


# ------------------------------------------------------------------ reading a sheet


def test_points_keep_their_four_decimals(position: Position) -> None:
    batch = staged(
        position, [GOOD, other(code="I.A.2", points="12.5"), other(code="I.A.3", points="0,1")]
    )
    table = activities.apply(batch, None)
    points = dict(table.items.values_list("code", "points"))
    assert points == {"I.A.1": Decimal("0.0625"), "I.A.2": Decimal("12.5"), "I.A.3": Decimal("0.1")}


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"points": "0,06251"}, "Angka Kredit", "amount_decimals"),
        ({"points": "0"}, "Angka Kredit", "points_zero"),
        ({"points": "-1"}, "Angka Kredit", "amount_negative"),
        ({"points": "1.250"}, "Angka Kredit", "amount_ambiguous"),
        ({"points": "250000"}, "Angka Kredit", "points_too_large"),
        ({"points": ""}, "Angka Kredit", "cell_empty"),
        ({"element": "Lainnya"}, "Unsur", "choice_unknown"),
        ({"level": "Penyelia"}, "Jenjang", "level_not_here"),
        ({"level": "Kepala"}, "Jenjang", "level_not_here"),
        ({"name": ""}, "Butir Kegiatan", "cell_empty"),
        ({"yearly_limit": "0"}, "Batas per Tahun", "limit_zero"),
        ({"yearly_limit": "dua"}, "Batas per Tahun", "int_unreadable"),
        ({"code": "I.A.1"}, "Kode", "code_twice"),
    ],
)
def test_an_error_names_row_column_and_remedy_and_nothing_is_applied(
    officer: Client, position: Position, cells: dict[str, str], column: str, code: str
) -> None:
    batch = staged(position, [GOOD, other(**({"code": "I.A.2"} | cells))])
    assert found(batch) == [(3, column, code)]
    said = officer.get(reverse("credits:activity_import", args=[batch.public_id])).content.decode()
    assert f"Baris 3, kolom {column}" in said
    apply = reverse("credits:activity_import_apply", args=[batch.public_id])
    assert apply not in said
    officer.post(apply)
    assert not ActivityTable.objects.exists()
    with pytest.raises(ClaimError) as problem:
        activities.apply(batch, None)
    assert problem.value.code == "import_has_errors"


def test_every_level_may_do_what_names_none(position: Position) -> None:
    rows = [other(level=""), other(code="2", level="Semua Jenjang"), other(code="3", level="-")]
    batch = staged(position, [*rows, other(code="4", level="Muda")])
    assert [row["level"] for row in batch.rows] == ["", "", "", "ahli_muda"]


def test_a_file_that_is_no_sheet_is_refused_in_the_form(
    officer: Client, position: Position
) -> None:
    data = {
        "position": position.code, "regulation": "X", "start": "01-01-2019", "end": "31-12-2022",
        "provenance": "official", "source": "",
    }  # fmt: skip
    for file in (
        SimpleUploadedFile("butir.xlsx", b"%PDF-1.7"),
        SimpleUploadedFile("butir.exe", b"MZ"),
        sheet([GOOD[:3]], ["Kode", "Unsur", "Lain"]),
    ):
        answer = officer.post(reverse("credits:activity_import_new"), data | {"file": file})
        assert answer.status_code == 400
        assert answer.context["form"].errors["file"]
    late = {"start": "01-01-2022", "end": "31-12-2023", "provenance": "invented"}
    answer = officer.post(
        reverse("credits:activity_import_new"), data | late | {"file": sheet([GOOD])}
    )
    assert set(answer.context["form"].errors) == {"end", "source"}
    assert not ActivityImport.objects.exists()


def test_the_template_is_read_as_it_is_handed_out(officer: Client, position: Position) -> None:
    answer = officer.get(reverse("credits:activity_template"))
    content = b"".join(answer.streaming_content)
    file = SimpleUploadedFile("templat.xlsx", content)
    batch = activities.stage(head(position), file, "templat.xlsx", None)
    assert activities.errors_of(batch) == []
    assert [row["code"] for row in batch.rows] == [EXAMPLE["code"]]


# ------------------------------------------------------------------ applying, versions


def test_from_the_form_to_a_table_in_force(officer: Client, position: Position) -> None:
    data = {
        "position": position.code, "regulation": "PermenPANRB 1/2019", "start": "01-01-2019",
        "end": "31-12-2022", "provenance": "stand_in", "source": "Dari sumber terbuka",
        "file": sheet([GOOD]),
    }  # fmt: skip
    answer = officer.post(reverse("credits:activity_import_new"), data)
    batch = ActivityImport.objects.get()
    assert answer.headers["Location"] == reverse("credits:activity_import", args=[batch.public_id])
    assert not ActivityTable.objects.exists()
    said = officer.get(answer.headers["Location"]).content.decode()
    assert "Dari sumber terbuka" in said
    apply = reverse("credits:activity_import_apply", args=[batch.public_id])
    assert officer.get(apply).status_code == 405
    table_page = officer.post(apply).headers["Location"]
    assert "Dari sumber terbuka" in officer.get(table_page).content.decode()
    officer.post(apply)  # a second click
    table = ActivityTable.objects.get()
    assert (table.provenance, table.version, table.items.count()) == ("stand_in", 1, 1)
    batch.refresh_from_db()
    assert (batch.state, batch.table) == ("applied", table)
    assert batch.applied_by == batch.created_by


def test_a_new_version_leaves_claims_with_the_items_they_were_made_with() -> None:
    claim = draft(person())
    item = claim.items.get()
    old = item.activity.table
    new = activities.apply(staged(claim.position, [other(points="9")]), None)
    old.refresh_from_db()
    item.refresh_from_db()
    assert (old.replaced_by, new.version) == (new, 2)
    assert item.activity.points == Decimal("0.5")
    codes = {f.code for f in Conventional().check(claim, date(2022, 12, 1)).errors}
    assert "item.table_replaced" in codes  # a draft takes its points from the table in force
    claim.submitted_at = claim.created_at
    codes = {f.code for f in Conventional().check(claim, date(2022, 12, 1)).errors}
    assert "item.table_replaced" not in codes


def test_the_database_does_not_let_a_used_item_be_edited() -> None:
    item = draft(person()).items.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        ActivityItem.objects.filter(pk=item.activity_id).update(points=2)


def test_an_official_table_replaces_what_was_invented_and_is_not_replaced_by_it(
    position: Position,
) -> None:
    invented = activities.make(head(position, provenance="invented", start=date(2017, 1, 1)), [])
    official = activities.apply(staged(position, [GOOD]), None)
    invented.refresh_from_db()
    assert invented.replaced_by == official
    batch = staged(position, [GOOD], start=date(2021, 1, 1), end=END)
    with pytest.raises(ClaimError) as problem:
        activities.apply(batch, None)
    assert problem.value.code == "table_overlaps"
    batch.refresh_from_db()
    assert (batch.state, ActivityTable.objects.count()) == ("preview", 2)
    after = activities.make(head(position, start=date(2016, 1, 1), end=date(2018, 12, 31)), [])
    assert after.version == 1


def test_the_same_sheet_again_makes_no_second_version(position: Position) -> None:
    first = activities.apply(staged(position, [GOOD]), None)
    assert activities.apply(staged(position, [GOOD]), None) == first
    assert ActivityTable.objects.count() == 1


def test_who_may_not_import_may_still_read(client: Client, position: Position) -> None:
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    table = activities.make(head(position), staged(position, [GOOD]).rows)
    assert client.get(reverse("credits:activities")).status_code == 200
    assert client.get(reverse("credits:activity_table", args=[table.pk])).status_code == 200
    assert client.get(reverse("credits:activity_import_new")).status_code == 403
    assert client.post(reverse("credits:activity_import_new")).status_code == 403


# ------------------------------------------------------------------ what is shipped


def test_what_is_shipped_is_sound_and_says_what_it_is() -> None:
    tables = list(shipped())
    assert len(tables) == 7
    for code, about, rows in tables:
        assert about["provenance"] == ("stand_in" if code == "pranata-komputer" else "invented")
        assert about["source"]
        codes = [row["code"] for row in rows]
        assert len(codes) == len(set(codes)), code
        for row in rows:
            assert row["sub_element"], row
            assert Decimal(row["points"]) > 0
            assert Decimal(row["points"]).as_tuple().exponent >= -4  # type: ignore[operator]
        if about["provenance"] == "invented":
            assert 25 <= len(rows) <= 30
            assert {row["element"] for row in rows} == {str(e) for e in Element}
            assert all(row["evidence"] for row in rows)
            assert any(row["yearly_limit"] for row in rows)


def test_loading_is_safe_to_repeat_and_keeps_what_an_officer_imported(capsys: Any) -> None:
    load_catalogue()
    call_command("load_activities")
    before = set(ActivityTable.objects.values_list("pk", "version"))
    assert len(before) == 7
    for table in ActivityTable.objects.select_related("position"):
        known = set(table.position.levels.values_list("level", flat=True)) | {""}
        assert set(table.items.values_list("level", flat=True)) <= known
    call_command("load_activities")
    assert set(ActivityTable.objects.values_list("pk", "version")) == before
    position = Position.objects.get(code="mediator-hi")
    mine = activities.apply(
        staged(position, [GOOD], provenance="stand_in", source="x", start=date(2017, 1, 1)), None
    )
    capsys.readouterr()
    call_command("load_activities")
    assert "0 made, 6 unchanged, 1 kept" in capsys.readouterr().out
    in_force = activities.in_force().filter(position=position)
    assert list(in_force) == [mine]


# ------------------------------------------------------------------ finding an item


@pytest.fixture
def table(position: Position) -> ActivityTable:
    rows = [
        GOOD,
        other(code="I.A.2", name="Menguji bejana tekan", level="Ahli Muda"),
        other(code="I.B.1", name="Menguji instalasi listrik", level=""),
        other(code="IV.A.1", name="Mengajar", element="Penunjang"),
    ]
    return activities.make(
        head(position, provenance="invented", source="Rekaan"), staged(position, rows).rows
    )


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["I.A.1", "I.A.2", "I.B.1", "IV.A.1"]),
        ("q=menguji", ["I.A.2", "I.B.1"]),
        ("q=listrik+menguji", ["I.B.1"]),
        ("q=i.a", ["I.A.1", "I.A.2"]),
        ("level=ahli_muda", ["I.A.2", "I.B.1"]),
        ("element=penunjang", ["IV.A.1"]),
        ("q=menguji&level=ahli_pertama&element=utama", ["I.B.1"]),
        ("level=tidak-ada", ["I.A.1", "I.A.2", "I.B.1", "IV.A.1"]),
        ("q=%00", ["I.A.1", "I.A.2", "I.B.1", "IV.A.1"]),
    ],
)
def test_items_are_searched_and_filtered(
    client: Client, table: ActivityTable, query: str, codes: list[str]
) -> None:
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    answer = client.get(reverse("credits:activity_table", args=[table.pk]) + f"?{query}")
    assert [item.code for item, _level in answer.context["rows"]] == codes
    assert "Rekaan" in answer.content.decode()


def test_suggestions_come_in_one_statement_with_their_provenance(
    client: Client, table: ActivityTable, django_assert_num_queries: Any
) -> None:
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    where = reverse("credits:activity_suggest")
    asked = {"position": table.position.code, "date": "2022-03-01", "text": "menguji"}
    client.get(where, asked)
    with django_assert_num_queries(3):  # session, account with its roles; and the items
        answer = client.get(where, asked)
    items = answer.json()["items"]
    assert [i["code"] for i in items] == ["I.A.2", "I.B.1"]
    assert {i["provenance"] for i in items} == {"invented"}
    assert (items[0]["points"], items[0]["points_shown"]) == ("0.0625", "0,0625")
    assert client.get(where, asked | {"level": "ahli_pertama"}).json()["items"] == items[1:]
    assert client.get(where, asked | {"date": "2023-03-01"}).json() == {"items": []}
    assert client.get(where, asked | {"text": " "}).json() == {"items": []}
    for wrong in ("kemarin", "2022-02-31", ""):
        assert client.get(where, asked | {"date": wrong}).status_code == 400


def test_a_select_offers_the_items_of_the_day_marked_where_they_are_invented(
    table: ActivityTable, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        field = ActivityChoiceField(table.position, date(2022, 3, 1), "ahli_muda")
        shown = field.widget.render("activity", None, {"id": "id_activity"})
    assert shown.count("<optgroup") == 2
    assert shown.count("I.A.1") == 1
    assert shown.count("rekaan untuk peragaan") == 4
    item = table.items.get(code="I.A.2")
    assert field.clean(str(item.pk)) == item
    late = ActivityChoiceField(table.position, date(2023, 3, 1))
    with pytest.raises(ValidationError):
        late.clean(str(item.pk))


@pytest.mark.parametrize("route", ["credits:activities", "credits:activity_table"])
def test_lists_ask_as_many_questions_for_many_rows_as_for_few(
    client: Client, position: Position, route: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    asked = []
    for n in (2, 30):
        rows = staged(position, [other(code=f"I.A.{i}") for i in range(n)]).rows
        made = activities.make(head(position), rows)
        for _i in range(n):
            factories.ActivityTableFactory()
        where = reverse(route, args=[] if route.endswith("ies") else [made.pk])
        client.get(where)
        with django_assert_max_num_queries(12) as counted:
            assert client.get(where).status_code == 200
        asked.append(len(counted))
    assert asked[0] == asked[1]
