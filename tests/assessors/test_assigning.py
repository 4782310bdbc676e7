"""The secretary: completeness, distribution, assignment, re-assignment."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.policy import Role
from assessors.models import Assignment, Membership, Verdict
from assessors.selectors import claims_for, holding
from assessors.services import assigning, judging
from assessors.services.assigning import Lack
from credits.models import Claim, ClaimEvent
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from employees.models import Delegation, Kinship
from tests import factories
from tests.assessors.bench import START, Bench, account
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def refused(do: Any, *arguments: Any, **more: Any) -> ClaimError:
    with pytest.raises(ClaimError) as problem:
        do(*arguments, **more)
    return problem.value


def test_a_complete_claim_goes_on_and_an_incomplete_one_back_item_by_item() -> None:
    bench = Bench()
    done = assigning.pass_on(bench.claim("submitted"), bench.clerk)
    assert done.state == State.CHECKED
    claim = bench.claim("submitted")
    lacks = [Lack(2, "unreadable", "halaman 3"), Lack(0, "letter")]
    assert assigning.send_back(claim, bench.clerk, lacks, "Lengkapi").state == State.RETURNED
    event = ClaimEvent.objects.get(claim=claim)
    assert event.role == "secretary"
    assert event.details["items"] == [
        {"number": 2, "code": "unreadable", "words": "halaman 3"},
        {"number": 0, "code": "letter", "words": ""},
    ]


def test_a_return_says_why() -> None:
    bench = Bench()
    claim = bench.claim("submitted")
    back = assigning.send_back
    assert refused(back, claim, bench.clerk, [], " ").code == "reason_missing"
    assert refused(back, claim, bench.clerk, [Lack(1, "x")], "r").code == "lack_unknown"
    assert refused(back, claim, bench.clerk, [Lack(1, "other")], "r").code == "words_missing"
    outsider = Bench().clerk
    assert refused(back, claim, outsider, [Lack(1, "letter")], "r").status == 403


def test_az099_the_secretary_gives_a_claim_to_two_assessors_with_a_term() -> None:
    bench = Bench()
    claim = assigning.assign(bench.claim(), bench.members[:2], bench.clerk, on=date(2026, 3, 2))
    assert claim.state == State.JUDGED
    rows = list(claim.assignments.all())
    assert {a.member for a in rows} == set(bench.members[:2])
    assert {a.due_on for a in rows} == {date(2026, 3, 16)}
    assert {a.state for a in rows} == {Assignment.State.OPEN}
    chair = bench.chair.employee.user
    assert refused(assigning.assign, bench.claim(), bench.members[:2], chair).status == 403
    other = Bench(position=bench.position)
    assert refused(assigning.assign, bench.claim(), other.members[:2], bench.clerk).status == 403
    few = refused(assigning.assign, bench.claim(), bench.members[:1], bench.clerk)
    assert (few.code, few.status) == ("assessors_number", 400)


def superior(claim: Claim, member: Membership) -> None:
    factories.SuperiorFactory(employee=claim.employee, superior=member.employee, start=START)


def subordinate(claim: Claim, member: Membership) -> None:
    factories.SuperiorFactory(employee=member.employee, superior=claim.employee, start=START)


def former_superior(claim: Claim, member: Membership) -> None:
    factories.SuperiorFactory(
        employee=claim.employee,
        superior=member.employee,
        start=START,
        end=claim.period_start + timedelta(days=3),
    )


def acting_superior(claim: Claim, member: Membership) -> None:
    boss = factories.EmployeeFactory()
    factories.SuperiorFactory(employee=claim.employee, superior=boss, start=START)
    Delegation.objects.create(officer=boss, deputy=member.employee, start=START)


def relative(claim: Claim, member: Membership) -> None:
    Kinship.objects.create(employee=member.employee, relative=claim.employee, kind="sibling")


def submitter(claim: Claim, member: Membership) -> None:
    Claim.objects.filter(pk=claim.pk).update(submitted_by=member.employee.user)


def resubmitter(claim: Claim, member: Membership) -> None:
    ClaimEvent.objects.create(
        claim=claim,
        act="resubmit",
        before="returned",
        after="repaired",
        actor=member.employee.user,
        role="coordinator",
    )


def promoted(claim: Claim, member: Membership) -> None:
    claim.employee.appointments.update(end=date(2023, 1, 1))
    factories.AppointmentFactory(
        employee=claim.employee,
        position=claim.position,
        level="ahli_madya",
        start=date(2023, 1, 2),
        way="promotion",
    )


def outranked(claim: Claim, member: Membership) -> None:
    Claim.objects.filter(pk=claim.pk).update(golongan="IV/a")


def out_of_term(claim: Claim, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(end=timezone.localdate() - timedelta(days=1))


def team_over(claim: Claim, member: Membership) -> None:
    type(member.team).objects.update(end=timezone.localdate() - timedelta(days=1))


def gone(claim: Claim, member: Membership) -> None:
    type(member.employee).objects.filter(pk=member.employee_id).update(left_on=date(2024, 1, 1))


def on_leave(claim: Claim, member: Membership) -> None:
    factories.StatusPeriodFactory(
        employee=member.employee, kind="unpaid_leave", start=START, end=None
    )


CONFLICTS = [
    (superior, "superior"),
    (former_superior, "superior"),
    (acting_superior, "superior"),
    (subordinate, "subordinate"),
    (relative, "relative"),
    (submitter, "submitter"),
    (resubmitter, "submitter"),
    (promoted, "level"),
    (outranked, "rank"),
    (out_of_term, "seat"),
    (gone, "left"),
    (on_leave, "away"),
]


@pytest.mark.parametrize(("make", "code"), CONFLICTS)
def test_az100_an_assignment_against_the_rules_is_refused_with_its_article(
    make: Any, code: str
) -> None:
    bench = Bench()
    claim = bench.claim()
    make(claim, bench.members[0])
    problem = refused(
        assigning.assign, Claim.objects.get(pk=claim.pk), bench.members[:2], bench.clerk
    )
    assert (problem.code, problem.status) == ("conflict", 400)
    assert code in [c.code for c in problem.params["conflicts"]]
    assert all(c.article for c in problem.params["conflicts"])
    assert not claim.assignments.exists()
    claim.refresh_from_db()
    assert claim.state == State.CHECKED
    share = assigning.propose(bench.team, [claim], timezone.localdate()).shares[0]
    assert bench.members[0].pk not in share.chosen


def test_az100_an_own_claim_is_not_given_to_the_claimant() -> None:
    bench = Bench()
    claim = bench.claim(employee=bench.members[0].employee)
    problem = refused(assigning.assign, claim, bench.members[:2], bench.clerk)
    assert [c.code for c in problem.params["conflicts"]] == ["self"]


def test_nobody_picks_the_judges_of_his_own_claim() -> None:
    bench = Bench(members=4)
    claim = bench.claim(employee=bench.secretary.employee)
    chosen = assigning.propose(bench.team, [claim], timezone.localdate()).shares[0].chosen
    others = [m for m in [bench.chair, *bench.members] if m.pk not in chosen][:2]
    assert refused(assigning.assign, claim, others, bench.clerk).code == "own_claim"
    proposed = [m for m in [bench.chair, *bench.members] if m.pk in chosen]
    done = assigning.assign(claim, proposed, bench.clerk)
    first = done.assignments.get(member=proposed[0])
    other = refused(assigning.reassign, first, others[0], bench.clerk, "sakit")
    assert other.code == "own_claim"


def test_many_claims_are_shared_out_evenly_and_one_refused_stops_no_other() -> None:
    bench = Bench()
    claims = [bench.claim() for _n in range(5)]
    plan = assigning.propose(bench.team, claims, timezone.localdate())
    picks = [
        (claim, [plan.members[pk] for pk in share.chosen])
        for claim, share in zip(claims, plan.shares, strict=True)
    ]
    assigning.assign(claims[2], picks[2][1], bench.clerk)
    done = assigning.assign_many(picks, bench.clerk)
    assert len(done.assigned) == 4
    assert [(claim, problem.code) for claim, problem in done.refused] == [
        (claims[2], "act_not_open")
    ]
    per_member = [m.assignments.count() for m in bench.team.memberships.all()]
    assert sum(per_member) == 10
    assert max(per_member) - min(per_member) <= 1


@pytest.mark.parametrize("number", [1, 6])
def test_a_proposal_takes_the_same_statements_for_any_number(
    number: int, django_assert_max_num_queries: Any
) -> None:
    bench = Bench()
    claims = [bench.claim(submitted_by=bench.clerk) for _n in range(number)]
    with django_assert_max_num_queries(8):
        assert len(assigning.propose(bench.team, claims, timezone.localdate()).shares) == number


def test_no_claim_is_judged_without_assessors() -> None:
    bench = Bench()
    assert refused(perform, bench.claim(), Act.ASSIGN, bench.clerk).code == "assessors_number"


def test_an_open_assignment_is_given_on_with_a_reason_and_stays_on_record() -> None:
    bench = Bench()
    first, second = bench.assigned()
    judging.give(first, account(first), 1, "accept")
    again = assigning.reassign
    member = bench.members[2]
    assert refused(again, first, member, bench.clerk, " ").code == "reason_missing"
    assert refused(again, first, second.member, bench.clerk, "sakit").code == "assigned_already"
    stranger = Bench().members[0]
    assert refused(again, first, stranger, bench.clerk, "sakit").status == 403
    assert refused(again, first, member, Bench().clerk, "sakit").status == 403
    relative(first.claim, member)
    assert refused(again, first, member, bench.clerk, "sakit").code == "conflict"
    Kinship.objects.all().delete()
    new = again(first, member, bench.clerk, "sakit")
    first.refresh_from_db()
    assert (first.state, first.reason, first.replaced_by) == ("replaced", "sakit", new)
    assert first.verdicts.count() == 1
    assert not new.verdicts.exists()
    assert refused(again, first, member, bench.clerk, "x").code == "assignment_replaced"
    assert refused(judging.give, first, account(first), 2, "accept").status == 403


def test_a_finished_assignment_stays_with_who_finished_it() -> None:
    bench = Bench()
    first, _second = bench.assigned(items=1)
    judging.give(first, account(first), 1, "accept")
    judging.finish(first, account(first))
    problem = refused(assigning.reassign, first, bench.members[2], bench.clerk, "sakit")
    assert problem.code == "assignment_finished"


def test_what_is_returned_or_cancelled_leaves_the_assessors_and_keeps_their_verdicts() -> None:
    bench = Bench()
    first, _second = bench.assigned()
    judging.give(first, account(first), 1, "reject", reason="no_evidence")
    claim = assigning.send_back(first.claim, bench.clerk, [], "Lengkapi surat tugas")
    assert set(claim.assignments.values_list("state", flat=True)) == {"replaced"}
    claim.items.filter(number=1).delete()
    verdict = Verdict.objects.get()
    assert (verdict.number, verdict.item, verdict.answer) == (1, None, "reject")
    Claim.objects.filter(pk=claim.pk).update(state="checked")
    assigning.assign(claim, bench.members[:2], bench.clerk)
    perform(claim, Act.CANCEL, UserFactory(roles=[Role.HR]), reason="ganda")
    assert set(claim.assignments.values_list("state", flat=True)) == {"replaced"}


def test_an_objection_goes_to_others_than_those_who_judged() -> None:
    bench = Bench(members=4)
    rows = bench.assigned(items=1)
    for row in rows:
        judging.give(row, account(row), 1, "accept")
        judging.finish(row, account(row))
    claim = rows[0].claim
    Claim.objects.filter(pk=claim.pk).update(state="objection")
    objection = claim.objections.create(reason="Butir 1")
    problem = refused(assigning.assign_objection, objection, bench.members[1:3], bench.clerk)
    assert [c.code for c in problem.params["conflicts"]] == ["judged"]
    new = assigning.assign_objection(objection, bench.members[2:], bench.clerk)
    assert {a.purpose for a in new} == {"objection"}
    again = refused(assigning.assign_objection, objection, bench.members[2:], bench.clerk)
    assert again.code == "assigned_already"
    for row in new:
        judging.give(row, account(row), 1, "change", quantity=2, reason="quantity")
        judging.finish(row, account(row))
    result = judging.result(claim, objection=objection)
    assert result is not None
    assert result.quantities == {1: 2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_two_secretaries_at_once_or_a_task_run_twice_assign_once(same: bool) -> None:
    bench = Bench()
    claim = bench.claim()
    clerk = bench.clerk
    pairs = [bench.members[:2], bench.members[:2] if same else bench.members[1:]]
    start = threading.Barrier(2)
    seen: list[str] = []

    def run(members: list[Membership]) -> None:
        try:
            start.wait(timeout=30)
            assigning.assign(claim, members, clerk)
            seen.append("assigned")
        except ClaimError as problem:
            seen.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(seen) == ["act_not_open", "assigned"]
    assert claim.assignments.count() == 2
    assert ClaimEvent.objects.filter(claim=claim, act="assign").count() == 1


def test_the_team_out_of_term_gets_no_claims() -> None:
    bench = Bench()
    claim = bench.claim()
    team_over(claim, bench.members[0])
    assert refused(assigning.assign, claim, bench.members[:2], bench.clerk).status == 403


@pytest.mark.parametrize("state", ["draft", "submitted", "judged"])
def test_a_team_holds_the_claims_of_its_scope_by_both_ways_of_asking(state: str) -> None:
    bench = Bench()
    claim = bench.claim(state)
    near, far = factories.UnitFactory(), claim.unit or factories.UnitFactory()
    Claim.objects.filter(pk=claim.pk).update(unit=far)
    claim.refresh_from_db()
    teams = [bench.team]
    for levels, units in (
        (["ahli_pertama"], []),
        (["ahli_muda"], []),
        ([], [near]),
        ([], [near, far]),
        (["ahli_pertama", "ahli_muda"], [far]),
    ):
        team = factories.TeamFactory(positions=[bench.position], levels=levels)
        team.units.set(units)
        teams.append(team)
    teams.append(factories.TeamFactory(positions=[factories.PositionFactory()]))

    def both() -> list[bool]:
        found = []
        for team in teams:
            mine = type(team).objects.filter(pk=team.pk).values("pk")
            one = holding(claim, mine).exists()
            assert one == Claim.objects.filter(claims_for([team.pk]), pk=claim.pk).exists()
            found.append(one)
        return found

    open_to_teams = state != "draft"
    scope = [True, True, False, False, True, True, False]
    assert both() == [open_to_teams and fits for fits in scope]
    Assignment.objects.create(
        claim=claim, team=bench.team, member=bench.members[0], due_on=timezone.localdate()
    )
    assert both() == [True] + [False] * 6
