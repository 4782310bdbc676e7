"""Writing claims: drafts, versions, items, joint works, and what handing in freezes."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from accounts.policy import Role
from credits.models import Claim, ClaimEvent, ClaimItem, JointWork
from credits.rules.claim_states import Act, State
from credits.rules.units import from_units
from credits.services.claims import drafts
from credits.services.claims.acts import perform
from credits.services.claims.drafts import Frame, ItemInput, Joint
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import kind_of
from tests import factories
from tests.credits.claims.test_acts import coordinator, draft, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 15)
FRAME = Frame(date(2022, 1, 1), date(2022, 6, 30), "Belum pernah dinilai")


def refused(code: str, do: Any, *arguments: Any, **named: Any) -> ClaimError:
    with pytest.raises(ClaimError) as caught:
        do(*arguments, **named)
    assert caught.value.code == code
    return caught.value


def found(claim: Claim) -> set[tuple[str, int]]:
    return {(f.code, f.item) for f in kind_of(claim).check(claim, TODAY).findings}


def stated(claim: Claim, **others: Any) -> ItemInput:
    known = claim.items.select_related("activity__table").first()
    assert known is not None
    values = {
        "activity": known.activity,
        "start": date(2022, 3, 1),
        "end": date(2022, 3, 31),
        "quantity": 2,
        "description": "Laporan Maret",
    }
    return ItemInput(**(values | others))


# ------------------------------------------------------------------ creating


def test_a_draft_keeps_where_the_person_stood_at_the_end_of_the_period() -> None:
    claimant = person(level="ahli_muda", golongan="III/c")
    claim = drafts.create("konvensional", claimant, FRAME, coordinator(claimant).user)
    held = claimant.appointments.get()
    assert (claim.position, claim.level, claim.golongan) == (held.position, "ahli_muda", "III/c")
    assert claim.unit == claimant.memberships.get().unit
    assert (claim.path, claim.state, claim.version) == ("team", State.DRAFT, 1)


def test_drafts_are_written_within_ones_reach_alone() -> None:
    claimant = person()
    stranger = coordinator(person()).user
    assert (
        refused("not_yours", drafts.create, "konvensional", claimant, FRAME, stranger).status == 403
    )
    claimant.user = UserFactory(roles=[Role.HOLDER])
    claimant.save()
    other = UserFactory(roles=[Role.HOLDER])
    refused("not_yours", drafts.create, "konvensional", claimant, FRAME, other)
    assert drafts.create("konvensional", claimant, FRAME, claimant.user)
    refused("draft_exists", drafts.create, "konvensional", claimant, FRAME, claimant.user)
    refused("kind_unknown", drafts.create, "tidak-ada", claimant, FRAME, claimant.user)
    assert Claim.objects.count() == 1


def test_only_biro_sdm_enters_history() -> None:
    claimant = person()
    history = Frame(FRAME.start, FRAME.end, history=True)
    who = coordinator(claimant).user
    refused("history_not_yours", drafts.create, "konvensional", claimant, history, who)
    officer = UserFactory(roles=[Role.HR])
    assert drafts.create("konvensional", claimant, history, officer).history


# ------------------------------------------------------------------ editing


def test_an_older_version_is_refused_and_nothing_is_overwritten() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    first = drafts.edit(claim, Frame(FRAME.start, FRAME.end, "Alasan A"), who, claim.version)
    assert first.version == 2
    late = Frame(FRAME.start, FRAME.end, "Alasan B")
    refused("edited_meanwhile", drafts.edit, claim, late, who, claim.version)
    refused("edited_meanwhile", drafts.put_item, claim, stated(claim), who, claim.version)
    claim.refresh_from_db()
    assert (claim.late_reason, claim.version, claim.items.count()) == ("Alasan A", 2, 1)


def test_points_of_an_item_are_computed_by_the_server() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    item = drafts.put_item(claim, stated(claim, quantity=4), who, 1)
    assert (item.number, from_units(item.points_units)) == (2, Fraction(2))
    changed = drafts.put_item(claim, stated(claim, quantity=1), who, 2, number=2)
    assert from_units(changed.points_units) == Fraction(1, 2)
    twin = drafts.copy_item(claim, 2, who, 3)
    assert (twin.number, twin.quantity, twin.files.count()) == (3, 1, 0)
    drafts.remove_item(claim, 2, who, 4)
    assert [i.number for i in claim.items.all()] == [1, 3]


def test_one_file_serves_many_items_and_only_the_claimants_own() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    drafts.put_item(claim, stated(claim), who, 1)
    file = factories.EvidenceFileFactory(employee=claim.employee)
    drafts.attach(claim, [1, 2], [file], who, 2)
    assert [file in i.files.all() for i in claim.items.all()] == [True, True]
    drafts.detach(claim, [2], [file], who, 3)
    assert [file in i.files.all() for i in claim.items.all()] == [True, False]
    foreign = factories.EvidenceFileFactory()
    refused("file_of_another", drafts.attach, claim, [1], [foreign], who, 4)
    refused("item_unknown", drafts.attach, claim, [1, 9], [file], who, 4)


def test_who_may_edit_goes_by_state() -> None:
    claim = draft(person())
    claimant = claim.employee
    claimant.user = UserFactory(roles=[Role.HOLDER])
    claimant.save()
    who = coordinator(claimant).user
    assert drafts.refusal(claim, claimant.user) is None
    claim = perform(claim, Act.PROPOSE, claimant.user)
    problem = drafts.refusal(claim, claimant.user)
    assert problem is not None
    assert problem.code == "with_coordinator"
    assert drafts.refusal(claim, who) is None
    claim = perform(claim, Act.SUBMIT, who)
    for user in (claimant.user, who):
        problem = drafts.refusal(claim, user)
        assert problem is not None
        assert problem.code == "not_editable"


def test_two_who_edit_see_each_other() -> None:
    claim = draft(person())
    one, two = coordinator(claim.employee).user, UserFactory(roles=[Role.HR])
    assert drafts.seen(claim, one) == []
    assert [editor.user for editor in drafts.seen(claim, two)] == [one]
    assert [editor.user for editor in drafts.seen(claim, one)] == [two]


# ------------------------------------------------------------------ the checks


def test_the_same_work_twice_is_an_error_other_work_of_the_sort_is_not() -> None:
    claimant = person()
    earlier = draft(claimant)
    perform(earlier, Act.SUBMIT, coordinator(claimant).user)
    item = earlier.items.get()
    claim = factories.ClaimFactory(employee=claimant, period_end=date(2022, 12, 31))
    again = factories.ClaimItemFactory(claim=claim, activity=item.activity, number=1)
    assert ("item.credited", 1) in found(claim)
    assert ("claim.period_twice", 0) in found(claim)
    ClaimItem.objects.filter(pk=item.pk).update(description="Laporan pertama")
    again.description = "Laporan kedua"
    again.save()
    assert ("item.similar", 1) in found(claim)
    assert ("item.credited", 1) not in found(claim)
    again.description = "laporan  PERTAMA"
    again.save()
    assert ("item.credited", 1) in found(claim)
    again.start = again.end = date(2022, 3, 1)
    again.save()
    assert {code for code, number in found(claim) if number} == set()


def test_the_same_activity_twice_in_one_claim() -> None:
    claim = draft(person())
    first = claim.items.get()
    factories.ClaimItemFactory(claim=claim, activity=first.activity, number=2)
    assert ("item.twice", 2) in found(claim)
    ClaimItem.objects.filter(number=1).update(description="Laporan A")
    ClaimItem.objects.filter(number=2).update(description="Laporan B")
    assert ("item.twice", 2) not in found(claim)


def test_a_draft_of_another_blocks_nobody() -> None:
    """A place in a joint work, or an activity, is taken by handing in, not by writing it down."""
    claimant = person()
    other = draft(claimant)
    claim = factories.ClaimFactory(employee=claimant)
    factories.ClaimItemFactory(claim=claim, activity=other.items.get().activity, number=1)
    assert ("item.drafted", 1) in found(claim)
    assert not kind_of(claim).check(claim, TODAY).errors


def joint(place: int, **others: Any) -> Joint:
    return Joint(**({"title": "Buku Ajar", "authors": 2, "place": place} | others))


def test_coauthors_claim_the_same_work_each_a_place_once() -> None:
    one, two = draft(person()), draft(person())
    table = one.items.get().activity.table
    activity = factories.ActivityItemFactory(table=table, element="profesi", level="", points=4)
    who = coordinator(one.employee).user
    mine = drafts.put_item(one, stated(one, activity=activity, quantity=1, joint=joint(1)), who, 1)
    assert from_units(mine.points_units) == Fraction(12, 5)  # 60 % of 4
    drafts.attach(
        one, [mine.number], [factories.EvidenceFileFactory(employee=one.employee)], who, 2
    )
    assert not kind_of(one).check(one, TODAY).errors
    one.refresh_from_db()
    perform(one, Act.SUBMIT, who)

    table_two = two.items.get().activity.table
    activity_two = factories.ActivityItemFactory(
        table=table_two, element="profesi", level="", points=4
    )
    her = coordinator(two.employee).user
    item = stated(two, activity=activity_two, quantity=1, joint=joint(1, title="buku  ajar"))
    number = drafts.put_item(two, item, her, 1).number
    assert JointWork.objects.count() == 1
    assert ("item.place_taken", number) in found(two)
    second = stated(two, activity=activity_two, quantity=1, joint=joint(2))
    drafts.put_item(two, second, her, 2, number=number)
    assert {code for code, n in found(two) if n == number} == {"item.no_evidence"}
    # Entered anew with another number of authors, the shares are more than the work.
    third = stated(two, activity=activity_two, quantity=1, joint=joint(1, authors=3))
    drafts.put_item(two, third, her, 3, number=number)
    assert JointWork.objects.count() == 2
    assert ("item.shares_over", number) in found(two)
    # Other work of the same title has another date.
    JointWork.objects.filter(authors=2).update(published_on=date(2021, 5, 1))
    JointWork.objects.filter(authors=3).update(published_on=date(2022, 5, 1))
    assert ("item.shares_over", number) not in found(two)


def test_an_author_claims_a_work_once() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    first = drafts.put_item(claim, stated(claim, joint=joint(1)), who, 1)
    second = drafts.put_item(claim, stated(claim, joint=joint(2)), who, 2)
    assert first.work == second.work
    assert ("item.work_twice", second.number) in found(claim)
    refused("place_beyond", drafts.put_item, claim, stated(claim, joint=joint(3)), who, 3)


def test_periods_limits_and_the_post_are_checked() -> None:
    claim = draft(person())
    item = claim.items.get()
    item.activity = factories.ActivityItemFactory(table=item.activity.table, yearly_limit=3)
    item.save()
    other = factories.ClaimItemFactory(
        claim=claim, activity=item.activity, number=2, start=date(2022, 5, 1), end=date(2022, 5, 2)
    )
    assert ("item.over_year", 2) in found(claim)
    other.delete()
    assert ("item.over_year", 2) not in found(claim)
    claim.employee.appointments.update(start=date(2022, 2, 10))
    assert ("item.not_held", 1) in found(claim)
    table = item.activity.table
    table.end = date(2022, 2, 15)
    table.save()
    assert ("item.outside_table", 1) in found(claim)
    Claim.objects.update(period_end=date(2022, 2, 15))
    claim.refresh_from_db()
    assert ("item.outside_period", 1) in found(claim)


def test_a_removed_file_is_no_evidence() -> None:
    claim = draft(person())
    file = claim.items.get().files.get()
    assert ("item.no_evidence", 1) not in found(claim)
    file.removed_at = claim.created_at
    file.save()
    assert ("item.no_evidence", 1) in found(claim)


def test_every_finding_and_refusal_has_its_sentence() -> None:
    from pathlib import Path
    from re import findall

    from credits import claim_words

    services = Path(claim_words.__file__).parent / "services" / "claims"
    text = "".join(p.read_text() for p in services.glob("*.py"))
    logged = {"claim.not_counted"}  # words of the log
    assert set(findall(r'"((?:claim|item)\.[a-z_]+)"', text)) - logged <= set(claim_words.FINDINGS)
    assert set(findall(r'ClaimError\(\s*"([a-z_]+)"', text)) <= set(claim_words.PROBLEMS)


# ------------------------------------------------------------------ handing in


def test_handing_in_freezes_what_was_submitted() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    Claim.objects.filter(pk=claim.pk).update(level="", golongan="")  # the register knows
    done = perform(claim, Act.SUBMIT, who)
    assert (done.submitted_by, done.level, done.golongan) == (who, "ahli_pertama", "III/a")
    file = claim.items.get().files.get()
    assert done.stated["points"] == "1.5"
    assert done.stated["items"][0]["files"][0]["sha256"] == file.sha256
    assert done.stated["trace"]["items"][0]["article"]
    event = ClaimEvent.objects.get(claim=claim)
    assert event.details["stated"] == done.stated
    assert "flags" not in event.details


def test_a_claim_of_the_own_superior_is_flagged() -> None:
    claim = draft(person())
    who = coordinator(claim.employee)
    factories.SuperiorFactory(employee=who, superior=claim.employee, start=date(2020, 1, 1))
    perform(claim, Act.SUBMIT, who.user)
    assert ClaimEvent.objects.get(claim=claim).details["flags"] == ["own_superior"]


def test_with_errors_nothing_is_handed_in() -> None:
    claim = draft(person())
    claim.items.get().files.clear()
    who = coordinator(claim.employee).user
    problem = refused("has_errors", perform, claim, Act.SUBMIT, who)
    assert [f.code for f in problem.params["errors"]] == ["item.no_evidence"]
    claim.refresh_from_db()
    assert (claim.state, claim.stated, claim.submitted_at) == ("draft", {}, None)


def test_who_left_or_is_on_unpaid_leave_hands_nothing_in() -> None:
    claim = draft(person())
    who = coordinator(claim.employee).user
    status = factories.StatusPeriodFactory(
        employee=claim.employee, kind="unpaid_leave", start=date(2026, 1, 1), end=None
    )
    assert refused("not_in_service", perform, claim, Act.SUBMIT, who).status == 409
    status.delete()
    claim.employee.left_on = date(2025, 1, 1)
    claim.employee.save()
    assert refused("left_service", perform, claim, Act.SUBMIT, who).status == 409
