"""Indonesian unless somebody chose English: in this browser, or with the account."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH_BROWSER = {"accept-language": "en-US,en;q=0.9"}


def language(client) -> str:
    answer = client.get(reverse("admin:index"), headers=ENGLISH_BROWSER, follow=True)
    return answer.headers["Content-Language"]


def test_an_english_browser_gets_indonesian(client) -> None:
    assert language(client) == "id"


def test_what_was_chosen_is_kept_with_the_account_for_the_next_browser(client) -> None:
    user = UserFactory()
    client.force_login(user)
    client.post(reverse("accounts:language"), {"language": "en", "next": "/"})
    assert language(client) == "en"
    client.cookies.clear()
    client.force_login(user)
    assert language(client) == "en"


def test_an_unknown_language_is_left_alone(client) -> None:
    client.force_login(UserFactory())
    client.post(reverse("accounts:language"), {"language": "xx", "next": "/"})
    assert language(client) == "id"
