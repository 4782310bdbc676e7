"""Who gets in, by which names, and what is kept of who does not."""

import logging
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor, tasks
from accounts.models import User
from accounts.policy import Role
from employees.models import FormerNip
from employees.sign_in import account_of
from tests.factories import EmployeeFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "password-for-tests"
NIP = "199001012015032001"


@pytest.fixture
def account() -> User:
    user = UserFactory(username="rina", email="Rina@example.go.id", roles=[Role.HOLDER])
    EmployeeFactory(nip=NIP, user=user)
    return user


def enter(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    data = {"username": name, "password": password}
    return client.post(reverse("admin:login"), data, **extra)


@pytest.mark.parametrize(
    "name", ["rina", NIP, "19900101 201503 2 001", "rina@example.go.id", " RINA@example.go.id "]
)
def test_any_name_of_the_account_gets_in(client: Client, account: User, name: str) -> None:
    assert enter(client, name).status_code == 302
    assert client.session["_auth_user_id"] == str(account.pk)


def test_the_nip_of_before_still_signs_in(client: Client, account: User) -> None:
    FormerNip.objects.create(employee=account.employee, nip="199001012014032002")
    assert enter(client, "199001012014032002").status_code == 302


def test_a_former_nip_that_is_another_ones_now_means_the_other(account: User) -> None:
    other = EmployeeFactory(nip="199001012014032002", user=UserFactory())
    FormerNip.objects.create(employee=account.employee, nip=other.nip)
    assert account_of(other.nip) == other.user


def test_an_address_of_two_accounts_is_nobodys(client: Client, account: User) -> None:
    UserFactory(email="rina@example.go.id")
    assert enter(client, "rina@example.go.id").status_code == 200


@pytest.mark.parametrize("name", ["nobody", "199001012015032999", "x@y.id", "a\x00b", "9" * 300])
def test_unknown_and_wrong_get_the_same_sentence(client: Client, account: User, name: str) -> None:
    wrong = enter(client, "rina", "not-the-password")
    unknown = enter(client, name, "not-the-password")
    errors = [answer.context["form"].errors for answer in (wrong, unknown)]
    if name.isprintable() and len(name) < 255:
        assert errors[0] == errors[1]
    assert unknown.status_code == wrong.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_inactive_account_gets_that_sentence_too(client: Client, account: User) -> None:
    wrong = enter(client, "rina", "not-the-password").context["form"].errors
    account.is_active = False
    account.save()
    assert enter(client, "rina").context["form"].errors == wrong


def test_an_unknown_name_costs_a_hash_too(client: Client, monkeypatch: Any) -> None:
    made = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: made.append(raw))
    enter(client, "nobody", "guess")
    assert made == ["guess"]


# ------------------------------------------------------------------ lock-out


def test_five_failures_lock_the_account_for_that_address_alone(
    client: Client, account: User
) -> None:
    answers = [enter(client, "rina", "wrong").status_code for _n in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert enter(client, "rina").status_code == 429  # the right password does not help
    assert enter(client, NIP).status_code == 429  # nor another name of the same account
    other = UserFactory()
    assert enter(client, other.username).status_code == 302  # the office is not locked out
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert enter(elsewhere, "rina").status_code == 302


def test_unknown_names_lock_alike(client: Client) -> None:
    answers = [enter(client, "nobody", "wrong").status_code for _n in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_a_success_forgets_the_failures(client: Client, account: User) -> None:
    for _n in range(4):
        enter(client, "rina", "wrong")
    assert enter(client, NIP).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_an_administrator_unlocks(client: Client, account: User) -> None:
    for _n in range(5):
        enter(client, "rina", "wrong")
    administrator = Client()
    administrator.force_login(UserFactory(roles=[Role.ADMIN]))
    administrator.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "unlock", "_selected_action": [account.pk]},
    )
    assert enter(client, "rina").status_code == 302


def test_neither_rows_nor_log_lines_hold_what_was_typed(
    client: Client, account: User, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    unknown = "199001012015032999"
    for _n in range(5):
        enter(client, NIP, "my-secret-pass")
        enter(client, unknown, "my-secret-pass")
    enter(client, "typed-my-pass-here", "x")
    enter(Client(REMOTE_ADDR="10.0.0.9"), NIP)
    kept = "".join(
        str(row) for table in (AccessAttempt, AccessFailureLog) for row in table.objects.values()
    )
    told = "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    for text in (NIP, unknown, "my-secret-pass", "typed-my-pass-here"):
        assert text not in kept
        assert text not in "".join(line for line in told.split("\n") if "INSERT" not in line)
    assert f"account-{account.pk}" in kept


def test_behind_a_proxy_the_last_entry_counts_not_what_the_caller_wrote(
    client: Client, account: User, settings: Any
) -> None:
    settings.PROXY_HOPS = 1
    for n in range(5):
        enter(client, "rina", "wrong", headers={"x-forwarded-for": f"1.1.1.{n}, 10.9.8.7"})
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"10.9.8.7"}
    assert enter(client, "rina", headers={"x-forwarded-for": "10.9.8.7"}).status_code == 429
    assert enter(client, "rina", headers={"x-forwarded-for": "10.9.8.6"}).status_code == 302


# ------------------------------------------------------------------ one account, many addresses


def guess(name: str, number: int) -> list[int]:
    """Wrong passwords for one name, each from another network."""
    return [
        enter(Client(REMOTE_ADDR=f"203.0.{n}.7"), name, "wrong").status_code for n in range(number)
    ]


def test_guessing_at_one_account_from_many_addresses_is_limited(account: User) -> None:
    assert set(guess("rina", 20)) == {200}
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    answer = enter(stranger, "rina")
    assert answer.status_code == 429
    assert b"60" in answer.content
    assert enter(stranger, NIP).status_code == 429
    assert enter(stranger, UserFactory().username).status_code == 302  # nobody else is locked


def test_where_the_account_signed_in_before_it_still_does(account: User) -> None:
    assert enter(Client(REMOTE_ADDR="10.20.30.40"), "rina").status_code == 302
    guess("rina", 20)
    assert enter(Client(REMOTE_ADDR="10.20.30.41"), "rina").status_code == 302
    assert enter(Client(REMOTE_ADDR="10.20.31.40"), "rina").status_code == 429


def test_a_password_without_its_second_factor_makes_no_network_known(account: User) -> None:
    second_factor.begun(account)
    TOTPDevice.objects.update(confirmed=True)
    halfway = Client(REMOTE_ADDR="10.20.30.40")
    assert enter(halfway, "rina").status_code == 302
    guess("rina", 20)
    assert enter(Client(REMOTE_ADDR="10.20.30.40"), "rina").status_code == 429


def test_unknown_names_are_limited_alike(account: User) -> None:
    assert set(guess("nobody", 20)) == {200}
    assert enter(Client(REMOTE_ADDR="198.51.100.7"), "nobody").status_code == 429


def test_the_limit_ends_an_hour_after_the_failures_whoever_goes_on_trying(account: User) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        guess("rina", 20)
        clock.shift(timedelta(minutes=59))
        stranger = Client(REMOTE_ADDR="198.51.100.7")
        assert enter(stranger, "rina", "wrong").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert enter(stranger, "rina").status_code == 302


def test_a_success_of_the_owner_gives_the_guesser_no_new_tries(account: User) -> None:
    enter(Client(REMOTE_ADDR="10.20.30.40"), "rina")
    guess("rina", 20)
    enter(Client(REMOTE_ADDR="10.20.30.40"), "rina")
    assert enter(Client(REMOTE_ADDR="198.51.100.7"), "rina").status_code == 429


def test_an_administrator_unlocks_the_account_everywhere(account: User) -> None:
    guess("rina", 20)
    administrator = Client()
    administrator.force_login(UserFactory(roles=[Role.ADMIN]))
    administrator.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "unlock", "_selected_action": [account.pk]},
    )
    assert enter(Client(REMOTE_ADDR="198.51.100.7"), "rina").status_code == 302


def test_the_log_of_failures_names_nobody_and_is_kept_a_day(account: User) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        guess(NIP, 2)
        assert set(AccessFailureLog.objects.values_list("username", flat=True)) == {
            f"account-{account.pk}"
        }
        clock.shift(timedelta(hours=2))
        guess("rina", 1)
        assert AccessFailureLog.objects.count() == 1
        clock.shift(timedelta(hours=25))
        tasks.forget()
        assert not AccessFailureLog.objects.exists()


# ------------------------------------------------------------------ hashes and rules of passwords


def test_passwords_are_argon2id_and_old_ones_are_renewed_at_sign_in(
    client: Client, account: User
) -> None:
    account.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    account.save()
    assert enter(client, "rina").status_code == 302
    account.refresh_from_db()
    assert account.password.startswith("argon2$argon2id$v=19$m=32768,t=2,p=1$")
    assert check_password(PASSWORD, account.password)
    assert not check_password(PASSWORD + " ", account.password)


@pytest.mark.parametrize(
    "password",
    [
        "short-one", "password1234", "314159265358979", "Kemnaker2026!!", f"x{NIP}y",
        "abc 19900101!!",
        "01-01-1990-abcd", "Rina Petugas 12345", "petugas!!!!99",
    ],
)  # fmt: skip
def test_weak_and_personal_passwords_are_refused(
    client: Client, account: User, password: str
) -> None:
    account.employee.name = "Rina Petugas"
    account.employee.birth_date = date(1990, 1, 1)
    account.employee.save()
    client.force_login(account)
    data = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert client.post(reverse("admin:password_change"), data).status_code == 200
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
