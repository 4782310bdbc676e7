"""The page of one person and the start page."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.services.ratings import RatingRow, record_ratings
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.approving import approve_all
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


@pytest.fixture
def person() -> Employee:
    holder = factories.EmployeeFactory(name="Sari Wulandari", birth_place="Bogor")
    factories.AppointmentFactory(employee=holder, start=date(2020, 1, 1))
    factories.RankFactory(employee=holder)
    factories.OpeningFactory(employee=holder, points=25)
    factories.RatingFactory(employee=holder)
    return holder


def page(client: Client, person: Employee, **asked: str) -> str:
    answer = client.get(reverse("reports:person", args=[person.public_id]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_balance_with_both_thresholds_and_a_reason_for_every_point(
    hr: Client, person: Employee
) -> None:
    recalculate_now({"all": True}, "test")
    body = page(hr, person)
    assert "37,500" in body
    assert "12,500 / 50" not in body
    assert "37,500 / 50,000" in body
    assert "37,500 / 100,000" in body
    assert "Baik" in body
    assert "12/12 x 100% x" in body
    assert "Pasal" in body


def test_it_says_when_the_balance_is_out_of_date(hr: Client, person: Employee) -> None:
    recalculate_now({"all": True}, "test")
    assert "notice-warn" not in page(hr, person)
    record_ratings([RatingRow(person.pk, date(2024, 1, 1), date(2024, 12, 31), "baik")], None, "x")
    approve_all()
    assert "notice-warn" in page(hr, person)


def test_as_of_a_day_and_as_known_on_a_day(hr: Client, person: Employee) -> None:
    with time_machine.travel(datetime(2024, 2, 1, 9, tzinfo=JAKARTA), tick=False):
        recalculate_now({"all": True}, "test")
    with time_machine.travel(datetime(2024, 6, 1, 9, tzinfo=JAKARTA), tick=False):
        row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), "sangat_baik")
        record_ratings([row], None, "koreksi")
        approve_all()
        recalculate_now({"all": True}, "test")
    assert "43,750" in page(hr, person)
    assert "43,750" not in page(hr, person, on="30-12-2023")
    known = page(hr, person, known="1-3-2024")
    assert "37,500" in known
    assert "43,750" not in known


def test_what_was_taken_back_stays_readable(hr: Client, person: Employee) -> None:
    recalculate_now({"all": True}, "test")
    row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), "sangat_baik")
    record_ratings([row], None, "koreksi")
    approve_all()
    recalculate_now({"all": True}, "test")
    body = page(hr, person)
    assert "-12,500" in body
    assert "+18,750" in body


def test_somebody_looking_after_others_sees_no_birth_date(client: Client, person: Employee) -> None:
    boss = factories.EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    factories.SuperiorFactory(employee=person, superior=boss)
    client.force_login(boss.user)
    body = page(client, person)
    assert "Bogor" not in body
    assert "Sari Wulandari" in body
    assert reverse("credits:rating_add", args=[person.public_id]) not in body


def test_the_page_costs_the_same_however_long_the_history(
    hr: Client, person: Employee, django_assert_max_num_queries: Any
) -> None:
    for year in range(1990, 2020):
        factories.RankFactory(employee=person, effective_on=date(year, 4, 1), golongan="II/a")
    recalculate_now({"all": True}, "test")
    with django_assert_max_num_queries(32):
        page(hr, person)


def test_the_start_page_says_first_what_to_do(hr: Client, person: Employee) -> None:
    lecturer = factories.PositionFactory(code="dosen", name="Dosen", own_rules=True)
    factories.AppointmentFactory(position=lecturer)
    body = hr.get(reverse("admin:index")).content.decode()
    assert reverse("credits:run_start") + "?scope=stale" in body
    recalculate_now({"all": True}, "test")
    answer = hr.get(reverse("admin:index"))
    body = answer.content.decode()
    assert "?scope=stale" not in body
    assert "%(" not in body
    assert answer.context["figures"].holders == 2
    assert reverse("reports:findings") + "?code=own_rules" in body
    found = hr.get(reverse("reports:findings"), {"code": "own_rules"})
    assert found.status_code == 200


def test_an_empty_system_says_how_to_begin(hr: Client) -> None:
    body = hr.get(reverse("admin:index")).content.decode()
    assert reverse("employees:imports") in body
    assert hr.get(reverse("reports:people")).status_code == 200
    assert hr.get(reverse("credits:runs")).status_code == 200
    assert hr.get(reverse("credits:documents")).status_code == 200


def test_a_holder_starts_with_the_own_balance_and_no_figures(
    client: Client, person: Employee
) -> None:
    user = UserFactory(roles=[Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    recalculate_now({"all": True}, "test")
    client.force_login(user)
    answer = client.get(reverse("admin:index"))
    assert "37,500" in answer.content.decode()
    assert "figures" not in answer.context
