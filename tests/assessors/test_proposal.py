"""What the verdicts of two assessors lead to."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessors.rules import WHOLE, Found, proposal
from credits.rules.errors import RuleError

TEN = Fraction(10)


def halves(quantities: Mapping[int, int]) -> Fraction:
    return Fraction(sum(quantities.values()), 2)


def found(*quantities: int, reason: str = "quantity") -> dict[int, Found]:
    return {n: Found(q, "" if q else reason) for n, q in enumerate(quantities, start=1)}


def test_the_same_verdicts_are_agreed_and_nothing_differs() -> None:
    given_ = proposal([found(3, 4), found(3, 4)], halves, TEN)
    assert given_.agreed
    assert given_.differing == ()
    assert given_.quantities == {1: 3, 2: 4}
    assert given_.sums == (Fraction(7, 2), Fraction(7, 2))


def test_within_the_tolerance_the_lower_quantity_is_proposed_with_its_reason() -> None:
    first, second = found(10, 10), found(10, 9)
    second[2] = Found(9, "quantity", "satu laporan tidak terbaca")
    given_ = proposal([first, second], halves, TEN)
    assert given_.agreed
    assert given_.differing == (2,)
    assert given_.items[1].found == second[2]
    assert given_.proposed == Fraction(19, 2)


def test_the_edge_of_the_tolerance_is_within_and_beyond_it_the_plenary_decides() -> None:
    assert proposal([found(10), found(9)], halves, TEN).agreed
    assert not proposal([found(100), found(89)], halves, TEN).agreed


def test_differences_that_cancel_each_other_in_the_sums_do_not_hide() -> None:
    given_ = proposal([found(5, 0), found(0, 5)], halves, TEN)
    assert given_.sums[0] == given_.sums[1]
    assert not given_.agreed
    assert given_.differing == (1, 2)


def test_a_claim_without_items_is_accepted_or_not_as_a_whole() -> None:
    yes, no = {WHOLE: Found(1)}, {WHOLE: Found(0, "other", "ijazah belum tercatat")}
    assert proposal([yes, yes], halves, TEN).agreed
    assert proposal([no, no], halves, TEN).quantities == {WHOLE: 0}
    assert not proposal([yes, no], halves, TEN).agreed


def test_a_verdict_that_is_missing_is_an_error() -> None:
    for verdicts in ([], [found(1, 2), found(1)]):
        with pytest.raises(RuleError) as refused:
            proposal(verdicts, halves, TEN)
        assert refused.value.code == "verdict.missing"


quantities = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8)


@given(quantities)
def test_nothing_is_proposed_that_one_of_them_did_not_see(pairs: list[tuple[int, int]]) -> None:
    first, second = (found(*side) for side in zip(*pairs, strict=True))
    given_ = proposal([first, second], halves, TEN)
    assert all(given_.quantities[n] <= min(first[n].quantity, second[n].quantity) for n in first)
    assert given_.proposed <= min(given_.sums)
    assert given_ == proposal([first, second], halves, TEN)
    turned = proposal([second, first], halves, TEN)
    assert (turned.agreed, turned.quantities) == (given_.agreed, given_.quantities)
