"""The direct superior's page, by the rows of the authorisation table (AZ048 to AZ059)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.policy import Role
from credits.duties import ratings_waiting
from credits.models import ClosedPeriod, Rating
from credits.services.approvals import approve
from credits.services.ratings import RatingRow, record_ratings
from employees.models import Delegation, Employee, Superior
from tests.factories import (
    AppointmentFactory,
    EmployeeFactory,
    RatingFactory,
    SuperiorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(autouse=True)
def _day() -> Any:
    with time_machine.travel(datetime(2026, 2, 2, 9, tzinfo=JAKARTA), tick=False):
        yield


def officer(name: str) -> Employee:
    """Somebody who rates, with an account."""
    return EmployeeFactory(name=name, user=UserFactory(roles=[Role.SUPERIOR]))


@pytest.fixture
def boss() -> Employee:
    return officer("Budi Santoso")


@pytest.fixture
def person(boss: Employee) -> Employee:
    rated = EmployeeFactory(name="Sari Wulandari")
    SuperiorFactory(employee=rated, superior=boss)
    return rated


def signed(client: Client, who: Employee | User) -> Client:
    client.force_login(who if isinstance(who, User) else who.user)
    return client


def send(client: Client, *people: Employee, period: str = "2025", **inputs: Any) -> Any:
    """Every person with the same inputs."""
    data: dict[str, Any] = {"person": [str(p.pk) for p in people]}
    for one in people:
        data |= {f"{one.pk}-{name}": value for name, value in inputs.items()}
    return client.post(reverse("credits:rated") + f"?period={period}", data)


def page(client: Client, period: str = "2025") -> str:
    return client.get(reverse("credits:rated"), {"period": period}).content.decode()


def test_az048_the_superior_sees_the_ratings_of_his_people_only(
    client: Client, boss: Employee, person: Employee
) -> None:
    other = EmployeeFactory(name="Orang Lain")
    RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])
    signed(client, boss)
    body = client.get(reverse("credits:rated")).content.decode()
    assert "Sari Wulandari" in body
    assert other.name not in body
    assert 'value="2025" selected' in body  # the last finished year is suggested


def test_az049_he_enters_ratings_for_an_open_period_and_they_wait(
    client: Client, boss: Employee, person: Employee
) -> None:
    signed(client, boss)
    assert send(client, person, predicate="baik", evidence_number="EK/7").status_code == 302
    rating = Rating.objects.get()
    assert (rating.start, rating.end, rating.state, rating.source) == (*YEAR, "entered", "superior")
    assert (rating.entered_by, rating.evidence_number) == (boss.user, "EK/7")
    assert "EK/7" not in client.get(reverse("credits:rated")).request["QUERY_STRING"]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2025-Q2", date(2025, 4, 1), date(2025, 6, 30)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_quarter_or_a_month_is_rated_too(
    client: Client, boss: Employee, person: Employee, period: str, start: date, end: date
) -> None:
    send(signed(client, boss), person, period=period, predicate="baik")
    assert (Rating.objects.get().start, Rating.objects.get().end) == (start, end)


def test_az050_not_whoever_was_his_only_in_another_period(
    client: Client, boss: Employee, person: Employee
) -> None:
    Superior.objects.filter(employee=person).update(end=date(2025, 6, 30))
    signed(client, boss)
    assert send(client, person, predicate="baik").status_code == 403
    assert not Rating.objects.exists()
    assert send(client, person, period="2025-Q2", predicate="baik").status_code == 302


def test_az051_not_himself_not_even_as_his_superiors_deputy(
    client: Client, boss: Employee, person: Employee
) -> None:
    head = officer("Kepala")
    SuperiorFactory(employee=boss, superior=head)
    Delegation.objects.create(officer=head, deputy=boss, start=date(2026, 1, 1))
    signed(client, boss)
    assert "Budi Santoso" not in page(client).split("<main", 1)[1]
    assert send(client, boss, person, predicate="baik").status_code == 403
    assert not Rating.objects.exists()  # nothing of that act, not the person's either


def test_az052_not_his_own_superior(client: Client, boss: Employee, person: Employee) -> None:
    head = officer("Kepala")
    SuperiorFactory(employee=boss, superior=head)
    assert send(signed(client, boss), head, predicate="baik").status_code == 403


def test_az053_a_closed_period_answers_409_with_a_sentence(
    client: Client, boss: Employee, person: Employee
) -> None:
    ClosedPeriod.objects.create(start=YEAR[0], end=YEAR[1])
    answer = send(signed(client, boss), person, predicate="baik")
    assert answer.status_code == 409
    assert "notice-bad" in answer.content.decode()
    assert not Rating.objects.exists()
    body = page(client)
    assert f"{person.pk}-predicate" not in body  # nothing to fill in
    assert "Sari Wulandari" in body


def test_az054_he_does_not_approve_what_he_entered(
    client: Client, boss: Employee, person: Employee
) -> None:
    signed(client, boss)
    send(client, person, predicate="baik")
    rating = Rating.objects.get()
    assert f"{person.pk}-accept" not in page(client)
    assert send(client, person, accept=rating.pk).status_code == 403
    assert client.post(reverse("credits:approval_act"), {"rating": rating.pk}).status_code == 403
    rating.refresh_from_db()
    assert rating.state == "entered"


def test_he_accepts_what_biro_sdm_entered_and_then_it_counts(
    client: Client, boss: Employee, person: Employee
) -> None:
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], UserFactory(), "surat")
    rating = Rating.objects.get()
    signed(client, boss)
    assert f"{person.pk}-accept" in page(client)
    assert send(client, person, accept=rating.pk).status_code == 302
    rating.refresh_from_db()
    assert (rating.state, rating.approved_by) == ("approved", boss.user)


def test_he_does_not_accept_for_people_of_others(
    client: Client, boss: Employee, person: Employee
) -> None:
    stranger = EmployeeFactory()
    record_ratings([RatingRow(stranger.pk, *YEAR, "baik")], UserFactory(), "surat")
    rating = Rating.objects.get()
    assert send(signed(client, boss), person, accept=rating.pk).status_code == 403
    rating.refresh_from_db()
    assert rating.state == "entered"


def test_az055_the_ledger_of_his_people_is_open_to_him(
    client: Client, boss: Employee, person: Employee
) -> None:
    address = reverse("reports:person", args=[person.public_id])
    assert signed(client, boss).get(address).status_code == 200


def test_az056_their_birth_date_is_not(client: Client, boss: Employee, person: Employee) -> None:
    address = reverse("reports:person", args=[person.public_id])
    assert "1 Januari 1990" not in signed(client, boss).get(address).content.decode()


def test_az057_not_the_people_of_his_people(
    client: Client, boss: Employee, person: Employee
) -> None:
    head = officer("Kepala")
    SuperiorFactory(employee=boss, superior=head)
    signed(client, head)
    assert send(client, person, predicate="baik").status_code == 403
    assert "Sari Wulandari" not in page(client)


def test_az058_a_deputy_rates_within_the_dates_of_the_delegation(
    client: Client, boss: Employee, person: Employee
) -> None:
    deputy = officer("Pelaksana Harian")
    Delegation.objects.create(
        officer=boss, deputy=deputy, start=date(2026, 2, 1), end=date(2026, 2, 2)
    )
    assert send(signed(client, deputy), person, predicate="baik").status_code == 302
    assert Rating.objects.get().entered_by == deputy.user


def test_az059_not_after_its_end_even_if_the_page_was_open(
    client: Client, boss: Employee, person: Employee
) -> None:
    deputy = officer("Pelaksana Harian")
    Delegation.objects.create(
        officer=boss, deputy=deputy, start=date(2026, 2, 1), end=date(2026, 2, 2)
    )
    with time_machine.travel(datetime(2026, 2, 2, 23, 59, tzinfo=JAKARTA), tick=False):
        signed(client, deputy)
        assert "Sari Wulandari" in page(client)
    with time_machine.travel(datetime(2026, 2, 3, 0, 1, tzinfo=JAKARTA), tick=False):
        assert send(client, person, predicate="baik").status_code == 403
    assert not Rating.objects.exists()


def test_good_rows_are_saved_and_the_others_say_why(
    client: Client, boss: Employee, person: Employee
) -> None:
    other = EmployeeFactory(name="Ani Lestari")
    SuperiorFactory(employee=other, superior=boss)
    RatingFactory(employee=other, start=YEAR[0], end=YEAR[1])
    answer = send(signed(client, boss), person, other, period="2025-Q1", predicate="kurang")
    assert answer.status_code == 200
    assert answer.content.decode().count('id="error-') == 1
    assert Rating.objects.get(state="entered").employee == person


def test_accepting_and_entering_at_once_is_asked_and_nothing_written(
    client: Client, boss: Employee, person: Employee
) -> None:
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], UserFactory(), "surat")
    rating = Rating.objects.get()
    answer = send(signed(client, boss), person, accept=rating.pk, predicate="kurang")
    assert answer.status_code == 200
    assert f"error-{person.pk}" in answer.content.decode()
    assert list(Rating.objects.values_list("state", flat=True)) == ["entered"]


@pytest.mark.parametrize("period", ["2026", "2026-02", "2025-Q5", "../../", "0001", "2024-13"])
def test_a_period_that_is_not_over_or_not_one_falls_back_to_the_last_year(
    client: Client, boss: Employee, person: Employee, period: str
) -> None:
    assert 'value="2025" selected' in page(signed(client, boss), period)


def test_he_sees_what_was_returned_and_why(
    client: Client, boss: Employee, person: Employee
) -> None:
    from credits.services.approvals import send_back

    send(signed(client, boss), person, predicate="baik")
    send_back(Rating.objects.all(), "SKP belum ditandatangani", UserFactory())
    assert "SKP belum ditandatangani" in page(client)
    assert ratings_waiting(boss.user).returned == 1
    send(client, person, predicate="kurang")
    assert ratings_waiting(boss.user).returned == 0


def test_what_waits_is_counted_for_the_start_page(boss: Employee, person: Employee) -> None:
    hr, other = UserFactory(roles=[Role.HR]), UserFactory(roles=[Role.HR])
    assert ratings_waiting(boss.user).enter == 0  # holds no functional position
    AppointmentFactory(employee=person)
    assert ratings_waiting(boss.user).enter == 1
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], hr, "surat")
    assert (ratings_waiting(boss.user).enter, ratings_waiting(boss.user).accept) == (0, 1)
    assert (ratings_waiting(hr).approve, ratings_waiting(other).approve) == (0, 1)
    approve(Rating.objects.all(), other)
    assert (ratings_waiting(boss.user).accept, ratings_waiting(other).approve) == (0, 0)


def test_the_number_of_statements_does_not_grow(client: Client, boss: Employee) -> None:
    counts = []
    signed(client, boss)
    for n in (3, 12):
        for _ in range(n):
            rated = EmployeeFactory()
            SuperiorFactory(employee=rated, superior=boss)
            record_ratings([RatingRow(rated.pk, *YEAR, "baik")], UserFactory(), "surat")
        page(client)
        with CaptureQueriesContext(
            connection,
        ) as found:
            page(client)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
