"""Two at the same moment: one decision, one determination, one line in the ledger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from assessors.rules import Found
from assessors.services import minutes, plenaries
from credits.models import LedgerEntry
from credits.rules.claim_states import Act
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from tests.assessors.sitting import (
    ALL,
    SCAN,
    claimant,
    determiner,
    finished,
    in_session,
    seated,
    submitted,
)
from tests.factories import PositionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(do: Callable[[], object], number: int = 3) -> list[str]:
    """Do it in so many connections at the same moment; the codes of what was refused, "" if not."""
    barrier = Barrier(number)

    def one(_n: int) -> str:
        try:
            barrier.wait(timeout=30)
            do()
        except ClaimError as refused:
            return refused.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(one, range(number)))


def test_two_tabs_decide_and_determine_once() -> None:
    """AZ095, B13: whatever is pressed twice has one event and one entry."""
    where = seated(PositionFactory())
    claim = submitted(claimant(where.team.positions.get()))
    finished(claim, where.members["anggota"], [{}, {1: 1}])
    plenary = in_session(where)
    item = plenary.agenda.get()
    found = {1: Found(4), 2: Found(2)}
    codes = at_once(lambda: plenaries.decide(item, found, ALL, where.chair))
    assert codes == ["", "item_decided", "item_decided"]
    assert claim.events.filter(act="approve").count() == 1
    assert at_once(lambda: plenaries.close(plenary, where.chair), 2) == ["", "plenary_state"]
    plenary.refresh_from_db()
    minutes.sign_minutes(plenary, SCAN, where.secretary, scan=True)
    officer = determiner(claim)
    codes = at_once(lambda: perform(claim, Act.DETERMINE, officer))
    assert codes == ["", "act_not_open", "act_not_open"]
    lines = LedgerEntry.objects.filter(employee=claim.employee, kind="claim")
    assert [line.amount_units for line in lines] == [9_000_000]
