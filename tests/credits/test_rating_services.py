"""Recording ratings and opening balances by hand."""

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.models import OpeningBalance, Rating
from credits.rules.units import UNIT
from credits.services.openings import record_opening
from credits.services.ratings import (
    RatingRow,
    check_period,
    place,
    record_ratings,
    withdraw_rating,
)
from employees.models import Correction
from employees.services.facts import FactError
from tests.approving import approve_all
from tests.factories import EmployeeFactory, UserFactory


class Period(NamedTuple):
    start: date
    end: date


DAYS = st.integers(0, 364).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
PERIODS = st.tuples(DAYS, DAYS).map(lambda pair: Period(min(pair), max(pair)))


@given(st.lists(PERIODS, max_size=12))
def test_whatever_is_recorded_those_in_force_never_overlap(wanted: list[Period]) -> None:
    in_force: list[Period] = []
    for new in wanted:
        covered, refusal = place(new.start, new.end, in_force)
        if refusal is None:
            in_force = [p for p in in_force if p not in covered] + [new]
    ordered = sorted(in_force)
    assert all(a.end < b.start for a, b in pairwise(ordered))


def test_a_partial_overlap_names_the_months_shared() -> None:
    _, refusal = place(
        date(2026, 4, 1), date(2026, 9, 30), [Period(date(2026, 1, 1), date(2026, 6, 30))]
    )
    assert refusal is not None
    assert refusal.code == "rating_overlaps"
    assert refusal.params["months"] == ["2026-04", "2026-05", "2026-06"]


def test_a_period_across_the_regimes_is_refused_with_its_two_parts() -> None:
    refusal = check_period(date(2022, 10, 1), date(2023, 3, 31))
    assert refusal is not None
    assert refusal.code == "period_across_regimes"
    assert (refusal.params["first_end"], refusal.params["second_start"]) == (
        "2022-12-31",
        "2023-01-01",
    )


@pytest.mark.django_db
def test_a_year_replaces_its_quarters_which_stay_readable_and_come_back() -> None:
    budi = EmployeeFactory()
    quarter = RatingRow(budi.pk, date(2024, 1, 1), date(2024, 3, 31), "baik")
    year = RatingRow(budi.pk, date(2024, 1, 1), date(2024, 12, 31), "sangat_baik")
    record_ratings([quarter], None, "dari e-Kinerja")
    approve_all()
    done = record_ratings([year], None, "dari e-Kinerja")
    assert len(approve_all().replaced) == 1
    budi.refresh_from_db()
    assert budi.facts_version > 1
    assert record_ratings([year], None, "lagi").same == 1
    refused = record_ratings([quarter], None, "lagi").refused
    assert [r.code for r in refused] == ["rating_inside_longer"]
    withdraw_rating(done.created[0], "salah orang", UserFactory())
    approve_all()
    in_force = Rating.objects.get(superseded_by=None, withdrawn_at=None)
    assert in_force.end == date(2024, 3, 31)
    assert Correction.objects.filter(employee=budi).count() == 4


@pytest.mark.django_db
def test_a_year_entered_with_its_quarters_replaces_them_at_once() -> None:
    budi = EmployeeFactory()
    quarter = RatingRow(budi.pk, date(2024, 1, 1), date(2024, 3, 31), "baik")
    year = RatingRow(budi.pk, date(2024, 1, 1), date(2024, 12, 31), "sangat_baik")
    done = record_ratings([year, quarter], None, "dari e-Kinerja")
    assert (len(done.created), len(done.superseded), done.refused) == (2, 1, [])
    withdraw_rating(done.created[1], "keliru", UserFactory())
    waits = Rating.objects.get(superseded_by=None, withdrawn_at=None)
    assert (waits.end, waits.state) == (date(2024, 3, 31), "entered")


@pytest.mark.django_db
def test_nobody_records_the_own_rating() -> None:
    user = UserFactory()
    budi = EmployeeFactory(user=user)
    row = RatingRow(budi.pk, date(2024, 1, 1), date(2024, 12, 31), "baik")
    with pytest.raises(FactError, match="own_record"):
        record_ratings([row], user, "sendiri")
    assert not Rating.objects.exists()


@pytest.mark.django_db
def test_one_opening_balance_is_in_force() -> None:
    budi = EmployeeFactory()
    for points in (30, 40):
        record_opening(
            budi, on=date(2022, 12, 31), points=points, kind="pak", reason="PAK lama", actor=None
        )
    assert OpeningBalance.objects.count() == 2
    assert OpeningBalance.objects.get(superseded_by=None).units == 40 * UNIT
    with pytest.raises(FactError, match="amount_negative"):
        record_opening(
            budi, on=date(2022, 12, 31), points=-1, kind="pak", reason="PAK lama", actor=None
        )
