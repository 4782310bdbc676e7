"""A rating counts once a second person approves it: the rules, through services."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credits.facts import facts_of
from credits.models import ClosedPeriod, Rating
from credits.rules.timeline import expected_lines
from credits.services import approvals
from credits.services.periods import reopen
from credits.services.ratings import (
    RatingRow,
    counting,
    record_rating,
    record_ratings,
    waiting,
    withdraw_rating,
)
from credits.services.runs import recalculate_now, stale_ids
from employees.models import Employee
from employees.services.facts import FactError
from tests import factories
from tests.approving import approve_all
from tests.factories import EmployeeFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
Q1 = (date(2024, 1, 1), date(2024, 3, 31))
Q2 = (date(2024, 4, 1), date(2024, 6, 30))
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
PERIODS = [
    *[(date(2024, m, 1), date(2024, m + 2, 28)) for m in (1, 4, 7, 10)],
    (date(2024, 1, 1), date(2024, 6, 28)),
    (date(2024, 7, 1), date(2024, 12, 28)),
    YEAR,
]
PREDICATES = ["baik", "sangat_baik", "kurang"]


def holder() -> Employee:
    person = EmployeeFactory()
    factories.AppointmentFactory(employee=person, start=date(2023, 1, 1))
    factories.RankFactory(employee=person)
    return person


def in_force(person: Employee) -> list[tuple[date, date, str]]:
    rows = Rating.objects.filter(counting(), employee=person).order_by("start")
    return list(rows.values_list("start", "end", "predicate"))


@dataclass(frozen=True)
class Step:
    period: tuple[date, date]
    predicate: str
    approved: bool


STEPS = st.lists(
    st.builds(Step, st.sampled_from(PERIODS), st.sampled_from(PREDICATES), st.booleans()),
    max_size=7,
)
QUIET = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUIET
@given(STEPS)
def test_what_waits_never_changes_what_the_rules_expect(steps: list[Step]) -> None:
    with transaction.atomic():
        person = holder()
        for step in steps:
            before = expected_lines(facts_of([person.pk])[person.pk]).lines
            stood = in_force(person)
            record_ratings([RatingRow(person.pk, *step.period, step.predicate)], None, "uji")
            assert expected_lines(facts_of([person.pk])[person.pk]).lines == before
            assert in_force(person) == stood
            if step.approved:
                approve_all()
            _no_overlap(person)
        transaction.set_rollback(True)


def _no_overlap(person: Employee) -> None:
    with connection.cursor() as cursor:  # the database itself speaks, before the end
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for which in (counting(), waiting()):
        rows = list(Rating.objects.filter(which, employee=person).order_by("start"))
        assert all(a.end < b.start for a, b in pairwise(rows))


@QUIET
@given(STEPS, st.randoms(use_true_random=False))
def test_approving_in_any_order_gives_the_same(steps: list[Step], chance: object) -> None:
    with transaction.atomic():
        person = holder()
        for step in steps:
            record_ratings([RatingRow(person.pk, *step.period, step.predicate)], None, "uji")
            if step.approved:
                approve_all()
        left = list(Rating.objects.filter(waiting(), employee=person).values_list("pk", flat=True))
        results = []
        for order in list(permutations(left))[:6]:
            with transaction.atomic():
                for pk in order:
                    approvals.approve(Rating.objects.filter(pk=pk), None)
                results.append(in_force(person))
                transaction.set_rollback(True)
        assert all(result == results[0] for result in results)
        transaction.set_rollback(True)


def test_the_old_one_counts_until_the_other_is_approved() -> None:
    person = holder()
    RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])
    recalculate_now({"all": True}, "uji")
    record_ratings([RatingRow(person.pk, *YEAR, "kurang")], UserFactory(), "uji")
    assert stale_ids() == []
    assert in_force(person) == [(*YEAR, "baik")]
    approve_all()
    assert stale_ids() == [person.pk]
    assert in_force(person) == [(*YEAR, "kurang")]


def test_whoever_entered_it_does_not_approve_it_and_another_does() -> None:
    person, officer, other = holder(), UserFactory(), UserFactory()
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], officer, "uji")
    with pytest.raises(FactError, match="own_entry"):
        approvals.approve(Rating.objects.all(), officer)
    assert in_force(person) == []
    done = approvals.approve(Rating.objects.all(), other)
    assert len(done.approved) == 1
    rating = Rating.objects.get()
    assert (rating.entered_by, rating.approved_by) == (officer, other)
    assert rating.approved_at is not None


def test_nobody_approves_the_own_rating_also_not_among_others() -> None:
    user = UserFactory()
    mine, other = EmployeeFactory(user=user), EmployeeFactory()
    rows = [RatingRow(p.pk, *YEAR, "baik") for p in (mine, other)]
    record_ratings(rows, UserFactory(), "uji")
    with pytest.raises(FactError, match="own_record"):
        approvals.approve(Rating.objects.all(), user)
    assert not Rating.objects.filter(state="approved").exists()


def test_the_database_itself_refuses_one_pair_of_eyes() -> None:
    user = UserFactory()
    with pytest.raises(IntegrityError, match="rating_four_eyes"):
        RatingFactory(entered_by=user, approved_by=user)


def test_the_database_itself_refuses_an_approval_without_its_instant() -> None:
    with pytest.raises(IntegrityError, match="rating_approved_once"):
        RatingFactory(approved_at=None)


def test_a_rating_that_overlaps_a_waiting_one_in_part_is_refused_in_words() -> None:
    person = holder()
    record_ratings([RatingRow(person.pk, date(2024, 1, 1), date(2024, 4, 30), "baik")], None, "x")
    done = record_ratings([RatingRow(person.pk, *Q2, "baik")], None, "x")
    assert [r.code for r in done.refused] == ["waiting_overlaps"]
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], None, "x")
    done = record_ratings([RatingRow(person.pk, *Q2, "baik")], None, "x")
    assert [r.code for r in done.refused] == ["waiting_inside_longer"]


def test_what_stands_in_force_is_not_entered_again_while_another_waits() -> None:
    person = holder()
    RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])
    record_ratings([RatingRow(person.pk, *YEAR, "kurang")], None, "x")
    done = record_ratings([RatingRow(person.pk, *YEAR, "baik")], None, "x")
    assert [r.code for r in done.refused] == ["another_waits"]


def test_a_returned_rating_comes_back_to_whoever_entered_it_and_what_it_replaced_waits() -> None:
    person, superior, officer = holder(), UserFactory(), UserFactory()
    record_ratings([RatingRow(person.pk, *Q1, "baik")], superior, "x")
    record_ratings([RatingRow(person.pk, *YEAR, "kurang")], officer, "x")
    which = Rating.objects.filter(start=YEAR[0], end=YEAR[1])
    with pytest.raises(FactError, match="reason_missing"):
        approvals.send_back(which, " ", superior)
    assert approvals.send_back(which, "Belum ada SKP", superior) == 1
    returned = which.get()
    assert (returned.state, returned.remark, returned.returned_by) == (
        "returned", "Belum ada SKP", superior,
    )  # fmt: skip
    assert Rating.objects.get(waiting()).end == Q1[1]
    record_ratings([RatingRow(person.pk, *YEAR, "baik")], officer, "diperbaiki")
    returned.refresh_from_db()
    assert returned.superseded_by is not None
    assert Rating.objects.get(waiting()).predicate == "baik"


def test_a_withdrawal_needs_a_second_person_and_may_be_declined() -> None:
    person, officer, other = holder(), UserFactory(), UserFactory()
    quarter = RatingFactory(employee=person, start=Q1[0], end=Q1[1])
    record_ratings([RatingRow(person.pk, *YEAR, "kurang")], officer, "x")
    approve_all()
    year = Rating.objects.get(counting())
    withdraw_rating(year, "salah orang", officer)
    assert in_force(person) == [(*YEAR, "kurang")]
    with pytest.raises(FactError, match="own_entry"):
        approvals.approve(Rating.objects.all(), officer)
    approvals.send_back(Rating.objects.all(), "Benar orangnya", other)
    assert not Rating.objects.filter(approvals.undecided()).exists()
    withdraw_rating(year, "salah orang", officer)
    with pytest.raises(FactError, match="withdrawal_waits"):
        withdraw_rating(year, "lagi", other)
    assert approvals.approve(Rating.objects.all(), other).withdrawn == [year.pk]
    assert in_force(person) == [(*Q1, "baik")]
    quarter.refresh_from_db()
    assert quarter.superseded_by is None


def test_another_period_takes_the_place_only_when_it_is_approved() -> None:
    person = holder()
    year = RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])
    row = RatingRow(person.pk, date(2024, 4, 1), YEAR[1], "baik")
    record_rating(row, "mulai April", UserFactory(), year)
    assert in_force(person) == [(*YEAR, "baik")]
    approve_all()
    assert in_force(person) == [(date(2024, 4, 1), YEAR[1], "baik")]


def test_a_closed_period_takes_neither_ratings_nor_approvals_until_it_is_reopened() -> None:
    person, officer = holder(), UserFactory()
    record_ratings([RatingRow(person.pk, *Q1, "baik")], officer, "x")
    period = ClosedPeriod.objects.create(start=YEAR[0], end=YEAR[1])
    done = record_ratings([RatingRow(person.pk, *Q2, "baik")], officer, "x")
    assert [r.code for r in done.refused] == ["rating_closed"]
    assert [r.code for _rating, r in approve_all().refused] == ["rating_closed"]
    assert in_force(person) == []
    reopen(period, "predikat terlambat", officer)
    assert len(approve_all().approved) == 1


def test_what_no_longer_fits_is_refused_alone_and_waits_on() -> None:
    person, other = holder(), holder()
    rows = [RatingRow(person.pk, *Q1, "baik"), RatingRow(other.pk, *Q1, "baik")]
    record_ratings(rows, None, "x")
    RatingFactory(employee=person, start=YEAR[0], end=YEAR[1])  # has come in from elsewhere
    done = approve_all()
    assert [r.code for _rating, r in done.refused] == ["rating_inside_longer"]
    assert in_force(other) == [(*Q1, "baik")]
