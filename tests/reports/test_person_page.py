"""The page of one person and the start page."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.models import Rating
from credits.services.documents import draft
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


@pytest.mark.parametrize("years", [1, 30])
def test_the_page_costs_at_most_fifteen_queries_however_long_the_history(
    hr: Client, person: Employee, years: int, django_assert_max_num_queries: Any
) -> None:
    for year in range(1990, 1990 + years):
        factories.RankFactory(employee=person, effective_on=date(year, 4, 1), golongan="II/a")
    for predicate in ("sangat_baik", "kurang", "baik")[:years]:
        row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), predicate)
        record_ratings([row], None, "koreksi")
        approve_all()
        recalculate_now({"all": True}, "test")
    for route in ("reports:person", "reports:person_print"):
        with django_assert_max_num_queries(15):
            answer = hr.get(reverse(route, args=[person.public_id]), {"since": "1-1-2020"})
        assert answer.status_code == 200


def test_a_long_history_comes_in_parts(hr: Client, person: Employee) -> None:
    for year in range(1940, 2010):
        factories.RankFactory(employee=person, effective_on=date(year, 4, 1), golongan="II/a")
    answer = hr.get(reverse("reports:person", args=[person.public_id]))
    assert len(answer.context["events"]) == 60
    older = hr.get(reverse("reports:person", args=[person.public_id]), {"older": "2"})
    assert 0 < len(older.context["events"]) < 60
    paper = hr.get(reverse("reports:person_print", args=[person.public_id]))
    assert len(paper.context["events"]) == 60 + len(older.context["events"])


def test_the_history_of_one_kind(hr: Client, person: Employee) -> None:
    recalculate_now({"all": True}, "test")
    answer = hr.get(reverse("reports:person", args=[person.public_id]), {"only": "ratings"})
    assert {event.kind for event in answer.context["events"]} == {"rating"}


def test_an_entry_opens_into_its_sum_its_source_and_who_caused_it(
    hr: Client, person: Employee
) -> None:
    officer = UserFactory(first_name="Petugas", last_name="Rekap")
    row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), "sangat_baik")
    record_ratings([row], officer, "salah ketik")
    approve_all()
    run = recalculate_now({"all": True}, "rekap tahunan", officer)
    draft(person, "konversi", date(2023, 1, 1), date(2023, 12, 31))
    answer = hr.get(reverse("reports:person", args=[person.public_id]), {"only": "points"})
    newest = answer.context["events"][0]
    body = answer.content.decode()
    assert newest.trace.sum == "12,5 × 150% × 12/12 = 18,75"
    assert newest.trace.run.text == "rekap tahunan"
    assert [(o.kind, o.text, o.who) for o in newest.trace.origins] == [
        ("correction", "salah ketik", "Petugas Rekap")
    ]
    assert newest.trace.sum in body
    assert reverse("credits:run", args=[run.public_id]) in body
    assert f'href="#{newest.trace.fact_anchor}"' in body
    assert [d.form for d in newest.trace.documents] == ["konversi"]


def test_reversals_lead_to_one_another(hr: Client, person: Employee) -> None:
    recalculate_now({"all": True}, "test")
    row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), "sangat_baik")
    record_ratings([row], None, "koreksi")
    approve_all()
    recalculate_now({"all": True}, "test")
    answer = hr.get(reverse("reports:person", args=[person.public_id]), {"only": "reversed"})
    reversal, original = sorted(answer.context["events"], key=lambda e: e.pk, reverse=True)
    assert reversal.trace.reverses == original.pk
    assert original.trace.reversed_by == reversal.pk


def test_since_when_the_points_are_there(hr: Client, person: Employee) -> None:
    factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 12, 31))
    factories.RatingFactory(employee=person, start=date(2025, 1, 1), end=date(2025, 12, 31))
    recalculate_now({"all": True}, "test")
    answer = hr.get(reverse("reports:person", args=[person.public_id]))
    assert answer.context["rank_since"] == date(2024, 12, 31)
    assert answer.context["level_since"] is None
    assert "31 Desember 2024" in answer.content.decode()


def test_what_changed_since_a_day(hr: Client, person: Employee) -> None:
    with time_machine.travel(datetime(2024, 2, 1, 9, tzinfo=JAKARTA), tick=False):
        recalculate_now({"all": True}, "test")
    with time_machine.travel(datetime(2024, 6, 1, 9, tzinfo=JAKARTA), tick=False):
        Rating.objects.update(recorded_at=datetime(2024, 1, 5, tzinfo=JAKARTA))
        row = RatingRow(person.pk, date(2023, 1, 1), date(2023, 12, 31), "sangat_baik")
        record_ratings([row], None, "salah ketik")
        approve_all()
        recalculate_now({"all": True}, "test")
    address = reverse("reports:person", args=[person.public_id])
    changed = hr.get(address, {"since": "1-5-2024"}).context["changes"]
    assert [event.amount for event in changed.entries] == [Fraction("18.75"), Fraction("-12.5")]
    assert changed.difference == Fraction("6.25")
    assert [(c.subject, c.what) for c in changed.facts] == [("Predikat kinerja", "corrected")]
    assert [one.words for one in changed.ratings] == [("Baik", "Sangat Baik")]
    later = hr.get(address, {"since": "2-6-2024"})
    assert later.context["changes"].nothing


def test_holders_are_addressed_themselves(client: Client, person: Employee) -> None:
    user = UserFactory(roles=[Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    recalculate_now({"all": True}, "test")
    client.force_login(user)
    answer = client.get(reverse("reports:person", args=[person.public_id]))
    assert answer.context["own"]
    assert reverse("credits:runs") not in answer.content.decode()
    assert client.get(reverse("reports:person_print", args=[person.public_id])).status_code == 200


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


def test_a_fact_is_linked_to_its_form_only_for_whom_that_form_opens(client: Client) -> None:
    """An administrator corrects ranks, Biro SDM alone corrects ratings and opening balances."""
    person = factories.EmployeeFactory()
    rank, rating = factories.RankFactory(employee=person), factories.RatingFactory(employee=person)
    forms = {
        kind: reverse(f"{app}:{kind}_edit", args=[person.public_id, pk])
        for app, kind, pk in (("employees", "rank", rank.pk), ("credits", "rating", rating.pk))
    }
    linked = {}
    for role in (Role.HR, Role.ADMIN, Role.AUDITOR):
        client.force_login(UserFactory(roles=[role]))
        body = client.get(reverse("reports:person", args=[person.public_id])).content.decode()
        linked[role] = {kind for kind, form in forms.items() if form in body}
        assert all(client.get(forms[kind]).status_code == 200 for kind in linked[role])
    assert linked == {Role.HR: {"rank", "rating"}, Role.ADMIN: {"rank"}, Role.AUDITOR: set()}
