"""The ledger cannot be changed, and a change by force is found."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from credits.models import LedgerEntry
from credits.rules.chain import FIELDS
from credits.services.runs import recalculate_now
from credits.services.verification import anchor, verify
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    for _ in range(3):
        person = factories.EmployeeFactory.create()
        factories.AppointmentFactory.create(employee=person)
        factories.RankFactory.create(employee=person)
        for year in (2023, 2024):
            factories.RatingFactory.create(
                employee=person, start=date(year, 1, 1), end=date(year, 12, 31)
            )
    recalculate_now({"all": True}, "test")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE credits_ledgerentry SET amount_units = 1",
        "DELETE FROM credits_ledgerentry",
        "TRUNCATE credits_ledgerentry",
        "DELETE FROM employees_employee",
    ],
)
def test_the_database_refuses_to_change_the_ledger(ledger, sql):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"append-only|cannot be deleted|violates"):
            cursor.execute(sql)


def test_an_entry_for_nobody_is_refused(ledger):
    entry = LedgerEntry.objects.first()
    entry.pk, entry.employee_id = None, 999_999
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)


def test_an_untouched_ledger_verifies(ledger, tmp_path):
    anchor(tmp_path)
    result = verify(tmp_path)
    assert (result.people, result.entries, result.anchors) == (3, 6, 1)
    assert result.findings == []


NEW = {
    "kind": "'base'",
    "effective_on": "effective_on + 1",
    "months": "11",
    "period_start": "period_start + 1",
    "period_end": "period_end + 1",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "reverses_seq": "1",
}


@pytest.mark.parametrize("column", [c for c in FIELDS if c not in ("employee_id", "seq")])
def test_a_changed_column_is_found_and_named(ledger, forge, tmp_path, column):
    entry = LedgerEntry.objects.order_by("employee_id", "seq")[2]
    numeric = column in ("amount_units", "base_units", "percent", "source_id", "run_id")
    value = f"{column} + 1" if numeric else NEW.get(column, "'x'")
    forge(f"UPDATE credits_ledgerentry SET {column} = {value} WHERE id = %s", entry.pk)
    broken = [f for f in verify(tmp_path).findings if f.code == "chain_broken"]
    assert [(f.employee_id, f.seq) for f in broken] == [(entry.employee_id, entry.seq)]


def test_a_cut_tail_is_found_by_the_head_and_when_that_is_forged_too_by_the_anchor(
    ledger, forge, tmp_path
):
    anchor(tmp_path)
    last = LedgerEntry.objects.order_by("employee_id", "seq").last()
    before = LedgerEntry.objects.get(employee=last.employee_id, seq=last.seq - 1)
    forge("DELETE FROM credits_ledgerentry WHERE id = %s", last.pk)
    assert "tail_differs" in [f.code for f in verify(tmp_path).findings]
    forge(
        "UPDATE credits_ledgerhead SET seq = %s, hash = %s, balance_units = balance_units - %s"
        " WHERE employee_id = %s",
        before.seq,
        bytes(before.hash),
        last.amount_units,
        last.employee_id,
    )
    assert [f.code for f in verify(tmp_path).findings] == ["anchor_differs"]


def test_a_missing_anchor_file_is_found(ledger, tmp_path):
    anchor(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    assert [f.code for f in verify(tmp_path).findings] == ["anchor_file_missing"]


def test_the_command_fails_when_something_is_found(ledger, forge, tmp_path, capsys):
    forge("UPDATE credits_ledgerentry SET amount_units = amount_units + 1 WHERE seq = 1")
    with pytest.raises(CommandError):
        call_command("verify_ledger", "--json", "--anchors", str(tmp_path))
    said = json.loads(capsys.readouterr().out)
    assert {f["code"] for f in said["findings"]} == {"chain_broken", "balance_differs"}
