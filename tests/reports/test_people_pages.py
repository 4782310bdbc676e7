"""The people list: search, filters, scopes, the sheet, and what it costs."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.services.runs import recalculate_now
from employees.models import Agency, Employee, FormerNip
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = "reports:people"


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def holder(name: str, **appointment: Any) -> Employee:
    person = factories.EmployeeFactory(name=name)
    factories.AppointmentFactory(employee=person, start=date(2023, 1, 1), **appointment)
    factories.RankFactory(employee=person)
    return person


def search(client: Client, text: str) -> Any:
    answer = client.post(reverse("reports:people_search"), {"q": text})
    assert text not in answer.headers["Location"]
    return client.get(answer.headers["Location"])


def names(answer: Any) -> list[str]:
    return [row["person"].name for row in answer.context["rows"]]


def test_search_by_name_nip_fragment_unit_and_position(hr: Client) -> None:
    ani = holder("Ani Lestari", position=factories.PositionFactory(name="Pengantar Kerja"))
    holder("Budi Santoso")
    factories.EmployeeFactory(name="Cici Tanpa Jabatan")
    unit = factories.UnitFactory(version__name="Biro Kerja Sama")
    factories.MembershipFactory(employee=ani, unit=unit)
    FormerNip.objects.create(employee=ani, nip="196001011985031777")
    assert names(search(hr, "lestari")) == ["Ani Lestari"]
    assert names(search(hr, "ani pengantar")) == ["Ani Lestari"]
    assert names(search(hr, "kerja sama")) == ["Ani Lestari"]
    assert names(search(hr, "Cici")) == ["Cici Tanpa Jabatan"]
    assert names(search(hr, f"{ani.nip[:8]} {ani.nip[8:14]} {ani.nip[14]} {ani.nip[15:]}")) == [
        "Ani Lestari"
    ]
    assert names(search(hr, "1985031777")) == ["Ani Lestari"]
    assert names(search(hr, "nobody")) == []


def test_the_search_of_somebody_else_is_not_opened_by_its_address(
    hr: Client, client: Client
) -> None:
    holder("Ani Lestari")
    address = hr.post(reverse("reports:people_search"), {"q": "rahasia"}).headers["Location"]
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    assert client.get(address).context["searched"] == ""


def test_filters_combine_and_other_employers_are_apart(hr: Client) -> None:
    position = factories.PositionFactory(name="Pengantar Kerja")
    holder("Ani", position=position)
    holder("Budi", position=position, level="ahli_muda")
    theirs = holder("Cici", position=position)
    province = factories.AgencyFactory(code="jabar", name="Jabar", kind=Agency.Kind.PROVINCE)
    Employee.objects.filter(pk=theirs.pk).update(employer=province)
    asked = {"position": position.pk, "level": "ahli_pertama", "employer": "ministry"}
    assert names(hr.get(reverse(PEOPLE), asked)) == ["Ani"]
    assert names(hr.get(reverse(PEOPLE), {"employer": "others"})) == ["Cici"]


def test_whoever_reached_the_points_and_whoever_needs_recalculation(hr: Client) -> None:
    due, early = holder("Ani"), holder("Budi")
    factories.OpeningFactory(employee=due, points=50)
    factories.OpeningFactory(employee=early, points=49)
    assert names(hr.get(reverse(PEOPLE), {"stale": "1"})) == ["Ani", "Budi"]
    recalculate_now({"all": True}, "test")
    assert names(hr.get(reverse(PEOPLE), {"due": "rank"})) == ["Ani"]
    assert names(hr.get(reverse(PEOPLE), {"stale": "1"})) == []


def test_the_same_list_as_a_sheet_with_text_nips(hr: Client) -> None:
    ani, _budi = holder("Ani"), holder("Budi")
    Employee.objects.filter(pk=ani.pk).update(front_title="=HYPERLINK(1)")
    factories.OpeningFactory(employee=ani, points=50)
    recalculate_now({"all": True}, "test")
    address = reverse("reports:people_export") + "?due=rank"
    answer = hr.post(address, {"reason": "Rapat kenaikan pangkat"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    head, row = list(book.active.iter_rows(values_only=True))
    assert row[0] == ani.nip
    assert row[1] == "'=HYPERLINK(1) Ani"
    assert row[8] == 50
    assert head[0] == "NIP"


@pytest.mark.parametrize("size", [25, 50, 100])
def test_a_page_costs_at_most_twelve_queries_whatever_its_size(
    hr: Client, size: int, django_assert_max_num_queries: Any
) -> None:
    unit = factories.UnitFactory()
    for n in range(110):
        factories.MembershipFactory(employee=holder(f"Orang {n}"), unit=unit)
    with django_assert_max_num_queries(12):
        answer = hr.get(reverse(PEOPLE), {"size": size})
    assert len(names(answer)) == size


def test_each_role_sees_the_people_it_looks_after(client: Client) -> None:
    position = factories.PositionFactory(name="Pengantar Kerja")
    above, other = factories.UnitFactory(), factories.UnitFactory()
    below = factories.UnitFactory(version__parent=above)
    ani, budi, cici = holder("Ani"), holder("Budi", position=position), holder("Cici")
    factories.MembershipFactory(employee=ani, unit=below)
    factories.MembershipFactory(employee=cici, unit=other)
    boss = factories.EmployeeFactory(name="Dedi", user=UserFactory(roles=[Role.SUPERIOR]))
    factories.SuperiorFactory(employee=cici, superior=boss)
    factories.SuperiorFactory(
        employee=ani, superior=boss, start=date(2020, 1, 1), end=date(2021, 1, 1)
    )
    coordinator = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
    factories.ClaimCoordinatorFactory(employee=coordinator, unit=above)
    expert = factories.EmployeeFactory(user=UserFactory(roles=[Role.POSITION_COORDINATOR]))
    factories.PositionCoordinatorFactory(employee=expert, position=position)
    Employee.objects.filter(pk=budi.pk).update(user=UserFactory(roles=[Role.HOLDER]))
    budi.refresh_from_db()
    seen = {}
    for who in (boss, coordinator, expert, budi):
        client.force_login(who.user)
        seen[who.pk] = names(client.get(reverse(PEOPLE)))
        for person in (ani, budi, cici):
            page = client.get(reverse("reports:person", args=[person.public_id]))
            assert page.status_code == (200 if person.name in seen[who.pk] else 404)
    assert seen == {
        boss.pk: ["Cici"],
        coordinator.pk: ["Ani"],
        expert.pk: ["Budi"],
        budi.pk: ["Budi"],
    }
