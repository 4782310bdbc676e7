"""Every look at another's personal data is logged: nothing is shown that was not written down."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.policy import Role
from credits.models import Document
from credits.services import documents
from credits.services.runs import recalculate_now
from employees.models import Employee
from tests import factories
from tests.accounts.test_policy import OWN
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NAME = "Sari Wulandari"
# Routes that hand out bytes in which a name cannot be looked for.
FILES = {"credits:document_pdf", "credits:opening_scan", "credits:document_signed"}


@pytest.fixture
def person() -> Employee:
    holder = factories.EmployeeFactory(name=NAME, birth_place="Bogor", card_number="KARPEG-1")
    factories.AppointmentFactory(employee=holder, start=date(2020, 1, 1))
    factories.RankFactory(employee=holder)
    factories.OpeningFactory(employee=holder, points=25)
    factories.RatingFactory(employee=holder)
    factories.MembershipFactory(employee=holder)
    recalculate_now({"all": True}, "test")
    return holder


@pytest.fixture
def draft(person: Employee) -> Document:
    officer = UserFactory(roles=[Role.HR])
    documents.draft(person, "konversi", date(2023, 1, 1), date(2023, 12, 31), officer)
    return Document.objects.get(employee=person)


def reader(role: Role, person: Employee) -> Any:
    """An account of the role that reaches the person as that role does."""
    user = UserFactory(roles=[role])
    if role == Role.HOLDER:
        Employee.objects.filter(pk=person.pk).update(user=user)
        return user
    mine = factories.EmployeeFactory(user=user)
    if role == Role.SUPERIOR:
        factories.SuperiorFactory(employee=person, superior=mine)
    if role == Role.COORDINATOR:
        unit = person.memberships.get().unit
        factories.ClaimCoordinatorFactory(employee=mine, unit=unit)
    if role == Role.POSITION_COORDINATOR:
        position = person.appointments.get().position
        factories.PositionCoordinatorFactory(employee=mine, position=position)
    return user


def address(name: str, person: Employee, draft: Document) -> str | None:
    """The route for this person or this document; None for routes of other things."""
    wanted = OWN[name].pattern.converters
    values: dict[str, Any] = {}
    if "public_id" in wanted:
        document = name.startswith("credits:document") and "batch" not in name
        values["public_id"] = draft.public_id if document else person.public_id
    if "pk" in wanted:
        kind = name.partition(":")[2].rpartition("_")[0]
        rows = {"rank": person.ranks, "appointment": person.appointments,
                "membership": person.memberships, "rating": person.ratings,
                "opening": person.openings}.get(kind)  # fmt: skip
        if rows is None:
            return None
        values["pk"] = rows.get().pk
    if set(wanted) - set(values):
        return None
    found = reverse(name, kwargs=values)
    asks = {"credits:run_start", "credits:document_new"}
    return f"{found}?person={person.public_id}" if name in asks else found


@pytest.mark.parametrize("role", Role)
def test_whatever_shows_a_person_is_logged(
    client: Client, person: Employee, draft: Document, role: Role
) -> None:
    user = reader(role, person)
    client.force_login(user)
    shown, unlogged = 0, []
    for name in OWN:
        where = address(name, person, draft)
        if where is None:
            continue
        answer = client.get(where)
        if answer.streaming:
            b"".join(answer.streaming_content)
            continue
        said = answer.content.decode(errors="replace")
        if answer.status_code != 200 or not (name in FILES or NAME in said or person.nip in said):
            continue
        shown += 1
        rows = AccessEvent.objects.filter(request_id=answer.headers["X-Request-ID"])
        if not rows.filter(subject=person.pk).exists() and not rows.filter(how="list").exists():
            unlogged.append(name)
    if role == Role.HOLDER:
        assert shown > 0
        assert not AccessEvent.objects.exists()  # the own data alone
        return
    assert unlogged == []
    nothing_here = (Role.ASSESSOR, Role.DETERMINER, Role.CHAIR, Role.SECRETARY)
    assert (shown > 0) == (role not in nothing_here)
    assert not AccessEvent.objects.exclude(actor_id=user.pk).exists()


def test_a_look_says_who_in_which_role_from_where(client: Client, person: Employee) -> None:
    user = reader(Role.AUDITOR, person)
    client.force_login(user)
    page = reverse("reports:person", args=[person.public_id])
    client.get(page, REMOTE_ADDR="10.9.8.7")
    row = AccessEvent.objects.get()
    assert (row.actor_id, row.roles, row.subject) == (user.pk, "auditor", person.pk)
    assert (row.what, row.how, row.channel) == ("employee", "view", "page")
    assert row.address == "10.9.8.0/24"


def test_an_export_needs_a_reason_and_logs_each_person(client: Client, person: Employee) -> None:
    client.force_login(reader(Role.HR, person))
    where = reverse("reports:people_export") + "?who=all"
    asked = client.get(where)
    assert asked.headers["Content-Type"].startswith("text/html")
    assert client.post(where, {"reason": ""}).status_code == 200
    assert not AccessEvent.objects.filter(how="export").exists()
    answer = client.post(where, {"reason": "Rapat kenaikan pangkat"})
    assert answer.headers["Content-Type"].endswith("sheet")
    b"".join(answer.streaming_content)
    rows = AccessEvent.objects.filter(how="export")
    others = Employee.objects.exclude(user=client.session["_auth_user_id"])
    assert set(rows.values_list("subject", flat=True)) == set(others.values_list("pk", flat=True))
    assert set(rows.values_list("reason", flat=True)) == {"Rapat kenaikan pangkat"}


def test_logging_costs_one_statement_whatever_the_number_of_people(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    counts = []
    for size in (3, 30):
        factories.EmployeeFactory.create_batch(size)
        with connection.execute_wrapper(_counter := _Counter()):
            answer = client.post(reverse("reports:people_export") + "?who=all", {"reason": "Rapat"})
            b"".join(answer.streaming_content)
        counts.append(_counter.logged)
    assert counts == [1, 1]


class _Counter:
    def __init__(self) -> None:
        self.logged = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.logged += "accounts_accessevent" in sql
        return execute(sql, params, many, context)


# ------------------------------------------------------------------ masking

SEES = {
    Role.HR: "full", Role.ADMIN: "full", Role.HOLDER: "full", Role.AUDITOR: "year",
    Role.COORDINATOR: "year", Role.POSITION_COORDINATOR: "absent", Role.SUPERIOR: "absent",
}  # fmt: skip


@pytest.mark.parametrize(("role", "level"), SEES.items())
def test_each_role_sees_of_the_birth_what_the_table_says(
    client: Client, person: Employee, role: Role, level: str
) -> None:
    client.force_login(reader(role, person))
    body = client.get(reverse("reports:person", args=[person.public_id])).content.decode()
    assert ("Bogor" in body, "KARPEG-1" in body) == (level == "full", level == "full")
    assert ("1 Januari 1990" in body) == (level == "full")
    assert ("<dd>1990" in body) == (level == "year")


def test_the_auditor_unmasks_with_a_reason_that_is_kept(client: Client, person: Employee) -> None:
    client.force_login(reader(Role.AUDITOR, person))
    where = reverse("reports:reveal", args=[person.public_id])
    assert "Bogor" not in client.get(where).content.decode()
    assert "Bogor" not in client.post(where, {"reason": ""}).content.decode()
    body = client.post(where, {"reason": "Pemeriksaan Itjen 12/2026"}).content.decode()
    assert "Bogor" in body
    assert "KARPEG-1" in body
    row = AccessEvent.objects.get(how="reveal")
    assert (row.subject, row.reason) == (person.pk, "Pemeriksaan Itjen 12/2026")


@pytest.mark.parametrize("role", [r for r in Role if r != Role.AUDITOR])
def test_nobody_else_unmasks(client: Client, person: Employee, role: Role) -> None:
    client.force_login(reader(role, person))
    where = reverse("reports:reveal", args=[person.public_id])
    assert client.post(where, {"reason": "ingin tahu"}).status_code == 403
