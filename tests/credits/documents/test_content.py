"""What a form states: exact, complete as JSON, and never against its own figures."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.documents.content import (
    Absence,
    Capacity,
    ContentError,
    DeterminationRow,
    RowKind,
    Signatory,
    from_json,
)
from tests.credits.documents.examples import (
    SIGNED,
    accumulation,
    conversion,
    determination,
    line,
)

amounts = st.fractions(min_value=-1000, max_value=2000, max_denominator=3_000_000)


@given(old=amounts, new=st.none() | amounts, name=st.text(), months=st.integers(1, 12))
def test_a_stored_content_is_read_back_equal_to_the_last_digit(
    old: Fraction, new: Fraction | None, name: str, months: int
) -> None:
    row = DeterminationRow(kind=RowKind.OTHER, old=old, new=new, label=name)
    paper = determination(rows=(row,), level=None, level_absent=Absence.TOP, **SIGNED)
    paper = replace(paper, identity=replace(paper.identity, name=name))
    for content in (paper, conversion(line(2024, 1, months)), accumulation(sample=True)):
        assert from_json(json.loads(json.dumps(content.to_json()))) == content


@pytest.mark.parametrize(
    "change",
    [
        {"conclusion": "rank"},  # a conclusion is derived, never handed in (fault B10)
        {"form": "something"},
        {"schema": 99},
        {"period_end": "31-12-2024"},
        {"decimals": 2.5},
        {"sample": "yes"},
        {"rows": [{"kind": "conversion", "old": 1.5}]},
        {"rows": [{"kind": "conversion", "old": "1/0"}]},
        {"rows": [{"kind": "base"}, {"kind": "base"}]},
        {"rows": "none"},
        {"identity": {"name": "A"}},
        {"rank_absent": "top"},
        {"level": None},
    ],
)
def test_json_that_is_no_content_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ContentError):
        from_json(determination().to_json() | change)


def test_a_line_cannot_state_another_product_than_its_factors_give() -> None:
    with pytest.raises(ContentError):
        line(2024, 1, 12, amount=Fraction("25.01"))


def test_offices_must_fit_the_capacity() -> None:
    with pytest.raises(ContentError):
        Signatory(name="A", nip="1", offices=("Sekretaris Jenderal",), capacity=Capacity.AN)


@pytest.mark.parametrize("missing", [{"number": " "}, {"dated": None}, {"signatory": None}])
def test_a_paper_is_a_draft_until_number_date_and_signatory_are_there(
    missing: dict[str, Any],
) -> None:
    assert not conversion(**SIGNED).is_draft
    assert conversion(**(SIGNED | missing)).is_draft


def test_a_period_cannot_run_backwards() -> None:
    with pytest.raises(ContentError):
        conversion(period_end=date(2023, 12, 31))
