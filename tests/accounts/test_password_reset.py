"""The forgotten password: a letter that tells nobody who has an account."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts import tasks
from accounts.models import User
from accounts.policy import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = "empat kuda lari pagi"


@pytest.fixture(autouse=True)
def _unthrottled() -> None:
    caches["throttle"].clear()


@pytest.fixture
def user() -> User:
    return UserFactory(email="rina@example.go.id", first_name="Rina", roles=[Role.HOLDER])


@pytest.fixture
def asked(monkeypatch: Any) -> list[list[int]]:
    found: list[list[int]] = []
    monkeypatch.setattr(tasks.send_reset, "delay", found.append)
    return found


def link(user: User) -> str:
    tasks.send_reset([user.pk])
    return re.search(r"https?://[^/]+(/sandi/\S+)", mail.outbox[-1].body).group(1)


def choose(address: str, password: str = NEW, **more: str) -> Any:
    client = Client()
    form = client.get(address, follow=True)
    data = {"new_password1": password, "new_password2": password, **more}
    return client.post(form.request["PATH_INFO"], data)


def test_the_answer_is_the_same_whoever_asks(client: Client, user: User, asked: Any) -> None:
    UserFactory(email="two@example.go.id")
    UserFactory(email="TWO@example.go.id")
    UserFactory(email="gone@example.go.id", is_active=False)
    never = UserFactory(email="never@example.go.id")
    never.set_unusable_password()
    never.save()
    answers = {
        client.post(reverse("accounts:forgotten"), {"email": f"{name}@example.go.id"}).headers[
            "Location"
        ]
        for name in ("rina", "nobody", "two", "gone", "never")
    }
    assert len(answers) == 1
    assert asked == [[user.pk], [], [], [], []]


def test_the_letter_names_nobody_in_its_subject_and_its_link_works_once(user: User) -> None:
    inside = Client()
    inside.force_login(user)
    address = link(user)
    assert "Rina" not in mail.outbox[0].subject
    assert choose(address).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert inside.get(reverse("accounts:own")).status_code == 302
    assert choose(address, "lima kuda lari sore").context["validlink"] is False


def test_the_link_of_one_account_sets_no_others_password(user: User) -> None:
    """AZ156: whatever user is named besides."""
    other = UserFactory()
    choose(link(user), username=other.username, user=str(other.pk))
    other.refresh_from_db()
    assert other.check_password("password-for-tests")
    mine, theirs = link(user).split("/"), link_of(other)
    mixed = "/".join([*mine[:3], theirs, *mine[4:]])
    assert Client().get(mixed, follow=True).context["validlink"] is False


def link_of(user: User) -> str:
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    return urlsafe_base64_encode(force_bytes(user.pk))


def test_a_closed_account_gets_no_letter(user: User) -> None:
    user.is_active = False
    user.save()
    tasks.send_reset([user.pk])
    assert mail.outbox == []


def test_one_address_asks_five_times_in_a_quarter_of_an_hour(client: Client, asked: Any) -> None:
    data = {"email": "nobody@example.go.id"}
    codes = [client.post(reverse("accounts:forgotten"), data).status_code for _n in range(6)]
    assert codes == [302, 302, 302, 302, 302, 429]
