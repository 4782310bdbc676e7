"""Several at the same moment, by real threads: nothing lost, nothing doubled."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from credits.models import Claim, ClaimEvent, JointWork
from credits.rules.claim_states import Act, State
from credits.services.claims import drafts
from credits.services.claims.acts import perform
from credits.services.claims.drafts import Frame
from credits.services.claims.errors import ClaimError
from tests import factories
from tests.credits.claims.test_acts import coordinator, draft, person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Run all, begun together; "" or the code of what was refused, in the order given."""
    said = [""] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            work()
        except ClaimError as problem:
            said[place] = problem.code
        except Exception as problem:  # shown by the comparison
            said[place] = repr(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_b13_submitting_twice_at_once_submits_once() -> None:
    claim = draft(person())
    one, two = coordinator(claim.employee).user, coordinator(claim.employee).user
    said = at_once(*(lambda user=u: perform(claim, Act.SUBMIT, user) for u in (one, two, one, two)))
    assert sorted(said) == ["", "act_not_open", "act_not_open", "act_not_open"]
    assert ClaimEvent.objects.filter(claim=claim, act=Act.SUBMIT).count() == 1
    claim.refresh_from_db()
    assert (claim.state, claim.stated["points"]) == (State.SUBMITTED, "1.5")


def test_two_coordinators_saving_at_once_overwrite_nothing() -> None:
    claim = draft(person())
    users = [coordinator(claim.employee).user for _ in range(4)]

    def save(n: int) -> None:
        frame = Frame(claim.period_start, claim.period_end, f"Alasan {n}")
        drafts.edit(claim, frame, users[n], 1)

    said = at_once(*(lambda n=n: save(n) for n in range(4)))
    assert sorted(said) == ["", *["edited_meanwhile"] * 3]
    claim.refresh_from_db()
    assert (claim.version, claim.late_reason) == (2, f"Alasan {said.index('')}")


def test_b08_the_same_work_in_two_claims_at_once_is_submitted_once() -> None:
    claimant = person()
    first = draft(claimant)
    activity = first.items.get().activity
    second = factories.ClaimFactory(employee=claimant, period_end=date(2022, 9, 30))
    factories.ClaimItemFactory(claim=second, activity=activity, number=1)
    who = coordinator(claimant).user
    said = at_once(*(lambda c=c: perform(c, Act.SUBMIT, who) for c in (first, second)))
    assert sorted(said) == ["", "has_errors"]
    assert Claim.objects.filter(state=State.SUBMITTED).count() == 1


def test_a_place_among_authors_is_given_once() -> None:
    claims = []
    for _ in range(2):
        claim = draft(person())
        only = claim.items.select_related("activity__table").get()
        table = only.activity.table
        only.delete()
        item = factories.ActivityItemFactory(table=table, element="profesi", level="")
        claims.append((claim, item))
    work = JointWork.objects.create(title="Buku", authors=2)
    for claim, item in claims:
        factories.ClaimItemFactory(claim=claim, activity=item, number=1, work=work, place=1)
    users = [coordinator(claim.employee).user for claim, _item in claims]
    said = at_once(
        *(
            lambda c=c, u=u: perform(c, Act.SUBMIT, u)
            for (c, _item), u in zip(claims, users, strict=True)
        )
    )
    assert sorted(said) == ["", "has_errors"]


def test_a_double_click_makes_one_draft() -> None:
    claimant = person()
    who = coordinator(claimant).user
    frame = Frame(date(2022, 1, 1), date(2022, 6, 30))
    said = at_once(*(lambda: drafts.create("konvensional", claimant, frame, who) for _ in range(3)))
    assert sorted(said) == ["", "draft_exists", "draft_exists"]
    assert Claim.objects.count() == 1
