"""Every route and every admin page asks the one permission module."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.policy import PolicyAdminMixin, Role, allows, resources
from tests.factories import UserFactory

# Django's own views of sign-in, sign-out, password and its translations of scripts: they check
# what they need themselves.
DJANGO = {
    "admin:login", "admin:logout", "admin:password_change", "admin:password_change_done",
    "admin:jsi18n", "admin:autocomplete", "admin:view_on_site", "admin:app_list",
    "admin:index", "admin:administration", "admin:decree_file",
}  # fmt: skip
VALUES = {
    "public_id": uuid.UUID(int=7), "signer": uuid.UUID(int=8), "pk": 7, "kind": "combined",
    "key": "konversi-2023", "token": "x", "uidb64": "x", "number": 7,
}  # fmt: skip


def routes(resolver: Any, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(
                pattern, space or (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        else:
            yield f"{space}{pattern.name}", pattern


ROUTES = dict(routes(get_resolver()))
OWN = {name: pattern for name, pattern in ROUTES.items() if not name.startswith("admin:")}


def address(name: str) -> str:
    wanted = OWN[name].pattern.converters
    return reverse(name, kwargs={key: VALUES[key] for key in wanted})


@pytest.mark.parametrize("name", OWN)
def test_every_route_declares_who_may_use_it(name: str) -> None:
    resource, action = OWN[name].callback.policy
    assert resource == "public" or action in resources()[resource]


def test_every_admin_page_asks_the_policy() -> None:
    models = {f"admin:{m._meta.app_label}_{m._meta.model_name}_" for m in admin.site._registry}
    others = [
        name
        for name in ROUTES
        if name.startswith("admin:")
        and not name.startswith(tuple(models))
        and name not in DJANGO
        and not name.endswith(":None")
        and not name.startswith("admin:auth_user_password_change")
    ]
    assert others == []
    for model_admin in admin.site._registry.values():
        for one in (model_admin, *model_admin.inlines):
            kind = one if isinstance(one, type) else type(one)
            assert issubclass(kind, PolicyAdminMixin), kind
            assert one.resource in resources(), kind


@pytest.mark.django_db
@pytest.mark.parametrize("name", OWN)
def test_without_signing_in_there_is_only_the_sign_in_page(client: Client, name: str) -> None:
    if OWN[name].callback.policy[0] == "public":
        return
    for ask in (client.get, client.post):
        answer = ask(address(name))
        if OWN[name].callback.policy[0] == "api":
            assert answer.status_code == 401
            continue
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_without_the_grant_is_refused_everywhere(client: Client, role: Role | None) -> None:
    user = UserFactory(roles=[role] if role else [])
    client.force_login(user)
    for name, pattern in OWN.items():
        resource, action = pattern.callback.policy
        if resource in ("public", "api"):  # no account opens the API: tests/accounts/test_api.py
            continue
        refused = set()
        for ask in (client.get, client.post):
            answer = ask(address(name))
            refused.add(answer.status_code == 403)
            if answer.streaming:
                b"".join(answer.streaming_content)  # the end of it closes the file
        # Who may see may still not write there: the methods apart are in routes.csv.
        assert (refused == {True}) == (not allows(user, resource, action)), name


@pytest.mark.django_db
def test_a_role_taken_away_holds_from_the_next_request(client: Client) -> None:
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    assert client.get(reverse("credits:runs")).status_code == 200
    user.groups.clear()
    assert client.get(reverse("credits:runs")).status_code == 403


@pytest.mark.django_db
def test_a_disabled_account_is_out_at_the_next_request(client: Client) -> None:
    user = UserFactory(roles=[Role.HR])
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get(reverse("credits:runs")).status_code == 302
