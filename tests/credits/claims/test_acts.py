"""The spine of claims: acts by the one machine, who may, and what a determination counts."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.policy import Role
from credits.models import Claim, ClaimDecision, ClaimEvent, LedgerEntry
from credits.rules.claim_states import MACHINES, Act, Actor, Path, State, diagram
from credits.services.claims.acts import acts_open, perform
from credits.services.claims.conventional import Conventional
from credits.services.claims.errors import ClaimError
from credits.services.runs import recalculate_now
from employees.models import Employee, Kinship
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def person(level: str = "ahli_pertama", golongan: str = "III/a", **others: object) -> Employee:
    held = factories.AppointmentFactory(level=level, start=date(2020, 1, 1), way="first")
    factories.RankFactory(employee=held.employee, golongan=golongan, effective_on=date(2020, 1, 1))
    factories.MembershipFactory(employee=held.employee, start=date(2020, 1, 1), **others)
    return held.employee


def draft(claimant: Employee, quantity: int = 3) -> Claim:
    claim = factories.ClaimFactory(employee=claimant)
    table = factories.ActivityTableFactory(position=claim.position)
    item = factories.ActivityItemFactory(table=table)
    factories.ClaimItemFactory(claim=claim, activity=item, number=1, quantity=quantity)
    return claim


def coordinator(claimant: Employee) -> Employee:
    who = factories.EmployeeFactory(user=UserFactory(roles=[Role.COORDINATOR]))
    unit = claimant.memberships.get().unit
    factories.ClaimCoordinatorFactory(unit=unit, employee=who)
    return who


def test_a_coordinator_submits_and_the_event_says_so() -> None:
    claim = draft(person())
    who = coordinator(claim.employee)
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.SUBMIT, UserFactory(roles=[Role.COORDINATOR]))
    assert refused.value.code == "not_yours"
    claim.submitted_at = timezone.now()
    claim.save()
    done = perform(claim, Act.SUBMIT, who.user)
    assert done.state == State.SUBMITTED
    event = ClaimEvent.objects.get(claim=claim)
    assert (event.act, event.before, event.after, event.role) == (
        "submit",
        "draft",
        "submitted",
        "coordinator",
    )
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.SUBMIT, who.user)
    assert refused.value.code == "act_not_open"


def test_nobody_submits_for_himself_or_a_relative() -> None:
    claim = draft(person())
    claimant = claim.employee
    claimant.user = UserFactory(roles=[Role.COORDINATOR])
    claimant.save()
    factories.ClaimCoordinatorFactory(unit=claimant.memberships.get().unit, employee=claimant)
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.SUBMIT, claimant.user)
    assert refused.value.code == "own_claim"
    assert not [t for t, _r in acts_open(claim, claimant.user) if t.act == Act.SUBMIT]
    who = coordinator(claimant)
    Kinship.objects.create(employee=claimant, relative=who, kind="spouse")
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.SUBMIT, who.user)
    assert refused.value.code == "relative"


def test_the_database_keeps_events_as_they_are() -> None:
    claim = draft(person())
    event = ClaimEvent.objects.create(claim=claim, act="x", before="a", after="b", role="system")
    for change in (event.delete, lambda: ClaimEvent.objects.update(act="y")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_determination_counts_from_the_stated_balance_on_and_is_taken_back() -> None:
    claimant = person()
    factories.OpeningFactory(employee=claimant, points=20)
    decision = Conventional().determine(draft(claimant), None, date(2023, 3, 1))
    assert decision.units == 1_500_000 * 3
    recalculate_now({"nip": claimant.nip}, "uji")
    entries = LedgerEntry.objects.filter(employee=claimant, kind="claim")
    line = entries.get()
    assert (line.amount_units, line.effective_on) == (4_500_000, date(2022, 12, 31))
    ClaimDecision.objects.update(withdrawn_at=timezone.now())
    Employee.objects.update(facts_version=99)
    recalculate_now({"nip": claimant.nip}, "uji")
    assert sum(e.amount_units for e in entries) == 0
    assert entries.count() == 2


def test_what_the_stated_balance_holds_is_not_counted_twice() -> None:
    claimant = person()
    factories.OpeningFactory(employee=claimant, points=20)
    Conventional().determine(draft(claimant), None, date(2022, 11, 1))
    recalculate_now({"nip": claimant.nip}, "uji")
    assert not LedgerEntry.objects.filter(employee=claimant, kind="claim").exists()


def test_points_come_from_the_server_with_a_trace() -> None:
    checked = Conventional().check(draft(person(), quantity=4), date(2026, 1, 1))
    assert checked.points == Fraction(2)
    assert checked.errors == ()
    assert checked.trace["items"][0]["article"]


def test_every_state_can_be_left_or_is_an_end_and_every_machine_draws_itself() -> None:
    ends = {State.CANCELLED, State.WITHDRAWN}
    for path in Path:
        reached = {State.DRAFT} | {t.target for t in MACHINES[path]}
        left = {source for t in MACHINES[path] for source in t.sources}
        assert reached - left == ends
        assert "stateDiagram-v2" in diagram(path)
    assert Actor.SYSTEM in {a for t in MACHINES[Path.BUREAU] for a in t.actors}


def test_the_page_shows_whose_turn_it_is_and_does_the_act(client: Client) -> None:
    claim = draft(person())
    who = coordinator(claim.employee)
    claim.submitted_at = timezone.now()
    claim.save()
    client.force_login(who.user)
    page = reverse("credits:claim", args=[claim.public_id])
    assert 'name="reason"' not in client.get(page).content.decode()
    answer = client.post(reverse("credits:claim_act", args=[claim.public_id]), {"act": "submit"})
    assert answer.headers["Location"] == page
    claim.refresh_from_db()
    assert claim.state == State.SUBMITTED
    again = client.post(
        reverse("credits:claim_act", args=[claim.public_id]), {"act": "submit"}, follow=True
    )
    assert "lebih cepat" in again.content.decode()
    assert claim.events.count() == 1
    client.force_login(UserFactory(roles=[Role.COORDINATOR]))
    assert client.get(page).status_code == 404
