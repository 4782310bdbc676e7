"""Two states of the ledger side by side: whose points differ, and why."""

from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.models import CalculationRun, LedgerEntry
from credits.services.ratings import RatingRow, record_ratings
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.approving import approve_all
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
COMPARE = "reports:compare"
YEARS = {"a": "31-12-2022", "b": "31-12-2024"}


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def holder(name: str, **appointment: Any) -> Employee:
    person = factories.EmployeeFactory(name=name)
    factories.AppointmentFactory(employee=person, start=date(2020, 1, 1), **appointment)
    factories.RankFactory(employee=person)
    factories.OpeningFactory(employee=person, points=25)
    return person


def rated(person: Employee, year: int, predicate: str = "baik") -> None:
    row = RatingRow(person.pk, date(year, 1, 1), date(year, 12, 31), predicate)
    record_ratings([row], None, "uji")
    approve_all()


def rows(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    return {row["person"].name: row for row in answer.context["rows"]}


def proven(found: dict[str, Any]) -> dict[str, Fraction]:
    """The differences, each proven by its lines: what is in one state only makes all of it."""
    for row in found.values():
        first, second = row["why"].first.rows, row["why"].second.rows
        lines = sum(x.amount for x in second) - sum(x.amount for x in first)
        assert lines == row["difference"].change
    return {name: row["difference"].change for name, row in found.items()}


def test_two_days_differ_by_the_entries_between(hr: Client) -> None:
    ani, budi, _cici = holder("Ani"), holder("Budi"), holder("Cici")
    rated(ani, 2023)
    rated(ani, 2024, "sangat_baik")
    rated(budi, 2023)
    recalculate_now({"all": True}, "test")
    found = rows(hr.get(reverse(COMPARE), YEARS))
    assert proven(found) == {"Ani": Fraction("31.25"), "Budi": Fraction("12.5")}
    assert found["Ani"]["why"].second.by_rule[0][2:] == (2, Fraction("31.25"))
    assert list(found) == ["Ani", "Budi"]  # the largest difference first


def test_the_same_day_as_known_on_two_others(hr: Client) -> None:
    ani = holder("Ani")
    with time_machine.travel(datetime(2024, 2, 1, 9, tzinfo=JAKARTA), tick=False):
        rated(ani, 2023)
        recalculate_now({"all": True}, "test")
    with time_machine.travel(datetime(2024, 6, 1, 9, tzinfo=JAKARTA), tick=False):
        rated(ani, 2023, "sangat_baik")
        recalculate_now({"all": True}, "test")
    asked = {"a": "31-12-2023", "b": "31-12-2023", "known_a": "1-3-2024", "known_b": "1-7-2024"}
    assert proven(rows(hr.get(reverse(COMPARE), asked))) == {"Ani": Fraction("6.25")}
    backwards = {**asked, "known_a": "1-7-2024", "known_b": "1-3-2024"}
    assert proven(rows(hr.get(reverse(COMPARE), backwards))) == {"Ani": Fraction("-6.25")}


def runs(first: CalculationRun, second: CalculationRun) -> dict[str, str]:
    return {"mode": "runs", "run_a": str(first.public_id), "run_b": str(second.public_id)}


def test_what_a_run_changed_since_another(hr: Client) -> None:
    ani, budi = holder("Ani"), holder("Budi")
    first = recalculate_now({"all": True}, "satu")
    rated(ani, 2023)
    recalculate_now({"all": True}, "dua")
    rated(budi, 2023, "sangat_baik")
    rated(ani, 2023, "kurang")
    last = recalculate_now({"all": True}, "tiga")
    found = rows(hr.get(reverse(COMPARE), runs(first, last)))
    assert proven(found) == {"Budi": Fraction("18.75"), "Ani": Fraction("6.25")}
    # posted by the second run and taken back by the third: that explains nothing
    assert len(found["Ani"]["why"].second.rows) == 1
    usual = hr.get(reverse(COMPARE), {"mode": "runs"})  # the last against the one before
    assert set(proven(rows(usual))) == {"Ani", "Budi"}


def test_a_preview_against_a_run_and_against_another_preview(hr: Client) -> None:
    ani = holder("Ani")
    rated(ani, 2023)
    first = recalculate_now({"all": True}, "satu")
    rated(ani, 2023, "sangat_baik")
    preview = recalculate_now({"all": True}, "pratinjau", dry_run=True)
    rated(ani, 2024)
    second = recalculate_now({"all": True}, "pratinjau lagi", dry_run=True)
    before = LedgerEntry.objects.count()
    seen = rows(hr.get(reverse(COMPARE), runs(first, preview)))
    assert proven(seen) == {"Ani": Fraction("6.25")}
    seen = rows(hr.get(reverse(COMPARE), runs(preview, second)))
    assert proven(seen) == {"Ani": Fraction("12.5")}
    assert LedgerEntry.objects.count() == before


def test_totals_by_position_and_unit_and_only_part_of_the_people(hr: Client) -> None:
    position, unit = factories.PositionFactory(name="Pengantar Kerja"), factories.UnitFactory()
    ani, budi = holder("Ani", position=position), holder("Budi")
    factories.MembershipFactory(employee=budi, unit=unit)
    rated(ani, 2023)
    rated(budi, 2023)
    recalculate_now({"all": True}, "test")
    answer = hr.get(reverse(COMPARE), YEARS)
    by_position = {t.name: (t.people, t.change) for t in answer.context["by_position"]}
    assert by_position["Pengantar Kerja"] == (1, Fraction("12.5"))
    assert sum(t.people for t in answer.context["by_unit"]) == 2
    assert list(rows(hr.get(reverse(COMPARE), YEARS | {"position": position.pk}))) == ["Ani"]
    assert list(rows(hr.get(reverse(COMPARE), YEARS | {"unit": unit.pk}))) == ["Budi"]


def test_nobody_outside_the_scope_and_no_runs_for_a_superior(client: Client) -> None:
    ani, budi = holder("Ani"), holder("Budi")
    boss = factories.EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    factories.SuperiorFactory(employee=ani, superior=boss)
    for person in (ani, budi):
        rated(person, 2023)
    run = recalculate_now({"all": True}, "test")
    client.force_login(boss.user)
    answer = client.get(reverse(COMPARE), YEARS)
    assert list(rows(answer)) == ["Ani"]
    assert sum(t.people for t in answer.context["by_position"]) == 1
    assert client.get(reverse(COMPARE), runs(run, run)).context["mode"] == "days"
    assert client.get(reverse("reports:compare_export"), YEARS).status_code == 403


def test_the_differences_as_a_sheet(hr: Client) -> None:
    ani = holder("Ani")
    rated(ani, 2023)
    recalculate_now({"all": True}, "test")
    answer = hr.post(reverse("reports:compare_export", query=YEARS), {"reason": "Pemeriksaan"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    head, row = list(book.active.iter_rows(values_only=True))
    assert head[4:6] == ("31-12-2022", "31-12-2024")
    assert (row[0], *row[4:7]) == (ani.nip, 25, 37.5, 12.5)
    assert "× 1: 12,500" in row[8]


def test_wrong_days_and_nothing_to_compare_are_said(hr: Client) -> None:
    assert hr.get(reverse(COMPARE), {"a": "31-02-2024", "b": "x"}).context["form"].errors
    assert hr.get(reverse(COMPARE)).context["rows"] == []
    assert hr.get(reverse(COMPARE), {"mode": "runs"}).context["asked"].states is None
    unknown = {"mode": "runs", "run_a": "x", "run_b": "y"}
    assert hr.get(reverse(COMPARE), unknown).context["form"].errors


@pytest.mark.parametrize("people", [3, 40])
def test_comparing_costs_at_most_twelve_queries_whatever_the_number(
    hr: Client, people: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(people):
        rated(holder(f"Orang {n}"), 2023)
    first = recalculate_now({"all": True}, "test")
    for person in Employee.objects.all():
        rated(person, 2024)
    preview = recalculate_now({"all": True}, "test", dry_run=True)
    for asked in (YEARS, runs(first, preview)):
        with django_assert_max_num_queries(12):
            answer = hr.get(reverse(COMPARE), asked)
        assert len(rows(answer)) == min(people, 25)
