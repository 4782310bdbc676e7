"""Decisions on promotion, the calendar of KP, ages."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careers.rules.calendar import (
    kp_authority,
    kp_period_open,
    next_kp_period,
    retirement_on,
    transfer_age_ok,
)
from careers.rules.decision import Standing, decide
from careers.rules.editions import career_edition_on
from credits.rules.editions import latest
from credits.rules.errors import RuleError
from credits.rules.inputs import Predicate
from credits.rules.targets import golongan_of, level_target
from positions.ladder import Golongan, Level

CREDIT = latest()
CAREER = career_edition_on(date(2026, 1, 1))


def standing(level="ahli_pertama", golongan="III/b", points="100", **changes):
    given = {
        "months_in_golongan": 48,
        "predicates": ["baik", "baik"],
        "test_passed": True,
        "vacancy": True,
    }
    return Standing.read(
        CREDIT, level=level, golongan=golongan, points=Fraction(points), **(given | changes)
    )


def decided(*args, **changes):
    return decide(CREDIT, CAREER, standing(*args, **changes))


def codes(decision):
    return [(reason.promotion, reason.code) for reason in decision.reasons]


STANDINGS = st.sampled_from(Level).flatmap(
    lambda level: st.builds(
        Standing,
        level=st.just(level),
        golongan=st.sampled_from(golongan_of(CREDIT, level)),
        points=st.fractions(0, 600, max_denominator=24),
        months_in_golongan=st.integers(0, 60),
        predicates=st.lists(st.sampled_from(Predicate), max_size=3).map(tuple),
        test_passed=st.booleans(),
        vacancy=st.booleans(),
    )
)


@given(STANDINGS, st.fractions(0, 300, max_denominator=24))
def test_more_points_never_take_a_promotion_away(before, more):
    after = decide(CREDIT, CAREER, replace(before, points=before.points + more))
    if decide(CREDIT, CAREER, before).action in {"KP", "KJ"}:
        assert after.action in {"KP", "KJ"}


@given(STANDINGS)
def test_a_promotion_is_one_step_and_only_a_kj_empties_the_ledger(where):
    answer = decide(CREDIT, CAREER, where)
    assert answer.points_after == (0 if answer.action == "KJ" else where.points)
    if answer.action == "KP":
        assert answer.to_golongan.order == where.golongan.order + 1
        assert where.months_in_golongan >= 24
    if answer.action == "KJ":
        assert answer.to_level is where.level.next_level
        assert where.points >= level_target(CREDIT, where.level).points
        assert where.vacancy
        assert where.test_passed
    if answer.action == "NONE" and not answer.reasons:
        assert answer.short_rank or answer.short_level


def test_the_threshold_itself_is_enough_and_a_hair_below_is_not():
    assert decided(points="100").action == "KJ"
    below = decided(points=Fraction(100) - Fraction(1, 3_000_000))
    assert (below.action, below.short_level) == ("NONE", Fraction(1, 3_000_000))


def test_a_missing_year_is_not_a_year_of_baik():
    assert codes(decided(golongan="III/a", points="50", predicates=["baik"])) == [
        ("KP", "predikat")
    ]
    assert codes(decided(predicates=[])) == [("KJ", "predikat")]


def test_a_rank_promotion_out_of_the_top_golongan_waits_for_the_test_while_a_place_is_free():
    assert codes(decided(test_passed=False, months_in_golongan=0)) == [("KJ", "ujikom")]


def test_without_vacancy_both_promotions_say_what_blocks_them():
    blocked = decided(vacancy=False, test_passed=False, months_in_golongan=20)
    assert codes(blocked) == [("KJ", "kebutuhan"), ("KP", "months_in_golongan"), ("KJ", "ujikom")]
    months = next(r for r in blocked.reasons if r.code == "months_in_golongan")
    assert months.params["months_short"] == 4
    assert "Pasal" in months.article


def test_the_one_level_promotion_without_vacancy_happens_once():
    assert decided(vacancy=False).to_golongan == Golongan.III_C
    assert decided(vacancy=False).beyond_level
    above = decided(golongan="III/c", vacancy=False)
    assert (above.action, codes(above)) == ("NONE", [("KJ", "kebutuhan")])


def test_a_kj_carries_no_rank_when_the_golongan_already_fits():
    fits = decided(golongan="III/c")
    assert (fits.action, fits.then) == ("KJ", None)


def test_a_rank_left_open_by_the_last_kj_asks_no_points():
    left_open = decided("ahli_muda", "III/a", "0")
    assert (left_open.action, left_open.to_golongan) == ("KP", Golongan.III_B)
    assert left_open.rank_open


@pytest.mark.parametrize(
    ("level", "golongan"), [("penyelia", "III/d"), ("penyelia", "IV/a"), ("ahli_utama", "IV/e")]
)
def test_there_is_nothing_above_the_top_of_the_ladder(level, golongan):
    top = decided(level, golongan, "900", predicates=[])
    assert (top.action, top.level_points_ok, top.rank_points_ok) == ("TOP", False, None)
    assert top.reasons == ()


@pytest.mark.parametrize(
    "faulty",
    [
        {"golongan": "II/d"},
        {"points": "-1"},
        {"months_in_golongan": -1},
        {"months_in_golongan": True},
        {"predicates": ["istimewa", "baik"]},
        {"level": "ahli"},
        {"golongan": "III/e"},
    ],
)
def test_a_standing_outside_the_domain_is_refused(faulty):
    with pytest.raises(RuleError):
        decided(**faulty)


@pytest.mark.parametrize(
    ("year", "months"),
    [
        (2023, [4, 10]),
        (2024, [2, 4, 6, 8, 10, 12]),
        (2025, [2, 4, 6, 8, 10, 11, 12]),
        (2026, list(range(1, 13))),
    ],
)
def test_the_periods_of_kp_follow_the_regulation_of_their_year(year, months):
    assert [m for m in range(1, 13) if kp_period_open(date(year, m, 1))] == months


def test_the_next_period_is_on_the_day_or_after_it():
    assert next_kp_period(date(2023, 10, 1)) == date(2023, 10, 1)
    assert next_kp_period(date(2023, 10, 2)) == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("level", "born", "tmt"),
    [
        ("mahir", date(1968, 2, 29), date(2026, 3, 1)),
        ("ahli_madya", date(1966, 12, 1), date(2027, 1, 1)),
        ("ahli_utama", date(1961, 5, 31), date(2026, 6, 1)),
    ],
)
def test_retirement_begins_with_the_month_after_the_birthday(level, born, tmt):
    assert retirement_on(CAREER, level, born) == tmt


def test_a_position_may_have_a_retirement_age_of_its_own():
    assert retirement_on(CAREER, "ahli_muda", date(1966, 5, 5), age=60) == date(2026, 6, 1)


def test_the_latest_age_of_a_perpindahan_is_the_completed_year_itself():
    ages = [
        age
        for level in ("penyelia", "ahli_madya", "ahli_utama")
        for age in range(50, 70)
        if transfer_age_ok(CAREER, level, age) and not transfer_age_ok(CAREER, level, age + 1)
    ]
    assert ages == [53, 55, 60]
    assert transfer_age_ok(CAREER, "ahli_utama", 63, related=True)
    assert not transfer_age_ok(CAREER, "ahli_madya", 56, related=True)


def test_nobody_is_named_by_guess_as_the_authority_of_a_kp():
    assert kp_authority(CAREER, "III/b") == "ppk"
    assert kp_authority(CAREER, "IV/c") == "kepala_bkn"
    assert kp_authority(CAREER, "IV/e") == "presiden"
    assert kp_authority(CAREER, "IV/d") is None
