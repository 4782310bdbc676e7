"""Plenaries: agenda, quorum, decisions item by item and en bloc, minutes, and what follows."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessors.models import AgendaItem, Plenary
from assessors.plenary_rules import Result, quorum_of, result_of, sample
from assessors.rules import Found
from assessors.services import minutes, plenaries
from assessors.services.plenaries import Votes
from credits.models import Claim, LedgerEntry
from credits.rules.claim_states import Act, State
from credits.services.claims.acts import perform
from credits.services.claims.errors import ClaimError
from tests.assessors.sitting import (
    ALL,
    SCAN,
    Seated,
    claimant,
    closed_and_signed,
    determiner,
    finished,
    in_session,
    seated,
    submitted,
)
from tests.factories import PositionFactory

pytestmark = pytest.mark.django_db


def refused(code: str, do: Callable[[], object]) -> ClaimError:
    with pytest.raises(ClaimError) as caught:
        do()
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def where() -> Seated:
    return seated(PositionFactory())


def judged(where: Seated, first: dict[int, int], second: dict[int, int], **values: object) -> Claim:
    position = where.team.positions.get()
    claim = submitted(claimant(position), **values)
    finished(claim, where.members["anggota"], [first, second])
    return claim


def item_of(plenary: Plenary, claim: Claim) -> AgendaItem:
    return plenary.agenda.get(claim=claim)


# ------------------------------------------------------------------ the rules


@given(st.sets(st.text(min_size=1, max_size=6), max_size=40), st.integers(0, 100), st.text())
def test_the_sample_depends_on_the_seed_alone(keys: set[str], percent: int, seed: str) -> None:
    chosen = sample(sorted(keys), Fraction(percent), seed)
    assert chosen == sample(sorted(keys, reverse=True), Fraction(percent), seed)
    assert chosen <= keys
    assert len(chosen) == -(-len(keys) * percent // 100)


def test_another_seed_chooses_others() -> None:
    keys = [str(n) for n in range(40)]
    assert sample(keys, Fraction(10), "a") != sample(keys, Fraction(10), "b")


def test_quorum_is_more_than_half_unless_the_team_states_another() -> None:
    assert [quorum_of(n, None) for n in (5, 6, 7)] == [3, 4, 4]
    assert quorum_of(5, 4) == 4


def test_the_outcome_follows_from_the_items() -> None:
    claimed = {1: 3, 2: 2}
    assert result_of(claimed, {1: 3, 2: 2}) is Result.APPROVED
    assert result_of(claimed, {1: 3, 2: 0}) is Result.PARTLY
    assert result_of(claimed, {1: 0, 2: 0}) is Result.REJECTED


# ------------------------------------------------------------------ planning


def test_the_agenda_has_differences_a_sample_and_the_rest_en_bloc(where: Seated) -> None:
    far = judged(where, {}, {1: 1})
    agreed = [judged(where, {}, {}) for _n in range(11)]
    waits = submitted(claimant(where.team.positions.get()))  # nobody judged it yet
    plenary = plenaries.plan(where.team, timezone.localdate(), where.secretary, place="Ruang 1")
    assert item_of(plenary, far).why == "difference"
    whys = [item_of(plenary, c).why for c in agreed]
    assert (whys.count("sample"), whys.count("agreed")) == (2, 9)  # 10 % of 11, rounded up
    keys = [str(c.public_id) for c in agreed]
    chosen = sample(keys, Fraction(plenary.sample_percent), plenary.seed)
    assert {str(a.claim.public_id) for a in plenary.agenda.filter(why="sample")} == chosen
    waits.refresh_from_db()
    far.refresh_from_db()
    assert (waits.state, far.state) == (State.JUDGED, State.PLENARY)
    assert plenary.attendances.count() == 7
    refused(
        "nothing_ready",
        lambda: plenaries.plan(where.team, timezone.localdate(), where.secretary),
    )


def test_only_the_secretary_plans(where: Seated) -> None:
    judged(where, {}, {})
    for user in (where.chair, where.user("anggota")):
        refused("not_yours", lambda u=user: plenaries.plan(where.team, date(2026, 12, 1), u))


def test_a_claim_comes_on_an_agenda_in_no_other_way(where: Seated) -> None:
    claim = judged(where, {}, {})
    refused("only_by_agenda", lambda: perform(claim, Act.SCHEDULE, where.secretary))


# ------------------------------------------------------------------ deciding


def test_without_quorum_nothing_is_decided(where: Seated) -> None:
    """AZ094."""
    claim = judged(where, {}, {1: 1})
    plenary = plenaries.plan(where.team, timezone.localdate(), where.secretary)
    plenaries.attend(plenary, where.full[:2], {}, where.secretary)
    plenary = plenaries.begin(plenary, where.chair)
    item = item_of(plenary, claim)
    found = {1: Found(4), 2: Found(2)}
    problem = refused("no_quorum", lambda: plenaries.decide(item, found, Votes(2), where.chair))
    assert (problem.status, problem.params) == (409, {"present": 2, "quorum": 3})
    refused("no_quorum", lambda: plenaries.close(plenary, where.chair))
    claim.refresh_from_db()
    assert claim.state == State.PLENARY
    # an alternate stands in for an absent member, and the quorum is met
    absent = where.members["anggota"][0].pk
    alternate = where.members["pengganti"][0].pk
    session = plenaries.attend(
        plenary, [*where.full[:2], alternate], {alternate: absent}, where.secretary
    )
    assert (session.present, session.met) == (3, True)
    plenaries.decide(item, found, Votes(3), where.chair)
    claim.refresh_from_db()
    assert claim.state == State.APPROVED


def test_an_alternate_takes_one_empty_seat_and_no_other(where: Seated) -> None:
    judged(where, {}, {})
    plenary = plenaries.plan(where.team, timezone.localdate(), where.secretary)
    first, second = (m.pk for m in where.members["pengganti"])
    chair = where.members["ketua"][0].pk
    for present, stands in (
        ([chair, first], {first: chair}),
        ([first, second], {first: chair, second: chair}),
        ([first], {first: second}),
    ):
        refused(
            "stand_in_wrong",
            lambda p=present, s=stands: plenaries.attend(plenary, p, s, where.secretary),
        )
    assert plenaries.attend(plenary, [first], {}, where.secretary).present == 0


def test_the_plenary_decides_item_by_item_and_the_outcome_follows(where: Seated) -> None:
    claim = judged(where, {}, {1: 1})
    plenary = in_session(where)
    item = item_of(plenary, claim)
    done = plenaries.decide(
        item,
        {1: Found(3, "quantity", "satu laporan ganda"), 2: Found(2)},
        Votes(4, 1),
        where.chair,
        words="Bukti diperiksa bersama",
    )
    claim.refresh_from_db()
    assert (done.outcome, claim.state) == ("partly", State.PARTLY)
    first, second = claim.items.order_by("number")
    assert (first.decided_quantity, first.decided_units, first.decided_reason) == (
        3,
        4_500_000,
        "quantity",
    )
    assert (second.decided_quantity, second.decided_reason) == (2, "")
    assert done.units == 7_500_000
    event = claim.events.order_by("-id").first()
    assert event is not None
    assert (event.act, event.role, event.reason) == (
        "approve_partly",
        "chair",
        "Bukti diperiksa bersama",
    )


@pytest.mark.parametrize(
    ("found", "votes", "code"),
    [
        ({1: Found(4)}, Votes(5), "item_missing"),
        ({1: Found(5), 2: Found(2)}, Votes(5), "quantity_wrong"),
        ({1: Found(3), 2: Found(2)}, Votes(5), "item_reason_missing"),
        ({1: Found(3, "invented"), 2: Found(2)}, Votes(5), "item_reason_missing"),
        ({1: Found(4), 2: Found(2)}, Votes(6), "votes_wrong"),
        ({1: Found(4), 2: Found(2)}, Votes(-1), "votes_wrong"),
        ({1: Found(4), 2: Found(2)}, Votes(2, 2), "not_carried"),
    ],
)
def test_a_decision_is_complete_and_carried(
    where: Seated, found: dict[int, Found], votes: Votes, code: str
) -> None:
    claim = judged(where, {}, {1: 1})
    plenary = in_session(where)
    problem = refused(
        code, lambda: plenaries.decide(item_of(plenary, claim), found, votes, where.chair)
    )
    assert problem.status == 400
    assert not claim.items.filter(decided_quantity__isnull=False).exists()


def test_the_chair_does_not_decide_without_the_plenary(where: Seated) -> None:
    """The act itself is refused where no vote stands behind it."""
    claim = judged(where, {}, {})
    in_session(where)
    refused("only_in_plenary", lambda: perform(claim, Act.APPROVE, where.chair))


def test_the_secretary_does_not_decide(where: Seated) -> None:
    claim = judged(where, {}, {})
    plenary = in_session(where)
    found = {1: Found(4), 2: Found(2)}
    for user in (where.secretary, where.user("anggota")):
        refused(
            "not_yours",
            lambda u=user: plenaries.decide(item_of(plenary, claim), found, ALL, u),
        )


def test_the_vice_chair_leads_where_the_claim_is_the_chairs(where: Seated) -> None:
    """AZ093."""
    chair = where.members["ketua"][0].employee
    from tests.factories import AppointmentFactory, MembershipFactory, RankFactory

    AppointmentFactory(employee=chair, position=where.team.positions.get(), start=date(2020, 1, 1))
    RankFactory(employee=chair, golongan="III/a", effective_on=date(2020, 1, 1))
    MembershipFactory(employee=chair, start=date(2020, 1, 1))
    own = submitted(chair)
    finished(own, where.members["anggota"], [{}, {1: 1}])
    other = judged(where, {}, {1: 1})
    plenary = in_session(where)
    found = {1: Found(4), 2: Found(2)}
    problem = refused(
        "own_claim", lambda: plenaries.decide(item_of(plenary, own), found, ALL, where.chair)
    )
    assert problem.status == 403
    refused(
        "votes_wrong",  # the claimant's seat has no vote on it
        lambda: plenaries.decide(item_of(plenary, own), found, Votes(5), where.vice),
    )
    plenaries.decide(item_of(plenary, own), found, ALL, where.vice)
    own.refresh_from_db()
    assert own.state == State.APPROVED
    refused(
        "not_leading",
        lambda: plenaries.decide(item_of(plenary, other), found, ALL, where.vice),
    )


def test_en_bloc_each_claim_has_its_own_result(where: Seated) -> None:
    """AZ097."""
    agreed = [judged(where, {}, {}) for _n in range(3)]
    plenary = in_session(where)
    other = seated(PositionFactory())
    foreign = judged(other, {}, {})
    theirs = plenaries.plan(other.team, timezone.localdate(), other.secretary)
    rows = {r.why: r for r in plenary.agenda.all()}
    ids = [r.pk for r in plenary.agenda.filter(why="agreed")]
    outsider = theirs.agenda.get(claim=foreign).pk
    done = plenaries.decide_agreed(plenary, [*ids, outsider, rows["sample"].pk], ALL, where.chair)
    assert [d.error.code if d.error else "" for d in done] == ["", "", "not_yours", "not_en_bloc"]
    foreign.refresh_from_db()
    assert foreign.state == State.PLENARY
    assert Claim.objects.filter(pk__in=[c.pk for c in agreed], state="approved").count() == 2


def test_within_the_tolerance_the_lower_quantity_stands_en_bloc(where: Seated) -> None:
    claims = [judged(where, {}, {1: 19}, quantities=(20, 2)) for _n in range(2)]
    plenary = in_session(where)
    ids = [r.pk for r in plenary.agenda.filter(why="agreed")]
    (done,) = plenaries.decide_agreed(plenary, ids, ALL, where.chair)
    assert done.error is None
    assert done.item is not None
    assert done.item.outcome == "partly"
    assert done.item.decided["1"] == [19, "quantity", "tidak terbaca"]
    assert done.item.claim_id in {c.pk for c in claims}


def test_twice_from_two_tabs_decides_once(where: Seated) -> None:
    """AZ095, B13: the second is refused; one event, one decision."""
    claim = judged(where, {}, {1: 1})
    plenary = in_session(where)
    item = item_of(plenary, claim)
    found = {1: Found(4), 2: Found(2)}
    plenaries.decide(item, found, ALL, where.chair)
    problem = refused("item_decided", lambda: plenaries.decide(item, found, ALL, where.chair))
    assert problem.status == 409
    assert claim.events.filter(act="approve").count() == 1


def test_the_first_assessor_closes_nothing(where: Seated) -> None:
    """B23: while one has not finished the claim is on no agenda."""
    claim = submitted(claimant(where.team.positions.get()))
    rows = finished(claim, where.members["anggota"], [{}, {}])
    rows[1].state, rows[1].finished_at = "open", None
    rows[1].save()
    refused(
        "nothing_ready",
        lambda: plenaries.plan(where.team, timezone.localdate(), where.secretary),
    )


# ------------------------------------------------------------------ postponed, closed, signed


def test_what_is_not_decided_waits_for_the_next_plenary(where: Seated) -> None:
    first, second = judged(where, {}, {1: 1}), judged(where, {}, {1: 1})
    plenary = in_session(where)
    plenaries.postpone(item_of(plenary, first), "Bukti diminta", where.secretary)
    plenary = plenaries.close(plenary, where.chair)
    for claim in (first, second):
        claim.refresh_from_db()
        assert claim.state == State.JUDGED
        assert item_of(plenary, claim).outcome == "postponed"
    again = plenaries.plan(where.team, timezone.localdate(), where.secretary)
    assert again.agenda.count() == 2


def test_a_plenary_that_is_called_off_frees_its_claims(where: Seated) -> None:
    claim = judged(where, {}, {})
    plenary = plenaries.plan(where.team, timezone.localdate(), where.secretary)
    plenaries.cancel(plenary, "Hari libur", where.secretary)
    claim.refresh_from_db()
    assert claim.state == State.JUDGED
    assert plenaries.plan(where.team, timezone.localdate(), where.secretary).agenda.count() == 1


def test_a_closed_plenary_changes_no_more(where: Seated) -> None:
    claim = judged(where, {}, {1: 1})
    plenary = in_session(where)
    plenaries.decide(item_of(plenary, claim), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    plenary = plenaries.close(plenary, where.chair)
    refused("plenary_state", lambda: plenaries.attend(plenary, [], {}, where.secretary))
    row = item_of(plenary, claim)
    for change in (
        lambda: AgendaItem.objects.filter(pk=row.pk).update(votes_for=1),
        row.delete,
        lambda: Plenary.objects.filter(pk=plenary.pk).update(notes="lain"),
        plenary.attendances.all().delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    issued = minutes.minutes_pdf(plenary)
    assert issued == minutes.minutes_pdf(Plenary.objects.get(pk=plenary.pk))
    assert issued.startswith(b"%PDF")
    plenary.refresh_from_db()
    assert plenary.minutes_content is not None
    assert minutes._render(plenary.minutes_content) == issued  # the content alone gives them


def test_signed_minutes_begin_with_the_issued_ones_or_are_a_scan(where: Seated) -> None:
    judged(where, {}, {})
    plenary = plenaries.close(in_session(where), where.chair)
    issued = minutes.minutes_pdf(plenary)
    refused(
        "minutes_not_this_document",
        lambda: minutes.sign_minutes(plenary, b"%PDF-1.7 other", where.secretary),
    )
    refused("minutes_no_signature", lambda: minutes.sign_minutes(plenary, issued, where.secretary))
    refused(
        "minutes_not_a_scan",
        lambda: minutes.sign_minutes(plenary, b"MZ", where.secretary, scan=True),
    )
    refused(
        "not_yours",
        lambda: minutes.sign_minutes(plenary, SCAN, where.user("anggota"), scan=True),
    )
    signed = minutes.sign_minutes(plenary, issued + b" /ByteRange [0 1]", where.secretary)
    assert len(signed.signed_hash) == 64
    refused(
        "minutes_signed_before",
        lambda: minutes.sign_minutes(plenary, SCAN, where.secretary, scan=True),
    )


# ------------------------------------------------------------------ what follows


def test_the_ledger_holds_the_golden_sum_once_it_is_determined(where: Seated) -> None:
    """AZ092, AZ161: chair closes, officer determines, one line in the ledger."""
    claim = judged(where, {}, {1: 1})
    officer = determiner(claim)
    plenary = in_session(where)
    plenaries.decide(
        item_of(plenary, claim), {1: Found(3, "quantity"), 2: Found(2)}, ALL, where.chair
    )
    refused("plenary_not_closed", lambda: perform(claim, Act.DETERMINE, officer))
    plenary = plenaries.close(plenary, where.chair)
    refused("minutes_not_signed", lambda: perform(claim, Act.DETERMINE, officer))
    minutes.sign_minutes(plenary, SCAN, where.secretary, scan=True)
    problem = refused("not_yours", lambda: perform(claim, Act.DETERMINE, where.chair))
    assert problem.status == 403  # AZ163
    perform(claim, Act.DETERMINE, officer)
    refused("act_not_open", lambda: perform(claim, Act.DETERMINE, officer))
    lines = LedgerEntry.objects.filter(employee=claim.employee, kind="claim")
    assert sum(line.amount_units for line in lines) == 7_500_000  # 5 products of half a point
    assert lines.count() == 1


def test_nobody_determines_what_he_sat_over_or_what_is_his(where: Seated) -> None:
    """AZ162."""
    from accounts.policy import Role
    from tests.factories import DeterminingOfficerFactory

    claim = judged(where, {}, {1: 1})
    plenary = in_session(where)
    plenaries.decide(item_of(plenary, claim), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    for seat in (where.members["wakil_ketua"][0], where.members["anggota"][0]):
        from django.contrib.auth.models import Group

        officer = seat.employee
        assert officer.user is not None
        officer.user.groups.add(Group.objects.get(name=Role.DETERMINER.value))
        officer.user.__dict__.pop("_roles", None)
        made = DeterminingOfficerFactory(agency=claim.employee.employer, employee=officer)
        problem = refused("judged_it", lambda u=officer.user: perform(claim, Act.DETERMINE, u))
        assert problem.status == 403
        made.delete()
    assert not claim.decisions.exists()


def test_a_day_before_the_plenary_it_does_not_begin(where: Seated) -> None:
    judged(where, {}, {})
    tomorrow = timezone.localdate() + timedelta(days=1)
    plenary = plenaries.plan(where.team, tomorrow, where.secretary)
    refused("plenary_not_yet", lambda: plenaries.begin(plenary, where.chair))
    assert plenaries.begin(plenary, where.vice, on=tomorrow).led_by is not None
