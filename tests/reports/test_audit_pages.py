"""The auditor's pages: search by person and officer, in words; export; proof."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessEvent, AuditCheck
from accounts.policy import Role
from employees.models import Employee
from employees.services import facts
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    return client


@pytest.fixture
def person(client: Client) -> Employee:
    """Sari, whose rank officer Budi corrected on a page."""
    officer = UserFactory(roles=[Role.HR], first_name="Budi", last_name="Petugas")
    sari = factories.EmployeeFactory(name="Sari Wulandari")
    rank = factories.RankFactory(employee=sari, golongan="III/a")
    factories.RankFactory(employee=factories.EmployeeFactory(name="Orang Lain"))
    client.force_login(officer)
    where = reverse("employees:rank_edit", args=[sari.public_id, rank.pk])
    data = {"golongan": "III/b", "effective_on": "01-04-2021", "reason": "Salah ketik"}
    assert client.post(where, data).status_code == 302
    return sari


def search(client: Client, trail: str = "audit", **typed: str) -> Any:
    where = f"{reverse('reports:audit_search')}?trail={trail}"
    answer = client.post(where, typed)
    assert not any(text in answer.headers["Location"] for text in typed.values() if text)
    return client.get(answer.headers["Location"])


def test_a_write_is_found_by_person_and_told_in_words(person: Employee, auditor: Client) -> None:
    answer = search(auditor, person="Sari")
    rows = answer.context["rows"]
    assert {row.person for row in rows} == {person}
    changed = next(r for r in rows if r.event.table == "employees_rank" and r.changes[0].after)
    said = [(c.label, c.before, c.after) for c in changed.changes]
    assert said == [("golongan ruang", "III/a", "III/b")]
    assert changed.who == "Budi Petugas"
    assert "Salah ketik" in answer.content.decode()
    assert search(auditor, person=person.nip).context["rows"] != []


def test_a_write_is_found_by_officer_table_kind_and_period(
    person: Employee, auditor: Client
) -> None:
    assert {r.who for r in search(auditor, officer="budi").context["rows"]} == {"Budi Petugas"}
    where = reverse("reports:audit")
    asked = {"table": "employees_rank", "kind": "update"}
    assert len(auditor.get(where, asked).context["rows"]) == 1
    assert auditor.get(where, asked | {"end": "01-01-2020"}).context["rows"] == []


def test_births_are_masked_in_the_trail(auditor: Client) -> None:
    sari = factories.EmployeeFactory(name="Sari", birth_place="Bogor")
    facts.correct_person(sari, {"birth_date": date(1991, 2, 3)}, "Salah ketik", None)
    body = search(auditor, person="Sari").content.decode()
    assert "Bogor" not in body
    assert "1991 •••" in body


def test_looks_are_found_by_person(person: Employee, auditor: Client) -> None:
    auditor.get(reverse("reports:person", args=[person.public_id]))
    rows = search(auditor, "access", person="Sari").context["rows"]
    assert {row.person for row in rows} == {person}
    assert "Budi Petugas" in {row.who for row in rows}


def test_the_search_of_the_auditor_is_logged_itself(person: Employee, auditor: Client) -> None:
    search(auditor, person="Sari")
    row = AccessEvent.objects.filter(what="audit").get()
    assert (row.subject, row.roles) == (person.pk, "auditor")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_trail_as_a_sheet_needs_a_reason(
    person: Employee, auditor: Client, format: str
) -> None:
    where = reverse("reports:audit_export") + "?table=employees_rank&kind=update"
    assert auditor.get(where).headers["Content-Type"].startswith("text/html")
    assert not AccessEvent.objects.filter(how="export").exists()
    answer = auditor.post(where, {"format": format, "reason": "Pemeriksaan"})
    content = b"".join(answer.streaming_content)
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 2
    assert rows[1][9:13] == ["Sari Wulandari", "golongan ruang", "III/a", "III/b"]
    row = AccessEvent.objects.get(how="export")
    assert (row.subject, row.reason) == (person.pk, "Pemeriksaan")


def test_the_proof_is_shown_with_what_was_found(auditor: Client, forge: Any) -> None:
    rank = factories.RankFactory()
    where = reverse("reports:audit_check")
    assert auditor.post(where).status_code == 302
    assert "badge-bad" not in auditor.get(where).content.decode()
    forge("UPDATE accounts_auditevent SET actor_id = 9 WHERE row_id = %s", str(rank.pk))
    auditor.post(where)
    assert "row_changed" in auditor.get(where).content.decode()
    assert [bool(c.findings) for c in AuditCheck.objects.all()] == [True, False]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.AUDITOR])
def test_nobody_else_reads_the_trails(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    for name in ("audit", "access", "audit_export", "audit_check"):
        assert client.get(reverse(f"reports:{name}")).status_code == 403


@pytest.mark.parametrize("size", [3, 40])
def test_a_page_of_the_trail_costs_the_same_for_many(
    auditor: Client, size: int, django_assert_max_num_queries: Any
) -> None:
    position = factories.PositionFactory()
    for _n in range(size):
        factories.AppointmentFactory(position=position)
    with django_assert_max_num_queries(12):
        answer = auditor.get(reverse("reports:audit"), {"table": "employees_appointment"})
    assert len(answer.context["rows"]) == size
