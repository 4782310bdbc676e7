"""Facts of one person entered, corrected and taken back by hand, through the pages."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from credits.models import OpeningBalance, Rating
from credits.rules.units import UNIT
from credits.services.runs import recalculate_now, stale_ids
from employees.models import Appointment, Correction, Employee, Rank, StatusPeriod, Superior
from positions.models import Position
from tests import factories
from tests.approving import approve_all
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def hr(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


@pytest.fixture
def person() -> Employee:
    holder = factories.EmployeeFactory(name="Sari Wulandari")
    factories.AppointmentFactory(employee=holder, start=date(2023, 1, 1))
    factories.RankFactory(employee=holder)
    return holder


def add(client: Client, app: str, kind: str, person: Employee, /, **data: Any) -> Any:
    address = reverse(f"{app}:{kind}_add", args=[person.public_id])
    return client.post(address, {"reason": "uji"} | data)


def edit(client: Client, app: str, kind: str, record: Any, /, **data: Any) -> Any:
    address = reverse(f"{app}:{kind}_edit", args=[record.employee.public_id, record.pk])
    return client.post(address, {"reason": "uji"} | data)


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


YEAR = {"start": "01-01-2025", "end": "31-12-2025", "predicate": "baik", "evidence_number": ""}


def test_a_rating_by_hand_makes_the_person_stale_and_then_gives_points(
    hr: Client, person: Employee
) -> None:
    recalculate_now({"all": True}, "test")
    assert stale_ids() == []
    answer = add(hr, "credits", "rating", person, **YEAR)
    assert answer.headers["Location"] == reverse("reports:person", args=[person.public_id])
    assert stale_ids() == []  # it waits for a second person
    approve_all()
    assert stale_ids() == [person.pk]
    recalculate_now({"stale": True}, "test")
    assert sum(person.entries.values_list("amount_units", flat=True)) == 12.5 * UNIT
    correction = Correction.objects.get(employee=person)
    assert (correction.subject, correction.reason) == ("rating", "uji")


def test_another_predicate_for_the_same_year_replaces_and_keeps_the_old(
    hr: Client, person: Employee
) -> None:
    old = factories.RatingFactory(employee=person, start=date(2025, 1, 1), end=date(2025, 12, 31))
    assert edit(hr, "credits", "rating", old, **YEAR | {"predicate": "kurang"}).status_code == 302
    old.refresh_from_db()
    assert old.superseded_by is None  # it counts until the other is approved
    approve_all()
    old.refresh_from_db()
    assert old.superseded_by.predicate == "kurang"
    assert old.predicate == "baik"


def test_a_wrong_period_is_corrected_and_what_it_replaced_counts_again(
    hr: Client, person: Employee
) -> None:
    quarter = factories.RatingFactory(
        employee=person, start=date(2025, 1, 1), end=date(2025, 3, 31)
    )
    add(hr, "credits", "rating", person, **YEAR)
    approve_all()
    year = Rating.objects.get(superseded_by=None)
    edit(hr, "credits", "rating", year, **YEAR | {"start": "01-04-2025"})
    year.refresh_from_db()
    assert year.withdrawn_at is None
    approve_all()
    quarter.refresh_from_db()
    year.refresh_from_db()
    assert quarter.superseded_by is None
    assert year.withdrawn_at is not None
    assert Rating.objects.latest("id").start == date(2025, 4, 1)


def test_a_rating_over_two_years_is_refused_at_its_field_and_nothing_is_written(
    hr: Client, person: Employee
) -> None:
    answer = add(hr, "credits", "rating", person, **YEAR | {"start": "01-12-2024"})
    assert list(errors(answer)) == ["start"]
    assert not Rating.objects.exists()


def test_the_last_pak_with_its_scan(hr: Client, person: Employee) -> None:
    scan = SimpleUploadedFile("pak terakhir.png", PNG)
    data = {"on": "31-12-2022", "kind": "pak", "points": "37,5", "document_number": "PAK/1"}
    add(hr, "credits", "opening", person, **data, scan=scan)
    opening = OpeningBalance.objects.get()
    assert opening.units == 37.5 * UNIT
    address = reverse("credits:opening_scan", args=[person.public_id, opening.pk])
    assert address in hr.get(reverse("reports:person", args=[person.public_id])).content.decode()
    answer = hr.get(address)
    assert b"".join(answer.streaming_content) == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "pak terakhir" not in opening.scan.name


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"MZ", b""])
def test_a_scan_that_is_no_picture_or_pdf_is_refused(
    hr: Client, person: Employee, content: bytes
) -> None:
    scan = SimpleUploadedFile("pak.pdf", content)
    data = {"on": "31-12-2022", "kind": "pak", "points": "37,5", "scan": scan}
    assert "scan" in errors(add(hr, "credits", "opening", person, **data))
    assert not OpeningBalance.objects.exists()


def test_an_ambiguous_amount_is_asked(hr: Client, person: Employee) -> None:
    data = {"on": "31-12-2022", "kind": "pak", "points": "1.904"}
    (said,) = errors(add(hr, "credits", "opening", person, **data))["points"]
    assert "1,904" in said
    assert "1904" in said


def test_a_negative_amount_is_refused_in_words(hr: Client, person: Employee) -> None:
    data = {"on": "31-12-2022", "kind": "pak", "points": "-5"}
    (said,) = errors(add(hr, "credits", "opening", person, **data))["points"]
    assert " " in said


def test_a_corrected_opening_replaces_and_taking_it_back_restores(
    hr: Client, person: Employee
) -> None:
    first = factories.OpeningFactory(employee=person, points=10)
    data = {"on": "31-12-2022", "kind": "pak", "points": "12,5"}
    edit(hr, "credits", "opening", first, **data)
    second = OpeningBalance.objects.get(superseded_by=None)
    assert second.units == 12.5 * UNIT
    address = reverse("credits:opening_remove", args=[person.public_id, second.pk])
    assert hr.post(address, {"reason": "keliru"}).status_code == 302
    first.refresh_from_db()
    assert first.superseded_by is None


def test_a_new_appointment_ends_the_one_before(hr: Client, person: Employee) -> None:
    position = Position.objects.get()
    data = {"held": f"{position.pk}:ahli_muda", "start": "1/7/2025", "way": "promotion"}
    assert add(hr, "employees", "appointment", person, **data).status_code == 302
    before, after = Appointment.objects.filter(employee=person)
    assert before.end == date(2025, 6, 30)
    assert (after.level, after.start) == ("ahli_muda", date(2025, 7, 1))


def test_overlapping_appointments_are_refused_with_the_dates(hr: Client, person: Employee) -> None:
    position = Position.objects.get()
    data = {"held": f"{position.pk}:ahli_muda", "start": "1/7/2022", "way": "promotion"}
    (said,) = errors(add(hr, "employees", "appointment", person, **data))["start"]
    assert "2023" in said
    assert Appointment.objects.count() == 1


def test_a_rank_a_superior_a_leave(hr: Client, person: Employee) -> None:
    boss = factories.EmployeeFactory(name="Budi Santoso")
    rank = {"golongan": "III/b", "effective_on": "01-04-2025"}
    assert add(hr, "employees", "rank", person, **rank).status_code == 302
    superior = {"superior": "budi santoso", "start": "01-01-2025", "capacity": "plt"}
    assert add(hr, "employees", "superior", person, **superior).status_code == 302
    leave = {"kind": "unpaid_leave", "start": "01-02-2025", "end": "31-03-2025"}
    assert add(hr, "employees", "status", person, **leave).status_code == 302
    assert Rank.objects.filter(employee=person, golongan="III/b").exists()
    assert Superior.objects.get().superior == boss
    assert StatusPeriod.objects.get().end == date(2025, 3, 31)


def test_two_people_of_one_name_are_asked_by_nip(hr: Client, person: Employee) -> None:
    for _ in range(2):
        factories.EmployeeFactory(name="Budi Santoso")
    data = {"superior": "Budi Santoso", "start": "01-01-2025", "capacity": "plt"}
    (said,) = errors(add(hr, "employees", "superior", person, **data))["superior"]
    assert said.count("Budi Santoso") == 2


def test_a_person_by_hand_and_a_corrected_nip_keeps_the_former(hr: Client) -> None:
    agency = factories.AgencyFactory()
    data = {
        "nip": "19900101 201501 2 999", "name": "Ani", "employment": "PNS",
        "employer": agency.pk, "birth_date": "01-01-1990", "sex": "P", "reason": "baru",
    }  # fmt: skip
    assert hr.post(reverse("employees:person_add"), data).status_code == 302
    ani = Employee.objects.get(name="Ani")
    assert ani.nip == "199001012015012999"
    address = reverse("employees:person_edit", args=[ani.public_id])
    assert hr.post(address, data | {"nip": "199001012015012998"}).status_code == 302
    assert ani.former_nips.get().nip == "199001012015012999"
    again = hr.post(reverse("employees:person_add"), data | {"nip": "199001012015012998"})
    assert "nip" in errors(again)


def test_without_a_reason_nothing_is_written(hr: Client, person: Employee) -> None:
    answer = add(hr, "credits", "rating", person, **YEAR | {"reason": " "})
    assert "reason" in errors(answer)
    assert not Rating.objects.exists()


def test_an_officer_does_not_enter_the_own_record(client: Client, person: Employee) -> None:
    user = UserFactory(roles=[Role.HR, Role.HOLDER])
    Employee.objects.filter(pk=person.pk).update(user=user)
    client.force_login(user)
    answer = add(client, "credits", "rating", person, **YEAR)
    assert "__all__" in errors(answer)
    assert not Rating.objects.exists()


def test_a_record_of_somebody_else_is_not_found(hr: Client, person: Employee) -> None:
    theirs = factories.RankFactory(golongan="IV/a")
    address = reverse("employees:rank_edit", args=[person.public_id, theirs.pk])
    assert hr.get(address).status_code == 404


@pytest.mark.parametrize(
    ("app", "kind"),
    [("credits", k) for k in ("rating", "opening")]
    + [
        ("employees", k)
        for k in ("rank", "appointment", "membership", "superior", "status", "education")
    ],
)
def test_each_kind_has_a_form_that_opens(hr: Client, person: Employee, app: str, kind: str) -> None:
    factories.UnitFactory()
    page = hr.get(reverse(f"{app}:{kind}_add", args=[person.public_id]))
    assert page.status_code == 200
    assert person.nip not in page.request["PATH_INFO"]


def test_a_fact_is_taken_back_with_a_reason_and_stays_in_the_corrections(
    hr: Client, person: Employee
) -> None:
    rank = factories.RankFactory(employee=person, golongan="III/c", effective_on=date(2024, 4, 1))
    address = reverse("employees:rank_remove", args=[person.public_id, rank.pk])
    assert hr.get(address).status_code == 200
    assert errors(hr.post(address, {"reason": ""}))["reason"]
    assert hr.post(address, {"reason": "salah orang"}).status_code == 302
    assert not Rank.objects.filter(pk=rank.pk).exists()
    assert Correction.objects.get(subject="rank").before["golongan"] == "III/c"


def test_what_is_taken_back_is_shown_first(hr: Client, person: Employee) -> None:
    superior = factories.EmployeeFactory(name="Budi Santoso")
    appointment, rank = person.appointments.get(), person.ranks.get()
    line = factories.SuperiorFactory(employee=person, superior=superior, start=date(2024, 2, 3))
    for kind, record, shown in (
        ("appointment", appointment, ["Analis Contoh", "01-01-2023"]),
        ("rank", rank, [rank.golongan, f"{rank.effective_on:%d-%m-%Y}"]),
        ("superior", line, ["03-02-2024"]),
    ):
        address = reverse(f"employees:{kind}_remove", args=[person.public_id, record.pk])
        recorded = dict(hr.get(address).context["recorded"])
        text = " ".join(recorded.values())
        assert [piece for piece in shown if piece not in text] == [], recorded
