"""The account of one person: what opens it, what lapses, and what is never counted twice."""

from datetime import date
from fractions import Fraction

import pytest

from credits.rules.timeline import Appointment, Degree, Facts, Opening, Rating, expected_lines
from credits.rules.units import UNIT, from_units

BEFORE = date(2022, 12, 31)


def year(nth, predicate="baik", *, first=1):
    end = date(nth, 12, 31)
    return Rating(nth, date(nth, first, 1), end, predicate)


def held(level, start, end=None, way="promotion", origin="", *, top_rank=False, position="auditor"):
    return Appointment(start.toordinal(), position, level, start, end, way, origin, top_rank)


def account(*appointments, rank="III/a", since=date(2020, 4, 1), **facts):
    return expected_lines(Facts(1, appointments, ranks=[(since, rank)], **facts))


def balance(answer, on=date(2030, 1, 1)):
    day = on.isoformat()
    return from_units(
        sum(x.terms.amount_units for x in answer.lines if x.terms.effective_on <= day)
    )


def codes(answer):
    return [issue.code for issue in answer.issues]


def kinds(answer):
    return [line.terms.kind for line in answer.lines]


# ------------------------------------------------------------------ degrees (R-016, E-11)


@pytest.mark.parametrize(
    ("orders", "bonuses"),
    [
        ((4, 4), 0),  # D-IV, then S-1
        ((4, 5), 1),
        ((3, 4, 4), 1),
        ((4, 5, 6), 2),
    ],
)
def test_only_a_higher_degree_gives_points(orders, bonuses):
    degrees = [Degree(n, order, date(2024, 1 + n, 2)) for n, order in enumerate(orders)]
    answer = account(
        held("ahli_pertama", date(2023, 1, 1), way="first"),
        ratings=[year(2024)],
        degrees=degrees,
    )
    assert kinds(answer).count("degree") == bonuses


@pytest.mark.parametrize(
    ("orders", "bonuses"),
    [
        ((3, 4), 0),  # the S-1 that made the change possible, recorded after it
        ((3, 4, 5), 1),  # and an S-2 later
        ((4, 5), 1),  # the S-1 was there before
    ],
)
def test_the_degree_of_a_category_change_gives_nothing_beside_it(orders, bonuses):
    """E-07."""
    days = [date(2020, 1, 1), date(2024, 5, 1), date(2024, 9, 1)]
    answer = account(
        held("penyelia", date(2020, 1, 1), date(2024, 3, 31), position="arsiparis"),
        held("ahli_pertama", date(2024, 4, 1), position="arsiparis"),
        ratings=[year(2024)],
        degrees=[Degree(n, order, days[n]) for n, order in enumerate(orders)],
    )
    assert kinds(answer).count("degree") == bonuses


# ------------------------------------------------------------------ first appointment


def test_the_months_as_cpns_of_a_rating_that_runs_on_count_too():
    answer = account(
        held("ahli_pertama", date(2024, 3, 1), way="first"),
        ratings=[year(2023, first=3), year(2024)],
    )
    before = [x for x in answer.lines if x.terms.kind == "transfer"]
    assert [x.terms.months for x in before] == [10, 2]
    assert balance(answer) == Fraction("12.5") * 22 / 12


# ------------------------------------------------------------------ perpindahan


def test_a_rank_that_does_not_fit_is_not_guessed_where_the_flat_table_was_not_seen():
    answer = account(
        held("ahli_muda", date(2024, 1, 1), way="transfer", origin="pengawas"),
        rank="IV/a",
        ratings=[year(2022), year(2023), year(2024)],
    )
    assert kinds(answer) == ["conversion"]
    assert "golongan.outside_level" in codes(answer)


def test_points_of_another_functional_position_are_kept_and_never_made_up():
    arrived = held("ahli_muda", date(2024, 1, 1), way="transfer", origin="jf")
    facts = {"rank": "III/d", "ratings": [year(2022), year(2023), year(2024)]}
    unknown = account(arrived, **facts)
    assert balance(unknown, date(2024, 1, 1)) == 0
    assert codes(unknown) == ["opening_missing"]
    stated = account(arrived, opening=Opening(1, date(2023, 12, 31), "pak", 130 * UNIT), **facts)
    assert balance(stated, date(2024, 1, 1)) == 130
    assert codes(stated) == []


def test_a_move_between_positions_of_one_level_keeps_the_balance():
    answer = account(
        held("ahli_muda", date(2021, 1, 1), date(2024, 6, 30)),
        held("ahli_muda", date(2024, 7, 1), way="transfer", origin="jf", position="perencana"),
        rank="III/c",
        opening=Opening(1, BEFORE, "pak", 40 * UNIT),
        ratings=[year(2024)],
    )
    assert balance(answer) == 65
    assert "reset" not in kinds(answer)


@pytest.mark.parametrize("former", ["ahli_pertama", "ahli_muda"])
def test_who_comes_back_from_outside_starts_with_what_the_transfer_gives(former):
    answer = account(
        held(former, date(2015, 1, 1), date(2020, 12, 31)),
        held("ahli_muda", date(2024, 1, 1), way="transfer", origin="pengawas"),
        rank="III/d",
        since=date(2022, 1, 1),
        opening=Opening(1, date(2020, 12, 31), "pak", 90 * UNIT),
        ratings=[year(2022), year(2023)],
    )
    assert balance(answer, date(2023, 12, 31)) == 90
    assert balance(answer) == 150  # AK Dasar and two years at 25
