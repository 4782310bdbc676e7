"""The pages of the secretary and of the assessors."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.policy import Role
from assessors.models import Assignment, Plenary, Verdict
from assessors.services import assigning, judging
from credits.models import Claim
from credits.rules.claim_states import State
from tests import factories
from tests.assessors.bench import Bench, account
from tests.assessors.test_assigning import out_of_term, relative
from tests.assessors.test_judging import judge_all
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def at(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: Any, name: str, *arguments: Any, **query: Any) -> str:
    answer = at(user).get(reverse(f"assessors:{name}", args=arguments), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def judge_url(assignment: Assignment) -> str:
    return reverse("assessors:judge", args=[assignment.public_id])


# ------------------------------------------------------------------ the desk


def test_the_desk_shows_what_is_next_and_the_load() -> None:
    bench = Bench()
    incoming, ready = bench.claim("submitted"), bench.claim()
    judged = bench.assigned()
    for row in bench.assigned():
        judge_all(row, None, None)
    Assignment.objects.filter(pk=judged[0].pk).update(
        due_on=timezone.localdate() - timedelta(days=1)
    )
    other = Bench().claim("submitted")
    answer = at(bench.clerk).get(reverse("assessors:desk"))
    assert [(name, n) for name, _label, n in answer.context["tabs"]] == [
        ("incoming", 1),
        ("ready", 1),
        ("judged", 1),
        ("late", 1),
        ("finished", 1),
    ]
    text = answer.content.decode()
    assert incoming.employee.full_name in text
    assert other.employee.full_name not in text
    assert ready.employee.full_name in page(bench.clerk, "desk", stage="ready")
    late = page(bench.clerk, "desk", stage="late")
    assert reverse("assessors:reassignment", args=[judged[0].public_id]) in late
    load = {
        row["member"]: (row["judge"].load, row["member"].late) for row in answer.context["load"]
    }
    assert load[bench.members[0]] == (1, 1)
    assert load[bench.members[2]] == (0, 0)


def test_the_sums_are_on_the_desk_once_both_have_finished() -> None:
    bench = Bench()
    first, second = bench.assigned()
    judge_all(first, None, 1)
    assert "2,000" not in page(bench.clerk, "desk", stage="judged")
    judge_all(second, None, 1)
    assert "2,000" in page(bench.clerk, "desk", stage="finished")


@pytest.mark.parametrize("size", [1, 8])
def test_a_desk_costs_the_same_whatever_its_size(
    size: int, django_assert_max_num_queries: Any
) -> None:
    bench = Bench()
    for _n in range(size):
        bench.assigned()
        bench.claim("submitted")
    client = at(bench.clerk)
    for stage in ("incoming", "judged"):
        with django_assert_max_num_queries(12):
            client.get(reverse("assessors:desk"), {"stage": stage})


def test_a_secretary_without_a_seat_is_told_so() -> None:
    text = page(UserFactory(roles=[Role.SECRETARY]), "desk")
    assert 'class="empty"' in text
    assert "?stage=" not in text


def test_a_claim_is_passed_on_or_returned_with_what_is_lacking() -> None:
    bench = Bench()
    claim = bench.claim("submitted")
    url = reverse("assessors:completeness", args=[claim.public_id])
    client = at(bench.clerk)
    assert claim.employee.full_name in client.get(url).content.decode()
    wrong = client.post(url, {"act": "pass", "lack-1-code": "unreadable"})
    assert wrong.status_code == 400
    assert client.post(url, {"act": "return"}).status_code == 400
    assert client.post(url, {"act": "return", "lack-1-code": "other"}).status_code == 400
    claim.refresh_from_db()
    assert claim.state == State.SUBMITTED
    posted = {"act": "return", "lack-1-code": "unreadable", "lack-1-words": "halaman 3"}
    assert client.post(url, posted).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.RETURNED
    seen = at(claim.employee.user).get(reverse("credits:claim", args=[claim.public_id]))
    assert "halaman 3" in seen.content.decode()
    other = bench.claim("repaired")
    url = reverse("assessors:completeness", args=[other.public_id])
    assert client.post(url, {"act": "pass"}).status_code == 302
    other.refresh_from_db()
    assert other.state == State.CHECKED
    assert client.post(url, {"act": "pass"}).status_code == 409


def test_b22_the_desk_of_another_team_does_not_exist() -> None:
    bench, other = Bench(), Bench()
    claim = bench.claim("submitted")
    first, _second = bench.assigned()
    client = at(other.clerk)
    for name, key in (("completeness", claim.public_id), ("reassignment", first.public_id)):
        url = reverse(f"assessors:{name}", args=[key])
        assert client.get(url).status_code == 404
        assert client.post(url, {"act": "pass", "member": "1", "reason": "x"}).status_code == 404
    ready = bench.claim()
    posted = {
        "claim": str(ready.public_id),
        f"judges-{ready.public_id}": [m.pk for m in bench.members[:2]],
    }
    client.post(reverse("assessors:distribution"), posted)
    ready.refresh_from_db()
    assert ready.state == State.CHECKED
    assert not ready.assignments.exists()


def test_the_secretary_does_not_check_the_own_claim() -> None:
    bench = Bench()
    claim = bench.claim("submitted", employee=bench.secretary.employee)
    url = reverse("assessors:completeness", args=[claim.public_id])
    assert 'value="pass"' not in at(bench.clerk).get(url).content.decode()
    assert at(bench.clerk).post(url, {"act": "pass"}).status_code == 403


def test_a_proposal_is_shown_with_each_exclusion_and_assigned_as_chosen() -> None:
    bench = Bench()
    claim, clear = bench.claim(), bench.claim()
    relative(claim, bench.members[0])
    text = page(bench.clerk, "distribution")
    assert bench.members[0].employee.full_name in text
    assert "UU 30/2014 Pasal 43" in text
    url = reverse("assessors:distribution")
    posted = {
        "claim": [str(claim.public_id), str(clear.public_id)],
        f"judges-{claim.public_id}": [m.pk for m in bench.members[:2]],
        f"judges-{clear.public_id}": [m.pk for m in bench.members[1:]],
    }
    answer = at(bench.clerk).post(url, posted, follow=True)
    assert "UU 30/2014 Pasal 43" in answer.content.decode()
    claim.refresh_from_db()
    clear.refresh_from_db()
    assert (claim.state, clear.state) == (State.CHECKED, State.JUDGED)
    assert {a.member for a in clear.assignments.all()} == set(bench.members[1:])
    again = at(bench.clerk).post(url, posted, follow=True)
    assert again.status_code == 200
    assert clear.assignments.count() == 2


@pytest.mark.parametrize("posted", [{}, {"claim": "x"}, {"claim": "1) OR 1=1 --", "team": "'"}])
def test_what_is_no_claim_assigns_nothing(posted: Any) -> None:
    bench = Bench()
    bench.claim()
    answer = at(bench.clerk).post(reverse("assessors:distribution"), posted)
    assert answer.status_code == 302
    assert not Assignment.objects.exists()


def test_a_claim_with_too_few_assessors_says_so() -> None:
    bench = Bench(members=0)
    claim = bench.claim(employee=bench.chair.employee)
    answer = at(bench.clerk).get(reverse("assessors:distribution"))
    assert [(row["claim"], row["short"]) for row in answer.context["rows"]] == [(claim, True)]
    assert "notice-warn" in answer.content.decode()


@pytest.mark.parametrize("size", [1, 8])
def test_a_distribution_costs_the_same_whatever_its_size(
    size: int, django_assert_max_num_queries: Any
) -> None:
    bench = Bench()
    for _n in range(size):
        bench.claim()
    client = at(bench.clerk)
    with django_assert_max_num_queries(16):
        assert len(client.get(reverse("assessors:distribution")).context["rows"]) == size


def test_the_secretary_gives_an_assignment_on() -> None:
    bench = Bench()
    first, second = bench.assigned()
    url = reverse("assessors:reassignment", args=[first.public_id])
    client = at(bench.clerk)
    text = client.get(url).content.decode()
    assert bench.members[2].employee.full_name in text
    wrong = client.post(url, {"member": second.member_id, "reason": "sakit"})
    assert wrong.status_code == 400
    assert client.post(url, {"member": bench.members[2].pk}).status_code == 400
    assert client.post(url, {"member": bench.members[2].pk, "reason": "sakit"}).status_code == 302
    first.refresh_from_db()
    assert first.state == "replaced"
    assert first.claim.assignments.filter(member=bench.members[2], state="open").exists()
    assert at(account(first)).get(judge_url(first)).status_code == 403


# ------------------------------------------------------------------ judging


def test_az078_the_queue_leads_to_an_item_with_its_evidence() -> None:
    bench = Bench()
    first, _second = bench.assigned()
    Plenary.objects.create(
        team=bench.team, day=timezone.localdate() + timedelta(days=7), place="Aula"
    )
    text = page(account(first), "queue")
    assert first.claim.employee.full_name in text
    assert "Aula" in text
    shown = page(account(first), "judge", first.public_id)
    item = first.claim.items.get(number=1)
    assert item.activity.name in shown
    assert item.files.get().title in shown
    seen = AccessEvent.objects.filter(actor_id=account(first).pk, what="claim", how="view")
    assert seen.exists()


def test_az079_az080_a_claim_that_is_not_assigned_does_not_exist() -> None:
    bench = Bench(members=4)
    first, _second = bench.assigned()
    claim = reverse("credits:claim", args=[first.claim.public_id])
    for stranger in (bench.members[3].employee.user, Bench().members[0].employee.user):
        client = at(stranger)
        assert client.get(judge_url(first)).status_code == 404
        assert client.post(judge_url(first), {"answer": "accept", "item": "1"}).status_code == 404
        assert client.get(claim).status_code == 404
    assert not Verdict.objects.exists()


def test_a_verdict_is_kept_and_the_next_item_comes_until_the_end() -> None:
    first, _second = Bench().assigned()
    client = at(account(first))
    url = judge_url(first)
    posted = {"item": "1", "answer": "accept"}
    assert client.post(url, posted).headers["Location"] == f"{url}?item=2"
    assert client.post(url, posted).headers["Location"] == f"{url}?item=2"
    wrong = client.post(url, {"item": "2", "answer": "change", "quantity": "7", "reason": "double"})
    assert wrong.status_code == 400
    assert 'value="7"' in wrong.content.decode()
    too_early = reverse("assessors:finish", args=[first.public_id])
    assert client.post(too_early).headers["Location"] == f"{url}?item=2"
    changed = {"item": "2", "answer": "change", "quantity": "1", "reason": "double", "words": "x"}
    assert client.post(url, changed).headers["Location"] == f"{url}?item=2#end"
    assert "2,000" in client.get(url).content.decode()
    assert client.post(too_early).headers["Location"] == reverse("assessors:queue")
    first.refresh_from_db()
    assert first.state == "finished"
    assert client.post(url, posted).status_code == 409
    assert client.get(too_early).status_code == 405
    assert Verdict.objects.filter(assignment=first).count() == 2


@pytest.mark.parametrize("item", ["9", "-1", "x", "1) OR 1=1 --", "99999999999"])
def test_an_item_that_is_none_is_not_found(item: str) -> None:
    first, _second = Bench().assigned()
    client = at(account(first))
    answer = client.get(judge_url(first), {"item": item})
    assert answer.status_code == (404 if item.isdecimal() and len(item) < 6 else 200)


def test_points_that_a_browser_sends_are_not_taken() -> None:
    first, second = Bench().assigned()
    client = at(account(first))
    forged = {"answer": "accept", "units": "99", "points": "99", "quantity": "99"}
    for number in (1, 2):
        client.post(judge_url(first), {"item": str(number), **forged})
    client.post(reverse("assessors:finish", args=[first.public_id]), {"units": "99"})
    first.refresh_from_db()
    assert first.units == 9_000_000
    assert second.verdicts.count() == 0


def test_az090_neither_sees_the_other_before_both_have_finished() -> None:
    first, second = Bench().assigned()
    judging.give(first, account(first), 1, "reject", reason="other", words="RAHASIA")
    judging.give(first, account(first), 2, "accept")
    places = [
        judge_url(second),
        reverse("assessors:queue"),
        reverse("credits:claim", args=[second.claim.public_id]),
    ]
    client = at(account(second))
    name = first.member.employee.full_name

    def seen() -> str:
        return "".join(client.get(url).content.decode() for url in places)

    assert "RAHASIA" not in seen()
    judging.finish(first, account(first))
    assert "RAHASIA" not in seen()
    judge_all(second, None, None)
    assert "RAHASIA" in seen()
    assert name not in seen()


def test_az090_a_secretary_who_judges_sees_no_sum_before_both_have_finished() -> None:
    bench = Bench()
    claim = bench.claim()
    assigning.assign(claim, [bench.secretary, bench.members[0]], bench.clerk)
    other = claim.assignments.get(member=bench.members[0])
    judge_all(other, None, 1)
    shown = at(bench.clerk).get(reverse("credits:claim", args=[claim.public_id])).content.decode()
    assert bench.members[0].employee.full_name in shown
    assert "2,000" not in shown


def test_az091_the_judging_of_another_is_403() -> None:
    first, second = Bench().assigned()
    client = at(account(second))
    assert client.post(judge_url(first), {"item": "1", "answer": "accept"}).status_code == 403
    finish = reverse("assessors:finish", args=[first.public_id])
    assert client.post(finish).status_code == 403
    assert not Verdict.objects.exists()


def test_az089_out_of_term_the_judging_is_403_with_the_reason() -> None:
    first, _second = Bench().assigned()
    out_of_term(first.claim, first.member)
    client = at(account(first))
    answer = client.post(judge_url(first), {"item": "1", "answer": "accept"})
    assert answer.status_code == 403
    assert "PermenPANRB 17/2013" in answer.content.decode()
    assert client.get(judge_url(first)).status_code == 403


def test_a_relative_is_refused_with_the_article() -> None:
    first, _second = Bench().assigned()
    relative(first.claim, first.member)
    answer = at(account(first)).post(judge_url(first), {"item": "1", "answer": "accept"})
    assert answer.status_code == 403
    assert "UU 30/2014 Pasal 43" in answer.content.decode()


REFUSED = (Role.COORDINATOR, Role.HR, Role.HOLDER, Role.ADMIN, Role.SECRETARY, Role.CHAIR)


@pytest.mark.parametrize("role", REFUSED)
def test_az065_az121_other_roles_give_no_verdict(role: Role) -> None:
    first, _second = Bench().assigned()
    client = at(UserFactory(roles=[role]))
    assert client.post(judge_url(first), {"item": "1", "answer": "accept"}).status_code == 403
    assert client.get(judge_url(first)).status_code == 403


def test_b21_az029_the_claimant_reaches_no_judging() -> None:
    bench = Bench()
    first, _second = bench.assigned()
    claimant = first.claim.employee
    posted = {"item": "1", "answer": "accept"}
    assert at(claimant.user).post(judge_url(first), posted).status_code == 403
    claimant.user.groups.add(Group.objects.get(name=Role.ASSESSOR.value))
    factories.TeamMembershipFactory(team=bench.team, employee=claimant)
    assert at(claimant.user).post(judge_url(first), posted).status_code == 404
    assert not Verdict.objects.exists()


def test_az152_a_superuser_gives_no_verdict() -> None:
    first, _second = Bench().assigned()
    client = at(UserFactory(is_superuser=True, is_staff=True))
    assert client.post(judge_url(first), {"item": "1", "answer": "accept"}).status_code == 403


def test_az101_the_secretary_fixes_no_verdict() -> None:
    bench = Bench()
    claim = bench.claim("plenary")
    act = reverse("credits:claim_act", args=[claim.public_id])
    assert at(bench.clerk).post(act, {"act": "approve"}).status_code == 403
    claim.refresh_from_db()
    assert claim.state == State.PLENARY


def test_b24_each_act_uses_the_role_that_fits_the_claim() -> None:
    bench, other = Bench(), Bench()
    both = other.secretary.employee
    factories.TeamMembershipFactory(team=bench.team, employee=both)
    claim = bench.claim("submitted")
    url = reverse("assessors:completeness", args=[claim.public_id])
    assert at(both.user).get(url).status_code == 404
    done = assigning.pass_on(other.claim("submitted"), both.user)
    assert done.events.get().role == "secretary"


# ------------------------------------------------------------------ who sees whom


def test_az071_holder_and_coordinator_see_neither_names_nor_scores() -> None:
    bench = Bench()
    first, second = bench.assigned()
    claimant = first.claim.employee
    coordinator = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
    factories.ClaimCoordinatorFactory(unit=claimant.memberships.get().unit, employee=coordinator)
    judge_all(first, None, 1)
    judge_all(second, None, 1)
    address = reverse("credits:claim", args=[first.claim.public_id])
    name = first.member.employee.full_name
    for user in (claimant.user, coordinator.user):
        text = at(user).get(address).content.decode()
        assert claimant.full_name in text
        assert name not in text
        assert "2,000" not in text
    for user in (
        bench.clerk,
        bench.chair.employee.user,
        UserFactory(roles=[Role.HR]),
        UserFactory(roles=[Role.AUDITOR]),
    ):
        text = at(user).get(address).content.decode()
        assert name in text
        assert "2,000" in text
    claimant.user.groups.add(*Group.objects.filter(name__in=[Role.HR.value, Role.AUDITOR.value]))
    assert name not in at(claimant.user).get(address).content.decode()


@pytest.mark.parametrize("size", [1, 9])
def test_the_judging_costs_the_same_whatever_the_number_of_items(
    size: int, django_assert_max_num_queries: Any
) -> None:
    first, _second = Bench().assigned(items=size)
    client = at(account(first))
    with django_assert_max_num_queries(15):
        client.get(judge_url(first))


@pytest.mark.parametrize("size", [1, 8])
def test_a_queue_costs_the_same_whatever_its_size(
    size: int, django_assert_max_num_queries: Any
) -> None:
    bench = Bench()
    for _n in range(size):
        bench.assigned()
    client = at(bench.members[0].employee.user)
    with django_assert_max_num_queries(8):
        client.get(reverse("assessors:queue"))


def test_the_start_page_counts_what_the_lists_show() -> None:
    bench = Bench()
    bench.claim("submitted")
    bench.claim()
    first, _second = bench.assigned()
    Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    for user in (bench.clerk, account(first)):
        client = at(user)
        duties = client.get(reverse("admin:index")).context["duties"]
        seen = {d.kind: d for d in duties if d.kind.startswith(("desk_", "judge"))}
        assert seen
        for duty in seen.values():
            assert client.get(duty.url).context["list"]["page"].paginator.count == duty.count
    assert {"judge", "judge_late"} <= set(seen)


def test_a_claim_in_an_ended_state_leaves_the_queue() -> None:
    first, _second = Bench().assigned()
    Claim.objects.filter(pk=first.claim_id).update(state="cancelled")
    assert first.claim.employee.full_name not in page(account(first), "queue")
