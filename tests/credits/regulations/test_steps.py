"""From a file to a publication by two people, and back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credits.models import (
    CalculationRun,
    ClosedPeriod,
    LedgerEntry,
    LedgerHead,
    RegulationVersion,
    RunChunk,
)
from credits.rules.editions import current, deferred, edition_on, forget, shipped, using
from credits.rules.units import UNIT
from credits.services import regulations, runs
from credits.services.regulations import RegulationError
from credits.services.rulebooks import in_force
from credits.services.runs import recalculate_now
from credits.services.verification import verify
from tests.credits.regulations.helpers import (
    EXAMPLE,
    GOLDEN,
    KEY,
    admin,
    drafted,
    holder,
    published,
    tried,
    withdrawn,
)

pytestmark = pytest.mark.django_db
OLD, NEW = 12.5 * UNIT, 15 * UNIT


def balance(person: Any) -> int:
    return LedgerHead.objects.get(employee=person).balance_units


def code_of(refused: Any) -> str:
    return str(refused.value.code)


def test_a_draft_changes_nothing_for_anybody() -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    drafted()
    assert in_force() is shipped()
    assert runs.stale_ids() == []
    assert balance(person) == OLD


def test_a_published_regulation_holds_from_its_date_in_the_next_run() -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    published()
    assert runs.stale_ids() == [person.pk]
    run = recalculate_now({"stale": True}, "uji")
    assert balance(person) == NEW
    assert run.rules_version == in_force().version != shipped().version
    assert LedgerEntry.objects.filter(edition=KEY).count() == 1
    assert recalculate_now({"all": True}, "uji").changed == 0


def test_the_trial_says_who_would_move_and_posts_nothing() -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    before = LedgerEntry.objects.count()
    version = tried()
    run = regulations.last_trial(version)
    assert run is not None
    assert run.dry_run
    change = run.changes.get()
    assert (change.employee_id, change.before_units, change.after_units) == (person.pk, OLD, NEW)
    assert change.added[0]["edition"] == KEY
    assert LedgerEntry.objects.count() == before
    assert regulations.tried(version)


def test_the_trial_finds_thresholds_that_move_though_no_points_do() -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    cheap = EXAMPLE.replace("2025-01-01", "2030-01-01").replace(
        'coefficient = { value = "15"', 'rank_points = { value = "12.5"'
    )
    run = regulations.last_trial(tried(cheap))
    assert run is not None
    change = run.changes.get()
    assert (change.employee_id, change.thresholds) == (person.pk, ["rank_reached"])
    assert run.changed == 0


def test_who_drafts_does_not_publish() -> None:
    version = tried()
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, version.drafted_by, version.effective_from, "uji")
    assert code_of(refused) == "own_draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulationVersion.objects.update(
            state="published", published_by=version.drafted_by, published_at="2026-01-01T00:00Z"
        )


@pytest.mark.parametrize(
    ("day", "reason", "code"),
    [(date(2025, 1, 2), "uji", "other_date"), (date(2025, 1, 1), "  ", "reason_missing")],
)
def test_the_second_person_states_date_and_reason(day: date, reason: str, code: str) -> None:
    version = tried()
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, admin(), day, reason)
    assert code_of(refused) == code


def test_what_was_not_tried_is_not_published() -> None:
    version = drafted()
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, admin(), version.effective_from, "uji")
    assert code_of(refused) == "not_tried"
    regulations.try_out(version, GOLDEN, admin())  # begun, not finished
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, admin(), version.effective_from, "uji")
    assert code_of(refused) == "not_tried"


def test_a_trial_by_other_rules_does_not_count() -> None:
    other = EXAMPLE.replace(KEY, "konversi-lain").replace("2025-01-01", "2025-03-01")
    version = tried()
    published(other)
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, admin(), version.effective_from, "uji")
    assert code_of(refused) == "not_tried"


def test_two_drafts_for_the_same_day_cannot_both_be_published() -> None:
    second = tried(EXAMPLE.replace(KEY, "konversi-lain"))
    published()
    with pytest.raises(RegulationError) as refused:
        regulations.publish(second, admin(), second.effective_from, "uji")
    assert code_of(refused) == "invalid"
    assert [f.code for f in refused.value.findings] == ["same_day"]


def test_taking_back_takes_two_people_and_reverses_by_difference() -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    version = published()
    recalculate_now({"all": True}, "uji")
    asker = admin()
    with pytest.raises(RegulationError) as refused:
        regulations.withdraw(version, admin())
    assert code_of(refused) == "not_asked"
    regulations.ask_withdrawal(version, asker, "keliru")
    with pytest.raises(RegulationError) as refused:
        regulations.withdraw(version, asker)
    assert code_of(refused) == "own_withdrawal"
    regulations.withdraw(version, admin())
    assert in_force() is shipped()
    recalculate_now({"stale": True}, "uji")
    assert balance(person) == OLD
    assert LedgerEntry.objects.filter(edition=KEY).count() == 2  # the entry and its reversal


def test_what_another_extends_cannot_be_taken_back_first() -> None:
    version = published()
    child = EXAMPLE.replace(f'"{KEY}"', '"anak"').replace('"konversi-2024"', f'"{KEY}"')
    later = published(child.replace("2025-01-01", "2025-06-01"))
    with pytest.raises(RegulationError) as refused:
        regulations.ask_withdrawal(version, admin(), "uji")
    assert code_of(refused) == "others_rest_on_it"
    withdrawn(later)
    withdrawn(version)


def test_a_code_is_never_used_again() -> None:
    withdrawn(published())
    again = tried(EXAMPLE.replace('"15"', '"16"'))
    with pytest.raises(RegulationError) as refused:
        regulations.publish(again, admin(), again.effective_from, "uji")
    assert code_of(refused) == "key_taken"


@pytest.mark.parametrize(
    "change",
    [
        "source = source || ' '", "key = 'lain'", "effective_from = '2020-01-01'",
        "content_hash = repeat('0', 64)", "published_because = 'lain'", "state = 'draft'",
        "golden = '{}'",
    ],
)  # fmt: skip
def test_the_database_itself_keeps_what_was_published(change: str) -> None:
    published()
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE credits_regulationversion SET {change}")


def test_the_database_keeps_a_published_version_from_removal() -> None:
    version = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        version.delete()
    withdrawn(version)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulationVersion.objects.all().delete()


def test_a_draft_is_put_away_and_then_done_with() -> None:
    version = tried()
    regulations.discard(version)
    with pytest.raises(RegulationError) as refused:
        regulations.publish(version, admin(), version.effective_from, "uji")
    assert code_of(refused) == "wrong_state"


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * (64 * 1024 + 1), "too_large"),
        (EXAMPLE.encode("utf-16"), "not_utf8"),
        (b"key = '\0'", "not_utf8"),
        (b"", "invalid"),
        (b"{}", "invalid"),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(RegulationError) as refused:
        regulations.load(data, "x.toml", admin())
    assert code_of(refused) == code
    assert not RegulationVersion.objects.exists()


def test_a_mark_at_the_beginning_of_the_file_does_no_harm() -> None:
    version = regulations.load(b"\xef\xbb\xbf" + EXAMPLE.encode(), "x.toml", admin())
    assert version.source == EXAMPLE


def test_the_same_file_twice_is_one_draft() -> None:
    drafted()
    with pytest.raises(RegulationError) as refused:
        drafted()
    assert code_of(refused) == "loaded_already"


def test_a_closed_period_is_touched_only_with_a_reason() -> None:
    ClosedPeriod.objects.create(start=date(2025, 1, 1), end=date(2025, 12, 31))
    with pytest.raises(RegulationError) as refused:
        drafted()
    assert [f.code for f in refused.value.findings] == ["closed_period"]
    version = regulations.load(EXAMPLE.encode(), "x.toml", admin(), "berlaku surut")
    assert "closed_period" in [code for code, _, _ in version.warnings]


# ------------------------------------------------------------------ one set per piece of work


def test_a_run_that_is_overtaken_stops_instead_of_mixing() -> None:
    people = [holder() for _ in range(3)]
    run = runs.create({"all": True}, "uji")
    RunChunk.objects.filter(run=run).update(employee_ids=[people[0].pk])
    RunChunk.objects.create(run=run, number=2, employee_ids=[p.pk for p in people[1:]])
    runs.do_part(run.pk, run.chunks.get(number=1))
    version = published()
    assert runs.work(run.pk) is False
    run.refresh_from_db()
    assert run.state == CalculationRun.State.OVERTAKEN
    assert set(LedgerHead.objects.values_list("rules_version", flat=True)) == {run.rules_version}
    assert set(runs.stale_ids()) == {p.pk for p in people}
    recalculate_now({"stale": True}, "uji")
    assert {balance(p) for p in people} == {NEW}
    assert version.rules_version == LedgerHead.objects.first().rules_version


def test_the_set_is_asked_once_per_request_and_only_when_needed(
    django_assert_num_queries: Any,
) -> None:
    published()
    in_force()  # built once per process
    deferred(in_force)
    try:
        with django_assert_num_queries(1):
            assert current().by_key[KEY]
            assert edition_on(date(2025, 6, 1)).key == KEY
    finally:
        forget()
    assert edition_on(date(2025, 6, 1)).key == "konversi-2024"  # outside of any work


def test_without_publications_one_statement_answers(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert in_force() is shipped()


def test_what_was_published_stands_against_a_file_of_a_newer_program() -> None:
    book = shipped().extended({KEY: EXAMPLE})
    other = book.extended({KEY: EXAMPLE.replace('"15"', '"20"')})
    assert other.edition(KEY).cited("levels", "ahli_pertama", "coefficient").value == "20"
    assert book.extended({KEY: EXAMPLE}) is book


def test_two_sets_never_share_an_answer() -> None:
    day = date(2025, 6, 1)
    book = shipped().extended({KEY: EXAMPLE})
    for _ in range(2):
        assert edition_on(day).key == "konversi-2024"
        with using(book):
            assert edition_on(day).key == KEY
        assert edition_on(day).key == "konversi-2024"


COEFFICIENTS = st.integers(51, 99).map(lambda n: f"{n / 4:g}")  # 12.75 to 24.75


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(coefficient=COEFFICIENTS, day=st.dates(date(2024, 12, 2), date(2026, 6, 30)), data=st.data())
def test_publishing_and_withdrawing_returns_every_balance(
    db: None, tmp_path: Path, coefficient: str, day: date, data: Any
) -> None:
    with transaction.atomic():
        ratings = st.sampled_from(["sangat_baik", "baik", "butuh_perbaikan", "kurang"])
        people = [holder(predicate=data.draw(ratings)) for _ in range(3)]
        recalculate_now({"all": True}, "uji")
        before = {p.pk: balance(p) for p in people}
        text = EXAMPLE.replace('"15"', f'"{coefficient}"').replace("2025-01-01", day.isoformat())
        version = published(text)
        recalculate_now({"all": True}, "uji")
        withdrawn(version)
        recalculate_now({"all": True}, "uji")
        assert {p.pk: balance(p) for p in people} == before
        assert runs.stale_ids() == []
        assert not verify(tmp_path).findings
        transaction.set_rollback(True)


def test_a_trial_posts_nothing_even_if_asked_to() -> None:
    holder()
    run = recalculate_now({"all": True}, "uji")
    entries = LedgerEntry.objects.count()
    version = drafted()
    trial = runs.create({"all": True}, "uji", trial_of=version, dry_run=False)
    runs.work(trial.pk)
    assert LedgerEntry.objects.count() == entries
    assert set(LedgerHead.objects.values_list("run_id", flat=True)) == {run.pk}
