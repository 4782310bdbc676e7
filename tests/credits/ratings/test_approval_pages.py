"""Biro SDM's page of approvals, the page of an import, and the operator's command."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.policy import Role
from credits.models import ClosedPeriod, Rating
from credits.services.ratings import RatingRow, record_ratings
from credits.services.runs import recalculate_now
from employees.models import Employee, ImportBatch
from employees.services import imports
from tests.employees.importing import COMBINED, NIP, OTHER, combined, dump, staged, workbook, year
from tests.factories import (
    EmployeeFactory,
    MembershipFactory,
    PositionFactory,
    RatingFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
ACT = "/persetujuan-predikat/putuskan/"
LIST = "/persetujuan-predikat/"


@pytest.fixture
def maker() -> User:
    return UserFactory(roles=[Role.HR], first_name="Rina", last_name="Satu")


@pytest.fixture
def second(client: Client) -> User:
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    return user


def waiting(maker: User | None, person: Employee | None = None, predicate: str = "baik") -> Rating:
    person = person or EmployeeFactory()
    done = record_ratings([RatingRow(person.pk, *YEAR, predicate)], maker, "surat")
    return done.created[0]


def decide(client: Client, *ratings: Rating, **more: Any) -> Any:
    data = {"act": "approve", "confirmed": "1", "rating": [r.pk for r in ratings]} | more
    return client.post(ACT, data)


def states() -> list[str]:
    return list(Rating.objects.order_by("pk").values_list("state", flat=True))


def test_az106_an_officer_enters_for_anybody(client: Client, second: User) -> None:
    person = EmployeeFactory()
    address = reverse("credits:rating_add", args=[person.public_id])
    data = {"start": "01-01-2025", "end": "31-12-2025", "predicate": "baik", "reason": "surat"}
    assert client.post(address, data).status_code == 302
    assert Rating.objects.get().entered_by == second


def test_az107_who_entered_it_does_not_approve_it(client: Client, second: User) -> None:
    rating, other = waiting(second), waiting(None)
    body = client.get(LIST).content.decode()
    assert body.count('name="rating"') == 1
    assert "why-not" in body
    assert decide(client, rating, other).status_code == 403
    assert states() == ["entered", "entered"]


def test_az108_another_officer_approves(client: Client, second: User, maker: User) -> None:
    rating = waiting(maker)
    assert decide(client, rating).status_code == 302
    rating.refresh_from_db()
    assert (rating.state, rating.approved_by) == ("approved", second)


def test_az109_nobody_enters_or_approves_the_own(client: Client, second: User, maker: User) -> None:
    mine = EmployeeFactory(user=second)
    address = reverse("credits:rating_add", args=[mine.public_id])
    data = {"start": "01-01-2025", "end": "31-12-2025", "predicate": "baik", "reason": "surat"}
    assert client.post(address, data).status_code == 403
    rating = waiting(maker, mine)
    assert decide(client, rating).status_code == 403
    assert states() == ["entered"]


def test_by_hand_a_closed_period_answers_409(client: Client, second: User) -> None:
    ClosedPeriod.objects.create(start=YEAR[0], end=YEAR[1])
    address = reverse("credits:rating_add", args=[EmployeeFactory().public_id])
    data = {"start": "01-01-2025", "end": "31-12-2025", "predicate": "baik", "reason": "surat"}
    answer = client.post(address, data)
    assert answer.status_code == 409
    assert "start" in answer.context["form"].errors


def test_first_a_preview_that_counts_and_writes_nothing(
    client: Client, second: User, maker: User
) -> None:
    person = EmployeeFactory()
    RatingFactory(employee=person, start=YEAR[0], end=date(2025, 3, 31))
    rating, own = waiting(maker, person), waiting(second)
    answer = client.post(ACT, {"act": "approve", "all": "1"})
    shown = answer.context
    assert (shown["n"], shown["people"], shown["replaces"], shown["left"]) == (1, 1, 1, 1)
    assert states() == ["approved", "entered", "entered"]
    newest = Rating.objects.latest("pk").pk
    late = waiting(maker)  # came after the preview: not part of what was counted
    client.post(ACT, {"act": "approve", "all": "1", "confirmed": "1", "upto": newest})
    for one, state in ((rating, "approved"), (own, "entered"), (late, "entered")):
        one.refresh_from_db()
        assert one.state == state


def test_one_act_for_a_unit_a_year_or_one_maker(client: Client, second: User, maker: User) -> None:
    unit = UnitFactory()
    inside, outside = waiting(maker), waiting(maker)
    MembershipFactory(employee=inside.employee, unit=unit)
    data = {"act": "approve", "all": "1", "confirmed": "1", "unit": unit.code, "year": "2025"}
    client.post(ACT, data | {"year": "2024"})
    assert states() == ["entered", "entered"]
    client.post(ACT, data)
    outside.refresh_from_db()
    inside.refresh_from_db()
    assert (inside.state, outside.state) == ("approved", "entered")
    client.post(
        ACT, {"act": "approve", "all": "1", "confirmed": "1", "source": f"officer-{maker.pk}"}
    )
    assert "entered" not in states()


def test_returned_with_a_reason_which_its_maker_sees(
    client: Client, second: User, maker: User
) -> None:
    rating = waiting(maker)
    answer = decide(client, rating, act="return", reason="")
    assert answer.status_code == 200
    assert states() == ["entered"]
    decide(client, rating, act="return", reason="Periode keliru")
    assert states() == ["returned"]
    page = reverse("reports:person", args=[rating.employee.public_id])
    client.force_login(maker)
    assert "Periode keliru" in client.get(page).content.decode()


def test_a_withdrawal_is_listed_and_decided(client: Client, second: User, maker: User) -> None:
    rating = RatingFactory(start=YEAR[0], end=YEAR[1])
    address = reverse("credits:rating_remove", args=[rating.employee.public_id, rating.pk])
    client.force_login(maker)
    client.post(address, {"reason": "salah orang"})
    rating.refresh_from_db()
    assert rating.withdrawn_at is None
    client.force_login(second)
    assert "salah orang" in client.get(LIST, {"source": "withdrawal"}).content.decode()
    decide(client, rating)
    rating.refresh_from_db()
    assert rating.withdrawn_at is not None


def test_the_auditor_reads_and_decides_nothing(client: Client, maker: User) -> None:
    rating = waiting(maker)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert 'name="rating"' not in answer.content.decode()
    assert decide(client, rating).status_code == 403


@pytest.mark.parametrize("query", ["source=batch-x", "source=1", "unit=none", "year=1"])
def test_a_filter_that_is_none_shows_everything(
    client: Client, second: User, maker: User, query: str
) -> None:
    waiting(maker)
    assert client.get(f"{LIST}?{query}").content.decode().count('name="rating"') == 1


def test_the_number_of_statements_does_not_grow(client: Client, second: User) -> None:
    counts = []
    for n in (2, 9):
        for _ in range(n):
            rating = waiting(UserFactory())
            MembershipFactory(employee=rating.employee)
            RatingFactory(employee=rating.employee, start=YEAR[0], end=date(2025, 3, 31))
        client.get(LIST)
        with CaptureQueriesContext(connection) as found:
            client.get(LIST)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12


# ------------------------------------------------------------------ imports


@pytest.fixture
def _sheets(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    PositionFactory(name="Analis Contoh")
    UnitFactory(version__name="Biro Contoh")


def applied_by(user: User, *changes: Any) -> ImportBatch:
    batch = staged("combined", combined(*changes))
    imports.ask_apply(batch, user)
    return imports.run(batch.pk)


def address(batch: ImportBatch) -> str:
    return reverse("credits:import_approve", args=[batch.public_id])


@pytest.mark.usefixtures("_sheets")
def test_a_batch_is_approved_in_one_act_by_a_second_person(
    client: Client, second: User, maker: User
) -> None:
    batch = applied_by(maker, {}, year(2025), {"NIP": OTHER, "Nama": "Ani"})
    recalculate_now({"all": True}, "uji")
    assert Employee.objects.get(nip=NIP).head.balance_units == 0
    page = reverse("employees:import", args=[batch.public_id])
    client.force_login(maker)
    assert address(batch) not in client.get(page).content.decode()
    assert client.post(address(batch)).status_code == 403
    assert states() == ["entered"] * 3
    client.force_login(second)
    assert address(batch) in client.get(page).content.decode()
    assert client.post(address(batch)).status_code == 302
    assert states() == ["approved"] * 3
    batch.refresh_from_db()
    assert batch.approved_by == second
    recalculate_now({"stale": True}, "uji")
    assert Employee.objects.get(nip=NIP).head.balance_units > 0


@pytest.mark.usefixtures("_sheets")
def test_undoing_an_approved_batch_restores_exactly_what_it_replaced(
    client: Client, second: User, maker: User
) -> None:
    applied_by(UserFactory(), {"Periode Selesai": date(2024, 6, 30), "Angka Kredit": "6.25"})
    client.post(address(ImportBatch.objects.get()))
    before = dump()
    batch = applied_by(maker, {"Nomor Bukti": "EK/2"})
    client.post(address(batch))
    assert Rating.objects.filter(superseded_by__isnull=False).count() == 1
    assert imports.ask_undo(batch, maker) == []
    assert imports.run(batch.pk).state == ImportBatch.State.UNDONE
    assert dump() == before


@pytest.mark.usefixtures("_sheets")
def test_what_somebody_changed_after_the_import_still_hinders_undoing(
    client: Client, second: User, maker: User
) -> None:
    batch = applied_by(maker, {})
    Rating.objects.update(evidence_number="ditulis tangan")
    client.post(address(batch))
    assert [r.code for r in imports.ask_undo(batch, maker)] == ["later_change"]


@pytest.mark.usefixtures("_sheets")
def test_returning_and_accepting_rows_of_a_batch_do_not_hinder_undoing(
    client: Client, second: User, maker: User
) -> None:
    before = dump()
    batch = applied_by(maker, {}, year(2025))
    first, last = Rating.objects.order_by("start")
    decide(client, first, act="return", reason="keliru")
    decide(client, last)
    assert states() == ["returned", "approved"]
    assert imports.ask_undo(batch, maker) == []
    imports.run(batch.pk)
    assert dump() == before


@pytest.mark.usefixtures("_sheets")
def test_a_closed_period_refuses_rows_that_would_change_it(maker: User) -> None:
    ClosedPeriod.objects.create(start=date(2024, 1, 1), end=date(2024, 12, 31))
    batch = staged("combined", combined({}, year(2025)))
    (error,) = batch.rows.get(number=2).errors
    assert error["code"] == "rating_closed"
    assert batch.counts["refused"] == 1


# ------------------------------------------------------------------ the operator's command


def command(tmp_path: Path, *arguments: str) -> str:
    path = tmp_path / "rekap.xlsx"
    path.write_bytes(workbook(COMBINED, combined({})).getvalue())
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "import_sheet", "combined", str(path), "--json", *arguments, stdout=out, stderr=err
    )
    return err.getvalue()


@pytest.mark.usefixtures("_sheets")
def test_the_command_names_the_second_person(tmp_path: Path, maker: User) -> None:
    assert command(tmp_path, "--apply", "--approved-by", maker.username) == ""
    assert Rating.objects.get().approved_by == maker
    assert ImportBatch.objects.get().approved_by == maker


@pytest.mark.usefixtures("_sheets")
def test_without_one_it_warns_and_the_ratings_count_and_give_points(tmp_path: Path) -> None:
    assert "--approved-by" in command(tmp_path, "--apply")
    assert states() == ["approved"]
    call_command("recalculate", "--all", stdout=io.StringIO())
    assert Employee.objects.get().head.balance_units > 0


@pytest.mark.usefixtures("_sheets")
def test_where_the_site_is_strict_they_wait(tmp_path: Path, settings: Any) -> None:
    settings.FOUR_EYES_STRICT = True
    assert "--approved-by" in command(tmp_path, "--apply")
    assert states() == ["entered"]


@pytest.mark.usefixtures("_sheets")
def test_the_second_person_must_be_one_who_may_and_nothing_is_read_otherwise(
    tmp_path: Path,
) -> None:
    auditor = UserFactory(roles=[Role.AUDITOR])
    for name in (auditor.username, "nobody"):
        with pytest.raises(CommandError) as refused:
            command(tmp_path, "--apply", "--approved-by", name)
        assert refused.value.returncode == 2
    assert not ImportBatch.objects.exists()
