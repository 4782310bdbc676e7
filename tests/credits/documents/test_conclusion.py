"""The conclusion of a Penetapan follows from its figures (handbook R-026 to R-029, fault B10)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.documents.conclusion import Outcome, conclude
from credits.documents.content import Absence, Target
from credits.documents.presentation import conclusion_sentence
from tests.credits.documents.examples import determination

RANK = Target(minimum=Fraction(100), to="Penata Tingkat I, III/d")
RANK_BEYOND = Target(minimum=Fraction(200), to="Pembina, IV/a", after_level=True)
LEVEL = Target(minimum=Fraction(200), to="Ahli Madya")
JUST_BELOW = Fraction(10**9 - 1, 10**7)


@pytest.mark.parametrize(
    ("total", "rank", "level", "outcome"),
    [
        (JUST_BELOW, RANK, LEVEL, Outcome.NEITHER),  # 99.9999999 prints as 100,000
        (Fraction(100), RANK, LEVEL, Outcome.RANK),  # equal is enough
        (Fraction(200), RANK, LEVEL, Outcome.RANK_AND_LEVEL),
        (Fraction(200), RANK_BEYOND, LEVEL, Outcome.RANK_AND_LEVEL),
        (Fraction(199), RANK_BEYOND, LEVEL, Outcome.NEITHER),
        (Fraction(500), RANK_BEYOND, None, Outcome.NEITHER),
        (Fraction(200), None, LEVEL, Outcome.LEVEL),
        (Fraction(199), None, LEVEL, Outcome.NEITHER),
        (Fraction(100), RANK, None, Outcome.RANK),
        (Fraction(999), None, None, Outcome.NO_TARGET),
    ],
)
def test_the_outcome_follows_from_the_figures(
    total: Fraction, rank: Target | None, level: Target | None, outcome: Outcome
) -> None:
    assert conclude(total, rank, level) is outcome


@given(
    total=st.fractions(min_value=0, max_value=600),
    rank=st.fractions(min_value=1, max_value=600),
    level=st.fractions(min_value=1, max_value=600),
)
def test_more_points_never_make_a_conclusion_worse(
    total: Fraction, rank: Fraction, level: Fraction
) -> None:
    targets = Target(minimum=rank, to="r"), Target(minimum=level, to="l")
    reached = {
        Outcome.NEITHER: set(),
        Outcome.RANK: {"r"},
        Outcome.LEVEL: {"l"},
        Outcome.RANK_AND_LEVEL: {"r", "l"},
    }
    assert reached[conclude(total, *targets)] <= reached[conclude(total + 1, *targets)]


def test_a_shortfall_is_said_with_what_was_aimed_at() -> None:
    sentence = conclusion_sentence(determination(old="50", new="25"))
    assert sentence.startswith("TIDAK DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN PANGKAT/JENJANG JABATAN")
    assert "Penata Tingkat I, III/d" in sentence


def test_only_what_was_reached_is_named_in_a_favourable_sentence() -> None:
    sentence = conclusion_sentence(determination())
    assert sentence.startswith("DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN PANGKAT SETINGKAT")
    assert "Ahli Madya" not in sentence


@pytest.mark.parametrize(
    ("why", "word"), [(Absence.TOP, "TERTINGGI"), (Absence.PPPK, "PERJANJIAN KERJA")]
)
def test_without_a_target_the_paper_claims_neither_can_nor_cannot(why: Absence, word: str) -> None:
    paper = determination(rank=None, rank_absent=why, level=None, level_absent=why)
    sentence = conclusion_sentence(paper)
    assert word in sentence
    assert "DIPERTIMBANGKAN" not in sentence


def test_a_contract_employee_with_a_next_level_is_not_promised_a_rank() -> None:
    paper = determination(old="200", rank=None, rank_absent=Absence.PPPK)
    assert "PANGKAT" not in conclusion_sentence(paper)
