"""Notices in the product: told once, to whoever began, read by nobody else, gone after 90 days."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from accounts.notices import text_of
from accounts.policy import Role
from accounts.services import TOUR_STEPS, notify
from accounts.tasks import forget_notices
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DONE = {"people": 1904, "changed": 3, "failed": 0}


def told(user: Any, kind: str = "run.real.done", url: str = "/perhitungan/") -> Notice:
    notice = notify(user, kind, DONE, url)
    assert notice is not None
    return notice


def test_the_header_tells_how_many_are_unread(client: Client) -> None:
    user = UserFactory(roles=[Role.HR])
    told(user)
    told(user)
    client.force_login(user)
    for page in (reverse("accounts:notices"), reverse("admin:positions_position_changelist")):
        answer = client.get(page)
        assert answer.context["at_hand"].unread == 2
        assert '<span class="count">2</span>' in answer.content.decode()


def test_a_notice_is_said_in_the_readers_language(client: Client) -> None:
    user = UserFactory(roles=[Role.HR], language="en")
    told(user)
    client.force_login(user)
    body = client.get(reverse("accounts:notices")).content.decode()
    assert "The recalculation is done: 1,904 people, the points of 3 changed." in body


def test_opening_a_notice_leads_to_its_page_and_reads_it(client: Client) -> None:
    user = UserFactory(roles=[Role.HR])
    notice, other = told(user), told(user)
    client.force_login(user)
    answer = client.post(reverse("accounts:notice", args=[notice.pk]))
    assert answer.headers["Location"] == "/perhitungan/"
    assert list(Notice.objects.filter(read_at__isnull=True)) == [other]
    client.post(reverse("accounts:notices_read"))
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_nobody_opens_or_reads_the_notices_of_somebody_else(client: Client) -> None:
    notice = told(UserFactory(roles=[Role.HR]))
    client.force_login(UserFactory(roles=[Role.HR]))
    assert client.post(reverse("accounts:notice", args=[notice.pk])).status_code == 404
    client.post(reverse("accounts:notices_read"))
    assert client.get(reverse("accounts:notices")).context["rows"] == []
    notice.refresh_from_db()
    assert notice.read_at is None


def test_work_that_nobody_began_tells_nobody() -> None:
    assert notify(None, "run.real.done", DONE, "/") is None
    assert not Notice.objects.exists()


def test_notices_are_kept_for_ninety_days() -> None:
    user = UserFactory()
    old, young = told(user), told(user)
    for notice, days in ((old, 91), (young, 89)):
        made = timezone.now() - timedelta(days=days)
        Notice.objects.filter(pk=notice.pk).update(created_at=made)
    forget_notices()
    assert list(Notice.objects.all()) == [young]


def test_a_kind_of_notice_that_is_gone_does_not_break_the_list(client: Client) -> None:
    user = UserFactory(roles=[Role.HR])
    assert text_of(told(user, kind="gone.kind")) == "gone.kind"


def test_the_list_costs_the_same_however_long(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    for count in (1, 40):
        for _ in range(count):
            told(user)
        with django_assert_max_num_queries(12):
            client.get(reverse("accounts:notices"))


# ------------------------------------------------------------------ the tour


@pytest.mark.parametrize("role", [Role.HR, Role.SUPERIOR, Role.HOLDER, Role.AUDITOR])
def test_five_steps_then_it_is_over_and_can_be_begun_again(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    start, go = reverse("admin:index"), reverse("accounts:tour")
    titles = []
    for number in range(1, TOUR_STEPS + 1):
        step = client.get(start).context["tour"]
        assert (step.number, step.total) == (number, 5)
        if step.url:
            assert client.get(step.url).status_code == 200, step.url
        titles.append(str(step.title))
        client.post(go, {"go": "next"})
    assert len(set(titles)) == 5
    assert client.get(start).context["tour"] is None
    client.post(go, {"go": "again"})
    assert client.get(start).context["tour"].number == 1


def test_the_tour_goes_back_and_can_be_left(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.HR]))
    start, go = reverse("admin:index"), reverse("accounts:tour")
    client.post(go, {"go": "back"})
    client.post(go, {"go": "next"})
    client.post(go, {"go": "back"})
    assert client.get(start).context["tour"].number == 1
    client.post(go, {"go": "skip"})
    assert client.get(start).context["tour"] is None
