"""The pages of plenaries, objections and determination, as their users see them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.policy import Role
from assessors.models import Plenary
from assessors.rules import Found
from assessors.services import plenaries
from credits.models import Claim, ClaimEvent, Document, LedgerEntry, NumberScheme, Objection
from credits.rules.claim_states import State
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
from tests.factories import PositionFactory, UserFactory

pytestmark = pytest.mark.django_db
VOTES = {"votes_for": "4", "votes_against": "0", "words": "Bukti diperiksa"}


@pytest.fixture
def where() -> Seated:
    return seated(PositionFactory())


def judged(where: Seated, second: dict[int, int], **values: Any) -> Claim:
    claim = submitted(claimant(where.team.positions.get()), **values)
    finished(claim, where.members["anggota"], [{}, second])
    return claim


def address(name: str, plenary: Plenary, *more: Any) -> str:
    return reverse(f"assessors:{name}", args=[plenary.public_id, *more])


def as_user(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def decision(quantities: dict[int, int], reason: str = "quantity") -> dict[str, str]:
    posted = dict(VOTES)
    for n, q in quantities.items():
        posted |= {f"q-{n}": str(q), f"r-{n}": reason, f"w-{n}": ""}
    return posted


def test_from_the_plan_to_the_ledger_by_the_pages(client: Client, where: Seated) -> None:
    """AZ092, AZ102: secretary, chair and officer, each by his own pages."""
    NumberScheme.objects.create(pattern="1/{number4}/KP.08.04/{month}/{year}", start="2020-01-01")
    claim = judged(where, {1: 1})
    agreed = [judged(where, {}) for _n in range(2)]
    officer = determiner(claim)
    # the secretary plans; everybody else of the team is invited
    as_user(client, where.secretary)
    page = client.get(reverse("assessors:plenary_new"))
    assert claim.employee.full_name in page.content.decode()
    answer = client.post(
        reverse("assessors:plenary_new"),
        {
            "team": str(where.team.public_id),
            "day": timezone.localdate().isoformat(),
            "starts_at": "09:00",
            "place": "Ruang 1",
        },
    )
    plenary = Plenary.objects.get()
    assert answer.headers["Location"] == address("plenary", plenary)
    invited = Notice.objects.filter(kind="plenary.invited")
    assert invited.count() == 6
    assert not invited.filter(user=where.secretary).exists()
    client.post(address("plenary_attend", plenary), {"present": where.full})
    # the chair opens, decides and closes
    as_user(client, where.chair)
    client.post(address("plenary_begin", plenary))
    item = plenary.agenda.get(claim=claim)
    assert client.get(address("agenda", plenary, item.pk)).status_code == 200
    client.post(address("agenda_decide", plenary, item.pk), decision({1: 3, 2: 2}))
    claim.refresh_from_db()
    assert claim.state == State.PARTLY
    rest = plenary.agenda.get(why="sample")
    client.post(address("agenda_decide", plenary, rest.pk), decision({1: 4, 2: 2}))
    bloc = plenary.agenda.get(why="agreed")
    client.post(address("plenary_agreed", plenary), VOTES | {"item": [bloc.pk]})
    assert {Claim.objects.get(pk=c.pk).state for c in agreed} == {"approved"}
    client.post(address("plenary_close", plenary), {"notes": "Selesai"})
    # the officer sees nothing before the minutes are signed
    as_user(client, officer)
    queue = reverse("credits:determinations")
    assert client.get(queue).context["not_yet"] == 3
    as_user(client, where.secretary)
    pdf = client.get(address("minutes_pdf", plenary))
    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF")
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.post(
        address("minutes_signed", plenary),
        {"how": "scan", "file": SimpleUploadedFile("ba.pdf", SCAN)},
    )
    plenary.refresh_from_db()
    assert plenary.signed_hash
    as_user(client, officer)
    listed = client.get(queue)
    assert len(listed.context["list"]["page"].object_list) == 3
    client.post(
        reverse("credits:determine_many"),
        {"claim": [str(c.public_id) for c in (claim, *agreed)]},
    )
    amounts = LedgerEntry.objects.filter(kind="claim").values_list("amount_units", flat=True)
    assert sorted(amounts) == [7_500_000, 9_000_000, 9_000_000]
    assert Document.objects.filter(form="konvensional", state="awaiting").count() == 3
    told = Notice.objects.filter(user=claim.submitted_by, kind="claim.coordinator")
    assert [n.params["state"] for n in told.order_by("pk")] == ["partly", "determined"]


def test_a_verdict_by_a_link_is_refused(client: Client, where: Seated) -> None:
    """AZ096: deciding is never a GET."""
    judged(where, {1: 1})
    plenary = in_session(where)
    item = plenary.agenda.get()
    as_user(client, where.chair)
    assert client.get(address("agenda_decide", plenary, item.pk)).status_code == 405
    assert client.get(address("plenary_agreed", plenary)).status_code == 405
    assert client.get(reverse("credits:determine_many")).status_code == 403
    as_user(client, UserFactory(roles=[Role.DETERMINER]))
    assert client.get(reverse("credits:determine_many")).status_code == 405


def test_without_quorum_the_page_answers_409_and_keeps_what_was_entered(
    client: Client, where: Seated
) -> None:
    """AZ094, AZ095 on the page."""
    judged(where, {1: 1})
    plenary = in_session(where)
    item = plenary.agenda.get()
    plenaries.attend(plenary, where.full[:2], {}, where.secretary)
    as_user(client, where.chair)
    url = address("agenda_decide", plenary, item.pk)
    answer = client.post(url, decision({1: 3, 2: 2}) | {"votes_for": "2", "w-1": "satu hilang"})
    assert answer.status_code == 409
    assert "satu hilang" in answer.content.decode()
    plenaries.attend(plenary, where.full, {}, where.secretary)
    assert client.post(url, decision({1: 3, 2: 2})).status_code == 302
    assert client.post(url, decision({1: 4, 2: 2})).status_code == 409  # the other tab
    item.refresh_from_db()
    assert item.decided["1"][0] == 3


def test_who_may_not_decide_is_refused(client: Client, where: Seated) -> None:
    """AZ093, AZ101, AZ163."""
    claim = judged(where, {1: 1})
    plenary = in_session(where)
    url = address("agenda_decide", plenary, plenary.agenda.get().pk)
    for user in (where.secretary, where.user("anggota")):
        assert as_user(client, user).post(url, decision({1: 4, 2: 2})).status_code == 403
    other = seated(PositionFactory())
    assert as_user(client, other.chair).post(url, decision({1: 4, 2: 2})).status_code == 404
    assert as_user(client, other.chair).get(address("plenary", plenary)).status_code == 404
    claim.employee.user = where.chair
    where.members["ketua"][0].employee.user = None
    where.members["ketua"][0].employee.save()
    claim.employee.save()
    where.members["ketua"][0].employee = claim.employee
    where.members["ketua"][0].save()
    assert as_user(client, where.chair).post(url, decision({1: 4, 2: 2})).status_code == 403
    answer = client.post(reverse("credits:claim_act", args=[claim.public_id]), {"act": "determine"})
    assert answer.status_code in (403, 409)
    claim.refresh_from_db()
    assert claim.state == State.PLENARY


def test_the_chair_does_not_determine(client: Client, where: Seated) -> None:
    """AZ163: the chair closes the plenary only."""
    claim = judged(where, {1: 1})
    plenary = in_session(where)
    plenaries.decide(plenary.agenda.get(), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    as_user(client, where.chair)
    act = reverse("credits:claim_act", args=[claim.public_id])
    assert client.post(act, {"act": "determine"}).status_code == 403
    assert client.get(reverse("credits:determinations")).status_code == 403
    assert not claim.decisions.exists()


def test_an_issued_pak_is_not_edited(client: Client, where: Seated) -> None:
    """AZ098, AZ162: no address takes an amount; what is one's own is nobody's to determine."""
    NumberScheme.objects.create(pattern="1/{number4}/KP.08.04/{month}/{year}", start="2020-01-01")
    claim = judged(where, {1: 1})
    plenary = in_session(where)
    plenaries.decide(plenary.agenda.get(), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    officer = determiner(claim)
    as_user(client, officer)
    done = client.post(reverse("credits:determine_many"), {"claim": [str(claim.public_id)]})
    assert done.status_code == 302
    paper = Document.objects.get(form="konvensional")
    finding = Document.objects.get(form="hapak")
    as_user(client, where.chair)
    assert client.get(reverse("credits:document", args=[finding.public_id])).status_code == 200
    page = reverse("credits:document", args=[finding.public_id])
    assert client.post(page, {"amount": "99"}).status_code == 405
    as_user(client, officer)
    page = reverse("credits:document", args=[paper.public_id])
    assert client.post(page, {"amount": "99"}).status_code == 405


def test_the_officers_own_claim_is_not_in_his_queue(client: Client, where: Seated) -> None:
    """AZ162."""
    claim = judged(where, {1: 1})
    plenary = in_session(where)
    plenaries.decide(plenary.agenda.get(), {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    officer = determiner(claim)
    as_user(client, officer)
    assert len(client.get(reverse("credits:determinations")).context["list"]["page"]) == 1
    ClaimEvent.objects.create(
        claim=claim, act="submit", before="draft", after="submitted", actor=officer, role="officer"
    )
    answer = client.post(
        reverse("credits:determine_many"), {"claim": [str(claim.public_id)]}, follow=True
    )
    assert not claim.decisions.exists()
    assert claim.employee.full_name in answer.content.decode()


def test_the_holder_objects_by_the_page(client: Client, where: Seated) -> None:
    claim = judged(where, {1: 1})
    claim.employee.user = UserFactory(roles=[Role.HOLDER])
    claim.employee.save()
    plenary = in_session(where)
    found = {1: Found(3, "quantity", "satu ganda"), 2: Found(2)}
    plenaries.decide(plenary.agenda.get(), found, ALL, where.chair)
    as_user(client, claim.employee.user)
    url = reverse("credits:objection", args=[claim.public_id])
    assert (
        reverse("credits:dupak", args=[claim.public_id])
        in client.get(reverse("credits:claim", args=[claim.public_id])).content.decode()
    )
    assert "satu ganda" in client.get(url).content.decode()
    refused = client.post(url, {"reason": "Salah baca"})
    assert refused.status_code == 400
    assert "Salah baca" in refused.content.decode()
    client.post(url, {"item": ["1"], "reason": "Laporan ke-4 ada pada berkas 2"})
    objection = Objection.objects.get(claim=claim)
    assert [i.number for i in objection.items.all()] == [1]
    assert client.get(url).status_code == 302
    assert Notice.objects.filter(kind="claim.turn.chair", user=where.chair).exists()
    pdf = client.get(reverse("credits:dupak", args=[claim.public_id]))
    assert pdf.content.startswith(b"%PDF")
    assert as_user(client, UserFactory(roles=[Role.HOLDER])).get(url).status_code == 404


def test_one_out_of_scope_in_a_bulk_determination(client: Client, where: Seated) -> None:
    mine, foreign = judged(where, {1: 1}), judged(where, {1: 1})
    plenary = in_session(where)
    for row in plenary.agenda.all():
        plenaries.decide(row, {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    officer = determiner(mine)
    from tests.factories import AgencyFactory

    foreign.employee.employer = AgencyFactory(code="lain", name="Instansi Lain")
    foreign.employee.save()
    as_user(client, officer)
    answer = client.post(
        reverse("credits:determine_many"),
        {"claim": [str(mine.public_id), str(foreign.public_id), "x' OR 1=1"]},
        follow=True,
    )
    assert foreign.employee.full_name not in answer.content.decode()
    assert (mine.decisions.count(), foreign.decisions.count()) == (1, 0)


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_pages_cost_the_same_whatever_the_number_of_rows(client: Client, where: Seated) -> None:
    def more(n: int) -> None:
        for _n in range(n):
            judged(where, {1: 1})

    more(2)
    plenary = in_session(where)
    as_user(client, where.chair)
    few = queries(client, address("plenary", plenary))
    for row in plenary.agenda.all():
        plenaries.decide(row, {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    listed = queries(client, reverse("assessors:plenaries"))
    officer = determiner(Claim.objects.filter(state="approved").first())  # type: ignore[arg-type]
    as_user(client, officer)
    queue = queries(client, reverse("credits:determinations"))
    more(6)
    second = in_session(where)
    as_user(client, where.chair)
    assert queries(client, address("plenary", second)) == few
    for row in second.agenda.all():
        plenaries.decide(row, {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, second)
    assert queries(client, reverse("assessors:plenaries")) == listed
    as_user(client, officer)
    assert queries(client, reverse("credits:determinations")) == queue
    assert max(listed, queue) <= 12
    assert few <= 20


def test_the_start_page_says_what_waits(client: Client, where: Seated) -> None:
    judged(where, {1: 1})
    plenary = in_session(where)
    as_user(client, where.chair)
    kinds = {d.kind for d in client.get(reverse("admin:index")).context["duties"]}
    assert "plenary_session" in kinds
    row = plenary.agenda.get()
    plenaries.decide(row, {1: Found(4), 2: Found(2)}, ALL, where.chair)
    closed_and_signed(where, plenary)
    as_user(client, determiner(row.claim))
    duties = {d.kind: d.count for d in client.get(reverse("admin:index")).context["duties"]}
    assert duties["determine"] == 1
