"""The assessors: verdicts, each alone, until both have finished."""

import threading
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.policy import Role
from assessors.models import Assignment, Membership, Verdict
from assessors.services import judging
from assessors.services.plenaries import plan
from credits.models import Claim
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from tests.assessors.bench import Bench, account
from tests.assessors.test_assigning import (
    CONFLICTS,
    out_of_term,
    promoted,
    refused,
    relative,
    submitter,
    subordinate,
    superior,
    team_over,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def judge_all(assignment: Assignment, *answers: Any) -> Assignment:
    """A verdict on each item (a quantity, 0 rejects, None accepts), and the end."""
    who = account(assignment)
    for number, answer in enumerate(answers, start=1):
        if answer is None:
            judging.give(assignment, who, number, "accept")
        elif answer == 0:
            judging.give(assignment, who, number, "reject", reason="no_evidence")
        else:
            judging.give(assignment, who, number, "change", quantity=answer, reason="quantity")
    return judging.finish(assignment, who)


def test_az081_a_verdict_is_kept_and_may_be_changed_until_the_end() -> None:
    first, _second = Bench().assigned()
    verdict = judging.give(first, account(first), 1, "accept")
    assert (verdict.quantity, verdict.reason) == (3, "")
    words = "dua laporan sama"
    changed = judging.give(
        first, account(first), 1, "change", quantity=2, reason="double", words=words
    )
    assert changed.pk == verdict.pk
    assert (changed.quantity, changed.reason, changed.words) == (2, "double", words)
    missing = refused(judging.finish, first, account(first))
    assert (missing.code, missing.params["item"]) == ("verdicts_missing", 2)
    judging.give(first, account(first), 2, "reject", reason="no_evidence")
    done = judging.finish(first, account(first))
    assert (done.state, done.units) == ("finished", 3_000_000)
    assert done.finished_at is not None


def test_az082_the_same_verdict_twice_is_one_row() -> None:
    first, _second = Bench().assigned()
    seen = {judging.give(first, account(first), 1, "accept").pk for _n in range(2)}
    assert len(seen) == 1
    assert Verdict.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_az082_a_double_click_gives_one_row() -> None:
    first, _second = Bench().assigned()
    who = account(first)
    start = threading.Barrier(2)
    problems: list[Exception] = []

    def run() -> None:
        try:
            start.wait(timeout=30)
            judging.give(first, who, 1, "accept")
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert Verdict.objects.filter(assignment=first).count() == 1


def test_after_the_end_nothing_changes_and_a_second_end_is_the_first() -> None:
    first, _second = Bench().assigned()
    done = judge_all(first, None, None)
    problem = refused(judging.give, first, account(first), 1, "reject", reason="no_evidence")
    assert (problem.code, problem.status) == ("assignment_finished", 409)
    assert judging.finish(first, account(first)).finished_at == done.finished_at


@pytest.mark.parametrize(
    ("answer", "more", "code"),
    [
        ("change", {"quantity": 4, "reason": "quantity"}, "verdict_quantity"),
        ("change", {"quantity": 3, "reason": "quantity"}, "verdict_quantity"),
        ("change", {"quantity": 0, "reason": "quantity"}, "verdict_quantity"),
        ("change", {"reason": "quantity"}, "verdict_quantity"),
        ("change", {"quantity": 2}, "verdict_reason"),
        ("reject", {}, "verdict_reason"),
        ("reject", {"reason": "because"}, "verdict_reason"),
        ("reject", {"reason": "other", "words": " "}, "words_missing"),
        ("perhaps", {}, "verdict_unknown"),
    ],
)
def test_a_verdict_that_is_none_is_refused(answer: str, more: Any, code: str) -> None:
    first, _second = Bench().assigned()
    problem = refused(judging.give, first, account(first), 1, answer, **more)
    assert (problem.code, problem.status) == (code, 400)
    assert not Verdict.objects.exists()


def test_an_item_that_the_claim_does_not_have_is_refused() -> None:
    first, _second = Bench().assigned()
    for number in (0, 9):
        assert refused(judging.give, first, account(first), number, "accept").status == 400


@pytest.mark.parametrize(("make", "code"), CONFLICTS)
def test_a_conflict_that_arises_later_is_refused_at_the_write(make: Any, code: str) -> None:
    first, _second = Bench().assigned()
    judging.give(first, account(first), 1, "accept")
    make(first.claim, first.member)
    for act in (
        lambda: judging.give(first, account(first), 1, "reject", reason="no_evidence"),
        lambda: judging.finish(first, account(first)),
    ):
        problem = refused(act)
        assert (problem.code, problem.status) == ("conflict", 403)
        assert code in [c.code for c in problem.params["conflicts"]]
    assert Verdict.objects.get().answer == "accept"


def conflict_rows(make: Any) -> set[str]:
    first, _second = Bench().assigned()
    make(first.claim, first.member)
    problem = refused(judging.give, first, account(first), 1, "accept")
    assert problem.status == 403
    return {c.row for c in problem.params["conflicts"]}


def test_az083_az029_nobody_judges_his_own_claim() -> None:
    def own(claim: Claim, member: Membership) -> None:
        Claim.objects.filter(pk=claim.pk).update(employee=member.employee)

    assert conflict_rows(own) == {"AZ083"}


def test_az084_a_subordinate_does_not_judge_the_superior() -> None:
    assert conflict_rows(subordinate) == {"AZ084"}


def test_az085_a_superior_does_not_judge_the_subordinate() -> None:
    assert conflict_rows(superior) == {"AZ085"}


def test_az086_a_relative_does_not_judge() -> None:
    assert conflict_rows(relative) == {"AZ086"}


def test_az087_somebody_of_lower_level_does_not_judge() -> None:
    assert conflict_rows(promoted) == {"AZ087"}


def test_az088_who_submitted_a_claim_does_not_judge_it() -> None:
    assert conflict_rows(submitter) == {"AZ088"}


def test_az066_two_roles_do_not_lift_the_conflict() -> None:
    first, _second = Bench().assigned()
    account(first).groups.add(Group.objects.get(name=Role.COORDINATOR.value))
    submitter(first.claim, first.member)
    problem = refused(judging.give, first, account(first), 1, "accept")
    assert [c.code for c in problem.params["conflicts"]] == ["submitter"]


def test_az089_out_of_term_no_verdict_is_taken() -> None:
    assert conflict_rows(out_of_term) == {"AZ089"}
    assert conflict_rows(team_over) == {"AZ089"}


def test_az152_a_superuser_is_not_above_conflicts() -> None:
    first, _second = Bench().assigned()
    who = account(first)
    who.is_superuser = True
    who.save()
    relative(first.claim, first.member)
    assert refused(judging.give, first, who, 1, "accept").code == "conflict"
    chief = UserFactory(is_superuser=True)
    assert refused(judging.give, first, chief, 1, "accept").status == 403


def test_az091_nobody_edits_the_verdicts_of_another() -> None:
    first, second = Bench().assigned()
    problem = refused(judging.give, first, account(second), 1, "accept")
    assert (problem.code, problem.status) == ("not_your_assignment", 403)
    assert refused(judging.finish, first, account(second)).status == 403


def test_an_account_without_the_role_does_not_judge() -> None:
    first, _second = Bench().assigned()
    account(first).groups.clear()
    who = type(account(first)).objects.get(pk=account(first).pk)
    assert refused(judging.give, first, who, 1, "accept").status == 403


def test_b23_the_first_assessor_closes_nothing() -> None:
    bench = Bench()
    first, second = bench.assigned()
    judge_all(first, None, 2)
    claim = Claim.objects.get(pk=first.claim_id)
    assert claim.state == State.JUDGED
    assert judging.result(claim) is None
    assert refused(perform, claim, Act.SCHEDULE, bench.clerk).code == "not_all_finished"
    judge_all(second, None, 0)
    sums = list(Assignment.objects.order_by("pk").values_list("units", flat=True))
    assert sums == [7_500_000, 4_500_000]
    result = judging.result(claim)
    assert result is not None
    assert not result.agreed
    assert result.differing == (2,)
    assert result.sums == (Fraction(5, 2), Fraction(3, 2))
    plenary = plan(first.team, timezone.localdate(), bench.clerk)
    assert [item.why for item in plenary.agenda.all()] == ["difference"]
    claim.refresh_from_db()
    assert claim.state == State.PLENARY
    problem = refused(judging.give, second, account(second), 2, "accept")
    assert problem.status == 409


def test_a_difference_within_the_tolerance_is_agreed_on_the_lower_quantity() -> None:
    first, second = Bench().assigned(items=2, quantity=10)
    judge_all(first, None, None)
    judge_all(second, None, 9)
    result = judging.result(first.claim)
    assert result is not None
    assert result.agreed
    assert result.quantities == {1: 10, 2: 9}
    assert result.items[1].found.reason == "quantity"


def test_results_take_the_same_statements_for_any_number(
    django_assert_num_queries: Any,
) -> None:
    bench = Bench()
    claims = []
    for _n in range(4):
        for row in bench.assigned():
            judge_all(row, None, 2)
        claims.append(Claim.objects.select_related("position").get(pk=row.claim_id))
    for some in (claims[:1], claims):
        with django_assert_num_queries(3):
            assert len(judging.results(some)) == len(some)


def test_a_claim_without_items_is_judged_as_a_whole() -> None:
    from credits.services.claims import kinds

    class Degree(kinds.Kind):
        code = "uji_utuh"
        title = "Uji"

    kinds.register(Degree)
    try:
        first, second = Bench().assigned(items=0, kind="uji_utuh")
        assert refused(judging.give, first, account(first), 1, "accept").status == 400
        assert (
            refused(
                judging.give, first, account(first), 0, "change", quantity=1, reason="other"
            ).code
            == "verdict_unknown"
        )
        for row in (first, second):
            judging.give(row, account(row), 0, "accept")
            judging.finish(row, account(row))
        result = judging.result(first.claim)
        assert result is not None
        assert result.agreed
        assert result.quantities == {0: 1}
    finally:
        del kinds._kinds["uji_utuh"]


def test_the_last_day_of_the_seat_still_counts() -> None:
    first, _second = Bench().assigned()
    Membership.objects.filter(pk=first.member_id).update(end=timezone.localdate())
    judging.give(first, account(first), 1, "accept")
    tomorrow = timezone.localdate() + timedelta(days=1)
    problem = refused(judging.give, first, account(first), 2, "accept", on=tomorrow)
    assert [c.code for c in problem.params["conflicts"]] == ["seat"]


def test_what_is_not_being_judged_takes_no_verdict() -> None:
    first, _second = Bench().assigned()
    Claim.objects.filter(pk=first.claim_id).update(state="plenary")
    assert refused(judging.give, first, account(first), 1, "accept").code == "not_being_judged"
