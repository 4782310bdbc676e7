"""Who is told what about a claim, once; reminders, once a day; letters that name nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.notices import text_of
from accounts.policy import Role
from accounts.tasks import send_digests
from assessors import notices as team_notices
from assessors.models import Assignment
from credits.models import ClaimEvent
from credits.rules.claim_states import Act
from credits.services.claims import reminders
from credits.services.claims.acts import perform
from credits.tasks import remind_claims
from tests.assessors.sitting import claimant, finished, seated, submitted
from tests.factories import PositionFactory, UserFactory

pytestmark = pytest.mark.django_db


def told(user: User | None) -> list[str]:
    rows = Notice.objects.filter(user=user).order_by("pk")
    return [row.kind for row in rows]


@pytest.fixture
def where() -> Any:
    return seated(PositionFactory())


def claim_of(where: Any, state: str) -> Any:
    who = claimant(where.team.positions.get())
    who.user = UserFactory(roles=[Role.HOLDER], email="pemangku@example.org")
    who.save()
    claim = submitted(who)
    claim.state = state
    claim.save()
    return claim


def test_holder_and_coordinator_hear_of_a_return_and_the_secretary_who_did_it_not(
    where: Any,
) -> None:
    claim = claim_of(where, "submitted")
    perform(claim, Act.RETURN, where.secretary, reason="Bukti butir 1 tidak terbaca")
    assert told(claim.employee.user) == ["claim.holder"]
    assert told(claim.submitted_by) == ["claim.coordinator"]
    assert told(where.secretary) == []
    notice = Notice.objects.get(user=claim.employee.user)
    assert notice.url == reverse("credits:claim", args=[claim.public_id])
    assert claim.employee.name not in text_of(notice)
    assert "dikembalikan" in text_of(notice)


def test_whoever_has_the_ball_is_told_and_many_become_one(where: Any) -> None:
    for _n in range(3):
        claim = claim_of(where, "returned")
        perform(claim, Act.RESUBMIT, claim.submitted_by)
    (notice,) = Notice.objects.filter(user=where.secretary)
    assert (notice.kind, notice.params["n"]) == ("claim.turn.secretary", 3)
    assert notice.url == reverse("admin:index")
    assert text_of(notice).startswith("3 ")


def test_a_returned_claim_is_reminded_of_once_a_day(where: Any) -> None:
    claim = claim_of(where, "returned")
    today = timezone.localdate()
    day = reminders.returned_until(claim) - timedelta(days=3)
    assert reminders.remind(day) == 2  # holder and coordinator
    assert reminders.remind(day) == 0
    assert reminders.remind(day + timedelta(days=1)) == 0  # two days are no step
    assert told(claim.employee.user) == ["claim.remind.returned"]
    remind_claims()
    assert Notice.objects.filter(kind="claim.remind.returned").count() == 2
    assert today < day


def test_the_term_of_objections_is_reminded_of(where: Any) -> None:
    claim = claim_of(where, "partly")
    ClaimEvent.objects.create(
        claim=claim, act="approve_partly", before="plenary", after="partly", role="chair"
    )
    day = timezone.localdate() + timedelta(days=13)
    assert reminders.remind(day) == 2
    notice = Notice.objects.get(user=claim.employee.user)
    assert (notice.kind, notice.params) == ("claim.remind.objection", {"days": 1})


def test_assessors_and_teams_are_reminded(where: Any) -> None:
    claim = claim_of(where, "judged")
    rows = finished(claim, where.members["anggota"], [{}, {}])
    Assignment.objects.filter(pk=rows[0].pk).update(state="open", finished_at=None)
    today = timezone.localdate()
    Assignment.objects.update(due_on=today + timedelta(days=1))
    where.team.end = today + timedelta(days=30)
    where.team.save()
    assert team_notices.remind(today) == 3  # one assessor, chair and secretary
    assert team_notices.remind(today) == 0
    assert told(where.user("anggota")) == ["judging.remind"]
    assert told(where.chair) == ["team.remind"]


def test_one_letter_tells_all_and_names_nobody(where: Any) -> None:
    claim = claim_of(where, "submitted")
    perform(claim, Act.RETURN, where.secretary, reason="Bukti butir 1 tidak terbaca")
    with override_settings(NOTICE_MAIL="off"):
        send_digests()
    assert mail.outbox == []
    send_digests()
    send_digests()
    (letter,) = [m for m in mail.outbox if m.to == ["pemangku@example.org"]]
    person = claim.employee
    for text in (letter.subject, str(letter.body)):
        assert person.name not in text
        assert person.nip not in text
    assert "tidak terbaca" not in letter.body
