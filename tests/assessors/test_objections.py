"""Objections: within the term, on named items, reviewed by others, answered in a plenary."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from assessors.models import Plenary
from assessors.rules import Found
from assessors.services import plenaries
from assessors.services.plenaries import Votes
from credits.models import Claim, Document, LedgerEntry, NumberScheme, Objection
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from credits.services.claims.objecting import object_to
from tests.assessors.sitting import (
    ALL,
    Seated,
    claimant,
    closed_and_signed,
    determiner,
    finished,
    in_session,
    seated,
    submitted,
)
from tests.factories import PositionFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(code: str, do: Callable[[], object]) -> ClaimError:
    with pytest.raises(ClaimError) as caught:
        do()
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def where() -> Seated:
    return seated(PositionFactory())


@pytest.fixture
def holder() -> User:
    user: User = UserFactory(roles=[Role.HOLDER])
    return user


def decided(where: Seated, holder: User, found: dict[int, Found] | None = None) -> Claim:
    """A claim of 4 and 2 products of which the plenary gave 3 and 2."""
    who = claimant(where.team.positions.get())
    who.user = holder
    who.save()
    claim = submitted(who)
    finished(claim, where.members["anggota"], [{}, {1: 1}])
    plenary = in_session(where)
    plenaries.decide(
        plenary.agenda.get(),
        found or {1: Found(3, "quantity", "satu laporan ganda"), 2: Found(2)},
        ALL,
        where.chair,
    )
    closed_and_signed(where, plenary)
    claim.refresh_from_db()
    return claim


def answered(where: Seated, claim: Claim, found: dict[int, Found], objection: Objection) -> Plenary:
    others = [where.members["wakil_ketua"][0], where.members["pengganti"][0]]
    finished(claim, others, [{1: 4}, {1: 4}], objection)
    plenary = in_session(where)
    row = plenary.agenda.get()
    assert (row.why, row.objection) == ("objection", objection)
    plenaries.decide(row, found, Votes(5), where.chair, words="Bukti dibaca ulang")
    return closed_and_signed(where, plenary)


def test_holder_and_coordinator_object_within_the_term(where: Seated, holder: User) -> None:
    claim = decided(where, holder)
    late = timezone.localdate() + timedelta(days=15)
    refused("objection_too_late", lambda: object_to(claim, [1], "Salah baca", holder, on=late))
    refused("reason_missing", lambda: object_to(claim, [1], " ", holder))
    refused("objection_items", lambda: object_to(claim, [], "Salah baca", holder))
    refused("objection_items", lambda: object_to(claim, [9], "Salah baca", holder))
    refused("objection_items", lambda: perform(claim, Act.OBJECT, holder, reason="Salah baca"))
    refused("not_yours", lambda: object_to(claim, [1], "Salah", UserFactory(roles=[Role.HOLDER])))
    last = timezone.localdate() + timedelta(days=14)
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder, on=last)
    claim.refresh_from_db()
    assert claim.state == State.OBJECTION
    assert [i.number for i in objection.items.all()] == [1]
    refused("act_not_open", lambda: object_to(claim, [1], "Sekali lagi", holder))


def test_an_objection_before_the_determination_changes_the_decision(
    where: Seated, holder: User
) -> None:
    claim = decided(where, holder)
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder)
    refused("act_not_open", lambda: perform(claim, Act.DETERMINE, determiner(claim)))
    answered(where, claim, {1: Found(4)}, objection)
    claim.refresh_from_db()
    objection.refresh_from_db()
    assert (claim.state, objection.outcome, objection.answer) == (
        State.APPROVED,
        "changed",
        "Bukti dibaca ulang",
    )
    assert [i.decided_quantity for i in claim.items.order_by("number")] == [4, 2]
    first, second = claim.agenda.order_by("pk")
    assert first.decided["1"][0] == 3  # what was decided before stays on record
    assert second.decided["1"][0] == 4


def test_a_decision_that_stands_is_not_objected_to_again(where: Seated, holder: User) -> None:
    claim = decided(where, holder)
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder)
    same = {1: Found(3, "quantity", "satu laporan ganda")}
    answered(where, claim, same, objection)
    claim.refresh_from_db()
    objection.refresh_from_db()
    assert (claim.state, objection.outcome) == (State.PARTLY, "upheld")


def test_an_objection_does_not_make_it_worse_nor_reach_other_items(
    where: Seated, holder: User
) -> None:
    claim = decided(where, holder)
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder)
    others = [where.members["wakil_ketua"][0], where.members["pengganti"][0]]
    finished(claim, others, [{1: 2}, {1: 2}], objection)
    row = in_session(where).agenda.get()
    worse = {1: Found(2, "quantity")}
    refused("objection_lowers", lambda: plenaries.decide(row, worse, ALL, where.chair))
    both = {1: Found(4), 2: Found(0, "double")}
    plenaries.decide(row, both, ALL, where.chair)
    assert [i.decided_quantity for i in claim.items.order_by("number")] == [4, 2]


def test_a_determination_that_an_objection_changes_is_replaced(where: Seated, holder: User) -> None:
    """B28: the old decision is withdrawn with a reversal, the new one counts; both stay."""
    NumberScheme.objects.create(pattern="1/{number4}/KP.08.04/{month}/{year}", start="2020-01-01")
    claim = decided(where, holder)
    officer = determiner(claim)
    perform(claim, Act.DETERMINE, officer)
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder)
    answered(where, claim, {1: Found(4)}, objection)
    perform(claim, Act.DETERMINE, officer)
    old, new = claim.decisions.order_by("pk")
    assert (old.units, new.units) == (7_500_000, 9_000_000)
    assert old.withdrawn_at is not None
    assert new.withdrawn_at is None
    lines = LedgerEntry.objects.filter(employee=claim.employee, kind="claim").order_by("seq")
    assert [line.amount_units for line in lines] == [7_500_000, -7_500_000, 9_000_000]
    papers = Document.objects.filter(form="konvensional").order_by("pk")
    assert [p.state for p in papers] == ["revoked", "awaiting"]
    assert papers[1].content["replaces"] == papers[0].number
    assert (old.document, new.document) == tuple(papers)


def test_a_determination_that_stands_keeps_its_papers(where: Seated, holder: User) -> None:
    claim = decided(where, holder)
    perform(claim, Act.DETERMINE, determiner(claim))
    objection = object_to(claim, [1], "Laporan ke-4 ada pada berkas 2", holder)
    answered(where, claim, {1: Found(3, "quantity", "satu laporan ganda")}, objection)
    claim.refresh_from_db()
    assert claim.state == State.DETERMINED
    assert claim.events.order_by("-id").values_list("act", flat=True).first() == "uphold"
    assert claim.decisions.count() == 1
    refused("objection_answered", lambda: object_to(claim, [1], "Sekali lagi", holder))
    lines = LedgerEntry.objects.filter(employee=claim.employee, kind="claim")
    assert [line.amount_units for line in lines] == [7_500_000]
