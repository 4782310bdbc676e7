"""Conversion of ratings, thresholds, and the invariants of the tables."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.rules.conversion import (
    degree_points,
    period_points,
    remote_points,
    split_year,
    study_leave_points,
)
from credits.rules.editions import edition, load_editions
from credits.rules.entry import Origin, transfer_flat_points, transfer_points
from credits.rules.errors import RuleError
from credits.rules.explained import Explained
from credits.rules.inputs import Predicate
from credits.rules.targets import base_points, golongan_of, level_target, rank_target
from positions.ladder import GOLONGAN, Golongan, Level

RULES = edition("konversi-2023")
CONVERSIONS = [e for e in load_editions().values() if e.regime == "konversi"]
LEVELS = st.sampled_from(Level)
PREDICATES = st.sampled_from(Predicate)


def sum_of(*answers: Explained) -> Fraction:
    return sum((answer.points for answer in answers), Fraction(0))


def test_twelve_months_of_baik_of_an_ahli_pertama_are_exactly_twelve_and_a_half():
    monthly = [period_points(RULES, Level.AHLI_PERTAMA, "baik", 1) for _ in range(12)]
    quarterly = [period_points(RULES, Level.AHLI_PERTAMA, "baik", 3) for _ in range(4)]
    assert sum_of(*monthly) == sum_of(*quarterly) == Fraction("12.5")


@given(LEVELS, PREDICATES, st.integers(0, 12), st.data())
def test_splitting_a_period_adds_nothing(level, predicate, months, data):
    first = data.draw(st.integers(0, months))
    whole = period_points(RULES, level, predicate, months)
    parts = [period_points(RULES, level, predicate, part) for part in (first, months - first)]
    assert sum_of(*parts) == whole.points


@given(LEVELS, st.integers(1, 12))
def test_a_better_predikat_gives_more(level, months):
    points = [period_points(RULES, level, predicate, months).points for predicate in Predicate]
    assert all(better > worse for better, worse in pairwise(points))


@given(LEVELS, PREDICATES, st.integers(0, 12))
def test_the_explanation_recomputes_to_the_points(level, predicate, months):
    answer = period_points(RULES, level, predicate, months)
    assert answer.points == answer.base * answer.percent / 100 * Fraction(months, 12)
    assert answer.article
    assert answer.edition == "konversi-2023"


@pytest.mark.parametrize("months", [-1, 13, True, 12.0, "12", None])
def test_months_outside_a_year_are_refused_even_after_the_right_answer_was_cached(months):
    for right in (0, 1, 12):
        period_points(RULES, Level.AHLI_MUDA, "baik", right)
    with pytest.raises(RuleError):
        period_points(RULES, Level.AHLI_MUDA, "baik", months)


@pytest.mark.parametrize("predicate", ["istimewa", "", "cukup baik", None, 3])
def test_an_unknown_predikat_is_refused(predicate):
    with pytest.raises(RuleError, match=r"predicate\.unknown"):
        period_points(RULES, Level.AHLI_MUDA, predicate, 12)


def test_cukup_is_butuh_perbaikan():
    cukup = period_points(RULES, "ahli_muda", "Cukup", 12)
    assert cukup.points == Fraction("18.75")
    assert cukup.inputs["predicate"] == "butuh_perbaikan"


def test_a_level_change_splits_the_year_and_more_than_a_year_is_refused():
    with pytest.raises(RuleError, match=r"months\.out_of_range"):
        split_year(RULES, "baik", [("ahli_pertama", 6), ("ahli_muda", 7)])
    twice = split_year(RULES, "baik", [("mahir", 3), ("mahir", 3)])
    assert twice == {Level.MAHIR: Fraction("6.25")}


# ------------------------------------------------------------------ R-010 over all tables


@pytest.mark.parametrize("rules", CONVERSIONS, ids=lambda rules: rules.key)
@pytest.mark.parametrize("level", Level)
def test_the_tables_agree_with_each_other(rules, level):
    step = rules.cited("levels", level, "rank_points").amount
    span = golongan_of(rules, level)
    assert rules.cited("levels", level, "coefficient").amount == step / 4
    target = level_target(rules, level)
    assert (target is None) == (level.next_level is None)
    if target is not None:
        assert target.points == step * len(span)
    ladder, nil = edition("konvensional"), edition("integrasi-2019")
    for place, golongan in enumerate(span):
        base = base_points(rules, level, golongan).points
        carried = ladder.cited("ladder", golongan).amount
        assert base == step * place == carried - nil.cited("base_values", level).amount
        low, *high = nil.cited("ranges", level, golongan).value
        assert Fraction(low) == base
        assert not high or Fraction(high[0]) == base + step
    bonus = degree_points(rules, level, "baik", recorded=True, already_used=False)
    assert bonus.points == step / 4


@pytest.mark.parametrize("level", Level)
def test_the_jenjang_of_a_category_follow_each_other_without_gap(level):
    span = golongan_of(RULES, level)
    orders = [golongan.order for golongan in span]
    assert orders == list(range(orders[0], orders[0] + len(span)))
    if level.next_level is not None:
        assert span[-1].next_golongan == golongan_of(RULES, level.next_level)[0]


def test_thresholds_exist_for_each_step_but_the_top_of_the_ladder():
    assert rank_target(RULES, "penyelia", "III/d") is None
    assert rank_target(RULES, "ahli_utama", "IV/e") is None
    assert rank_target(RULES, "ahli_madya", "IV/b").points == 300
    for level in Level:
        for golongan in set(GOLONGAN) - set(golongan_of(RULES, level)):
            with pytest.raises(RuleError, match=r"golongan\.outside_level"):
                rank_target(RULES, level, golongan)
            with pytest.raises(RuleError, match=r"golongan\.outside_level"):
                base_points(RULES, level, golongan)


# ------------------------------------------------------------------ degree, study, area


@pytest.mark.parametrize(
    ("predicate", "recorded", "used", "code"),
    [
        ("butuh_perbaikan", True, False, "degree.predicate_too_low"),
        ("baik", False, False, "degree.not_recorded"),
        ("sangat_baik", True, True, "degree.already_used"),
    ],
)
def test_a_degree_that_does_not_count_says_why(predicate, recorded, used, code):
    answer = degree_points(RULES, "ahli_muda", predicate, recorded=recorded, already_used=used)
    assert answer.points == 0
    assert [step for step, _ in answer.steps] == [code]


def test_study_leave_stops_at_four_years_and_says_so():
    answer = study_leave_points(RULES, "ahli_muda", 49, cum_laude=False)
    assert answer.points == 100
    assert answer.steps[0][0] == "study_leave.limited"


def test_the_remote_bonus_exists_for_the_six_positions_of_manpower_only():
    special = edition("konversi-2025-ketenagakerjaan")
    assert remote_points(special, "ahli_utama").points == 50
    with pytest.raises(RuleError, match=r"figure\.missing"):
        remote_points(RULES, "ahli_utama")


# ------------------------------------------------------------------ perpindahan


def moved(years, *, top_rank, golongan="III/d", level="ahli_muda", origin=Origin.PENGAWAS):
    return transfer_points(RULES, origin, level, golongan, years, top_rank=top_rank)


def test_the_last_three_years_count_at_the_highest_rank_cutting_a_year_in_two():
    years = [("sangat_baik", 12), ("baik", 12), ("baik", 12), ("kurang", 5)]
    answer = moved(years, top_rank=True)
    kept = period_points(RULES, "ahli_muda", "sangat_baik", 7).points
    assert answer.conversion.points == kept + 50 + Fraction(125, 24)
    assert answer.points == answer.conversion.points + 100


@given(st.lists(st.tuples(PREDICATES, st.integers(0, 12)), max_size=6))
def test_the_limit_of_three_years_never_gives_more_and_changes_nothing_up_to_three(years):
    limited, full = moved(years, top_rank=True), moved(years, top_rank=False)
    assert limited.points <= full.points
    if sum(months for _, months in years) <= 36:
        assert limited.points == full.points


def test_a_golongan_that_does_not_fit_goes_by_the_flat_table_and_only_by_it():
    with pytest.raises(RuleError, match=r"golongan\.outside_level"):
        moved([("baik", 12)], top_rank=False, level="ahli_pertama", golongan="III/c")
    flat = transfer_flat_points(RULES, "pelaksana", "ahli_pertama", Golongan.III_C)
    assert flat.points == 100
    with pytest.raises(RuleError, match=r"transfer_flat\.fits"):
        transfer_flat_points(RULES, "pelaksana", "ahli_pertama", "III/b")
    with pytest.raises(RuleError, match=r"transfer_flat\.unknown"):
        transfer_flat_points(RULES, "administrator", "ahli_madya", "IV/d")
