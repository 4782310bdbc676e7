"""The composition of a team as pure rules: each rule broken alone, with its article."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from assessors import rules
from assessors.rules import (
    Covered,
    Member,
    Office,
    Plan,
    Reach,
    Seat,
    Severity,
    Span,
    composition,
    errors_of,
    overlap,
    terms_in_a_row,
)
from credits.rules.editions import read_editions
from positions.ladder import Golongan, Level

START, END = date(2022, 1, 1), date(2024, 12, 31)
EDITION = rules.team_edition_on(START)
FLOORS = {
    Level.TERAMPIL: Golongan.II_C,
    Level.PENYELIA: Golongan.III_C,
    Level.AHLI_PERTAMA: Golongan.III_A,
    Level.AHLI_MUDA: Golongan.III_C,
    Level.AHLI_MADYA: Golongan.IV_A,
}


def member(n: int, seat: Seat = Seat.MEMBER, **values: object) -> Member:
    usual: dict[str, object] = {
        "position": "jf",
        "level": Level.AHLI_MADYA,
        "golongan": Golongan.IV_A,
        "trained_on": date(2021, 6, 1),
    }
    return Member(person=n, name=f"Orang {n}", seat=seat, **(usual | values))  # type: ignore[arg-type]


def covered(*levels: Level, position: str = "jf") -> Covered:
    return Covered(position, {lv: FLOORS[lv] for lv in levels})


EXPERTS = covered(Level.AHLI_PERTAMA, Level.AHLI_MUDA, Level.AHLI_MADYA)
CHAIR, SECRETARY = member(1, Seat.CHAIR), member(2, Seat.SECRETARY, from_hr=True)
ORDINARY = (member(3), member(4), member(5))
ALTERNATE = member(6, Seat.ALTERNATE)
GOOD = Plan(
    day=START,
    term=Span(START, END),
    covers=(EXPERTS,),
    members=(CHAIR, SECRETARY, *ORDINARY, ALTERNATE),
)


def judge(plan: Plan, edition: object = EDITION) -> dict[str, list[str]]:
    """Rule -> codes of its errors, for the rules that are broken."""
    found = composition({c.position: edition for c in plan.covers}, plan)  # type: ignore[misc]
    said: dict[str, list[str]] = {}
    for result, violation in errors_of(found):
        assert result.article or result.rule == "scope"
        said.setdefault(result.rule, []).append(violation.code)
    return said


def with_members(*members: Member, **changes: object) -> Plan:
    return replace(GOOD, members=members, **changes)  # type: ignore[arg-type]


def changed(index: int, **values: object) -> Plan:
    members = list(GOOD.members)
    members[index] = replace(members[index], **values)
    return replace(GOOD, members=tuple(members))


def test_a_team_that_keeps_every_rule_is_told_nothing() -> None:
    assert judge(GOOD) == {}
    found = composition({"jf": EDITION}, GOOD)
    assert [r.rule for r in found] == list(rules.RULES)


AWAY = (Span(date(2021, 12, 1), date(2022, 5, 31), "unpaid_leave"),)
BROKEN: dict[str, tuple[Plan, dict[str, list[str]], str]] = {
    "three people": (
        with_members(CHAIR, SECRETARY, member(3), ALTERNATE),
        {"size": ["too_few", "too_few_ordinary"]},
        "PermenPANRB 47/2022 Pasal 33 ayat (2)",
    ),
    "a vice chair instead of a member": (
        with_members(CHAIR, member(9, Seat.VICE), SECRETARY, *ORDINARY[:2], ALTERNATE),
        {"size": ["too_few_ordinary"]},
        "PermenPANRB 47/2022 Pasal 33 ayat (2)",
    ),
    "an even number": (
        with_members(*GOOD.members, member(7)),
        {"odd": ["even"]},
        "PermenPANRB 47/2022 Pasal 33 ayat (3)",
    ),
    "no chair": (
        with_members(SECRETARY, *ORDINARY, member(7), ALTERNATE),
        {"chair": ["chair_missing"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a chair below Ahli Madya": (
        replace(
            changed(0, level=Level.AHLI_MUDA),
            covers=(covered(Level.AHLI_PERTAMA, Level.AHLI_MUDA),),
        ),
        {"chair": ["chair_experts"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a chair who is administrator, of experts": (
        changed(0, position=None, level=None, office=Office.ADMINISTRATOR),
        {"chair": ["chair_experts"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "no secretary": (
        with_members(CHAIR, *ORDINARY, member(7), ALTERNATE),
        {"secretary": ["secretary_missing"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a secretary from elsewhere": (
        changed(1, from_hr=False),
        {"secretary": ["secretary_not_hr"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "one holder of the JF": (
        with_members(
            *(replace(m, position="lain") for m in (CHAIR, SECRETARY, *ORDINARY[:2])),
            ORDINARY[2],
            ALTERNATE,
        ),
        {"same_position": ["few_holders"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member of a lower level": (
        changed(2, level=Level.AHLI_MUDA),
        {"level": ["level_low"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "an alternate of keterampilan": (
        changed(5, level=Level.PENYELIA, position="lain"),
        {"level": ["level_low"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member of a lower rank": (
        changed(3, golongan=Golongan.III_D),
        {"rank": ["rank_low"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member without a rank on record": (
        changed(3, golongan=None),
        {"rank": ["rank_missing"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a PPPK without a functional position": (
        changed(3, ranked=False, golongan=None, level=None, position=None),
        {"rank": ["neither"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member who left": (
        changed(2, left_on=START),
        {"active": ["left"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member on leave outside the state": (
        changed(2, away=AWAY),
        {"active": ["unpaid_leave"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a member without training": (
        changed(4, trained_on=None),
        {"training": ["untrained"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "training after the first day": (
        changed(4, trained_on=START + timedelta(days=1)),
        {"training": ["untrained"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
    "a term without an end": (
        replace(GOOD, term=Span(START)),
        {"term": ["term_open"]},
        "PermenPANRB 17/2013 Pasal 19",
    ),
    "a day more than three years": (
        replace(GOOD, term=Span(START, END + timedelta(days=1))),
        {"term": ["term_long"]},
        "PermenPANRB 17/2013 Pasal 19",
    ),
    "a third term in a row": (
        changed(
            0,
            terms=(
                Span(date(2016, 1, 1), date(2018, 12, 31)),
                Span(date(2019, 1, 1), date(2021, 12, 31)),
            ),
        ),
        {"in_a_row": ["terms"]},
        "PermenPANRB 17/2013 Pasal 19",
    ),
    "members who may be assessed, and no alternate": (
        with_members(replace(CHAIR, assessed=True), SECRETARY, *ORDINARY),
        {"self": ["no_alternate"]},
        "PermenPANRB 17/2013 Pasal 19",
    ),
    "a person on two seats": (
        with_members(CHAIR, SECRETARY, *ORDINARY[:2], replace(ORDINARY[0]), ALTERNATE),
        {"one_seat": ["two_seats"]},
        "PermenPANRB 47/2022 Pasal 33 ayat (2)",
    ),
    "two chairs": (
        with_members(CHAIR, replace(CHAIR, person=8), *GOOD.members[1:], member(9)),
        {"chair": ["chairs"]},
        "PermenPANRB 47/2022 Pasal 33",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_broken_alone_is_named_with_its_article(case: str) -> None:
    plan, expected, article = BROKEN[case]
    assert judge(plan) == expected
    found = {r.rule: r.article for r in composition({"jf": EDITION}, plan)}
    assert {found[rule] for rule in expected} == {article}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert {rule for _plan, expected, _article in BROKEN.values() for rule in expected} == set(
        rules.RULES
    ) - {"scope"}
    assert judge(replace(GOOD, covers=())) == {"scope": ["scope_empty"]}
    bare = replace(GOOD, covers=(EXPERTS, Covered("kosong", {}, "Kosong")), few_holders_because="x")
    assert judge(bare) == {"scope": ["no_level"]}


def test_holders_that_lack_may_be_filled_up_with_a_reason() -> None:
    plan, *_rest = BROKEN["one holder of the JF"]
    plan = replace(plan, few_holders_because="Hanya ada satu pemangku Ahli Madya.")
    assert judge(plan) == {}
    (warning,) = [
        v for r in composition({"jf": EDITION}, plan) for v in r.violations if r.rule != "scope"
    ]
    assert (warning.code, warning.severity) == ("few_holders_filled", Severity.WARNING)


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"level": Level.PENYELIA}, True),
        ({"level": Level.AHLI_MUDA}, True),
        ({"level": Level.AHLI_PERTAMA}, False),
        ({"level": Level.MAHIR}, False),
        ({"level": None, "office": Office.ADMINISTRATOR}, True),
        ({"level": None, "office": Office.SUPERVISOR}, False),
        ({"level": None, "office": Office.JPT_MADYA}, True),
    ],
)
def test_who_leads_a_team_for_keterampilan(values: dict[str, object], fits: bool) -> None:
    assert rules.chair_qualified(replace(CHAIR, **values), experts=False) is fits


def test_whoever_holds_one_of_several_jf_is_measured_by_his_own() -> None:
    low = covered(Level.AHLI_PERTAMA, position="rendah")
    plan = replace(changed(2, position="rendah", level=Level.AHLI_PERTAMA), covers=(EXPERTS, low))
    plan = replace(plan, few_holders_because="x")
    members = [replace(m, golongan=Golongan.III_A) if m.person == 3 else m for m in plan.members]
    assert judge(replace(plan, members=tuple(members))) == {}
    stranger = [replace(m, position="lain") if m.person == 3 else m for m in members]
    assert judge(replace(plan, members=tuple(stranger))) == {
        "level": ["level_low"],
        "rank": ["rank_low"],
    }


SEVEN = """
key = "tujuh"
regime = "tim_penilai"
title = "Tim tujuh orang"
effective_from = 2020-01-01
extends = "tim-penilai"
positions = ["jf"]
[term]
years = { value = 5, cite = "self" }
[settings]
min_team_size = { value = 7, cite = "size" }
vice_chair = { value = true, cite = "size" }
"""


def test_a_jf_may_prescribe_seven_with_a_vice_chair_and_five_years() -> None:
    text = (rules.DIRECTORY / "tim-penilai.toml").read_text("utf-8")
    own = next(e for e in read_editions({"a": text, "b": SEVEN}) if e.key == "tujuh")
    assert judge(GOOD, own) == {"size": ["too_few"], "chair": ["vice_missing"]}
    vice = (member(7, Seat.VICE), member(8))
    plan = with_members(*GOOD.members, *vice, term=Span(START, date(2026, 12, 31)))
    assert judge(plan, own) == {}
    assert judge(plan) == {"term": ["term_long"]}


A, B, C = (Span(date(y, 1, 1), date(y + 2, 12, 31)) for y in (2013, 2016, 2019))


@pytest.mark.parametrize(
    ("terms", "start", "expected"),
    [
        ((), START, (0, None)),
        ((C,), START, (1, date(2025, 1, 1))),
        ((B, C), START, (2, date(2025, 1, 1))),
        ((A, B, C), START, (3, date(2025, 1, 1))),
        ((A, C), START, (1, date(2025, 1, 1))),  # a pause of one term lies between
        ((A, B), START, (0, None)),  # the pause is over
        ((A, B), date(2021, 12, 31), (2, date(2022, 1, 1))),  # one day short of the pause
        ((B, Span(date(2019, 6, 1), date(2021, 12, 31))), START, (2, date(2025, 1, 1))),
        ((C, replace(C)), START, (1, date(2025, 1, 1))),  # two teams at a time are one term
        ((B, Span(date(2019, 1, 1))), START, (1, date(2022, 1, 1))),  # the last one still runs
    ],
)
def test_terms_in_a_row(terms: tuple[Span, ...], start: date, expected: object) -> None:
    assert terms_in_a_row(terms, start, 3) == expected


def reach(**changes: object) -> Reach:
    values = {
        "positions": frozenset({"a"}),
        "levels": frozenset[str](),
        "units": frozenset[int](),
        "term": Span(START, END),
    }
    return Reach(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({}, {}, {"a"}),
        ({}, {"positions": frozenset({"b"})}, set()),
        ({"positions": frozenset({"a", "b"})}, {"positions": frozenset({"b"})}, {"b"}),
        ({"levels": frozenset({"ahli_muda"})}, {}, {"a"}),
        ({"levels": frozenset({"ahli_muda"})}, {"levels": frozenset({"ahli_madya"})}, set()),
        ({"units": frozenset({1, 2})}, {"units": frozenset({2})}, {"a"}),
        ({"units": frozenset({1})}, {"units": frozenset({2})}, set()),
        ({}, {"term": Span(END + timedelta(days=1))}, set()),
        ({}, {"term": Span(END)}, {"a"}),
    ],
)
def test_when_two_teams_share_a_scope(
    one: dict[str, object], other: dict[str, object], shared: set[str]
) -> None:
    assert overlap(reach(**one), reach(**other)) == shared
    assert overlap(reach(**other), reach(**one)) == shared


# ------------------------------------------------------------------ any team


people = st.builds(
    member,
    st.integers(1, 9),
    st.sampled_from(Seat),
    position=st.sampled_from(["jf", "lain", None]),
    level=st.sampled_from([*Level, None]),
    golongan=st.sampled_from([*Golongan, None]),
    ranked=st.booleans(),
    office=st.sampled_from([*Office, None]),
    from_hr=st.booleans(),
    trained_on=st.sampled_from([None, date(2021, 1, 1), date(2023, 1, 1)]),
    assessed=st.booleans(),
    away=st.sampled_from([(), AWAY]),
)
plans = st.builds(
    Plan,
    day=st.just(START),
    term=st.builds(Span, st.just(START), st.sampled_from([None, END, date(2030, 1, 1)])),
    covers=st.lists(
        st.lists(st.sampled_from(list(FLOORS)), min_size=1, unique=True).map(
            lambda levels: covered(*levels)
        ),
        min_size=1,
        max_size=1,
    ).map(tuple),
    members=st.lists(people, max_size=11).map(tuple),
    few_holders_because=st.sampled_from(["", "Kurang pemangku"]),
)


def _with(changes: list[tuple[int, dict[str, object]]], drop: set[int]) -> Plan:
    members = list(GOOD.members)
    for index, values in changes:
        members[index] = replace(members[index], **values)
    return replace(GOOD, members=tuple(m for n, m in enumerate(members) if n not in drop))


# Close to a good team, so that many of them pass.
near = st.builds(
    _with,
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(
                [
                    {"person": 3}, {"seat": Seat.MEMBER}, {"seat": Seat.ALTERNATE},
                    {"seat": Seat.VICE}, {"seat": Seat.CHAIR}, {"position": "lain"},
                    {"from_hr": False}, {"from_hr": True}, {"assessed": True},
                    {"trained_on": None}, {"trained_on": START}, {"level": None},
                ]
            ),
        ),
        max_size=3,
    ),
    st.sets(st.integers(0, 5), max_size=1),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(near)
def test_a_team_without_errors_keeps_what_the_handbook_asks(plan: Plan) -> None:
    """Checked by counting afresh, so that the rules do not prove themselves."""
    found = composition({"jf": EDITION}, plan)
    if errors_of(found):
        event("refused")
        return
    event("passed")
    counted = [m for m in plan.members if m.seat != Seat.ALTERNATE]
    assert len(counted) % 2 == 1
    assert len(counted) >= 5
    assert len({m.person for m in plan.members}) == len(plan.members)
    assert sum(m.seat == Seat.CHAIR for m in counted) == 1
    assert [m.from_hr for m in counted if m.seat == Seat.SECRETARY] == [True]
    assert all(m.trained_on and m.trained_on <= plan.day for m in plan.members)
    assert plan.term.end is not None
    assert plan.term.end <= END
    assert sum(m.position == "jf" for m in counted) >= 2 or plan.few_holders_because
    assert len(counted) < len(plan.members) or not any(m.assessed for m in counted)


@settings(max_examples=200, deadline=None)
@given(plans)
def test_what_is_wrong_does_not_depend_on_the_order_of_members(plan: Plan) -> None:
    def said(of: Plan) -> list[tuple[str, str, int]]:
        found = errors_of(composition({"jf": EDITION}, of))
        return sorted((r.rule, v.code, v.person or 0) for r, v in found)

    assert said(plan) == said(replace(plan, members=tuple(reversed(plan.members))))


@settings(max_examples=100, deadline=None)
@given(plans, st.sampled_from(list(Seat)))
def test_an_alternate_never_counts_for_the_number(plan: Plan, seat: Seat) -> None:
    more = replace(plan, members=(*plan.members, member(99, Seat.ALTERNATE)))
    for rule in ("size", "odd"):
        before = {r.rule: r.violations for r in composition({"jf": EDITION}, plan)}
        after = {r.rule: r.violations for r in composition({"jf": EDITION}, more)}
        assert before[rule] == after[rule]
