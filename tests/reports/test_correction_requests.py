"""Whoever is on record asks for a correction and follows it; Biro SDM decides in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.policy import Role
from employees.models import CorrectionRequest, Employee
from employees.services import facts
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Employee:
    user = UserFactory(roles=[Role.HOLDER])
    return factories.EmployeeFactory(name="Sari Wulandari", user=user)


@pytest.fixture
def asked(holder: Employee) -> CorrectionRequest:
    return CorrectionRequest.objects.create(
        employee=holder, asked_by=holder.user, subject="rank", proposed="III/b"
    )


def officer() -> Any:
    return UserFactory(roles=[Role.HR])


def act(client: Client, asked: CorrectionRequest, name: str, **data: Any) -> CorrectionRequest:
    answer = client.post(reverse(f"reports:request_{name}", args=[asked.public_id]), data)
    assert answer.status_code == 302
    asked.refresh_from_db()
    return asked


def test_from_asking_to_granted(client: Client, holder: Employee) -> None:
    client.force_login(holder.user)
    evidence = SimpleUploadedFile("sk.pdf", b"%PDF-1.7 sk")
    data = {"subject": "rank", "recorded": "III/a", "proposed": "III/b", "evidence": evidence}
    answer = client.post(reverse("reports:request_new"), data)
    asked = CorrectionRequest.objects.get()
    assert answer.headers["Location"] == reverse("reports:request", args=[asked.public_id])
    assert "terkirim" in client.get(answer.headers["Location"]).content.decode()

    who = officer()
    client.force_login(who)
    assert act(client, asked, "take").state == "taken"
    page = client.get(reverse("reports:request", args=[asked.public_id])).content.decode()
    assert reverse("employees:rank_add", args=[holder.public_id]) in page
    file = client.get(reverse("reports:request_evidence", args=[asked.public_id]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 sk"
    rank = {"golongan": "III/b", "effective_on": "2021-04-01"}
    facts.record_rank(holder, rank, "Permintaan pemangku", who)
    correction = holder.corrections.get()
    assert act(client, asked, "grant", correction=correction.pk, reason="Sesuai SK").correction == (
        correction
    )
    client.force_login(holder.user)
    body = client.get(reverse("reports:request", args=[asked.public_id])).content.decode()
    assert "Sesuai SK" in body
    assert "dikabulkan" in body


def test_refusing_needs_a_reason(client: Client, asked: CorrectionRequest) -> None:
    client.force_login(officer())
    assert act(client, asked, "refuse", reason=" ").state == "sent"
    assert act(client, asked, "refuse", reason="SK lain").state == "refused"
    assert act(client, asked, "take").state == "refused"


def test_granting_needs_a_correction_of_that_person_made_since(
    client: Client, asked: CorrectionRequest
) -> None:
    other, who = factories.EmployeeFactory(), officer()
    facts.record_rank(other, {"golongan": "III/b", "effective_on": "2021-04-01"}, "x", who)
    client.force_login(who)
    assert act(client, asked, "grant", correction=other.corrections.get().pk).state == "sent"
    assert act(client, asked, "grant", correction="abc").state == "sent"


def test_nobody_decides_on_the_own_request(client: Client, asked: CorrectionRequest) -> None:
    from django.contrib.auth.models import Group

    asked.employee.user.groups.add(Group.objects.get(name=Role.HR))
    client.force_login(asked.employee.user)
    assert act(client, asked, "take").state == "sent"
    page = client.get(reverse("reports:request", args=[asked.public_id])).content.decode()
    assert reverse("reports:request_refuse", args=[asked.public_id]) not in page


@pytest.mark.parametrize("role", [Role.HOLDER, Role.SUPERIOR, Role.COORDINATOR, Role.ASSESSOR])
def test_a_request_of_somebody_else_does_not_exist(
    client: Client, asked: CorrectionRequest, role: Role
) -> None:
    boss = factories.EmployeeFactory(user=UserFactory(roles=[role]))
    factories.SuperiorFactory(employee=asked.employee, superior=boss)
    client.force_login(boss.user)
    for name in ("request", "request_evidence"):
        where = reverse(f"reports:{name}", args=[asked.public_id])
        assert client.get(where).status_code == 404
    assert client.get(reverse("reports:requests")).context["rows"] == []
    where = reverse("reports:request_take", args=[asked.public_id])
    assert client.post(where).status_code == 403


def test_the_queue_shows_hours_left_and_what_is_late(
    client: Client, asked: CorrectionRequest
) -> None:
    late = CorrectionRequest.objects.create(
        employee=asked.employee,
        asked_by=asked.asked_by,
        subject="unit",
        proposed="Biro Umum",
        asked_at=timezone.now() - timedelta(hours=75, minutes=30),
    )
    client.force_login(officer())
    rows = client.get(reverse("reports:requests")).context["rows"]
    assert [(row["request"], row["late"]) for row in rows] == [(late, 4), (asked, 0)]
    assert rows[1]["left"] == 71
    start = client.get(reverse("admin:index"))
    (duty,) = (d for d in start.context["duties"] if d.kind == "requests")
    assert duty.count == 2
    assert "1" in duty.why
    assert AccessEvent.objects.filter(what="correction_request", how="list").count() == 1


def test_the_auditor_reads_requests_and_decides_none(
    client: Client, asked: CorrectionRequest
) -> None:
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    where = reverse("reports:request", args=[asked.public_id])
    assert client.get(where).status_code == 200
    refuse = reverse("reports:request_refuse", args=[asked.public_id])
    assert client.post(refuse, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("size", [2, 45])
def test_the_queue_costs_the_same_for_many(
    client: Client, holder: Employee, size: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(size):
        person = factories.EmployeeFactory()
        CorrectionRequest.objects.create(
            employee=person, asked_by=holder.user, subject="rank", proposed="III/b"
        )
    client.force_login(officer())
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("reports:requests")).context["rows"]) == size
