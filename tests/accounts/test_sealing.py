"""The trails prove themselves: whatever is changed, removed or cut off is found."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import sealing
from accounts.models import AuditEvent, AuditSeal
from credits.services.verification import anchor
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(db: None) -> list[int]:
    """Five writes in two seals, the last write not sealed; their ids."""
    rank = factories.RankFactory(golongan="III/a")
    sealing.seal("audit")
    for golongan in ("III/b", "III/c", "III/d"):
        type(rank).objects.update(golongan=golongan)
    sealing.seal("audit")
    type(rank).objects.update(golongan="IV/a")
    ids = AuditEvent.objects.filter(table="employees_rank").order_by("id")
    return list(ids.values_list("id", flat=True))


def found(folder: Path) -> list[tuple[str, int | None]]:
    return [(f.code, f.row_id) for f in sealing.verify(folder).findings]


def test_an_untouched_trail_is_proven(trail: list[int], tmp_path: Path) -> None:
    proof = sealing.verify(tmp_path)
    assert proof.findings == []
    assert proof.seals == 3
    assert proof.rows["audit"] == AuditEvent.objects.count()
    assert sealing.seal("audit") is None


def test_a_changed_row_is_named(trail: list[int], forge: Any, tmp_path: Path) -> None:
    forge("UPDATE accounts_auditevent SET actor_id = 9 WHERE id = %s", trail[2])
    assert found(tmp_path) == [("row_changed", trail[2])]


def test_a_changed_row_with_a_fresh_digest_breaks_its_seal(
    trail: list[int], forge: Any, tmp_path: Path
) -> None:
    forge("UPDATE accounts_auditevent SET digest = sha256('x') WHERE id = %s", trail[2])
    assert ("row_changed", trail[2]) in found(tmp_path)
    row = next(fields for pk, _digest, fields in sealing._rows("audit", 0, None) if pk == trail[2])
    forge(
        "UPDATE accounts_auditevent SET digest = %s WHERE id = %s",
        sealing.digest([*row[:-1], "{}"]), trail[2],
    )  # fmt: skip
    forge("UPDATE accounts_auditevent SET after = '{}' WHERE id = %s", trail[2])
    first = AuditSeal.objects.get(trail="audit", number=2).first_id
    assert found(tmp_path) == [("seal_differs", first)]


def test_a_removed_row_is_missed(trail: list[int], forge: Any, tmp_path: Path) -> None:
    forge("DELETE FROM accounts_auditevent WHERE id = %s", trail[2])
    assert found(tmp_path) == [("rows_missing", trail[1])]


def test_a_removed_seal_is_missed(trail: list[int], forge: Any, tmp_path: Path) -> None:
    forge("DELETE FROM accounts_auditseal WHERE trail = 'audit' AND number = 1")
    assert found(tmp_path)[0][0] == "seal_missing"


def test_a_tail_cut_off_with_its_seals_differs_from_the_anchor(
    trail: list[int], forge: Any, tmp_path: Path
) -> None:
    sealing.seal("audit")
    anchor(tmp_path)
    assert found(tmp_path) == []
    (path,) = tmp_path.glob("*.json")
    assert json.loads(path.read_text())["trails"]["audit"]["number"] == 3
    forge("DELETE FROM accounts_auditevent WHERE id >= %s", trail[-1])
    forge("DELETE FROM accounts_auditseal WHERE trail = 'audit' AND number = 3")
    codes = [code for code, _row in found(tmp_path)]
    assert codes == ["tail_cut"]


def test_a_table_that_lost_its_trigger_is_named(trail: list[int], tmp_path: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE employees_rank DISABLE TRIGGER audit_update")
    assert [f.detail for f in sealing.verify(tmp_path).findings] == ["employees_rank"]


def test_the_command_says_so_and_fails(trail: list[int], forge: Any, tmp_path: Path) -> None:
    out = StringIO()
    call_command("verify_audit", anchors=tmp_path, stdout=out)
    assert "0 findings" in out.getvalue()
    forge("DELETE FROM accounts_auditevent WHERE id = %s", trail[0])
    with pytest.raises(CommandError):
        call_command("verify_audit", anchors=tmp_path, stdout=out)
    assert "rows_missing" in out.getvalue()
