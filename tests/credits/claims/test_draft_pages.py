"""Pages on which claims are written, listed and handed in: who, what is refused, what it costs."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.policy import Role
from credits.models import Claim, ClaimEditor, ClaimEvent, ClaimItem, JointWork
from credits.rules.claim_states import Act, State
from credits.services.claims import drafts
from credits.services.claims.acts import perform
from employees.models import Employee, Kinship
from tests import factories
from tests.credits.claims.test_acts import coordinator, draft, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PERIOD = {"period_start": "01-01-2022", "period_end": "30-06-2022", "late_reason": "Belum dinilai"}


def at(name: str, claim: Claim, *more: Any) -> str:
    return reverse(f"credits:{name}", args=[claim.public_id, *more])


def signed(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def claim() -> Claim:
    return draft(person())


@pytest.fixture
def desk(client: Client, claim: Claim) -> Client:
    """The coordinator of the claimant."""
    return signed(client, coordinator(claim.employee).user)


def item_data(claim: Claim, **others: Any) -> dict[str, Any]:
    activity = claim.items.values_list("activity_id", flat=True).first()
    values = {
        "version": claim.version,
        "activity": activity,
        "start": "01-03-2022",
        "end": "31-03-2022",
        "quantity": "2",
        "description": "Laporan Maret",
    }
    return values | others


def holder_of(claim: Claim) -> Any:
    claim.employee.user = UserFactory(roles=[Role.HOLDER])
    claim.employee.save()
    return claim.employee.user


# ------------------------------------------------------------------ who sees and acts


def test_az005_without_signing_in_no_claim_is_seen(client: Client, claim: Claim) -> None:
    for address in (at("claim", claim), at("claim_edit", claim), reverse("credits:claims")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert f"next={address}" in answer.headers["Location"]


def test_az026_az027_az028_the_holder_proposes_and_withdraws_in_time(
    client: Client, claim: Claim
) -> None:
    signed(client, holder_of(claim))
    assert client.post(at("claim_act", claim), {"act": "propose"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.PROPOSED
    assert client.post(at("claim_act", claim), {"act": "withdraw"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN
    assert [e.role for e in ClaimEvent.objects.filter(claim=claim)] == ["holder", "holder"]
    Claim.objects.filter(pk=claim.pk).update(state="judged", submitted_at=timezone.now())
    late = client.post(at("claim_act", claim), {"act": "withdraw"})
    assert late.status_code == 409
    assert Claim.objects.get(pk=claim.pk).state == "judged"


def test_az038_b22_what_is_out_of_reach_does_not_exist(client: Client, claim: Claim) -> None:
    other = draft(person())
    for user in (holder_of(claim), coordinator(claim.employee).user):
        signed(client, user)
        before = list(Claim.objects.order_by("pk").values())
        pages = ("claim", "claim_edit", "claim_item_new")
        answers = [client.get(at(name, other)) for name in pages]
        data = item_data(other)
        answers += [
            client.get(at("claim_item", other, 1)),
            client.post(at("claim_act", other), {"act": "submit"}),
            client.post(at("claim_act", other), {"act": "withdraw"}),
            client.post(at("claim_edit", other), PERIOD | {"version": 1}),
            client.post(at("claim_item_new", other), data),
            client.post(at("claim_item", other, 1), data),
            client.post(at("claim_item_remove", other, 1), {"version": 1}),
            client.post(at("claim_item_copy", other, 1), {"version": 1}),
            client.post(at("claim_attach", other), {"version": 1, "items": "1"}),
            client.post(at("claim_present", other)),
        ]
        assert {a.status_code for a in answers} == {404}
        assert list(Claim.objects.order_by("pk").values()) == before
        assert other.items.count() == 1
        assert not ClaimEditor.objects.filter(claim=other).exists()


def test_b22_handing_in_many_leaves_out_what_is_out_of_reach(desk: Client, claim: Claim) -> None:
    other = draft(person())
    answer = desk.post(
        reverse("credits:claims_submit"), {"claims": [claim.public_id, other.public_id]}
    )
    assert answer.status_code == 200
    assert (answer.context["done"], answer.context["missing"]) == (1, 1)
    other.refresh_from_db()
    assert other.state == State.DRAFT


def test_az064_az070_the_coordinator_submits_and_follows(desk: Client, claim: Claim) -> None:
    answer = desk.post(at("claim_act", claim), {"act": "submit", "version": 1})
    assert answer.status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.SUBMITTED
    page = desk.get(reverse("credits:claims") + "?state=submitted")
    assert claim.employee.name in page.content.decode()
    assert desk.get(at("claim", claim)).status_code == 200


def test_az067_az068_nobody_submits_for_himself_or_a_relative(desk: Client, claim: Claim) -> None:
    who = Employee.objects.get(user=desk.get("/").wsgi_request.user)
    relation = Kinship.objects.create(employee=claim.employee, relative=who, kind="spouse")
    assert desk.post(at("claim_act", claim), {"act": "submit"}).status_code == 403
    relation.delete()
    claim.employee.user, who.user = who.user, None
    who.save()
    claim.employee.save()
    factories.ClaimCoordinatorFactory(unit=claim.unit, employee=claim.employee)
    assert desk.post(at("claim_act", claim), {"act": "submit"}).status_code == 403
    claim.refresh_from_db()
    assert claim.state == State.DRAFT


def test_az069_the_own_superior_is_submitted_for_with_a_flag(desk: Client, claim: Claim) -> None:
    who = Employee.objects.get(user=desk.get("/").wsgi_request.user)
    factories.SuperiorFactory(employee=who, superior=claim.employee, start=date(2020, 1, 1))
    assert desk.post(at("claim_act", claim), {"act": "submit"}).status_code == 302
    assert ClaimEvent.objects.get(claim=claim).details["flags"] == ["own_superior"]


def test_az160_who_left_hands_nothing_in(desk: Client, claim: Claim) -> None:
    claim.employee.left_on = date(2025, 1, 1)
    claim.employee.save()
    claim_words = desk.post(at("claim_act", claim), {"act": "submit"})
    assert claim_words.status_code == 409
    assert "01-01-2025" in claim_words.content.decode()


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "field", [{"points": "999"}, {"ak_total": "999"}, {"status": "accepted"}, {"state": "approved"}]
)
def test_b20_points_and_states_are_not_taken(
    desk: Client, claim: Claim, field: dict[str, str]
) -> None:
    word = next(iter(field))
    posts = (
        (at("claim_edit", claim), PERIOD | {"version": 1}),
        (at("claim_item_new", claim), item_data(claim)),
        (at("claim_item", claim, 1), item_data(claim)),
        (at("claim_item_copy", claim, 1), {"version": 1}),
        (at("claim_act", claim), {"act": "submit", "version": 1}),
        (reverse("credits:claims_submit"), {"claims": str(claim.public_id)}),
        (reverse("credits:claim_new"), PERIOD | {"kind": "konvensional"}),
    )
    for address, data in posts:
        answer = desk.post(address, data | field)
        assert (answer.status_code, word in answer.content.decode()) == (400, True), address
    claim.refresh_from_db()
    assert (claim.version, claim.state, claim.items.count()) == (1, State.DRAFT, 1)


def test_b20_what_is_stored_is_the_servers_own_figure(desk: Client, claim: Claim) -> None:
    desk.post(at("claim_item_new", claim), item_data(claim, quantity="4"))
    assert claim.items.get(number=2).points_units == 2 * 3_000_000


def test_an_older_version_is_said_and_the_own_words_stay(desk: Client, claim: Claim) -> None:
    who = UserFactory(roles=[Role.HR])
    frame = drafts.Frame(claim.period_start, claim.period_end, "Alasan orang lain")
    drafts.edit(claim, frame, who, 1)
    mine = PERIOD | {"version": 1, "late_reason": "Alasan saya"}
    answer = desk.post(at("claim_edit", claim), mine)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Alasan saya" in body
    assert "Alasan orang lain" in body
    claim.refresh_from_db()
    assert claim.late_reason == "Alasan orang lain"
    # Having seen it, he puts his own in its place on purpose.
    assert answer.context["version"] == 2
    assert desk.post(at("claim_edit", claim), mine | {"version": 2}).status_code == 302
    claim.refresh_from_db()
    assert claim.late_reason == "Alasan saya"


def test_an_older_version_of_an_activity_is_refused_too(desk: Client, claim: Claim) -> None:
    item = claim.items.select_related("activity__table").get()
    other = drafts.ItemInput(item.activity, item.start, item.end, 7, "Kata orang lain")
    drafts.put_item(claim, other, UserFactory(roles=[Role.HR]), 1, number=1)
    answer = desk.post(at("claim_item", claim, 1), item_data(claim, description="Kata saya"))
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Kata saya" in body
    assert "Kata orang lain" in body
    assert claim.items.get().quantity == 7
    # A mistake in the form is no way around it: the form keeps the version it was made from.
    wrong = desk.post(at("claim_item", claim, 1), item_data(claim, quantity="0"))
    assert (wrong.status_code, wrong.context["version"]) == (400, 1)


def test_a_draft_that_was_handed_in_is_not_edited(desk: Client, claim: Claim) -> None:
    perform(claim, Act.SUBMIT, Employee.objects.get(coordinated_units__unit=claim.unit).user)
    assert desk.get(at("claim_edit", claim)).headers["Location"] == at("claim", claim)
    answer = desk.post(at("claim_item_remove", claim, 1), {"version": 1})
    assert answer.headers["Location"] == at("claim", claim)
    assert claim.items.count() == 1


# ------------------------------------------------------------------ writing


def test_from_nothing_to_submitted_without_javascript(desk: Client, claim: Claim) -> None:
    claimant = claim.employee
    activity = claim.items.get().activity
    claim.items.get().delete()
    Claim.objects.filter(pk=claim.pk).delete()
    made = desk.post(
        reverse("credits:claim_new"),
        PERIOD | {"kind": "konvensional", "person": claimant.nip, "note": ""},
    )
    claim = Claim.objects.get()
    assert made.headers["Location"] == at("claim_edit", claim)
    assert "Tambahkan" in desk.get(at("claim_edit", claim)).content.decode()
    desk.post(at("claim_item_new", claim), item_data(claim, activity=activity.pk))
    page = desk.get(at("claim_edit", claim)).content.decode()
    assert "bukti" in page
    file = factories.EvidenceFileFactory(employee=claimant, title="Laporan Maret.pdf")
    claim.refresh_from_db()
    desk.post(
        at("claim_attach", claim),
        {"version": claim.version, "items": ["1"], "files": [file.public_id]},
    )
    claim.refresh_from_db()
    page = desk.get(at("claim_edit", claim))
    assert page.context["errors"] == []
    assert "1,000" in page.content.decode()
    desk.post(at("claim_act", claim), {"act": "submit", "version": claim.version})
    claim.refresh_from_db()
    assert (claim.state, claim.stated["points"]) == (State.SUBMITTED, "1")


def test_the_form_names_only_people_within_reach(desk: Client, claim: Claim) -> None:
    stranger = person()
    answer = desk.post(
        reverse("credits:claim_new"), PERIOD | {"kind": "konvensional", "person": stranger.nip}
    )
    assert answer.status_code == 400
    assert stranger.name not in answer.content.decode()
    assert not Claim.objects.filter(employee=stranger).exists()


def test_what_the_check_finds_stands_on_the_page_with_its_remedy(
    desk: Client, claim: Claim
) -> None:
    claim.items.get().files.clear()
    for address in (at("claim_edit", claim), at("claim", claim)):
        body = desk.get(address).content.decode()
        assert "Lampirkan" in body
        assert "harus diperbaiki" in body
    answer = desk.post(at("claim_act", claim), {"act": "submit", "version": 1})
    assert answer.status_code == 409
    assert "Lampirkan" in answer.content.decode()


def test_saving_in_between_answers_json(desk: Client, claim: Claim) -> None:
    asked = {"headers": {"accept": "application/json"}}
    answer = desk.post(at("claim_edit", claim), PERIOD | {"version": 1}, **asked)
    said = json.loads(answer.content)
    assert (answer.status_code, said["saved"], said["version"]) == (200, True, 2)
    late = desk.post(at("claim_item", claim, 1), item_data(claim, version=1), **asked)
    assert (late.status_code, json.loads(late.content)["saved"]) == (409, False)
    wrong = desk.post(at("claim_edit", claim), {"version": 2}, **asked)
    assert wrong.status_code == 400


def test_who_has_it_open_too_is_said(desk: Client, claim: Claim) -> None:
    other = UserFactory(roles=[Role.HR], username="petugas.lain")
    drafts.seen(claim, other)
    assert "petugas.lain" in desk.get(at("claim_edit", claim)).content.decode()
    said = json.loads(desk.post(at("claim_present", claim)).content)
    assert (said["others"], said["version"]) == (["petugas.lain"], 1)


def test_a_joint_work_is_found_by_its_title(desk: Client, claim: Claim) -> None:
    work = JointWork.objects.create(title="Buku Ajar Analisis", authors=2)
    data = item_data(claim, work_title="analisis", find="1")
    found = desk.post(at("claim_item_new", claim), data)
    assert "Buku Ajar Analisis" in found.content.decode()
    taken = desk.post(at("claim_item_new", claim), item_data(claim, take=str(work.pk)))
    assert 'value="Buku Ajar Analisis"' in taken.content.decode()
    data = item_data(claim, work_title=work.title, authors="2", place="2")
    desk.post(at("claim_item_new", claim), data)
    assert ClaimItem.objects.get(number=2).work == work
    missing = desk.post(at("claim_item", claim, 2), data | {"version": 2, "place": ""})
    assert missing.status_code == 400


def test_copying_and_removing(desk: Client, claim: Claim) -> None:
    desk.post(at("claim_item_copy", claim, 1), {"version": 1})
    assert [i.number for i in claim.items.all()] == [1, 2]
    desk.post(at("claim_item_remove", claim, 1), {"version": 2})
    assert [i.number for i in claim.items.all()] == [2]
    assert desk.get(at("claim_item_remove", claim, 2)).status_code == 405


# ------------------------------------------------------------------ lists


def test_handing_in_many_says_what_became_of_each(desk: Client, claim: Claim) -> None:
    bad = factories.ClaimFactory(employee=claim.employee, period_end=date(2022, 3, 31))
    answer = desk.post(
        reverse("credits:claims_submit"), {"claims": [claim.public_id, bad.public_id]}
    )
    by_claim = {r["claim"].pk: r for r in answer.context["results"]}
    assert by_claim[claim.pk]["ok"]
    assert not by_claim[bad.pk]["ok"]
    assert "Belum ada kegiatan" in answer.content.decode()
    assert [Claim.objects.get(pk=c.pk).state for c in (claim, bad)] == ["submitted", "draft"]
    again = desk.post(reverse("credits:claims_submit"), {"claims": [claim.public_id]})
    assert again.context["done"] == 0
    assert ClaimEvent.objects.filter(claim=claim).count() == 1


def test_the_list_filters_and_says_whose_turn_it_is(desk: Client, claim: Claim) -> None:
    old = timezone.now() - timezone.timedelta(days=40)
    Claim.objects.filter(pk=claim.pk).update(state="proposed", state_at=old)
    other = factories.ClaimFactory(employee=claim.employee, period_end=date(2022, 3, 31))
    shown = {
        "": {claim, other},
        "state=proposed": {claim},
        "state=draft": {other},
        "state=open": {claim, other},
        "age=30": {claim},
        "age=90": set(),
        "kind=konvensional": {claim, other},
        f"position={claim.position_id}": {claim, other},
        f"unit={claim.unit_id}": {claim, other},
        "kind=tidak-ada": {claim, other},
    }
    for query, expected in shown.items():
        page = desk.get(f"{reverse('credits:claims')}?{query}")
        assert {s["row"].claim for s in page.context["rows"]} == expected, query
    body = desk.get(reverse("credits:claims") + "?state=proposed").content.decode()
    assert "koordinator" in body
    assert AccessEvent.objects.filter(what="claim", how="list").exists()


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("page", ["claims", "claims_unit", "claims_own"])
def test_lists_cost_the_same_whatever_they_hold(
    client: Client, page: str, number: int, django_assert_max_num_queries: Any
) -> None:
    first = draft(person())
    who = coordinator(first.employee)
    roles = UserFactory(roles=[Role.COORDINATOR, Role.HOLDER])
    who.user = roles
    who.save()
    for n in range(number):
        for state in ("draft", "proposed", "returned", "submitted"):
            for claimant in (first.employee, who):
                factories.ClaimFactory(
                    employee=claimant,
                    state=state,
                    unit=first.unit,
                    position=first.position,
                    period_end=date(2022, 2, 1 + n),
                    submitted_at=timezone.now(),
                )
    signed(client, roles)
    client.get(reverse(f"credits:{page}"))
    with django_assert_max_num_queries(12):
        answer = client.get(reverse(f"credits:{page}"))
    assert answer.status_code == 200


def test_the_portals_show_what_waits(client: Client) -> None:
    claim = draft(person())
    who = coordinator(claim.employee)
    claim.items.get().files.clear()
    holder = holder_of(claim)
    own = signed(client, holder).get(reverse("credits:claims_own"))
    assert [s["row"].bare for s in own.context["todo"]] == [1]
    perform(claim, Act.PROPOSE, holder)
    own = client.get(reverse("credits:claims_own"))
    assert (own.context["todo"], len(own.context["rest"])) == ([], 1)
    unit = signed(client, who.user).get(reverse("credits:claims_unit"))
    assert [s["row"].claim for s in unit.context["waiting"]] == [claim]
    assert claim.employee.name in unit.content.decode()
    perform(claim, Act.HAND_BACK, who.user, reason="Bukti belum ada")
    own = signed(client, holder).get(reverse("credits:claims_own"))
    assert "Bukti belum ada" in own.content.decode()
    assert signed(client, holder).get(reverse("credits:claims_unit")).status_code == 403


def test_pages_of_a_claim_cost_the_same_whatever_it_holds(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    claim = draft(person())
    signed(client, coordinator(claim.employee).user)
    activity = claim.items.get().activity
    work = JointWork.objects.create(title="Buku", authors=2)
    for n in range(2, 20):
        factories.ClaimItemFactory(
            claim=claim, activity=activity, number=n, work=work, place=1 + n % 2
        )
    budgets = {at("claim", claim): 21, at("claim_edit", claim): 22, at("claim_item", claim, 1): 22}
    for address, most in budgets.items():
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_a_draft_is_its_writers_turn_until_it_is_handed_back(client: Client) -> None:
    claim = draft(person())
    who = coordinator(claim.employee)
    holder = holder_of(claim)
    Claim.objects.filter(pk=claim.pk).update(created_by=who.user)
    signed(client, who.user)
    page = reverse("credits:claims")
    assert client.get(page).context["rows"][0]["turn"] == "koordinator"
    assert client.get(at("claim", claim)).context["turn"] == "koordinator"
    perform(claim, Act.PROPOSE, holder)
    perform(claim, Act.HAND_BACK, who.user, reason="Lengkapi")
    assert client.get(page).context["rows"][0]["turn"] == "pemangku"
    assert client.get(at("claim", claim)).context["turn"] == "pemangku"
