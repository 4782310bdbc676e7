"""Two sets of regulations side by side: whose points differ, and by which figure."""

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Notice
from accounts.policy import Role
from credits.models import CalculationRun, LedgerEntry, LedgerHead, RegulationVersion
from credits.services import regulations, runs
from credits.services.runs import recalculate_now
from tests import factories
from tests.credits.regulations.helpers import (
    EXAMPLE,
    KEY,
    admin,
    drafted,
    holder,
    published,
    withdrawn,
)

pytestmark = pytest.mark.django_db
ANEW = {"anew": "1"}
COMPARE, START = "reports:compare", "reports:compare_start"
CHEAP = EXAMPLE.replace("2025-01-01", "2030-01-01").replace(
    'coefficient = { value = "15"', 'rank_points = { value = "12.5"'
)


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.UserFactory(roles=roles))
    return client


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.HR)


def beside(version: RegulationVersion) -> str:
    return f"with:{version.public_id}"


def asked(first: str, second: str, **more: str) -> dict[str, str]:
    return {"mode": "rules", "set_a": first, "set_b": second, **more}


def compared(client: Client, query: dict[str, str]) -> Any:
    """Start, let the worker do it, and come back to the same address."""
    answer = client.post(reverse(START), query)
    assert answer.status_code == 302
    for key in runs.open_runs():
        runs.work(key)
    return client.get(answer.url)


def rows(answer: Any) -> dict[int, Any]:
    assert answer.status_code == 200
    assert answer.context["asked"].states
    for row in answer.context["rows"]:
        first, second = row["why"].first.rows, row["why"].second.rows
        lines = sum(x.amount for x in second) - sum(x.amount for x in first)
        assert lines == row["difference"].change
    return {row["person"].pk: row for row in answer.context["rows"]}


def changes(answer: Any) -> dict[int, Fraction]:
    return {key: row["difference"].change for key, row in rows(answer).items()}


def test_a_draft_against_what_is_in_force_with_progress_and_the_figure_behind_it(
    officer: Client,
) -> None:
    person, draft = holder(), drafted()
    before = officer.get(reverse(COMPARE), asked("all", beside(draft)))
    assert before.context["run"] is None
    answer = officer.post(reverse(START), asked("all", beside(draft)))
    under_way = officer.get(answer.url)
    assert "data-progress-url" in under_way.content.decode()
    officer.post(reverse(START), asked("all", beside(draft)))  # leads to the one under way
    run = CalculationRun.objects.get()
    runs.work(run.pk)
    shown = officer.get(answer.url)
    assert changes(shown) == {person.pk: Fraction("2.5")}
    (figure,) = rows(shown)[person.pk]["why"].figures
    assert (figure.before, figure.after) == ("12,5", "15")
    assert figure.article_after == "Contoh Pasal 1"
    assert "koefisien" in figure.name
    text = shown.content.decode()
    assert "Contoh Pasal 1" in text
    assert "data-progress-url" not in text
    assert not LedgerEntry.objects.exists()
    assert not LedgerHead.objects.exists()
    run.refresh_from_db()
    assert (run.changed, run.posted, run.state) == (1, 1, "done")
    assert Notice.objects.get().kind == "run.compared.done"


def test_the_same_two_sets_are_found_again_until_facts_change(officer: Client) -> None:
    person, draft = holder(), drafted()
    query = asked("all", beside(draft))
    compared(officer, query)
    again = compared(officer, query)
    assert CalculationRun.objects.count() == 1
    assert again.context["newer"] == 0
    by_list = again.context["earlier"][0][0]
    named = officer.get(reverse(COMPARE), {"mode": "rules", "run": str(by_list.public_id)})
    assert list(changes(named)) == [person.pk]
    factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 12, 31))
    other = holder()
    told = officer.get(reverse(COMPARE), query)
    assert told.context["newer"] >= 1
    assert list(changes(told)) == [person.pk]
    text = told.content.decode().split('name="anew"')[0].rsplit("<form", 1)[1]
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))
    renewed = compared(officer, {k: v for k, v in hidden.items() if "csrf" not in k} | ANEW)
    assert CalculationRun.objects.count() == 2
    assert set(changes(renewed)) == {person.pk, other.pk}


def test_two_versions_of_a_regulation_against_each_other(officer: Client) -> None:
    person, first = holder(), drafted()
    second = drafted(EXAMPLE.replace('"15"', '"20"'))
    answer = compared(officer, asked(beside(first), beside(second)))
    assert changes(answer) == {person.pk: Fraction(5)}
    difference = rows(answer)[person.pk]["difference"]
    assert (difference.before, difference.after) == (15, 20)
    backwards = compared(officer, asked(beside(second), beside(first)))
    assert changes(backwards) == {person.pk: Fraction(-5)}


def test_a_draft_takes_the_place_of_a_published_one_of_the_same_day(officer: Client) -> None:
    person = holder()
    other = drafted(EXAMPLE.replace(KEY, "konversi-lain").replace('"15"', '"20"'))
    later = drafted(EXAMPLE.replace(KEY, "aaa-lain").replace('"15"', '"22"'))
    published()
    assert changes(compared(officer, asked("all", beside(other)))) == {person.pk: Fraction(5)}
    assert changes(compared(officer, asked("all", beside(later)))) == {person.pk: Fraction(7)}


def test_what_was_in_force_on_a_day_and_without_one(officer: Client) -> None:
    person = holder()
    published()
    by_day = compared(officer, asked("all", "all", on_a="31-12-2024"))
    assert changes(by_day) == {person.pk: Fraction("2.5")}
    left_out = compared(officer, asked(f"without:{KEY}", "all"))
    assert changes(left_out) == {person.pk: Fraction("2.5")}
    assert Fraction("2.5") == left_out.context["sum"]


def test_the_rules_as_known_at_two_moments_stay_what_they_were(officer: Client) -> None:
    person = holder()
    with time_machine.travel(datetime(2026, 3, 1, 3, tzinfo=UTC), tick=False):
        version = published()
    with time_machine.travel(datetime(2026, 5, 1, 3, tzinfo=UTC), tick=False):
        withdrawn(version)
    query = asked("all", "all", known_a="28-02-2026", known_b="15-03-2026")
    assert changes(compared(officer, query)) == {person.pk: Fraction("2.5")}
    query = asked("all", "all", known_a="15-03-2026", known_b="02-05-2026")
    answer = compared(officer, query)
    assert changes(answer) == {person.pk: Fraction("-2.5")}
    run = answer.context["run"]
    published(EXAMPLE.replace(KEY, "konversi-lain").replace('"15"', '"20"'))
    named = officer.get(reverse(COMPARE), {"mode": "rules", "run": str(run.public_id)})
    assert changes(named) == {person.pk: Fraction("-2.5")}


def test_a_set_without_a_change_of_points_names_what_it_states_differently(
    officer: Client,
) -> None:
    holder()
    answer = compared(officer, asked("without:konversi-2025-ketenagakerjaan", "all"))
    assert changes(answer) == {}
    (said,) = answer.context["otherwise"]
    assert said.since == date(2025, 12, 1)
    (figure,) = [f for f in said.figures if f.article_after.endswith("ayat (4)")][:1]
    assert (figure.before, figure.article_before) == ("–", "–")


def test_a_threshold_that_moves_though_no_points_do(officer: Client) -> None:
    person, draft = holder(), drafted(CHEAP)
    answer = compared(officer, asked("all", beside(draft)))
    assert changes(answer) == {person.pk: Fraction(0)}
    why = rows(answer)[person.pk]["why"]
    assert len(why.thresholds) == 1
    assert [(f.before, f.after) for f in why.figures] == [("50", "12,5")]


def test_the_ledger_plays_no_part_when_somebody_is_not_up_to_date(officer: Client) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 12, 31))
    answer = compared(officer, asked("all", beside(drafted())))
    difference = rows(answer)[person.pk]["difference"]
    assert (difference.before, difference.after) == (25, Fraction("27.5"))


def test_what_other_acts_posted_belongs_to_both_sides(officer: Client) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    claim = LedgerEntry.objects.latest("seq")
    claim.pk, claim.seq, claim.kind = None, claim.seq + 1, "carried"
    claim.save(force_insert=True)
    answer = compared(officer, asked("all", beside(drafted())))
    difference = rows(answer)[person.pk]["difference"]
    assert (difference.before, difference.after) == (25, Fraction("27.5"))


def test_a_position_that_one_set_leaves_to_the_ledger_keeps_what_stands_there(
    officer: Client,
) -> None:
    person = holder()
    recalculate_now({"all": True}, "uji")
    factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 12, 31))
    code = person.appointments.get().position.code
    own = f'[own_rules]\n"{code}" = {{ value = "not_computed", cite = "coefficient_new" }}'
    draft = drafted(EXAMPLE.split("[levels")[0] + own)
    difference = rows(compared(officer, asked("all", beside(draft))))[person.pk]["difference"]
    assert (difference.before, difference.after) == (25, Fraction("12.5"))


def test_only_some_of_the_people_and_the_totals(officer: Client) -> None:
    ani, budi = holder(), holder()
    unit = factories.UnitFactory()
    factories.MembershipFactory(employee=budi, unit=unit)
    query = asked("all", beside(drafted()))
    answer = compared(officer, query)
    assert set(changes(answer)) == {ani.pk, budi.pk}
    assert sum(t.people for t in answer.context["by_position"]) == 2
    job = ani.appointments.get().position_id
    by_job = officer.get(reverse(COMPARE), query | {"position": job})
    assert ani.pk in changes(by_job)
    assert list(changes(officer.get(reverse(COMPARE), query | {"unit": unit.pk}))) == [budi.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (asked("all", "all"), "set_b"),
        (asked("all", "all", on_a="31-12-2022"), "on_a"),
        (asked("all", "all", on_b="31-02-2026"), "on_b"),
        (asked("with:tiada", "all"), "set_a"),
        (asked("all", "without:tiada"), "set_b"),
    ],
)
def test_what_cannot_be_compared_is_said_at_its_field(
    officer: Client, query: dict[str, str], field: str
) -> None:
    answer = officer.post(reverse(START), query, follow=True)
    assert list(answer.context["form"].errors) == [field]
    assert not CalculationRun.objects.exists()


def test_a_version_that_no_longer_fits_is_said(officer: Client) -> None:
    parent = published()
    child = drafted(
        EXAMPLE.replace(KEY, "konversi-anak")
        .replace("konversi-2024", KEY)
        .replace("2025-01-01", "2025-06-01")
    )
    withdrawn(parent)
    answer = officer.post(reverse(START), asked("all", beside(child)), follow=True)
    assert list(answer.context["form"].errors) == ["set_b"]
    assert officer.get(reverse(COMPARE), {"mode": "rules"}).status_code == 200


def test_who_may_start_who_may_look_and_who_sees_no_drafts() -> None:
    holder()
    draft = drafted()
    query = asked("all", beside(draft))
    put_away = drafted(EXAMPLE.replace('"15"', '"16"'))
    regulations.discard(put_away)
    auditor = signed_in(Role.AUDITOR)
    assert auditor.post(reverse(START), query).status_code == 403
    compared(signed_in(Role.ADMIN), query)
    seen = auditor.get(reverse(COMPARE), query)
    assert len(changes(seen)) == 1
    text = seen.content.decode()
    assert reverse(START) not in text
    assert str(put_away.public_id) not in text
    for role in (Role.COORDINATOR, Role.POSITION_COORDINATOR, Role.SUPERIOR):
        answer = signed_in(role).get(reverse(COMPARE), query)
        assert answer.context["mode"] == "days"
        assert draft.title not in answer.content.decode()


def test_the_differences_as_a_sheet(officer: Client) -> None:
    person = holder()
    query = asked("all", beside(drafted()))
    compared(officer, query)
    answer = officer.post(reverse("reports:compare_export", query=query), {"reason": "Uji sah"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    head, row = list(book.active.iter_rows(values_only=True))
    assert (row[0], *row[4:7]) == (person.nip, 12.5, 15, 2.5)
    assert "12,5 → 15" in row[9]
    assert len(head) == len(row)


def test_a_comparison_is_never_applied_nor_taken_for_a_preview(officer: Client) -> None:
    holder()
    draft = drafted()
    officer.post(reverse(START), asked("all", beside(draft)))
    run = CalculationRun.objects.get()
    officer.post(reverse("credits:run_start"), {"for_whom": "all", "reason": "Uji"})
    preview = CalculationRun.objects.latest("pk")
    assert preview.pk != run.pk
    assert preview.compared is None
    for one in (run, preview):
        runs.work(one.pk)
    page = officer.get(reverse("credits:run", args=[run.public_id]))
    assert not page.context["may_apply"]
    assert draft.title in page.content.decode()
    officer.post(reverse("credits:run_apply", args=[run.public_id]))
    assert not LedgerEntry.objects.exists()
    offered = officer.get(reverse(COMPARE), {"mode": "runs"}).content.decode()
    assert str(run.public_id) not in offered
    assert str(preview.public_id) in offered


def test_a_stopped_comparison_is_said_and_can_be_started_again(officer: Client) -> None:
    holder()
    query = asked("all", beside(drafted()))
    answer = officer.post(reverse(START), query)
    run = CalculationRun.objects.get()
    runs.cancel(run)
    stopped = officer.get(reverse(COMPARE), {"mode": "rules", "run": str(run.public_id)})
    assert stopped.context["asked"].states is None
    assert officer.get(answer.url).context["run"] is None
    assert len(changes(compared(officer, query))) == 1


def test_the_usual_question_is_the_newest_draft_or_the_newest_edition(officer: Client) -> None:
    first = officer.get(reverse(COMPARE), {"mode": "rules"})
    assert first.context["form"].initial["set_a"].startswith("without:")
    draft = drafted(by=admin())
    usual = officer.get(reverse(COMPARE), {"mode": "rules"}).context["form"].initial
    assert (usual["set_a"], usual["set_b"]) == ("all", beside(draft))


@pytest.mark.parametrize("people", [3, 40])
def test_it_costs_the_same_whatever_the_number(
    officer: Client, people: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(people):
        holder()
    query = asked("all", beside(drafted()))
    compared(officer, query)
    with django_assert_max_num_queries(12):
        answer = officer.get(reverse(COMPARE), query)
    assert len(rows(answer)) == min(people, 25)
