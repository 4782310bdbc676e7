"""Recalculation through the pages: preview, apply, cancel, findings."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.models import CalculationRun, LedgerEntry, LedgerHead
from credits.rules.units import UNIT
from credits.services import runs
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START = "credits:run_start"


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


@pytest.fixture
def person() -> Employee:
    holder = factories.EmployeeFactory(name="Sari Wulandari")
    factories.AppointmentFactory(employee=holder, start=date(2020, 1, 1))
    factories.RankFactory(employee=holder)
    factories.OpeningFactory(employee=holder, points=25)
    factories.RatingFactory(employee=holder)
    return holder


def ask(client: Client, verb: str, **data: Any) -> CalculationRun:
    answer = client.post(reverse(START), {"reason": "uji", verb: "1"} | data)
    assert answer.status_code == 302, answer.context["form"].errors
    return CalculationRun.objects.latest("id")


def page(client: Client, run: CalculationRun) -> str:
    return client.get(reverse("credits:run", args=[run.public_id])).content.decode()


def test_a_preview_shows_who_would_change_and_posts_nothing(hr: Client, person: Employee) -> None:
    run = ask(hr, "preview", for_whom="all")
    assert "data-progress-url" in page(hr, run)
    assert runs.work(run.pk) is False
    body = page(hr, run)
    assert "Sari Wulandari" in body
    assert "37,500" in body  # 25 + 12.5
    assert not LedgerEntry.objects.exists()


def test_applying_a_preview_posts_what_it_showed(hr: Client, person: Employee) -> None:
    preview = ask(hr, "preview", for_whom="all")
    runs.work(preview.pk)
    hr.post(reverse("credits:run_apply", args=[preview.public_id]))
    run = CalculationRun.objects.latest("id")
    assert not run.dry_run
    runs.work(run.pk)
    assert LedgerHead.objects.get(employee=person).balance_units == 37.5 * UNIT
    assert "37,500" not in page(hr, run)  # what changed stands in the ledger, not in the run
    again = ask(hr, "apply", for_whom="all")
    runs.work(again.pk)
    again.refresh_from_db()
    assert (again.posted, again.reversed, again.changed) == (0, 0, 0)


def test_a_preview_that_is_not_finished_cannot_be_applied(hr: Client, person: Employee) -> None:
    preview = ask(hr, "preview", for_whom="all")
    hr.post(reverse("credits:run_apply", args=[preview.public_id]))
    assert CalculationRun.objects.count() == 1


def test_starting_the_same_twice_leads_to_the_one_under_way(hr: Client, person: Employee) -> None:
    first = ask(hr, "apply", for_whom="all")
    assert ask(hr, "apply", for_whom="all") == first


def test_cancelled_before_it_began_nothing_is_posted(hr: Client, person: Employee) -> None:
    run = ask(hr, "apply", for_whom="all")
    hr.post(reverse("credits:run_cancel", args=[run.public_id]))
    runs.work(run.pk)
    run.refresh_from_db()
    assert run.state == CalculationRun.State.CANCELLED
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"for_whom": "unit"}, "unit"),
        ({"for_whom": "position"}, "position"),
        ({"for_whom": "person"}, "person"),
        ({"for_whom": "person", "person": "Nobody Known"}, "person"),
        ({"for_whom": "all", "reason": ""}, "reason"),
        ({"for_whom": "stale"}, "for_whom"),  # nobody there
    ],
)
def test_what_is_missing_is_said_at_its_field(hr: Client, data: dict[str, str], field: str) -> None:
    answer = hr.post(reverse(START), {"reason": "uji", "preview": "1"} | data)
    assert list(answer.context["form"].errors) == [field]
    assert not CalculationRun.objects.exists()


def test_one_person_by_nip_which_stands_in_no_address(hr: Client, person: Employee) -> None:
    factories.AppointmentFactory()
    run = ask(hr, "apply", for_whom="person", person=person.nip)
    assert run.people == 1
    assert person.nip not in str(run.scope)


def test_one_unit_means_those_below_too(hr: Client, person: Employee) -> None:
    above = factories.UnitFactory()
    below = factories.UnitFactory(version__parent=above)
    factories.MembershipFactory(employee=person, unit=below)
    factories.AppointmentFactory()
    run = ask(hr, "apply", for_whom="unit", unit=above.code)
    assert run.people == 1


def test_findings_say_what_to_do_and_can_be_narrowed(hr: Client, person: Employee) -> None:
    lecturer = factories.PositionFactory(code="dosen", name="Dosen", own_rules=True)
    factories.AppointmentFactory(employee__name="Dosen Satu", position=lecturer)
    run = recalculate_now({"all": True}, "test")
    address = reverse("credits:run", args=[run.public_id])
    every = hr.get(address)
    assert "Dosen Satu" in every.content.decode()
    kinds = [s["code"] for s in every.context["severities"]]
    assert "skipped" in kinds
    none = hr.get(address, {"severity": "error"})
    assert list(none.context["issues"]["page"]) == []


def test_pages_cost_the_same_however_many_rows(
    hr: Client, person: Employee, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        factories.RatingFactory(employee=factories.AppointmentFactory().employee)
    run = recalculate_now({"all": True}, "test", dry_run=True)
    for _ in range(20):
        runs.create({"ids": [person.pk]}, "viel")
    with django_assert_max_num_queries(14):
        hr.get(reverse("credits:run", args=[run.public_id]))
    with django_assert_max_num_queries(10):
        hr.get(reverse("credits:runs"))
