"""The people list: search, filters, scopes, the sheet, and what it costs."""

import uuid
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SavedList
from accounts.policy import Role
from credits.models import CalculationRun, DocumentBatch
from credits.selectors import standings
from credits.services.runs import recalculate_now
from employees.models import Agency, Employee, FormerNip
from reports.columns import COLUMNS, USUAL
from reports.selectors import due
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
    enough, early = holder("Ani"), holder("Budi")
    factories.OpeningFactory(employee=enough, points=50)
    factories.OpeningFactory(employee=early, points=49)
    assert names(hr.get(reverse(PEOPLE), {"stale": "1"})) == ["Ani", "Budi"]
    recalculate_now({"all": True}, "test")
    assert names(hr.get(reverse(PEOPLE), {"due": "rank"})) == ["Ani"]
    assert names(hr.get(reverse(PEOPLE), {"stale": "1"})) == []


def test_the_level_and_the_rank_of_the_day_say_which_points_are_needed(hr: Client) -> None:
    later = timezone.localdate() + timedelta(days=40)
    for name, level, golongan, points in (
        ("Pertama III/a", "ahli_pertama", "III/a", 50),
        ("Pertama III/b", "ahli_pertama", "III/b", 40),
        ("Muda III/c", "ahli_muda", "III/c", 100),
        ("Muda III/a", "ahli_muda", "III/a", 150),  # below the level: no target of points
        ("Pertama IV/a", "ahli_pertama", "IV/a", 500),
        ("Tanpa golongan", "ahli_pertama", "", 500),
        ("PPPK", "ahli_pertama", "III/a", 500),
    ):
        person = holder(name, level=level)
        person.ranks.update(golongan=golongan)
        factories.OpeningFactory(employee=person, points=points)
    Employee.objects.filter(name="PPPK").update(employment=Employee.Employment.PPPK)
    factories.RankFactory(
        employee=Employee.objects.get(name="Pertama III/a"), golongan="III/b", effective_on=later
    )
    Employee.objects.get(name="Tanpa golongan").ranks.all().delete()
    recalculate_now({"all": True}, "test")
    listed = names(hr.get(reverse(PEOPLE), {"due": "rank"}))
    assert listed == ["Muda III/c", "Pertama III/a"]
    known = standings(Employee.objects.values_list("pk", flat=True))
    assert listed == sorted(
        Employee.objects.get(pk=key).name for key, found in known.items() if found.rank_due
    )


def test_who_has_the_points_is_asked_with_one_look_at_the_ranks() -> None:
    people = Employee.objects.filter(due("rank", timezone.localdate()))
    assert str(people.query).count('FROM "employees_rank"') == 1


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
    assert dict(zip(head, row, strict=True))["Angka kredit"] == 50
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


def test_a_search_costs_at_most_twelve_queries_too(
    hr: Client, django_assert_max_num_queries: Any
) -> None:
    unit = factories.UnitFactory()
    for n in range(30):
        factories.MembershipFactory(employee=holder(f"Orang {n}"), unit=unit)
    address = hr.post(reverse("reports:people_search"), {"q": "orang"}).headers["Location"]
    hr.post(reverse("reports:people_columns"), {"columns": list(COLUMNS)})
    with django_assert_max_num_queries(12):
        answer = hr.get(f"{address}&unit={unit.pk}&list={uuid.uuid4()}")
    assert len(names(answer)) == 25


def test_titles_are_no_part_of_the_search(hr: Client) -> None:
    holder("Ani Lestari")
    assert names(search(hr, "Dr. Ani Lestari, S.H., M.Si.")) == ["Ani Lestari"]


def test_a_slip_of_the_finger_finds_similar_names_and_says_so(hr: Client) -> None:
    holder("Ani Lestari")
    holder("Budi Santoso")
    answer = search(hr, "Lestri")
    assert names(answer) == ["Ani Lestari"]
    assert answer.context["only_similar"]


def suggest(client: Client, text: str) -> str:
    answer = client.post(reverse("reports:people_suggest"), {"q": text})
    assert answer.status_code == 200
    return answer.content.decode()


def test_suggestions_name_people_units_and_positions(hr: Client) -> None:
    position = factories.PositionFactory(name="Pengantar Kerja")
    ani = holder("Ani Lestari", position=position)
    unit = factories.UnitFactory(version__name="Biro Kerja Sama")
    found = suggest(hr, "kerja")
    assert f"?unit={unit.pk}" in found
    assert f"?position={position.pk}" in found
    assert str(ani.public_id) in suggest(hr, "ani les")
    assert str(ani.public_id) in suggest(hr, "Ani Lestri")
    assert "option" not in suggest(hr, "a")


def test_suggestions_stay_within_the_scope(client: Client) -> None:
    holder("Ani Lestari")
    boss = factories.EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    client.force_login(boss.user)
    assert "Ani" not in suggest(client, "lestari")


def test_states_and_ways_of_appointment_are_filters(hr: Client) -> None:
    own_rules = factories.PositionFactory(code="dosen", name="Dosen", own_rules=True)
    rated, lecturer = holder("Ani", way="transfer"), holder("Budi", position=own_rules)
    gone = factories.EmployeeFactory(name="Cici", left_on=date(2024, 1, 1))
    year = timezone.localdate().year - 1
    factories.RatingFactory(employee=rated, start=date(year, 1, 1), end=date(year, 12, 31))
    recalculate_now({"all": True}, "test")
    assert names(hr.get(reverse(PEOPLE), {"state": "not_computed"})) == [lecturer.name]
    assert names(hr.get(reverse(PEOPLE), {"state": "no_rating"})) == [lecturer.name]
    assert names(hr.get(reverse(PEOPLE), {"state": "left", "who": "all"})) == [gone.name]
    assert names(hr.get(reverse(PEOPLE), {"way": "transfer"})) == [rated.name]


def test_chosen_columns_are_remembered_and_the_sheet_has_the_same(hr: Client) -> None:
    ani = holder("Ani", way="transfer")
    boss = factories.EmployeeFactory(name="Dedi", front_title="Dr.", back_title="M.Si.")
    factories.SuperiorFactory(employee=ani, superior=boss)
    hr.post(
        reverse("reports:people_columns"),
        {"columns": ["way", "superior", "nonsense"], "place_way": "2", "place_superior": "1"},
    )
    answer = hr.get(reverse(PEOPLE))
    assert [column.key for column in answer.context["columns"]] == ["name", "superior", "way"]
    assert "Dr. Dedi, M.Si." in answer.content.decode()
    book = sheet(hr)
    assert book[0] == ("NIP", "Nama", "Atasan langsung", "Cara pengangkatan")
    assert book[1][2] == "Dr. Dedi, M.Si."
    hr.post(reverse("reports:people_columns"), {"usual": "1"})
    assert len(hr.get(reverse(PEOPLE)).context["columns"]) == len(USUAL)


def sheet(client: Client, **asked: str) -> list[tuple[Any, ...]]:
    address = reverse("reports:people_export", query=asked or None)
    answer = client.post(address, {"reason": "Rapat kenaikan pangkat"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


def test_a_shared_list_shows_only_what_the_reader_may_see(hr: Client, client: Client) -> None:
    ani, _budi = holder("Ani Lestari"), holder("Budi Lestari")
    address = hr.post(reverse("reports:people_search"), {"q": "lestari"}).headers["Location"]
    query = address.partition("?")[2]
    hr.post(
        f"{reverse('reports:list_save')}?{query}&level=ahli_pertama",
        {"name": "Para Lestari", "roles": [Role.SUPERIOR.value]},
    )
    kept = SavedList.objects.exclude(name="").get()
    assert (kept.search, kept.filters) == ("lestari", {"level": "ahli_pertama"})
    opened = hr.get(reverse("reports:list", args=[kept.public_id]), follow=True)
    assert names(opened) == ["Ani Lestari", "Budi Lestari"]
    assert not opened.context["list_changed"]
    other = hr.get(f"{opened.request['PATH_INFO']}?{opened.request['QUERY_STRING']}&way=first")
    assert other.context["list_changed"]
    boss = factories.EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    factories.SuperiorFactory(employee=ani, superior=boss)
    client.force_login(boss.user)
    theirs = client.get(reverse("reports:list", args=[kept.public_id]), follow=True)
    assert names(theirs) == ["Ani Lestari"]
    assert client.post(reverse("reports:list_remove", args=[kept.public_id])).status_code == 404
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    assert client.get(reverse("reports:list", args=[kept.public_id])).status_code == 404
    SavedList.objects.update(by_link=True)
    assert client.get(reverse("reports:list", args=[kept.public_id])).status_code == 302


def test_a_list_of_ones_own_is_removed(hr: Client) -> None:
    hr.post(reverse("reports:list_save"), {"name": "Semua"})
    kept = SavedList.objects.get()
    hr.post(reverse("reports:list_remove", args=[kept.public_id]))
    assert not SavedList.objects.exists()


def bulk(client: Client, **data: Any) -> Any:
    return client.post(reverse("reports:people_bulk"), data)


def test_ticked_people_are_recalculated_after_a_preview(hr: Client) -> None:
    ani, _budi = holder("Ani"), holder("Budi")
    factories.OpeningFactory(employee=ani, points=50)
    page = bulk(hr, act="recalculate", people=[str(ani.public_id)])
    assert page.context["group"].ids == [ani.pk]
    assert [number for _label, number in page.context["effect"]] == [1, 0, 0]
    done = bulk(
        hr, act="recalculate", people=str(ani.public_id), expected="1", do="1", reason="uji"
    )
    run = CalculationRun.objects.get()
    assert done.headers["Location"] == reverse("credits:run", args=[run.public_id])
    assert (run.dry_run, run.scope, run.reason) == (True, {"ids": [ani.pk]}, "uji")


def test_the_whole_list_is_meant_by_its_filters(hr: Client) -> None:
    holder("Ani")
    muda = holder("Budi", level="ahli_muda")
    address = f"{reverse('reports:people_bulk')}?level=ahli_muda"
    page = hr.post(address, {"act": "recalculate", "whom": "all"})
    assert page.context["group"].ids == [muda.pk]
    again = hr.post(
        address,
        {"act": "recalculate", "whom": "all", "expected": "2", "do": "1", "reason": "uji"},
    )
    assert again.status_code == 200  # the number is no longer true: asked anew
    assert not CalculationRun.objects.exists()


def test_forms_are_drafted_after_the_effect_was_shown(hr: Client) -> None:
    ani, budi = holder("Ani"), holder("Budi")
    factories.RatingFactory(employee=ani)
    recalculate_now({"all": True}, "test")
    people = f"{ani.public_id} {budi.public_id}"
    asked = {
        "act": "draft",
        "people": people,
        "papers": ["konversi"],
        "start": "01-01-2023",
        "end": "31-12-2023",
    }
    effect = dict(bulk(hr, **asked).context["effect"])
    assert sorted(effect.values()) == [1, 1, 2]
    assert not DocumentBatch.objects.exists()
    assert bulk(hr, **asked, do="1").status_code == 302
    batch = DocumentBatch.objects.get()
    assert (batch.form, batch.scope) == ("konversi", {"ids": sorted([ani.pk, budi.pk])})


def test_bulk_acts_are_for_those_who_may_and_need_somebody(hr: Client, client: Client) -> None:
    assert bulk(hr, act="recalculate").status_code == 302
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    assert bulk(client, act="recalculate", whom="all").status_code == 403
    assert "data-ticks" not in client.get(reverse(PEOPLE)).content.decode()


def test_an_empty_list_says_what_to_do(hr: Client) -> None:
    assert reverse("employees:import_new") in hr.get(reverse(PEOPLE)).content.decode()
    holder("Ani")
    answer = hr.get(reverse(PEOPLE), {"level": "ahli_utama"})
    assert not answer.context["rows"]
    assert reverse("employees:import_new") not in answer.content.decode()
