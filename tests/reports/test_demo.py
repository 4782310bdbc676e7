"""The demonstration ministry: the public figures, believable people, cases that can be found."""

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.policy import Role
from assessors.models import Membership, Plenary, Team
from credits.models import (
    CalculationRun,
    Claim,
    ClaimDecision,
    DeterminingOfficer,
    LedgerEntry,
    LedgerHead,
    Rating,
)
from credits.rules.claim_states import State
from credits.rules.integration import integration_points
from credits.rules.units import from_units
from employees import nip
from employees.models import Appointment, Employee, PositionCoordinator, Superior
from positions.models import Unit
from reports.demo import tables
from reports.demo.careers import BEFORE_CONVERSION, rank_on, step
from reports.demo.edge_cases import EDGE_CASES
from reports.demo.facts import Ministry
from reports.demo.ministry import build
from tests.factories import EmployeeFactory, UserFactory

SEEDS = (1, 7)


@cache
def ministry(seed: int) -> Ministry:
    return build(seed)


# ------------------------------------------------------------------ the people, without database


@pytest.mark.parametrize("seed", SEEDS)
def test_the_public_head_counts_are_exact_on_the_last_day(seed) -> None:
    people = ministry(seed).people
    assert len(people) == 3669
    held = [
        one.position
        for person in people
        for one in person.held
        if one.start <= tables.TODAY and (one.end is None or one.end >= tables.TODAY)
    ]
    assert Counter(held) == tables.HOLDERS
    assert len(held) == 1904
    equalised = [one for person in people for one in person.held if one.way == "penyetaraan"]
    assert len(equalised) == 449
    assert {one.start for one in equalised} == {date(2020, 12, 30)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_is_fictive_distinct_and_fits_the_person(seed) -> None:
    people = ministry(seed).people
    assert len({person.nip for person in people}) == len(people)
    for person in people:
        assert 900 <= int(person.nip[-3:]) <= 999
        assert not nip.check(
            person.nip,
            employment="PPPK" if person.employment == "PPPK" else "PNS",
            birth_date=person.birth_date,
            sex=person.sex,
            tmt_cpns=person.joined_on,
            today=tables.TODAY,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_careers_hang_together(seed) -> None:
    for person in ministry(seed).people:
        days = [day for _golongan, day in person.ranks]
        assert days == sorted(set(days))
        assert days[-1] <= tables.TODAY
        for times in (person.held, person.placed):
            for one, following in pairwise(times):
                assert one.start <= one.end < following.start
            assert all(one.end is None for one in times[-1:])
        for one in person.ratings:
            assert one.start.year == one.end.year
            assert one.start >= max(person.joined_on, date(2023, 1, 1))
            assert one.end <= tables.TODAY
        if person.held:
            assert person.held[0].start >= person.joined_on
        if person.held and person.position != "dosen":
            limit = {"ahli_madya": 60, "ahli_utama": 65}.get(person.held[-1].level, 58)
            assert person.birth_date.year + limit >= tables.TODAY.year


@pytest.mark.parametrize("seed", SEEDS)
def test_each_opening_lies_in_the_range_of_its_rank(seed) -> None:
    from credits.rules.editions import edition

    seen = 0
    for person in ministry(seed).people:
        if person.conventional is None:
            continue
        level = next(one.level for one in reversed(person.held) if one.start <= BEFORE_CONVERSION)
        golongan = rank_on(person.ranks, BEFORE_CONVERSION)
        answer = integration_points(edition("integrasi-2019"), level, golongan, person.conventional)
        assert answer.in_range
        seen += 1
    assert seen > 1500


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_was_promoted_to_a_level_in_2024_had_earned_it(seed) -> None:
    promoted = [
        (person, one, before)
        for person in ministry(seed).people
        for before, one in pairwise(person.held)
        if one.way == "promotion" and one.start.year == 2024 and person.conventional
        and before.start <= BEFORE_CONVERSION and not person.pauses
    ]  # fmt: skip
    assert promoted
    for person, _one, before in promoted:
        figures = step(before.level)
        points = person.conventional - figures.base_value
        marks = {"sangat_baik": 150, "baik": 100, "butuh_perbaikan": 75, "kurang": 50}
        (rated,) = [r for r in person.ratings if r.start.year == 2023]
        points += figures.coefficient * marks.get(rated.predicate, 25) / 100
        assert points >= figures.rank_points * len(figures.golongan)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert build(7) == ministry(7)
    one, two = ({p.nip for p in ministry(seed).people} for seed in SEEDS)
    assert one & two >= set(EDGE_CASES.values())
    assert len(one & two) < len(EDGE_CASES) + 20


# ------------------------------------------------------------------ in the database


@pytest.fixture
def demo(db, settings, tmp_path) -> str:
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    out = StringIO()
    call_command("load_demo", seed=1, stdout=out)
    return out.getvalue()


EXPECTED = {
    "at_rank_target": Fraction(50),
    "at_level_target": Fraction(200),
    "both_targets_met": Fraction(425, 2),
    "unpaid_leave": Fraction(245, 2),
    "study_with_honours": Fraction(255, 2),
    "degree_recorded": Fraction(130),
    "transfer_from_supervisor": Fraction(175),
    "between_positions": Fraction(303, 2),
    "rank_above_level": Fraction(125),
    "rating_superseded": Fraction(75),
    "mid_month": Fraction(875, 24),
    "without_opening": Fraction(75),
    "promoted_in_mid_year": Fraction(175, 8),
}


def test_the_ministry_is_loaded_once_and_computed_but_for_the_lecturers(demo) -> None:
    assert Employee.objects.filter(is_sample=True).count() == 3669
    assert Appointment.objects.on(tables.TODAY).count() == 1904
    run = CalculationRun.objects.earliest("pk")
    assert (run.people, run.not_computed, run.failed) == (1904, 32, 0)
    assert not run.issues.filter(severity="error").exists()
    balances = LedgerHead.objects.filter(employee__nip__in=EDGE_CASES.values())
    got = {head.employee.nip: from_units(head.balance_units) for head in balances}
    assert {name: got[EDGE_CASES[name]] for name in EXPECTED} == EXPECTED
    runs = CalculationRun.objects.count()
    out = StringIO()
    call_command("load_demo", seed=1, stdout=out)  # says so, and changes nothing
    assert CalculationRun.objects.count() == runs
    with pytest.raises(CommandError):
        call_command("load_demo", seed=2)


def test_claims_stand_in_every_state_with_their_teams_and_points(demo) -> None:
    states = set(Claim.objects.values_list("state", flat=True))
    assert states == {s.value for s in State} - {"proposed", "archived"}
    assert Team.objects.filter(state="active").count() == 2
    assert Plenary.objects.filter(state="closed").exclude(signed_hash="").count() == 2
    decided = ClaimDecision.objects.all()
    lines = LedgerEntry.objects.filter(kind="claim")
    assert sorted(line.amount_units for line in lines) == sorted(d.units for d in decided)
    assert len(decided) > 0


def test_everybody_has_a_place_and_a_superior_and_each_position_a_coordinator(demo) -> None:
    alone = Employee.objects.exclude(pk__in=Superior.objects.on(tables.TODAY).values("employee"))
    assert alone.exclude(headships__unit__kind="unit_utama").exclude(
        memberships__unit__code="staf-ahli"
    ).count() == 0  # fmt: skip
    assert PositionCoordinator.objects.on(tables.TODAY).count() == 32
    led = Unit.objects.filter(heads__in=Unit.heads.rel.related_model.objects.on(tables.TODAY))
    assert led.distinct().count() == Unit.objects.count() - 3
    replaced = Rating.objects.filter(superseded_by__isnull=False)
    assert {r.employee.nip for r in replaced} == {EDGE_CASES["rating_superseded"]}


def test_there_is_an_account_per_role_and_a_second_officer_whose_passwords_open_them(
    demo, client
) -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    lines = [line.split() for line in out.getvalue().splitlines() if line.startswith("  ")]
    assert {line[0] for line in lines} == {role.value for role in Role} | {"biro_sdm_2"}
    for name, password, role, *_rest in lines:
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert [group.name for group in user.groups.all()] == [role]
        assert name.startswith(role)
    linked = set(User.objects.filter(employee__isnull=False).values_list("username", flat=True))
    assert {name for name in linked if not name.startswith("contoh_")} == {
        "pemangku", "pejabat_penilai", "koordinator_unit", "koordinator_jf", "tim_penilai",
        "pejabat_penetap", "ketua_tim", "sekretaris_tim",
    }  # fmt: skip
    seats = Membership.objects.filter(employee__user__username__in=("tim_penilai", "ketua_tim"))
    assert sorted(seats.values_list("role", flat=True)) == ["anggota", "ketua"]


def test_conventional_pak_have_their_officers_and_one_of_them_an_account(demo) -> None:
    rows = DeterminingOfficer.objects.on(tables.TODAY)
    assert sorted(n for row in rows for n in range(row.lowest, row.highest + 1)) == [*range(1, 9)]
    call_command("demo_accounts", stdout=StringIO())
    assert rows.filter(employee__user__username=Role.DETERMINER).exists()


def test_an_account_of_the_same_name_that_is_no_sample_is_left_alone(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    UserFactory(username="auditor", password="their own")
    call_command("load_demo", seed=1, no_recalculation=True, stdout=StringIO())
    assert User.objects.get(username="auditor").check_password("their own")


def test_a_database_that_holds_people_takes_no_demonstration(db) -> None:
    EmployeeFactory()
    with pytest.raises(CommandError):
        call_command("load_demo", stdout=StringIO())
    assert Employee.objects.count() == 1


def test_removing_refuses_as_soon_as_something_is_no_sample(db, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    employee = EmployeeFactory()
    with pytest.raises(CommandError, match="1"):
        call_command("remove_demo")
    employee.delete()
    UserFactory()
    with pytest.raises(CommandError, match="1"):
        call_command("remove_demo")
    User.objects.all().delete()
    call_command("load_catalogue", verbosity=0)
    Unit.objects.filter(code="setjen").update(confirmed=True)
    with pytest.raises(CommandError):
        call_command("remove_demo")
    assert Unit.objects.filter(confirmed=True).exists()
