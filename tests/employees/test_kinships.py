"""Declared relatives: everybody's own, all of them for Biro SDM and the auditor (AZ068, AZ086)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries  # type: ignore[attr-defined]

from accounts.models import AccessEvent, AuditEvent
from accounts.policy import Role
from employees.models import Employee, Kinship
from employees.selectors import related
from employees.services import kinships
from employees.services.facts import FactError
from tests.factories import EmployeeFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "employees:kinships"


def member(*roles: Role) -> Any:
    return EmployeeFactory(user=UserFactory(roles=list(roles or [Role.HOLDER])))


def test_a_holder_declares_by_number_and_name_and_both_see_it(client: Client) -> None:
    me, wife, stranger = member(), member(), member()
    client.force_login(me.user)
    add = reverse("employees:kinship_add")
    wrong = client.post(add, {"nip": wife.nip, "name": "Orang Lain", "kind": "spouse"})
    assert "NIP" in wrong.content.decode()
    assert not Kinship.objects.exists()
    answer = client.post(add, {"nip": wife.nip, "name": wife.name.upper(), "kind": "spouse"})
    assert answer.headers["Location"] == reverse(LIST)
    row = Kinship.objects.get()
    assert (row.employee, row.relative, row.declared_by) == (me, wife, me.user)
    today = timezone.localdate()
    assert related([wife.pk], today) == {me.pk}
    assert wife.name in client.get(reverse(LIST)).content.decode()
    client.force_login(wife.user)
    assert me.name in client.get(reverse(LIST)).content.decode()
    client.force_login(stranger.user)
    assert me.name not in client.get(reverse(LIST)).content.decode()


def test_it_is_declared_once_whatever_the_side(client: Client) -> None:
    me, wife = member(), member()
    kinships.declare(me, wife, "spouse", me.user)
    for one, other, kind, code in (
        (wife, me, "spouse", "kinship_known"),
        (me, me, "spouse", "own_relative"),
        (me, member(), "friend", "kinship_kind"),
    ):
        with pytest.raises(FactError) as refused:
            kinships.declare(one, other, kind, me.user)
        assert refused.value.code == code
    client.force_login(wife.user)
    answer = client.post(
        reverse("employees:kinship_add"), {"nip": me.nip, "name": me.name, "kind": "spouse"}
    )
    assert "sudah dinyatakan" in answer.content.decode() or "already" in answer.content.decode()


def test_officers_declare_for_others_and_end_with_a_reason(client: Client) -> None:
    officer, one, other = member(Role.HR), member(), member()
    client.force_login(officer.user)
    data = {"person": one.nip, "relative": other.nip, "kind": "sibling"}
    assert client.post(reverse("employees:kinship_add"), data).status_code == 302
    row = Kinship.objects.get()
    page = reverse("employees:kinship_end", args=[row.pk])
    ended = timezone.localdate() - timedelta(days=1)
    assert client.post(page, {"ended_on": ended, "reason": ""}).status_code == 200
    ahead = ended + timedelta(days=9)
    assert client.post(page, {"ended_on": ahead, "reason": "Salah"}).status_code == 200
    row.refresh_from_db()
    assert row.ended_on is None
    assert client.post(page, {"ended_on": ended, "reason": "Cerai"}).status_code == 302
    row.refresh_from_db()
    assert (row.ended_on, row.ended_because) == (ended, "Cerai")
    assert related([one.pk], timezone.localdate()) == set()
    assert related([one.pk], ended) == {other.pk}
    assert client.post(page, {"ended_on": ended, "reason": "Lagi"}).status_code == 409
    acts = AuditEvent.objects.filter(table="employees_kinship")
    assert acts.count() == 2


def test_an_officer_does_not_end_the_own_relation(client: Client) -> None:
    officer, other = member(Role.HR), member()
    row = kinships.declare(other, officer, "parent", other.user)
    client.force_login(officer.user)
    page = reverse("employees:kinship_end", args=[row.pk])
    answer = client.post(page, {"ended_on": date(2026, 1, 1), "reason": "x"})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.ended_on is None


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.HR, Role.ADMIN, Role.AUDITOR)])
def test_nobody_else_ends_or_sees_all(role: Role, client: Client) -> None:
    row = kinships.declare(member(), member(), "spouse", UserFactory())
    client.force_login(member(role).user)
    assert client.post(reverse("employees:kinship_end", args=[row.pk])).status_code == 403
    for answer in (client.get(reverse(LIST)), client.post(reverse(LIST), {"q": "Pegawai"})):
        assert row.employee.name not in answer.content.decode()


def test_the_auditor_reads_all_and_searches(client: Client) -> None:
    auditor = UserFactory(roles=[Role.AUDITOR])
    row = kinships.declare(member(), member(), "spouse", UserFactory())
    kinships.declare(member(), member(), "spouse", UserFactory())
    client.force_login(auditor)
    text = client.post(reverse(LIST), {"q": row.relative.nip}).content.decode()
    assert text.count("<tr>") == 2  # the heading and one
    assert row.employee.full_name in text
    assert client.get(reverse("employees:kinship_add")).status_code == 403
    assert AccessEvent.objects.filter(what="kinship", actor_id=auditor.pk, how="list").exists()


def test_a_list_costs_the_same_whatever_its_length(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    client.get(reverse(LIST))
    for _ in range(3):
        kinships.declare(member(), member(), "spouse", UserFactory())
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
    for _ in range(20):
        kinships.declare(member(), member(), "spouse", UserFactory())
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
    assert Employee.objects.count() >= 46
