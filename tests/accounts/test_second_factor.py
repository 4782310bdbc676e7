"""The second factor: enrolled, shown, lost, and never passed by."""

import re
import time
from base64 import b32decode, b32encode, b64encode
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import SignIn, User
from accounts.policy import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "password-for-tests"
ENROL, CODE = "accounts:enrol", "accounts:second_factor"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(1_800_000_000, tick=False) as travelled:
        yield travelled


@pytest.fixture
def user() -> User:
    return UserFactory(roles=[Role.ADMIN])


def browser(user: User) -> Client:
    client = Client()
    data = {"username": user.username, "password": PASSWORD}
    assert client.post(reverse("admin:login"), data).status_code == 302
    return client


def app_code(key: bytes, steps: int = 0) -> str:
    totp = TOTP(key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def enrolled(user: User) -> tuple[bytes, list[str], Client]:
    """Through the page: the app's key, the recovery codes, the browser."""
    client = browser(user)
    page = client.get(reverse(ENROL))
    key = b32decode(page.context["secret"].replace(" ", ""))
    answer = client.post(reverse(ENROL), {"code": app_code(key)})
    return key, answer.context["codes"], client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:own")).status_code == 200


def test_enrolling_shows_a_picture_a_key_and_once_the_recovery_codes(
    user: User, clock: Any
) -> None:
    client = browser(user)
    page = client.get(reverse(ENROL)).content.decode()
    assert 'src="data:image/svg+xml' in page
    _key, codes, client = enrolled(user)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", code) for code in codes)
    assert is_in(client)
    assert client.get(reverse(ENROL)).status_code == 302  # the key is not shown again
    assert codes[0] not in client.get(reverse("accounts:own")).content.decode()


def test_the_password_alone_does_not_get_in(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    client = browser(user)
    for route in (
        "admin:index",
        "accounts:own",
        "reports:people",
        "admin:accounts_user_changelist",
    ):
        answer = client.get(reverse(route), follow=True)
        assert answer.request["PATH_INFO"] == reverse(CODE)
    assert client.post(reverse("admin:password_change"), {}).status_code == 302
    clock.shift(timedelta(seconds=30))
    answer = client.post(reverse(CODE), {"code": app_code(key), "next": "/pegawai/"})
    assert answer.headers["Location"] == "/pegawai/"
    assert is_in(client)


def test_it_goes_on_to_no_other_site(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    clock.shift(timedelta(seconds=30))
    answer = browser(user).post(reverse(CODE), {"code": app_code(key), "next": "//evil.example"})
    assert answer.headers["Location"] == "/"


ODD = ("", " ", "None", "-1", "٠٠٠٠٠٠", "-", "0" * 20)


@pytest.mark.parametrize("data", [{}, *({"code": code} for code in ODD)], ids=str)
def test_an_omitted_or_odd_code_never_passes(user: User, clock: Any, data: dict[str, str]) -> None:
    enrolled(user)
    StaticToken.objects.create(device=user.staticdevice_set.get(), token="")
    client = browser(user)
    assert client.post(reverse(CODE), data).status_code == 200
    assert not is_in(client)


def test_a_code_works_once(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    assert browser(user).post(reverse(CODE), {"code": app_code(key)}).status_code == 200
    clock.shift(timedelta(seconds=30))
    code = app_code(key)
    assert browser(user).post(reverse(CODE), {"code": code}).status_code == 302
    replayed = browser(user)
    assert replayed.post(reverse(CODE), {"code": code}).status_code == 200
    assert not is_in(replayed)


def test_an_old_code_is_too_old(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    clock.shift(timedelta(minutes=5))
    assert browser(user).post(reverse(CODE), {"code": app_code(key, -3)}).status_code == 200


def test_a_recovery_code_works_once_in_any_spelling(user: User, clock: Any) -> None:
    _key, codes, _client = enrolled(user)
    spelled = codes[0].replace("-", " ").upper()
    assert browser(user).post(reverse(CODE), {"code": spelled}).status_code == 302
    assert browser(user).post(reverse(CODE), {"code": codes[0]}).status_code == 200
    clock.shift(timedelta(seconds=2))
    assert browser(user).post(reverse(CODE), {"code": codes[1]}).status_code == 302


def test_guessing_is_slowed_down(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    clock.shift(timedelta(seconds=30))
    client = browser(user)
    for _n in range(4):
        client.post(reverse(CODE), {"code": "000000"})
        clock.shift(timedelta(seconds=10))
    client.post(reverse(CODE), {"code": "000000"})
    assert client.post(reverse(CODE), {"code": app_code(key)}).status_code == 200  # right, too soon
    clock.shift(timedelta(seconds=60))
    assert client.post(reverse(CODE), {"code": app_code(key)}).status_code == 302


def test_a_code_of_another_account_does_not_fit(user: User, clock: Any) -> None:
    enrolled(user)
    key, codes, _client = enrolled(UserFactory(roles=[Role.ADMIN]))
    clock.shift(timedelta(seconds=30))
    for code in (app_code(key), codes[0]):
        assert browser(user).post(reverse(CODE), {"code": code}).status_code == 200
        clock.shift(timedelta(seconds=10))


def test_enrolling_ends_the_sessions_that_knew_the_password_alone(user: User, clock: Any) -> None:
    before = browser(user)
    _key, _codes, here = enrolled(user)
    assert is_in(here)
    assert not is_in(before)


def test_giving_up_halfway_ends_the_session(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    client = browser(user)
    client.post(reverse("accounts:cancel"))
    clock.shift(timedelta(seconds=30))
    assert client.post(reverse(CODE), {"code": app_code(key)}).headers["Location"] == "/login/"
    assert not is_in(client)
    assert "_auth_user_id" not in client.session


# ------------------------------------------------------------------ who must have one


def test_a_role_that_must_have_one_is_led_to_enrol_before_anything_else(
    user: User, settings: Any, clock: Any
) -> None:
    settings.TWO_FACTOR_REQUIRED_ROLES = ["administrator"]
    client = browser(user)
    answer = client.get(reverse("reports:people"), follow=True)
    assert answer.request["PATH_INFO"] == reverse(ENROL)
    assert answer.context["must"]
    assert client.get(reverse(CODE)).status_code == 302
    _key, _codes, here = enrolled(user)
    assert is_in(here)


def test_a_role_given_meanwhile_asks_at_the_next_request(settings: Any) -> None:
    from django.contrib.auth.models import Group

    settings.TWO_FACTOR_REQUIRED_ROLES = ["administrator"]
    user = UserFactory(roles=[Role.HOLDER])
    client = browser(user)
    assert is_in(client)
    user.groups.add(Group.objects.get(name=Role.ADMIN))
    assert not is_in(client)


def test_who_must_have_one_does_not_remove_it(user: User, settings: Any, clock: Any) -> None:
    key, _codes, client = enrolled(user)
    settings.TWO_FACTOR_REQUIRED_ROLES = ["administrator"]
    clock.shift(timedelta(seconds=30))
    assert client.post(reverse("accounts:give_up"), {"code": app_code(key)}).status_code == 403
    assert second_factor.has(user)


def test_others_remove_it_with_a_code(user: User, clock: Any) -> None:
    key, _codes, client = enrolled(user)
    assert client.post(reverse("accounts:give_up"), {"code": "000000"}).status_code == 200
    clock.shift(timedelta(seconds=30))
    assert client.post(reverse("accounts:give_up"), {"code": app_code(key)}).status_code == 302
    assert not second_factor.has(user)
    assert is_in(browser(user))


def test_new_recovery_codes_replace_the_old(user: User, clock: Any) -> None:
    key, old, client = enrolled(user)
    clock.shift(timedelta(seconds=30))
    answer = client.post(reverse("accounts:new_codes"), {"code": app_code(key)})
    assert not set(answer.context["codes"]) & set(old)
    assert browser(user).post(reverse(CODE), {"code": old[0]}).status_code == 200


# ------------------------------------------------------------------ lost


def test_an_administrator_resets_anothers_with_a_reason(user: User, clock: Any) -> None:
    other = UserFactory(roles=[Role.HOLDER])
    _key, _codes, theirs = enrolled(other)
    client = browser(user)
    page = reverse("accounts:factor_reset", args=[other.pk])
    assert client.post(page, {"reason": " "}).status_code == 200
    assert second_factor.has(other)
    assert client.post(page, {"reason": "ponsel hilang"}).status_code == 302
    assert not second_factor.has(other)
    assert not is_in(theirs)
    entry = LogEntry.objects.get(object_id=str(other.pk))
    assert entry.user == user
    assert "ponsel hilang" in entry.change_message


def test_nobody_resets_the_own_one(user: User, clock: Any) -> None:
    _key, _codes, client = enrolled(user)
    page = reverse("accounts:factor_reset", args=[user.pk])
    assert client.post(page, {"reason": "x"}).status_code == 404
    assert second_factor.has(user)


def test_an_administrator_does_not_reset_a_superusers(user: User, clock: Any) -> None:
    above = User.objects.create_superuser("root", password=PASSWORD)
    enrolled(above)
    page = reverse("accounts:factor_reset", args=[above.pk])
    assert browser(user).post(page, {"reason": "x"}).status_code == 404
    assert TOTPDevice.objects.filter(user=above).exists()


def test_the_session_gets_a_new_key_with_the_second_factor(user: User, clock: Any) -> None:
    key, _codes, _client = enrolled(user)
    clock.shift(timedelta(seconds=30))
    client = browser(user)
    before = client.session.session_key
    client.post(reverse(CODE), {"code": app_code(key)})
    assert client.session.session_key != before
    assert SignIn.objects.filter(verified_at__isnull=False).count() == 2


# ------------------------------------------------------------------ at rest

OLD, NEW = "an old key of the site, long enough", "a new key of the site, long enough"


def stored() -> str:
    """All that a dump of the database holds of second factors."""
    rows = [*TOTPDevice.objects.values_list("key"), *StaticToken.objects.values_list("token")]
    return " ".join(text for (text,) in rows)


def test_neither_the_secret_nor_a_recovery_code_lies_in_the_database(
    user: User, clock: Any
) -> None:
    key, codes, _client = enrolled(user)
    kept = stored()
    for secret in (key.hex(), b32encode(key).decode(), b64encode(key).decode().rstrip("=")):
        assert secret.lower() not in kept.lower()
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert max(len(text) for text in kept.split()) <= 80  # what the column holds
    clock.shift(timedelta(seconds=30))
    assert browser(user).post(reverse(CODE), {"code": app_code(key)}).status_code == 302


def test_a_secret_copied_to_another_account_opens_nothing(user: User, clock: Any) -> None:
    mine, _codes, _client = enrolled(user)
    other = UserFactory(roles=[Role.ADMIN])
    enrolled(other)
    TOTPDevice.objects.filter(user=other).update(key=TOTPDevice.objects.get(user=user).key)
    clock.shift(timedelta(seconds=30))
    client = browser(other)
    assert client.post(reverse(CODE), {"code": app_code(mine)}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("kept", ["", "a1:", "a1:%%%", "a1:AAAA", "00" * 20])
def test_without_its_key_the_page_says_so_and_a_recovery_code_still_opens(
    user: User, clock: Any, settings: Any, caplog: Any, kept: str
) -> None:
    key, codes, _client = enrolled(user)
    settings.ENCRYPTION_KEYS = [NEW]
    if kept:
        TOTPDevice.objects.update(key=kept)
    clock.shift(timedelta(seconds=30))
    client = browser(user)
    answer = client.post(reverse(CODE), {"code": app_code(key)})
    assert answer.status_code == 200
    wrong = browser(user).post(reverse(CODE), {"code": "aaaaa-aaaaa"})
    assert answer.context["form"].errors != wrong.context["form"].errors
    clock.shift(timedelta(seconds=5))
    assert "second_factor_unreadable" in caplog.text
    assert client.post(reverse(CODE), {"code": codes[0]}).status_code == 302


def test_a_secret_not_yet_confirmed_is_made_anew_without_its_key(user: User, settings: Any) -> None:
    client = browser(user)
    before = client.get(reverse(ENROL)).context["secret"]
    assert client.get(reverse(ENROL)).context["secret"] == before
    settings.ENCRYPTION_KEYS = [NEW]
    assert client.get(reverse(ENROL)).context["secret"] != before
    assert TOTPDevice.objects.count() == 1


def test_keys_are_changed_without_anybody_noticing(
    user: User, clock: Any, settings: Any, capsys: Any
) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    key, _codes, _client = enrolled(user)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    clock.shift(timedelta(seconds=30))
    assert browser(user).post(reverse(CODE), {"code": app_code(key)}).status_code == 302
    call_command("encrypt_anew")
    settings.ENCRYPTION_KEYS = [NEW]
    clock.shift(timedelta(seconds=30))
    assert browser(user).post(reverse(CODE), {"code": app_code(key)}).status_code == 302
    settings.ENCRYPTION_KEYS = [OLD]
    before = stored()
    with pytest.raises(CommandError):
        call_command("encrypt_anew")
    assert stored() == before


def test_the_migration_protects_what_older_versions_left(user: User, clock: Any) -> None:
    plain = bytes(range(20))
    TOTPDevice.objects.create(user=user, name="SIJAFUNG", key=plain.hex())
    device = user.staticdevice_set.create(name="SIJAFUNG")
    StaticToken.objects.create(device=device, token="abcde23456")
    module = import_module("accounts.migrations.0010_second_factor_at_rest")
    module.protect(apps, None)
    kept = stored()
    assert plain.hex() not in kept
    assert "abcde23456" not in kept
    module.protect(apps, None)
    assert stored() == kept
    client = browser(user)
    assert client.post(reverse(CODE), {"code": app_code(plain)}).status_code == 302
    assert browser(user).post(reverse(CODE), {"code": "abcde-23456"}).status_code == 302
    module.expose(apps, None)
    assert stored() == plain.hex()
