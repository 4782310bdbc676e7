"""Validity of an assessor team."""

from datetime import date

import pytest

from assessors.rules import team_edition_on, team_reasons

GOOD = {
    "members": 5,
    "same_position_members": 2,
    "chair_qualified": True,
    "secretary_from_hr": True,
    "self_assessment": False,
}


def codes(**changes):
    reasons = team_reasons(team_edition_on(date(2022, 6, 1)), **(GOOD | changes))
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"members": 3}, ["min_members"]),
        ({"members": 4}, ["odd"]),
        ({"members": 0}, ["odd"]),
        ({"same_position_members": 1}, ["same_jf"]),
        ({"self_assessment": True}, ["self"]),
        (
            {"members": 1, "chair_qualified": False, "secretary_from_hr": False},
            ["ketua", "min_members", "sekretaris"],
        ),
    ],
)
def test_a_team_is_told_everything_that_is_wrong_with_it(changes, expected):
    assert codes(**changes) == expected


def test_a_reason_carries_its_article_and_its_figures():
    (reason,) = team_reasons(team_edition_on(date(2022, 6, 1)), **(GOOD | {"members": 3}))
    assert "Pasal 33" in reason.article
    assert dict(reason.params) == {"members": 3, "least": 5}
