"""Teams from draft to end: what the services refuse, what they keep, and the roles of accounts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.policy import Role, visible
from assessors.models import Assignment, Membership, Team, TeamEvent
from assessors.policy import seats
from assessors.selectors import ending, in_force, without_team
from assessors.services import compositions, teams
from assessors.services.errors import TeamError
from credits.models import Claim
from credits.rules.claim_states import Act
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from employees.services import accounts
from tests import factories
from tests.assessors.forming import (
    END,
    START,
    TRAINED,
    Seat,
    active,
    assessor,
    draft,
    jf,
    roles,
    seat,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MID = date(2023, 6, 1)


def refused(act: Any, *args: Any, **values: Any) -> TeamError:
    with pytest.raises(TeamError) as problem:
        act(*args, **values)
    return problem.value


def broken(problem: TeamError) -> dict[str, list[str]]:
    return {r.rule: [v.code for v in r.errors] for r in problem.broken}


def activate(team: Team, on: date = START) -> Team:
    return teams.activate(team, factories.DecreeFactory(), None, on)


def test_a_good_team_is_put_in_force_by_its_decree() -> None:
    team = draft(jf())
    assert team.state == Team.State.DRAFT
    assert not in_force(START).exists()
    decree = factories.DecreeFactory()
    officer = UserFactory(roles=[Role.HR])
    team = teams.activate(team, decree, officer, START)
    assert (team.state, team.decree) == (Team.State.ACTIVE, decree)
    assert in_force(START).get() == team
    event = TeamEvent.objects.get(act="activated")
    assert (event.actor, event.decree) == (officer, decree)
    assert refused(teams.activate, team, decree, officer, START).code == "state"


def _few(team: Team) -> None:
    teams.remove_member(seat(team, Seat.MEMBER), None)


def _no_chair(team: Team) -> None:
    teams.change_member(seat(team, Seat.CHAIR), None, role=Seat.MEMBER)


def _low_chair(team: Team) -> None:
    teams.change(team, None, levels=["ahli_pertama"])
    seat(team, Seat.CHAIR).employee.appointments.update(level="ahli_muda")


def _secretary(team: Team) -> None:
    teams.change_member(seat(team, Seat.SECRETARY), None, from_hr=False)


def _strangers(team: Team) -> None:
    other = factories.PositionFactory()
    for row in team.memberships.exclude(role=Seat.CHAIR):
        row.employee.appointments.update(position=other)


def _level(team: Team) -> None:
    seat(team, Seat.MEMBER).employee.appointments.update(level="ahli_muda")


def _rank(team: Team) -> None:
    seat(team, Seat.MEMBER).employee.ranks.update(golongan="III/d")


def _gone(team: Team) -> None:
    person = seat(team, Seat.MEMBER).employee
    person.left_on = START
    person.save()


def _leave(team: Team) -> None:
    person = seat(team, Seat.MEMBER).employee
    factories.StatusPeriodFactory(employee=person, start=date(2021, 7, 1), end=date(2022, 6, 30))


def _untrained(team: Team) -> None:
    teams.change_member(seat(team, Seat.MEMBER), None, trained_on=None)


def _open(team: Team) -> None:
    teams.change(team, None, end=None)


def _long(team: Team) -> None:
    teams.change(team, None, end=date(2025, 1, 1))


def _alone(team: Team) -> None:
    teams.remove_member(seat(team, Seat.ALTERNATE), None)


def _third_term(team: Team) -> None:
    person = seat(team, Seat.CHAIR).employee
    for year in (2016, 2019):
        before = factories.TeamFactory(
            positions=team.positions.all(),
            state="ended",
            start=date(year, 1, 1),
            end=date(year + 2, 12, 31),
        )
        factories.TeamMembershipFactory(
            team=before, employee=person, role=Seat.MEMBER, start=before.start
        )


ARTICLE_33 = "PermenPANRB 47/2022 Pasal 33"
ARTICLE_19 = "PermenPANRB 17/2013 Pasal 19"
CASES: dict[str, tuple[Any, dict[str, list[str]], str]] = {
    "size and odd": (
        _few,
        {"size": ["too_few", "too_few_ordinary"], "odd": ["even"]},
        ARTICLE_33,
    ),
    "chair": (_no_chair, {"chair": ["chair_missing"]}, ARTICLE_33),
    "chair below Ahli Madya": (_low_chair, {"chair": ["chair_experts"]}, ARTICLE_33),
    "secretary": (_secretary, {"secretary": ["secretary_not_hr"]}, ARTICLE_33),
    "same JF": (_strangers, {"same_position": ["few_holders"]}, ARTICLE_33),
    "level": (_level, {"level": ["level_low"]}, ARTICLE_33),
    "rank": (_rank, {"rank": ["rank_low"]}, ARTICLE_33),
    "left": (_gone, {"active": ["left"]}, ARTICLE_33),
    "leave": (_leave, {"active": ["unpaid_leave"]}, ARTICLE_33),
    "training": (_untrained, {"training": ["untrained"]}, ARTICLE_33),
    "open term": (_open, {"term": ["term_open"]}, ARTICLE_19),
    "long term": (_long, {"term": ["term_long"]}, ARTICLE_19),
    "terms in a row": (_third_term, {"in_a_row": ["terms"]}, ARTICLE_19),
    "no alternate": (_alone, {"self": ["no_alternate"]}, ARTICLE_19),
}


@pytest.mark.parametrize("case", CASES)
def test_each_rule_refuses_the_activation_with_its_article(case: str) -> None:
    spoil, expected, article = CASES[case]
    team = draft(jf())
    spoil(team)
    team.refresh_from_db()
    problem = refused(activate, team)
    assert problem.code == "composition"
    assert broken(problem) == expected
    assert all(r.article.startswith(article) for r in problem.broken)
    team.refresh_from_db()
    assert (team.state, team.decree) == (Team.State.DRAFT, None)


def test_the_terms_before_are_also_those_of_the_teams_that_it_follows() -> None:
    """The same people in teams that were once for another JF: the chain tells."""
    first = active(jf())
    second = teams.renew(first, None)
    activate(second, second.start)
    third = teams.renew(second, None)
    other = jf()
    third.positions.set([other])
    for row in third.memberships.all():
        row.employee.appointments.update(position=other)
    problem = refused(activate, third, third.start)
    assert broken(problem) == {"in_a_row": ["terms"] * 5}  # an alternate serves no term
    assert (second.start, second.end) == (date(2025, 1, 1), date(2027, 12, 31))
    assert (second.follows, third.follows) == (first, second)
    assert refused(teams.renew, second, None).code == "followed"


def test_two_teams_never_judge_the_same_people_on_the_same_day() -> None:
    position = jf()
    unit = factories.UnitFactory(version__name="Ditjen")
    part = factories.UnitFactory(version__name="Direktorat", version__parent=unit)
    first = active(position, units=[unit])
    rival = draft(position, units=[part], start=date(2024, 12, 31), end=date(2026, 12, 30))
    problem = refused(activate, rival, date(2024, 12, 31))
    assert broken(problem) == {"overlap": ["overlap"]}
    assert problem.broken[0].violations[0].params["team"] == first.name
    elsewhere = draft(position, units=[factories.UnitFactory()])
    assert activate(elsewhere).state == Team.State.ACTIVE
    teams.change(rival, None, start=END + timedelta(days=1))
    assert activate(rival, date(2025, 1, 1)).state == Team.State.ACTIVE
    assert broken(
        refused(teams.extend, first, date(2025, 6, 30), factories.DecreeFactory(), None, MID)
    ) == {"term": ["term_long"], "overlap": ["overlap"]}


def test_of_two_activations_for_one_jf_the_second_waits() -> None:
    """The rows of the JF are held before anything is compared."""
    team = draft(jf())
    with CaptureQueriesContext(connection) as asked:
        activate(team)
    said = [query["sql"] for query in asked]
    held = [n for n, sql in enumerate(said)
            if 'FROM "positions_position"' in sql and "FOR NO KEY UPDATE" in sql]  # fmt: skip
    compared = [n for n, sql in enumerate(said) if 'FROM "assessors_membership"' in sql]
    assert held
    assert held[0] < compared[0]


def test_levels_keep_two_teams_apart() -> None:
    position = jf()
    active(position)
    top = draft(position, levels=["ahli_utama"])
    for row in top.memberships.all():
        row.employee.appointments.update(level="ahli_utama")
        row.employee.ranks.update(golongan="IV/d")
    assert activate(top).state == Team.State.ACTIVE


def test_a_team_of_another_agency_serves_with_a_reason() -> None:
    position = jf()
    province = factories.AgencyFactory(code="prov", name="Provinsi", kind="province")
    team = draft(position, agency=province)
    for row in team.memberships.select_related("employee"):
        row.employee.employer = province
        row.employee.save()
    assert refused(activate, team).code == "borrowed_reason"
    teams.change(team, None, borrowed_because="Pemangku setara belum cukup.")
    assert activate(team).state == Team.State.ACTIVE


def test_a_seat_is_given_once() -> None:
    team = draft(jf())
    chair = seat(team, Seat.CHAIR).employee
    again = refused(teams.add_member, team, chair, None, role=Seat.MEMBER)
    assert (again.code, again.params["name"]) == ("has_seat", chair.full_name)
    second = refused(teams.add_member, team, factories.EmployeeFactory(), None, role=Seat.CHAIR)
    assert second.code == "seat_taken"


def test_a_team_in_force_is_not_edited_as_a_draft() -> None:
    team = active(jf())
    row = seat(team, Seat.MEMBER)
    for act, args in (
        (teams.change, (team, None)),
        (teams.add_member, (team, factories.EmployeeFactory(), None)),
        (teams.change_member, (row, None)),
        (teams.remove_member, (row, None)),
        (teams.discard, (team, None, "x")),
    ):
        assert refused(act, *args).code == "state"


def test_a_discarded_draft_stays_on_record() -> None:
    team = draft(jf())
    assert refused(teams.discard, team, None, " ").code == "reason_missing"
    teams.discard(team, None, "Salah lingkup")
    team.refresh_from_db()
    assert team.state == Team.State.VOID
    assert refused(activate, team).code == "state"


def test_who_retired_is_replaced_for_the_rest_of_the_term() -> None:
    position = jf()
    team = active(position)
    old, officer = seat(team, Seat.MEMBER), UserFactory()
    decree, fresh = factories.DecreeFactory(), assessor(position)
    made = teams.replace(old, fresh, MID, decree, officer, "Pensiun", **TRAINED)
    old.refresh_from_db()
    assert (old.end, old.ended_because) == (MID - timedelta(days=1), "Pensiun")
    assert (made.role, made.start, made.end, made.replaces) == (Seat.MEMBER, MID, None, old)
    assert team.memberships.on(MID).count() == team.memberships.on(START).count() == 6
    event = team.events.get(act="replaced")
    assert (event.decree, event.member, event.reason) == (decree, fresh, "Pensiun")
    assert refused(teams.replace, old, fresh, MID, decree, None, "x").code == "seat_ended"


def test_a_replacement_has_to_keep_the_rules_too() -> None:
    position = jf()
    team = active(position)
    old, low = seat(team, Seat.MEMBER), assessor(position, "ahli_muda", "III/c")
    problem = refused(
        teams.replace, old, low, MID, factories.DecreeFactory(), None, "Pensiun", **TRAINED
    )
    assert broken(problem) == {"level": ["level_low"], "rank": ["rank_low"]}
    old.refresh_from_db()
    assert old.end is None
    assert not team.memberships.filter(employee=low).exists()


def test_what_was_broken_before_hinders_nobody_from_mending() -> None:
    position = jf()
    team = active(position)
    gone, other = team.memberships.filter(role=Seat.MEMBER)[:2]
    for row in (gone, other):
        row.employee.left_on = date(2023, 1, 1)
        row.employee.save()
    fresh = assessor(position)
    teams.replace(gone, fresh, MID, factories.DecreeFactory(), None, "Pensiun", **TRAINED)
    found = compositions.check(team, MID)
    assert [v.person for r in found for v in r.errors] == [other.employee_id]


@pytest.mark.parametrize("day", [START, END + timedelta(days=1)])
def test_a_replacement_begins_within_the_seat(day: date) -> None:
    position = jf()
    team = active(position)
    args = (seat(team, Seat.MEMBER), assessor(position), day, factories.DecreeFactory(), None, "x")
    assert refused(teams.replace, *args, **TRAINED).code == "replace_day"


def test_a_substitute_stands_in_for_a_time() -> None:
    position = jf()
    team = active(position)
    member, stand_in = seat(team, Seat.MEMBER), assessor(position)
    until = MID + timedelta(days=60)
    made = teams.substitute(member, stand_in, MID, until, None, "Cuti", **TRAINED)
    assert (made.role, made.start, made.end) == (Seat.ALTERNATE, MID, until)
    member.refresh_from_db()
    assert member.end is None
    assert seats(stand_in.user, until).exists()
    assert not seats(stand_in.user, until + timedelta(days=1)).exists()
    chair = seat(team, Seat.CHAIR).employee
    again = refused(teams.substitute, member, chair, MID, until, None, "Cuti")
    assert again.code == "has_seat"
    late = refused(teams.substitute, member, assessor(position), MID, date(2025, 1, 1), None, "x")
    assert late.code == "outside_term"


def test_a_substitute_has_to_be_qualified() -> None:
    position = jf()
    team = active(position)
    low = assessor(position, "ahli_muda", "IV/a")
    problem = refused(
        teams.substitute, seat(team, Seat.MEMBER), low, MID, MID, None, "Cuti", **TRAINED
    )
    assert broken(problem) == {"level": ["level_low"]}


def test_a_short_term_is_extended_by_another_decree() -> None:
    team = active(jf(), end=date(2023, 12, 31))
    decree = factories.DecreeFactory()
    same = refused(teams.extend, team, END, team.decree, None, MID)
    assert same.code == "same_decree"
    assert refused(teams.extend, team, MID, decree, None, MID).code == "not_longer"
    teams.extend(team, END, decree, None, MID)
    team.refresh_from_db()
    assert team.end == END
    event = team.events.get(act="extended")
    assert (event.decree, event.details) == (
        decree,
        {"before": "2023-12-31", "until": "2024-12-31"},
    )


def test_a_team_ends_early_and_its_roles_with_it() -> None:
    today = timezone.localdate()
    team = active(jf(), today, start=today - timedelta(days=30), end=today + timedelta(days=300))
    chair = seat(team, Seat.CHAIR).employee
    assert roles(chair) == {Role.ASSESSOR, Role.CHAIR, Role.HOLDER}
    teams.end(team, today - timedelta(days=1), None, "Dibubarkan", today)
    team.refresh_from_db()
    assert team.state == Team.State.ENDED
    assert roles(chair) == {Role.HOLDER}
    assert not in_force(today).exists()


# ------------------------------------------------------------------ roles of accounts


def test_roles_follow_the_seats_within_their_dates() -> None:
    team = active(jf())
    people = {role: seat(team, role).employee for role in Seat.values if role != Seat.VICE}
    accounts.synchronise(START)
    assert {role: roles(person) for role, person in people.items()} == {
        Seat.CHAIR: {Role.ASSESSOR, Role.CHAIR, Role.HOLDER},
        Seat.SECRETARY: {Role.ASSESSOR, Role.SECRETARY, Role.HOLDER},
        Seat.MEMBER: {Role.ASSESSOR, Role.HOLDER},
        Seat.ALTERNATE: {Role.ASSESSOR, Role.HOLDER},
    }
    accounts.synchronise(END + timedelta(days=1))
    assert {frozenset(roles(p)) for p in people.values()} == {frozenset({Role.HOLDER})}


def test_the_vice_chair_has_the_chairs_role_and_a_draft_gives_none() -> None:
    position = jf()
    team = draft(position)
    vice = assessor(position)
    teams.add_member(team, vice, None, role=Seat.VICE, **TRAINED)
    teams.add_member(team, assessor(position), None, role=Seat.MEMBER, **TRAINED)
    accounts.synchronise(START)
    assert roles(vice) == {Role.HOLDER}
    activate(team)
    accounts.synchronise(START)
    assert roles(vice) == {Role.ASSESSOR, Role.CHAIR, Role.HOLDER}


def test_who_is_replaced_loses_the_role_on_the_day() -> None:
    position = jf()
    team = active(position)
    old, fresh = seat(team, Seat.SECRETARY), assessor(position)
    teams.replace(
        old, fresh, MID, factories.DecreeFactory(), None, "Pensiun", from_hr=True, **TRAINED
    )
    for day, holder, other in ((MID - timedelta(days=1), old.employee, fresh),
                               (MID, fresh, old.employee)):  # fmt: skip
        accounts.synchronise(day)
        assert Role.SECRETARY in roles(holder)
        assert Role.SECRETARY not in roles(other)


# ------------------------------------------------------------------ rows of the authorization table


def claim_for(position: Any, level: str = "ahli_muda", **values: Any) -> Claim:
    person = factories.EmployeeFactory()
    factories.AppointmentFactory(
        employee=person, position=position, level=level, start=date(2018, 1, 1)
    )
    factories.RankFactory(employee=person, golongan="III/c")
    factories.MembershipFactory(employee=person, start=date(2018, 1, 1), **values)
    return factories.ClaimFactory(employee=person, state="submitted", submitted_at=timezone.now())


def test_az080_a_team_reaches_the_claims_of_its_own_jf_alone() -> None:
    mine, other = jf(), jf()
    team = active(mine)
    active(other)
    own, foreign = claim_for(mine), claim_for(other)
    too_high = claim_for(mine, "ahli_utama")
    secretary = seat(team, Seat.SECRETARY).employee.user
    found = visible(Claim.objects.all(), secretary, "claim", on=MID)
    assert set(found) == {own}
    member = seat(team, Seat.MEMBER)
    assert set(visible(Claim.objects.all(), member.employee.user, "claim", on=MID)) == set()
    Assignment.objects.create(claim=own, team=team, member=member, due_on=MID)
    user = type(member.employee.user).objects.get(pk=member.employee.user_id)
    user.groups.add(*_groups(Role.ASSESSOR))
    assert set(visible(Claim.objects.all(), user, "claim", on=MID)) == {own}
    assert {foreign, too_high}.isdisjoint(visible(Claim.objects.all(), user, "claim", on=MID))


def _groups(*names: Role) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.filter(name__in=[n.value for n in names])


def test_the_units_of_a_team_are_those_with_all_below() -> None:
    position = jf()
    unit = factories.UnitFactory(version__name="Ditjen")
    part = factories.UnitFactory(version__name="Direktorat", version__parent=unit)
    team = active(position, units=[unit])
    inside, outside = claim_for(position, unit=part), claim_for(position)
    user = seat(team, Seat.SECRETARY).employee.user
    found = visible(Claim.objects.all(), user, "claim", on=MID)
    assert inside in found
    assert outside not in found


def test_az089_out_of_term_neither_role_nor_scope_nor_act() -> None:
    position = jf()
    team = active(position)
    claim = claim_for(position)
    chair, member = seat(team, Seat.SECRETARY).employee, seat(team, Seat.MEMBER)
    Assignment.objects.create(claim=claim, team=team, member=member, due_on=END)
    late = END + timedelta(days=1)
    for person in (chair, member.employee):
        # The role is still there, as before the night: the term alone keeps him out.
        person.user.groups.add(*_groups(Role.SECRETARY, Role.ASSESSOR))
        user = type(person.user).objects.get(pk=person.user_id)
        assert claim in visible(Claim.objects.all(), user, "claim", on=END)
        assert claim not in visible(Claim.objects.all(), user, "claim", on=late)
        assert not visible(Assignment.objects.all(), user, "assignment", "judge", on=late).exists()
    user = type(chair.user).objects.get(pk=chair.user_id)
    with pytest.raises(ClaimError) as problem:
        perform(claim, Act.CHECK, user, on=late)
    assert (problem.value.code, problem.value.status) == ("not_yours", 403)
    accounts.synchronise(late)
    assert Role.SECRETARY not in roles(chair)


# ------------------------------------------------------------------ what is to be done


def test_teams_that_end_soon_and_jf_without_a_team() -> None:
    today = timezone.localdate()
    position, bare = jf(), jf()
    factories.AppointmentFactory(position=bare)
    jf()  # nobody holds it
    factories.AppointmentFactory(position=jf(own_rules=True))
    soon = active(position, today, start=today, end=today + timedelta(days=90))
    assert list(ending(today)) == [soon]
    assert not ending(today, 89).exists()
    assert list(without_team(today)) == [bare]
    following = teams.renew(soon, None)
    assert list(ending(today)) == [soon]  # a draft does not help yet
    activate(following, following.start)
    assert not ending(today).exists()


def test_the_database_keeps_events_and_the_trail_has_every_seat() -> None:
    team = active(jf())
    event = team.events.first()
    assert event is not None
    for act in (event.delete, lambda: TeamEvent.objects.update(reason="y")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    written = AuditEvent.objects.filter(table="assessors_membership", kind="insert")
    assert written.count() == Membership.objects.filter(team=team).count()


@pytest.mark.parametrize("members", [6, 14])
def test_a_check_costs_the_same_however_many_members(
    members: int, django_assert_max_num_queries: Any
) -> None:
    position = jf()
    team = draft(position)
    for _n in range(members - 6):
        teams.add_member(team, assessor(position), None, role=Seat.MEMBER, **TRAINED)
    team = Team.objects.get(pk=team.pk)
    with django_assert_max_num_queries(16):
        compositions.check(team, START)
