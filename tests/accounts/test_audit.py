"""Every write is kept: who, from where, why, before and after; and nobody rewrites it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from accounts.origin import on_behalf_of, shortened, stamped
from accounts.policy import Role
from employees.models import Employee, Rank
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def last(table: str) -> AuditEvent:
    found = AuditEvent.objects.filter(table=table).first()
    assert found is not None
    return found


def test_every_table_of_ours_is_audited_or_says_why_not() -> None:
    triggers = audit.installed()
    for model in audit.models_of_ours():
        table = model._meta.db_table
        assert (table, "update") in triggers or audit.exemptions().get(table), table
    assert audit.missing() == []
    assert not set(audit.exemptions()) - {m._meta.db_table for m in apps.get_models()}


def test_a_correction_on_a_page_is_kept_with_who_where_and_why(client: Client) -> None:
    officer = UserFactory(roles=[Role.HR])
    person = factories.EmployeeFactory(name="Sari Wulandari")
    rank = factories.RankFactory(employee=person, golongan="III/a")
    client.force_login(officer)
    address = reverse("employees:rank_edit", args=[person.public_id, rank.pk])
    answer = client.post(
        address,
        {"golongan": "III/b", "effective_on": "01-04-2021", "reason": "Salah ketik"},
        REMOTE_ADDR="10.20.30.40",
    )
    assert answer.status_code == 302
    event = last("employees_rank")
    assert (event.kind, event.row_id, event.person) == ("update", str(rank.pk), person.pk)
    assert (event.before, event.after) == ({"golongan": "III/a"}, {"golongan": "III/b"})
    assert event.actor_id == officer.pk
    assert (event.channel, event.reason) == ("page", "Salah ketik")
    assert event.address == "10.20.30.0/24"
    assert event.request_id == answer.headers["X-Request-ID"]


def test_added_and_removed_rows_are_kept_whole() -> None:
    rank = factories.RankFactory(golongan="III/c")
    added = last("employees_rank")
    assert (added.kind, added.before) == ("insert", None)
    assert added.after["golongan"] == "III/c"
    rank.delete()
    removed = last("employees_rank")
    assert (removed.kind, removed.after) == ("delete", None)
    assert removed.before["golongan"] == "III/c"


def test_a_bulk_write_past_the_services_is_kept_row_by_row() -> None:
    people = [factories.RankFactory(golongan="III/a") for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE employees_rank SET golongan = 'III/b'")
    changed = AuditEvent.objects.filter(table="employees_rank", kind="update")
    assert {event.person for event in changed} == {rank.employee_id for rank in people}


def test_what_did_not_change_and_what_is_only_counted_gives_no_event() -> None:
    person = factories.EmployeeFactory()
    before = AuditEvent.objects.count()
    Employee.objects.filter(pk=person.pk).update(name=person.name)
    Employee.objects.filter(pk=person.pk).update(facts_version=99)
    assert AuditEvent.objects.count() == before


def test_passwords_are_kept_as_changed_only() -> None:
    user = UserFactory()
    user.set_password("another-password-for-tests")
    user.save()
    event = last("accounts_user")
    assert (event.before, event.after) == ({"password": "•"}, {"password": "•"})
    assert "pbkdf2" not in str(list(AuditEvent.objects.values_list("before", "after")))


def test_a_role_given_is_kept() -> None:
    user = UserFactory(roles=[Role.AUDITOR])
    event = last("accounts_user_groups")
    assert event.after["user_id"] == user.pk


def test_work_in_the_name_of_an_officer_names_that_officer() -> None:
    person = factories.EmployeeFactory()
    with on_behalf_of(77, "impor"):
        factories.RankFactory(employee=person)
    event = last("employees_rank")
    assert (event.actor_id, event.reason) == (77, "impor")
    factories.RankFactory(employee=person, effective_on="2022-04-01")
    assert last("employees_rank").actor_id is None


def test_a_write_rolled_back_leaves_neither_event_nor_origin() -> None:
    person = factories.EmployeeFactory()
    before = AuditEvent.objects.count()
    with on_behalf_of(5), transaction.atomic():
        factories.RankFactory(employee=person)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET actor_id = 1",
        "DELETE FROM accounts_auditevent",
        "TRUNCATE accounts_auditevent",
        "DELETE FROM accounts_accessevent",
        "DELETE FROM accounts_auditseal",
    ],
)
def test_the_database_refuses_to_change_the_trails(statement: str) -> None:
    factories.RankFactory()
    with connection.cursor() as cursor:
        for table, columns, values in (
            ("accounts_accessevent",
             "channel, request_id, address, reason, roles, people, what, how, detail",
             "'page', '', '', '', '', 1, 'employee', 'view', ''"),
            ("accounts_auditseal",
             "trail, number, first_id, last_id, count, previous, hash, at",
             "'audit', 1, 1, 1, 1, '', '', now()"),
        ):  # fmt: skip
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})")
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_emptying_a_table_is_kept() -> None:
    factories.RankFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE employees_rank")
    assert last("employees_rank").kind == "truncate"
    assert not Rank.objects.exists()


def test_reading_costs_no_more_and_is_sent_as_it_is() -> None:
    assert stamped("SELECT 1") == "SELECT 1"
    assert stamped(" insert into x").startswith("/*origin:")


@pytest.mark.parametrize(
    ("address", "kept"),
    [("10.1.2.34", "10.1.2.0/24"), ("2001:db8:1:2::5", "2001:db8:1::/48"), ("", "")],
)
def test_an_address_is_kept_without_its_last_part(address: str, kept: str) -> None:
    assert shortened(address) == kept


def test_a_reason_cannot_break_out_of_the_comment() -> None:
    with on_behalf_of(None, "*/ DROP TABLE accounts_user; -- ' “kutip” %s"):
        factories.RankFactory()
    assert last("employees_rank").reason == "*/ DROP TABLE accounts_user; -- ' “kutip” %s"


def test_an_administrators_change_in_the_admin_is_kept(client: Client) -> None:
    admin = UserFactory(roles=[Role.ADMIN])
    agency: Any = factories.AgencyFactory()
    client.force_login(admin)
    data = {"code": agency.code, "name": agency.name, "kind": agency.kind, "place": "Bogor"}
    answer = client.post(reverse("admin:employees_agency_change", args=[agency.pk]), data)
    assert answer.status_code == 302
    assert last("employees_agency").actor_id == admin.pk
    assert last("employees_agency").after == {"place": "Bogor"}
