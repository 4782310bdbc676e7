"""Who may not judge a claim, each with its article; and how claims are shared out."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessors.conflicts import Case, Judge, Span, conflicts, distribute
from assessors.rules import team_edition_on

DAY = date(2023, 3, 1)
EDITION = team_edition_on(DAY)
TERM = Span(date(2022, 1, 1), date(2024, 12, 31))
JUDGE = Judge(7, 70, TERM, TERM, "ahli_muda", "III/d")
CASE = Case(1, ("ahli_muda",), ("III/d",))


def codes(case: Case = CASE, judge: Judge = JUDGE, day: date = DAY) -> list[tuple[str, str]]:
    return [(c.code, c.row) for c in conflicts(EDITION, case, judge, day)]


def test_who_has_no_conflict_may_judge() -> None:
    assert codes() == []
    assert codes(judge=replace(JUDGE, level="", golongan="IV/a")) == []


@pytest.mark.parametrize(
    ("case", "judge", "expected"),
    [
        (replace(CASE, claimant=7), JUDGE, ("self", "AZ083")),
        (replace(CASE, superiors=frozenset({7})), JUDGE, ("superior", "AZ085")),
        (replace(CASE, subordinates=frozenset({7})), JUDGE, ("subordinate", "AZ084")),
        (replace(CASE, relatives=frozenset({7})), JUDGE, ("relative", "AZ086")),
        (replace(CASE, submitters=frozenset({7})), JUDGE, ("submitter", "AZ088")),
        (replace(CASE, levels=("ahli_muda", "ahli_madya")), JUDGE, ("level", "AZ087")),
        (CASE, replace(JUDGE, level="penyelia"), ("level", "AZ087")),
        (replace(CASE, ranks=("III/c", "IV/a")), JUDGE, ("rank", "AZ087")),
        (CASE, replace(JUDGE, level="", golongan=""), ("rank", "AZ087")),
        (CASE, replace(JUDGE, seat=Span(date(2023, 3, 2))), ("seat", "AZ089")),
        (CASE, replace(JUDGE, team=Span(TERM.start, date(2023, 2, 28))), ("team", "AZ089")),
        (CASE, replace(JUDGE, team=None), ("team", "AZ089")),
        (CASE, replace(JUDGE, left_on=DAY), ("left", "AZ160")),
        (CASE, replace(JUDGE, away="unpaid_leave"), ("away", "AZ160")),
    ],
)
def test_each_conflict_is_named_with_its_article(
    case: Case, judge: Judge, expected: tuple[str, str]
) -> None:
    assert codes(case, judge) == [expected]
    assert conflicts(EDITION, case, judge, DAY)[0].article


def test_who_judged_a_claim_does_not_review_its_objection() -> None:
    assert codes(replace(CASE, judged=frozenset({7}))) == [("judged", "")]


def test_the_last_day_of_a_term_is_within_it() -> None:
    assert codes(day=date(2024, 12, 31)) == []
    assert [code for code, _row in codes(day=date(2025, 1, 1))] == ["seat", "team"]


def judges(*loads: int) -> list[Judge]:
    return [replace(JUDGE, person=n, member=n * 10, load=o) for n, o in enumerate(loads, 100)]


def test_the_nearest_level_goes_before_a_higher_one_and_members_before_alternates() -> None:
    madya = replace(JUDGE, person=2, member=1, level="ahli_madya", golongan="IV/a")
    muda = replace(JUDGE, person=3, member=2)
    spare = replace(JUDGE, person=4, member=3, alternate=True)
    shared = distribute(EDITION, [(1, CASE)], [spare, madya, muda], 1, DAY)
    assert shared[0].chosen == (2,)
    shared = distribute(EDITION, [(n, CASE) for n in range(3)], [spare, madya, muda], 2, DAY)
    assert [set(share.chosen) for share in shared] == [{1, 2}] * 3
    alone = distribute(EDITION, [(1, CASE)], [spare, muda], 2, DAY)
    assert alone[0].chosen == (2, 3)


def test_where_too_few_may_judge_it_is_said() -> None:
    own = replace(CASE, claimant=100)
    share = distribute(EDITION, [(5, own)], judges(0, 0), 2, DAY)[0]
    assert (share.key, share.chosen, share.short) == (5, (1010,), True)
    assert share.excluded[0][0] == 1000
    assert share.excluded[0][1][0].code == "self"


@given(st.integers(2, 9), st.integers(0, 40), st.integers(0, 5))
def test_without_exclusions_nobody_has_two_more_than_another(
    members: int, claims: int, load: int
) -> None:
    people = judges(*[load] * members)
    shares = distribute(EDITION, [(n, CASE) for n in range(claims)], people, 2, DAY)
    given_ = [sum(p.member in s.chosen for s in shares) for p in people]
    assert max(given_) - min(given_) <= 1
    assert all(len(set(s.chosen)) == 2 for s in shares)


people = st.frozensets(st.integers(100, 106), max_size=3)
cases = st.builds(
    Case,
    st.integers(98, 108),
    st.just(("ahli_pertama",)),
    st.just(("III/a",)),
    people,
    people,
    people,
    people,
)


@given(st.lists(cases, max_size=12), st.lists(st.integers(0, 6), min_size=1, max_size=7))
def test_whoever_is_excluded_is_never_proposed(cases: list[Case], loads: list[int]) -> None:
    team = judges(*loads)
    shares = distribute(EDITION, list(enumerate(cases)), team, 2, DAY)
    turned = distribute(EDITION, list(enumerate(cases)), team[::-1], 2, DAY)
    assert [s.chosen for s in shares] == [s.chosen for s in turned]
    for case, share in zip(cases, shares, strict=True):
        may = {j.member for j in team if not conflicts(EDITION, case, j, DAY)}
        assert set(share.chosen) <= may
        assert len(share.chosen) == min(2, len(may))
        assert share.short == (len(may) < 2)
        assert {m for m, _why in share.excluded} == {j.member for j in team} - may
