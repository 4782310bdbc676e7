"""Corrections: the old decision is withdrawn, the new fact recorded, the ledger reversed."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from credits.models import Claim, ClaimDecision, LedgerEntry, OpeningBalance, Rating
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from credits.services.claims.determining import count_anew
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from employees.models import Education, Employee
from tests import factories
from tests.credits.claims.offices import Offices, balance, claim_of, holder, lines, walk
from tests.credits.claims.test_fact_kinds import (
    DAY,
    degree_claim,
    errors,
    graduate,
    integration_claim,
    rating_claim,
    transfer_claim,
)

pytestmark = pytest.mark.django_db


def correction(person: Employee, target: str, outcome: str = "replace", **new: Any) -> Claim:
    details = {f"new_{name}": value for name, value in new.items()}
    stated = {"target": target, "because": "Salah ketik", "outcome": outcome} | details
    claim = claim_of(person, "koreksi", date(2026, 5, 1), **stated)
    kind_of(claim).prepare(claim)
    claim.save()
    return claim


def corrected(claim: Claim, offices: Offices) -> Claim:
    """Walk a correction; what its preview says is what the ledger then holds."""
    checked = kind_of(claim).check(claim, DAY)
    assert checked.errors == ()
    done = walk(claim, offices, DAY)
    assert done.state == State.DETERMINED
    assert balance(claim.employee) == Fraction(checked.trace["after"])
    return done


def test_a_degree_is_corrected_and_nothing_is_overwritten() -> None:
    person = graduate()
    offices = Offices(person)
    first = walk(degree_claim(person), offices, DAY)
    before = balance(person)
    claim = correction(person, f"claim:{first.public_id}", recorded_on="2025-04-04")
    done = corrected(claim, offices)
    first.refresh_from_db()
    assert (first.state, done.corrects) == (State.CANCELLED, first)
    event = first.events.latest("id")
    assert (event.act, event.role, event.details["correction"]) == (
        "annul",
        "system",
        str(done.public_id),
    )
    old = first.decisions.get()
    assert old.withdrawn_at is not None
    assert "Salah ketik" in old.withdrawn_because
    assert balance(person) == before
    entries = LedgerEntry.objects.filter(employee=person, kind="degree").order_by("seq")
    assert [e.amount_units > 0 for e in entries] == [True, False, True]
    assert entries[2].effective_on == date(2025, 4, 4)
    assert Education.objects.get(employee=person, degree="S2").recorded_on == date(2025, 4, 4)


def test_a_decision_is_taken_back_without_a_new_one() -> None:
    person = graduate()
    offices = Offices(person)
    before = balance(person)
    first = walk(degree_claim(person), offices, DAY)
    done = corrected(correction(person, f"claim:{first.public_id}", "withdraw"), offices)
    assert balance(person) == before
    assert not Education.objects.filter(employee=person, degree="S2").exists()
    assert errors(correction(person, f"claim:{first.public_id}", "withdraw")) == {
        "correction.no_target"
    }
    assert errors(correction(person, f"claim:{done.public_id}", "withdraw")) == {
        "correction.no_target"
    }


def test_a_correction_is_corrected() -> None:
    person = holder("ahli_madya", "IV/b")
    offices = Offices(person)
    first = walk(integration_claim(person, "550.63"), offices, DAY)
    second = corrected(correction(person, f"claim:{first.public_id}", points="560"), offices)
    assert balance(person) == 160
    corrected(correction(person, f"claim:{second.public_id}", points="570"), offices)
    assert balance(person) == 170
    assert OpeningBalance.objects.filter(employee=person).count() == 3
    assert ClaimDecision.objects.filter(employee=person, withdrawn_at=None).count() == 1


def test_the_rating_of_a_claim_is_corrected_with_that_claim() -> None:
    person = holder()
    offices = Offices(person)
    first = walk(rating_claim(person, date(2024, 1, 1), date(2024, 12, 31)), offices, DAY)
    rating = Rating.objects.get()
    assert errors(correction(person, f"rating:{rating.pk}", predicate="sangat_baik")) == {
        "correction.of_claim"
    }
    claim = correction(person, f"claim:{first.public_id}", predicate="sangat_baik")
    corrected(claim, offices)
    assert balance(person) == Fraction("18.75")
    shorter = correction(
        person, f"claim:{claim.public_id}", predicate="baik", start="2024-01-01", end="2024-06-30"
    )
    corrected(shorter, offices)
    assert balance(person) == Fraction("6.25")


@pytest.mark.parametrize(
    ("new", "points"),
    [
        ({"predicate": "sangat_baik"}, "18.75"),
        ({"start": "2024-07-01", "end": "2024-12-31"}, "6.25"),
    ],
)
def test_a_rating_entered_by_hand_is_corrected(new: dict[str, str], points: str) -> None:
    person = holder()
    old = factories.RatingFactory(employee=person, start=date(2024, 1, 1), end=date(2024, 12, 31))
    count_anew(person.pk, None)
    offices = Offices(person)
    corrected(correction(person, f"rating:{old.pk}", **new), offices)
    assert lines(person, "conversion") == [Fraction(points)]
    old.refresh_from_db()
    assert old.predicate == "baik"  # still readable
    assert old.superseded_by_id or old.withdrawn_at
    new_one = Rating.objects.exclude(pk=old.pk).get()
    assert (new_one.entered_by, new_one.approved_by) == (offices.coordinator, offices.officers[1])


def test_a_rating_is_withdrawn_and_what_it_had_replaced_counts_again() -> None:
    person = holder()
    quarter = factories.RatingFactory(
        employee=person, start=date(2024, 1, 1), end=date(2024, 3, 31)
    )
    year = factories.RatingFactory(employee=person, start=date(2023, 1, 1), end=date(2023, 12, 31))
    quarter.superseded_by = year
    quarter.save()
    count_anew(person.pk, None)
    corrected(correction(person, f"rating:{year.pk}", "withdraw"), Offices(person))
    assert balance(person) == Fraction("3.125")


def test_an_opening_balance_is_corrected_and_withdrawn() -> None:
    person = holder()
    old = factories.OpeningFactory(employee=person, points=20)
    count_anew(person.pk, None)
    offices = Offices(person)
    first = corrected(correction(person, f"opening:{old.pk}", points="22.5"), offices)
    assert balance(person) == Fraction("22.5")
    old.refresh_from_db()
    assert old.superseded_by == OpeningBalance.objects.exclude(pk=old.pk).get()
    second = corrected(correction(person, f"claim:{first.public_id}", points="23"), offices)
    assert balance(person) == 23
    corrected(correction(person, f"claim:{second.public_id}", "withdraw"), offices)
    assert balance(person) == 20


def test_a_transfer_is_corrected() -> None:
    person = holder("ahli_muda", "III/d", since=date(2025, 1, 1), way="unknown")
    offices = Offices(person)
    first = walk(transfer_claim(person, way="penyetaraan", points="112.5"), offices, DAY)
    corrected(correction(person, f"claim:{first.public_id}", points="125"), offices)
    assert balance(person) == 125


@pytest.mark.usefixtures("without_plenary")
def test_a_conventional_decision_is_corrected_by_quantities() -> None:
    """The points are computed from the items; nobody types them."""
    person = holder()
    factories.OpeningFactory(employee=person, points=20)
    claim = factories.ClaimFactory(employee=person, submitted_at="2026-01-01T00:00:00Z")
    table = factories.ActivityTableFactory(position=claim.position)
    for number, quantity in ((1, 4), (2, 6)):
        item = factories.ActivityItemFactory(table=table)
        factories.ClaimItemFactory(claim=claim, activity=item, number=number, quantity=quantity)
    claim.state = "approved"
    claim.save()
    offices = Offices(person)
    perform(claim, Act.DETERMINE, offices.determiner, on=DAY)
    assert balance(person) == 25
    first = corrected(correction(person, f"claim:{claim.public_id}", q2=2), offices)
    assert (balance(person), first.decisions.get().units) == (23, 3 * 3_000_000)
    corrected(correction(person, f"claim:{first.public_id}", q1=0), offices)
    assert balance(person) == 21
    assert errors(correction(person, f"claim:{first.public_id}", q1=1)) == {"correction.no_target"}


def test_what_a_correction_lacks_is_named() -> None:
    person = graduate()
    offices = Offices(person)
    first = walk(degree_claim(person), offices, DAY)
    key = f"claim:{first.public_id}"
    assert errors(correction(person, key)) == {"correction.same"}
    assert errors(correction(person, key, recorded_on="2025-03-03")) == {"correction.same"}
    assert errors(correction(person, key, "")) == {"correction.no_outcome"}
    assert errors(correction(person, key, recorded_on="2027-01-01")) == {"degree.recorded_later"}
    for target in ("", "claim:x", "rating:x", "opening:999999", "other:1"):
        assert errors(correction(person, target)) == {"correction.no_target"}
    stranger = correction(graduate(), key, recorded_on="2025-04-04")
    assert errors(stranger) == {"correction.no_target"}
    going = correction(person, key, recorded_on="2025-04-04")
    perform(going, Act.SUBMIT, offices.coordinator, on=DAY)
    assert errors(correction(person, key, recorded_on="2025-05-05")) == {"claim.claimed"}


def test_a_correction_that_no_longer_fits_changes_nothing() -> None:
    """Two corrections are on their way past the check; the second finds its target gone."""
    person = graduate()
    offices = Offices(person)
    first = walk(degree_claim(person), offices, DAY)
    claim = correction(person, f"claim:{first.public_id}", recorded_on="2025-04-04")
    claim = walk(claim, offices, DAY, until=Act.CHECK)
    perform(first, Act.ANNUL, None, reason="Lain", on=DAY)
    with pytest.raises(ClaimError) as refused:
        perform(claim, Act.APPROVE, offices.officers[1], on=DAY)
    assert refused.value.code == "no_longer_fits"
    claim.refresh_from_db()
    assert claim.state == State.CHECKED
    assert not claim.decisions.exists()


def test_one_person_does_not_correct_alone() -> None:
    person = graduate()
    offices = Offices(person)
    first = walk(degree_claim(person), offices, DAY)
    claim = correction(person, f"claim:{first.public_id}", recorded_on="2025-04-04")
    officer, second = offices.officers[:2]
    claim = perform(claim, Act.SUBMIT, officer, on=DAY)
    for act, other in ((Act.CHECK, second), (Act.APPROVE, offices.officers[2])):
        with pytest.raises(ClaimError) as refused:
            perform(claim, act, officer, on=DAY)
        assert refused.value.code == "four_eyes"
        if act == Act.APPROVE:
            with pytest.raises(ClaimError) as refused:
                perform(claim, act, second, on=DAY)
            assert refused.value.code == "four_eyes"
        claim = perform(claim, act, other, on=DAY)
    assert claim.state == State.DETERMINED
