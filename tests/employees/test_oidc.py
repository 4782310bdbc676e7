"""Single sign-on: whom a provider's word lets in, and whose word is no good."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.policy import Role
from tests.employees.provider import CLIENT, OTHER_KEY, SECRET, Provider, running
from tests.factories import EmployeeFactory, UserFactory

pytestmark = pytest.mark.django_db
START, CALLBACK = "employees:oidc_start", "employees:oidc_callback"
NIP = "199001012015032001"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any) -> Provider:
    server.__init__(server.issuer)  # type: ignore[misc]
    server.claims = {"sub": "person-1", "email": "rina@example.go.id", "email_verified": True}
    settings.OIDC_ENABLED = True
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_OP_ISSUER = server.issuer
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{server.issuer}/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{server.issuer}/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{server.issuer}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{server.issuer}/keys"
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "employees.oidc.ProviderBackend",
    ]
    return server


@pytest.fixture
def user() -> User:
    user = UserFactory(email="rina@example.go.id", roles=[Role.HOLDER])
    EmployeeFactory(nip=NIP, user=user)
    return user


def sign_in(client: Client, provider: Provider, **changed: str) -> Any:
    """To the provider and back, as a browser goes."""
    away = client.get(reverse(START), {"next": "/pegawai/"})
    asked = {k: v[0] for k, v in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    provider.nonce, provider.challenge = asked["nonce"], asked["code_challenge"]
    back = {"state": asked["state"], "code": "a-code"} | changed
    return client.get(reverse(CALLBACK), back)


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:own")).status_code == 200


def test_without_settings_there_is_no_such_page(client: Client, user: User) -> None:
    assert client.get(reverse(START)).status_code == 404
    assert client.get(reverse(CALLBACK)).status_code == 404
    assert reverse(START) not in client.get(reverse("admin:login")).content.decode()


def test_the_provider_lets_a_known_account_in(
    client: Client, user: User, provider: Provider
) -> None:
    assert reverse(START) in client.get(reverse("admin:login")).content.decode()
    assert sign_in(client, provider).headers["Location"] == "/pegawai/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert is_in(client)
    user.refresh_from_db()
    assert user.oidc_subject == "person-1"
    assert list(user.groups.values_list("name", flat=True)) == [Role.HOLDER]  # ours, not theirs


@pytest.mark.parametrize(
    ("match", "claims"),
    [
        ("nip", {"sub": "person-1", "nip": NIP}),
        ("sub", {"sub": "person-1"}),
        ("email", {"sub": "person-1", "email": "RINA@example.go.id", "email_verified": True}),
    ],
)
def test_the_claim_that_identifies_is_a_setting(
    client: Client, user: User, provider: Provider, settings: Any, match: str, claims: Any
) -> None:
    settings.OIDC_MATCH = match
    User.objects.filter(pk=user.pk).update(oidc_subject="person-1")
    provider.claims = claims
    sign_in(client, provider)
    assert is_in(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"aud": None},
        {"iss": "http://elsewhere.example"}, {"exp": 1_500_000_000}, {"exp": None},
        {"azp": "another-client", "aud": [CLIENT, "another-client"]}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: Client, user: User, provider: Provider, lie: Any
) -> None:
    provider.lie = lie
    assert sign_in(client, provider).headers["Location"] == reverse("admin:login")
    assert not is_in(client)


def test_a_foreign_signature_or_none_is_refused(
    client: Client, user: User, provider: Provider
) -> None:
    provider.signing_key = OTHER_KEY
    sign_in(client, provider)
    assert not is_in(client)
    provider.algorithm = "none"
    sign_in(client, provider)
    assert not is_in(client)


def test_a_state_that_was_not_given_out_is_refused(
    client: Client, user: User, provider: Provider
) -> None:
    assert sign_in(client, provider, state="made-up").status_code == 400
    assert sign_in(Client(), provider).status_code == 302
    stranger = Client()
    answer = stranger.get(reverse(CALLBACK), {"state": "x", "code": "y"})
    assert answer.headers["Location"] == reverse("admin:login")
    assert not is_in(client)


def test_a_state_works_once(client: Client, user: User, provider: Provider) -> None:
    away = client.get(reverse(START))
    asked = {k: v[0] for k, v in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    provider.nonce, provider.challenge = asked["nonce"], asked["code_challenge"]
    back = {"state": asked["state"], "code": "a-code"}
    assert client.get(reverse(CALLBACK), back).status_code == 302
    assert client.get(reverse(CALLBACK), back).status_code == 400


def test_userinfo_about_another_person_is_refused(
    client: Client, user: User, provider: Provider
) -> None:
    provider.claims = {"sub": "person-2", "email": "other@example.go.id", "email_verified": True}
    provider.userinfo_lie = {"sub": "person-1", "email": "rina@example.go.id"}
    sign_in(client, provider)
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.go.id", "email_verified": True},
        {"email": "rina@example.go.id"},
        {"email": "rina@example.go.id", "email_verified": "true"},
        {"email": "", "email_verified": True},
    ],
)
def test_an_unknown_or_unproved_address_gets_nobody_in_and_makes_no_account(
    client: Client, user: User, provider: Provider, claims: Any
) -> None:
    UserFactory()  # has no address: an empty one must not mean this account
    provider.claims = {"sub": "person-1", **claims}
    answer = sign_in(client, provider)
    assert answer.headers["Location"] == reverse("admin:login")
    assert User.objects.count() == 2
    assert not is_in(client)


def test_an_inactive_account_stays_out(client: Client, user: User, provider: Provider) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    sign_in(client, provider)
    assert not is_in(client)


def test_an_address_handed_on_to_another_identity_does_not_fit(
    client: Client, user: User, provider: Provider
) -> None:
    sign_in(client, provider)
    provider.claims |= {"sub": "person-2"}
    stranger = Client()
    sign_in(stranger, provider)
    assert not is_in(stranger)


@pytest.mark.parametrize(
    ("trusted", "amr", "gets_in"),
    [
        (False, ["pwd", "otp"], False), (True, ["pwd"], False), (True, None, False),
        (True, ["pwd", "otp"], True),
    ],
)  # fmt: skip
def test_the_providers_second_factor_counts_only_by_setting(
    client: Client,
    user: User,
    provider: Provider,
    settings: Any,
    trusted: bool,
    amr: Any,
    gets_in: bool,
) -> None:
    settings.TWO_FACTOR_REQUIRED_ROLES = ["pemangku"]
    settings.OIDC_TRUST_SECOND_FACTOR = trusted
    provider.lie = {"amr": amr}
    sign_in(client, provider)
    assert is_in(client) is gets_in


def test_a_provider_that_fails_is_no_fault_of_ours(
    client: Client, user: User, provider: Provider, settings: Any, caplog: Any
) -> None:
    settings.OIDC_RP_CLIENT_SECRET = "wrong"
    with caplog.at_level(logging.DEBUG):
        assert sign_in(client, provider).headers["Location"] == reverse("admin:login")
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:1/token"
    assert sign_in(client, provider).headers["Location"] == reverse("admin:login")
    assert "rina@" not in caplog.text


def test_many_failures_lock_nobody_out(client: Client, user: User, provider: Provider) -> None:
    provider.lie = {"nonce": "another"}
    for _n in range(6):
        assert sign_in(client, provider).status_code == 302
    provider.lie = {}
    sign_in(client, provider)
    assert is_in(client)


def test_the_password_still_works_beside_it(client: Client, user: User, provider: Provider) -> None:
    data = {"username": NIP, "password": "password-for-tests"}
    client.post(reverse("admin:login"), data)
    assert is_in(client)
