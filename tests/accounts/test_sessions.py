"""Sessions: how long they last, which devices there are, and who ends them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import SignIn, User
from accounts.policy import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/143.0.0.0 Mobile Safari/537.36"
)
PASSWORD = "password-for-tests"
NEW = "empat kuda lari pagi"


@pytest.fixture
def user() -> User:
    return UserFactory(roles=[Role.HOLDER])


def browser(user: User, agent: str = FIREFOX, address: str = "10.1.2.3") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    data = {"username": user.username, "password": PASSWORD}
    assert client.post(reverse("admin:login"), data).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:own")).status_code == 200


def test_the_list_names_the_devices_and_marks_this_one(user: User) -> None:
    here = browser(user)
    browser(user, PHONE, "2001:db8:1:2::3")
    page = here.get(reverse("accounts:own"))
    shown = {(d.browser, d.network) for d in page.context["devices"]}
    assert shown == {("Firefox, Linux", "10.1.2.0/24"), ("Chrome, Android", "2001:db8:1::/48")}
    assert page.context["here"].browser == "Firefox, Linux"


def test_one_device_or_all_others_are_signed_out(user: User) -> None:
    here, phone, desk = browser(user), browser(user, PHONE), browser(user)
    gone = SignIn.objects.get(browser="Chrome, Android")
    here.post(reverse("accounts:end_device", args=[gone.pk]))
    assert (is_in(here), is_in(phone), is_in(desk)) == (True, False, True)
    here.post(reverse("accounts:end_others"))
    assert (is_in(here), is_in(desk)) == (True, False)


def test_somebody_elses_device_is_not_there(user: User) -> None:
    theirs = browser(UserFactory(roles=[Role.HOLDER]))
    here = browser(user)
    device = SignIn.objects.exclude(user=user).get()
    assert here.post(reverse("accounts:end_device", args=[device.pk])).status_code == 404
    assert is_in(theirs)


def test_signing_out_ends_the_device(user: User) -> None:
    here = browser(user)
    here.post(reverse("admin:logout"))
    assert SignIn.objects.get().ended_at is not None


def test_changing_the_password_ends_the_other_sessions(user: User) -> None:
    here, other = browser(user), browser(user)
    answer = here.post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    )
    assert answer.status_code == 302
    assert (is_in(here), is_in(other)) == (True, False)
    assert SignIn.objects.filter(ended_at__isnull=True).count() == 1


def test_an_administrator_signs_an_account_out(user: User) -> None:
    here = browser(user)
    administrator = Client()
    administrator.force_login(UserFactory(roles=[Role.ADMIN]))
    administrator.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "end_sessions", "_selected_action": [user.pk]},
    )
    assert not is_in(here)


@pytest.mark.parametrize(
    ("role", "minutes", "stays"),
    [
        (Role.HR, 59, True), (Role.HR, 60, False), (Role.ADMIN, 60, False),
        (Role.AUDITOR, 60, False),
        (Role.HOLDER, 60, True), (Role.HOLDER, 239, True), (Role.HOLDER, 240, False),
    ],
)  # fmt: skip
def test_an_idle_session_ends_sooner_for_who_sees_everybody(
    role: Role, minutes: int, stays: bool
) -> None:
    begin = datetime(2026, 3, 2, 8, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(begin, tick=False) as clock:
        here = browser(UserFactory(roles=[role]))
        clock.shift(timedelta(minutes=minutes))
        assert is_in(here) is stays
        assert is_in(here) is stays


def test_a_session_lasts_twelve_hours_at_most_however_busy(user: User) -> None:
    begin = datetime(2026, 3, 2, 7, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(begin, tick=False) as clock:
        here = browser(user)
        for _hour in range(11):
            clock.shift(timedelta(hours=1))
            assert is_in(here)
        clock.shift(timedelta(hours=1))
        assert not is_in(here)


def test_being_seen_is_written_once_a_minute(user: User, django_assert_num_queries: Any) -> None:
    begin = datetime(2026, 3, 2, 7, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(begin, tick=False) as clock:
        here = browser(user)
        clock.shift(timedelta(seconds=59))
        is_in(here)
        assert SignIn.objects.get().seen_at == begin
        clock.shift(timedelta(seconds=1))
        is_in(here)
        assert SignIn.objects.get().seen_at == begin + timedelta(minutes=1)


@pytest.mark.parametrize("devices", [1, 12])
def test_the_page_costs_the_same_however_many_devices(
    user: User, devices: int, django_assert_max_num_queries: Any
) -> None:
    here = browser(user)
    for _n in range(devices):
        SignIn.objects.create(user=user, browser="Firefox")
    with django_assert_max_num_queries(8):
        assert is_in(here)


def test_a_session_of_before_this_version_is_signed_out(user: User) -> None:
    here = browser(user)
    SignIn.objects.all().delete()
    assert not is_in(here)


def test_old_rows_are_forgotten(user: User) -> None:
    browser(user)
    SignIn.objects.update(seen_at=timezone.now() - timedelta(days=91))
    tasks.forget()
    assert not SignIn.objects.exists()
