"""The ministry at a glance: figures, links whose lists are as long, ages, and a year's points."""

import re
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.policy import Role
from credits.selectors import standings
from credits.services.runs import recalculate_now
from employees.models import Agency, Appointment, Employee
from reports.overview import Share, holders, pyramid, recap, unit_node
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "reports:overview"


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def holder(**appointment: Any) -> Employee:
    person = factories.EmployeeFactory(birth_date=appointment.pop("born", date(1990, 1, 1)))
    factories.AppointmentFactory(
        employee=person, **({"start": date(2020, 1, 1), "way": "first"} | appointment)
    )
    factories.RankFactory(employee=person)
    return person


def everybody() -> Any:
    return Employee.objects.all()


def test_each_bar_leads_to_a_list_of_the_same_length(hr: Client) -> None:
    one, two = factories.PositionFactory(name="Arsiparis"), factories.PositionFactory(name="Dokter")
    ministry = factories.UnitFactory(version__name="Kementerian")
    part = factories.UnitFactory(version__parent=ministry)
    below = factories.UnitFactory(version__parent=part)
    for position, level, unit in (
        (one, "ahli_pertama", part),
        (one, "ahli_muda", below),
        (two, "ahli_muda", below),
    ):
        factories.MembershipFactory(employee=holder(position=position, level=level), unit=unit)
    gone, theirs = holder(position=one), holder(position=two)
    Employee.objects.filter(pk=gone.pk).update(left_on=date(2024, 1, 1))
    province = factories.AgencyFactory(code="jabar", name="Jabar", kind=Agency.Kind.PROVINCE)
    Employee.objects.filter(pk=theirs.pk).update(employer=province)
    body = hr.get(reverse(PAGE)).content.decode()
    links = re.findall(
        r'<li>\s*<a href="([^"]+)"><span class="name">[^<]*</span><span class="num">(\d+)', body
    )
    assert len(links) == 5  # two positions, two levels, one unit
    for address, count in links:
        listed = hr.get(address.replace("&amp;", "&")).context["list"]["page"].paginator.count
        assert listed == int(count), address
    drilled = hr.get(reverse(PAGE), {"unit": part.pk}).context["node"]
    assert drilled.parts == [Share(below.pk, str(below.versions.get().name), 2)]
    assert drilled.direct == 1


def test_figures_of_another_day_are_those_of_that_day_and_have_no_links(hr: Client) -> None:
    person = holder(end=date(2023, 12, 31))
    position = person.appointments.get().position
    Appointment.objects.create(
        employee=person, position=position, level="ahli_muda", start=date(2024, 1, 1)
    )
    answer = hr.get(reverse(PAGE), {"on": "30-06-2023"})
    assert [share.key for share in answer.context["holders"].levels] == ["ahli_pertama"]
    assert "?employer=ministry&amp;level=" not in answer.content.decode()
    assert [s.key for s in holders(everybody(), date(2024, 1, 1)).levels] == ["ahli_muda"]


def test_a_unit_that_is_none_shows_the_ministry(hr: Client) -> None:
    factories.MembershipFactory(employee=holder())
    for asked in ("999999", "x", "²", "1" * 30):
        answer = hr.get(reverse(PAGE), {"unit": asked, "year": asked, "on": "31-02-2024"})
        assert answer.status_code == 200
        assert answer.context["node"].key is None


def test_units_that_nobody_knows_are_told(client: Client) -> None:
    holder()
    assert unit_node(everybody(), timezone.localdate(), None).without == 1


@pytest.mark.parametrize(
    ("born", "on", "band"),
    [
        (date(2000, 6, 1), date(2025, 5, 31), "< 25"),
        (date(2000, 6, 1), date(2025, 6, 1), "25–29"),
        (date(2000, 2, 29), date(2025, 2, 28), "< 25"),
        (date(2000, 2, 29), date(2025, 3, 1), "25–29"),
        (date(1965, 6, 1), date(2025, 5, 31), "55–59"),
        (date(1965, 6, 1), date(2025, 6, 1), "≥ 60"),
        (date(1999, 3, 1), date(2024, 2, 29), "< 25"),
        (date(1999, 2, 28), date(2024, 2, 29), "25–29"),
    ],
)
def test_an_age_begins_on_the_birthday(born: date, on: date, band: str) -> None:
    holder(born=born)
    found = {name: total for name, _levels, total in pyramid(everybody(), on).bands if total}
    assert found == {band: 1}


def test_who_has_no_birth_date_stands_apart() -> None:
    holder(born=None)
    holder()
    found = pyramid(everybody(), timezone.localdate())
    assert found.unknown == 1
    assert sum(total for _n, _l, total in found.bands) == 1


def test_the_pyramid_is_an_image_with_a_title_and_the_same_figures_as_a_table(hr: Client) -> None:
    for level in ("ahli_pertama", "ahli_muda", "ahli_muda"):
        holder(level=level)
    body = hr.get(reverse(PAGE)).content.decode()
    drawing = re.search(r'<svg class="pyramid" role="img".*?</svg>', body, re.DOTALL)
    assert drawing is not None
    assert "<title" in drawing[0]
    assert "<desc" in drawing[0]
    assert "style=" not in body
    widths = [float(w) for w in re.findall(r'class="level[^>]* width="([\d.]+)%"', drawing[0])]
    assert widths == [11.0, 22.0]  # a third and two thirds of the longest side


def test_ages_are_for_those_who_may_see_birth_dates(client: Client) -> None:
    holder()
    client.force_login(UserFactory(roles=[Role.COORDINATOR]))
    answer = client.get(reverse(PAGE))
    assert answer.status_code == 200
    assert "pyramid" not in answer.context


def test_a_coordinator_sees_the_figures_of_the_own_unit_only(client: Client) -> None:
    unit = factories.UnitFactory()
    factories.MembershipFactory(employee=holder(), unit=unit)
    factories.MembershipFactory(employee=holder())
    user = UserFactory(roles=[Role.COORDINATOR])
    factories.ClaimCoordinatorFactory(employee=factories.EmployeeFactory(user=user), unit=unit)
    client.force_login(user)
    answer = client.get(reverse(PAGE))
    assert answer.context["holders"].total == 1
    assert answer.context["figures"].holders == 1
    assert answer.context["recap"].total.people == 1


def test_a_holder_has_no_figures(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.HOLDER]))
    assert client.get(reverse(PAGE)).status_code == 403


def test_what_a_year_brought() -> None:
    position = factories.PositionFactory(name="Arsiparis")
    people = [holder(position=position) for _ in range(3)]
    for person, points in zip(people, (25, 40, 0), strict=True):
        factories.OpeningFactory(employee=person, points=points)
    for person, predicate in zip(people, ("baik", "sangat_baik"), strict=False):
        factories.RatingFactory(employee=person, predicate=predicate)
    recalculate_now({"all": True}, "test")
    found = recap(everybody(), 2023, timezone.localdate())
    assert {s.key: s.people for s in found.ratings if s.people} == {"baik": 1, "sangat_baik": 1}
    assert found.unrated == 1
    (row,) = found.rows
    assert (row.people, row.rated) == (3, 2)
    assert row.points == Fraction("31.25")  # 12.5 + 18.75, not the opening balances
    assert row.average == Fraction("31.25") / 3
    assert row.rank_due == 1  # 40 + 18.75 of 50; 25 + 12.5 is short
    assert found.total.points == row.points


def test_the_year_counts_as_each_single_standing_does() -> None:
    """Whatever the level, the rank and the rules of the position: the sum of all standings."""
    own_rules = factories.PositionFactory(code="dosen", name="Dosen")
    computed = factories.PositionFactory(name="Arsiparis")
    for position, level, golongan, points in (
        (computed, "ahli_pertama", "III/a", 50),
        (computed, "ahli_pertama", "III/b", 100),
        (computed, "ahli_muda", "III/c", 99),
        (computed, "ahli_muda", "IV/a", 200),
        (computed, "ahli_utama", "IV/e", 900),
        (own_rules, "ahli_pertama", "III/a", 500),
    ):
        person = holder(position=position, level=level)
        person.ranks.update(golongan=golongan)
        factories.OpeningFactory(employee=person, points=points)
    recalculate_now({"all": True}, "test")
    found = recap(everybody(), 2023, timezone.localdate())
    known = standings(Employee.objects.values_list("pk", flat=True), found.end).values()
    for row in [*found.rows, found.total]:
        of_row = [s for s in known if row.name in ("", s.position_name)]
        assert row.people == len(of_row)
        assert row.rank_due == sum(s.rank_due for s in of_row), row.name
        assert row.level_due == sum(s.level_due for s in of_row), row.name
    assert (found.total.rank_due, found.total.level_due) == (2, 2)


def test_a_rating_that_was_corrected_counts_once() -> None:
    person = holder()
    old = factories.RatingFactory(employee=person, predicate="kurang")
    new = factories.RatingFactory.build(employee=person, predicate="baik")
    old.withdrawn_at = timezone.now()
    old.save()
    new.save()
    found = recap(everybody(), 2023, timezone.localdate())
    assert {s.key: s.people for s in found.ratings if s.people} == {"baik": 1}


def test_it_costs_the_same_however_many_there_are(
    hr: Client, django_assert_max_num_queries: Any
) -> None:
    factories.MembershipFactory(employee=holder())
    with django_assert_max_num_queries(24) as first:
        hr.get(reverse(PAGE))
    for _ in range(15):
        factories.MembershipFactory(employee=holder())
    with django_assert_max_num_queries(len(first)):
        hr.get(reverse(PAGE))
