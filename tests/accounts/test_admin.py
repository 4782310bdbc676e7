"""Accounts: administrators alone, and no way up for oneself."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import User
from accounts.policy import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def _save(client, user, **changes):
    data = {
        "username": user.username,
        "first_name": "",
        "last_name": "",
        "email": "",
        "language": "",
        "is_active": "on",
        "groups": [g.pk for g in user.groups.all()],
    } | changes
    return client.post(reverse("admin:accounts_user_change", args=[user.pk]), data)


@pytest.fixture
def administrator(client):
    user = UserFactory(roles=[Role.ADMIN])
    client.force_login(user)
    return user


def test_an_administrator_gives_a_role(client, administrator) -> None:
    other = UserFactory()
    auditors = Group.objects.get(name=Role.AUDITOR)
    assert _save(client, other, groups=[auditors.pk]).status_code == 302
    assert list(other.groups.all()) == [auditors]


def test_nobody_changes_the_own_roles(client, administrator) -> None:
    officers = Group.objects.get(name=Role.HR)
    _save(client, administrator, groups=[officers.pk])
    assert [g.name for g in administrator.groups.all()] == [Role.ADMIN]


def test_an_administrator_does_not_reach_a_superuser(client, administrator) -> None:
    above = User.objects.create_superuser("root", password="password-for-tests")
    assert _save(client, above, username="taken").status_code == 403


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMIN])
def test_other_roles_see_no_accounts(client, role) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


# ------------------------------------------------------------------ AZ119, AZ120

ABOVE = {
    "is_superuser": "on",
    "is_staff": "on",
    "user_permissions": ["1", "2"],
    "is_sample": "on",
    "last_login_0": "2020-01-01",
}


def test_nobody_grants_a_role_to_himself(client, administrator) -> None:
    everything = [group.pk for group in Group.objects.all()]
    _save(client, administrator, groups=everything, roles_from_register="on", **ABOVE)
    administrator.refresh_from_db()
    assert [g.name for g in administrator.groups.all()] == [Role.ADMIN]
    assert not administrator.is_superuser


def test_nobody_makes_a_superuser_by_sending_more_than_the_form_asks(client, administrator) -> None:
    other = UserFactory()
    assert _save(client, other, **ABOVE).status_code == 302
    client.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "new",
            "usable_password": "true",
            "password1": "empat kuda lari pagi",
            "password2": "empat kuda lari pagi",
            "groups": [Group.objects.get(name=Role.ADMIN).pk],
            **ABOVE,
        },
    )
    for user in (other, User.objects.get(username="new")):
        user.refresh_from_db()
        assert (user.is_superuser, user.is_staff, user.is_sample) == (False, False, False)
        assert not user.user_permissions.exists()
        assert not user.groups.exists()


def test_a_group_that_is_no_role_is_not_given(client, administrator) -> None:
    other = UserFactory()
    foreign = Group.objects.create(name="superusers")
    assert _save(client, other, groups=[foreign.pk]).status_code == 200
    assert not other.groups.exists()


def test_the_own_account_grants_nothing_through_any_page_of_it(client) -> None:
    user = UserFactory(roles=[Role.HOLDER])
    client.force_login(user)
    extra = {"groups": [Group.objects.get(name=Role.HR).pk], **ABOVE}
    for route in (
        "admin:password_change",
        "accounts:enrol",
        "accounts:language",
        "accounts:new_codes",
    ):
        client.post(reverse(route), extra)
    user.refresh_from_db()
    assert [g.name for g in user.groups.all()] == [Role.HOLDER]
    assert not user.is_superuser


def test_no_action_reaches_a_superuser(client, administrator) -> None:
    above = User.objects.create_superuser("root", password="password-for-tests")
    inside = Client()
    inside.force_login(above)
    client.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "end_sessions", "_selected_action": [above.pk]},
    )
    assert inside.get(reverse("accounts:own")).status_code == 200


def test_a_password_set_by_an_administrator_ends_the_sessions(client, administrator) -> None:
    other = UserFactory(roles=[Role.HOLDER])
    inside = Client()
    inside.force_login(other)
    new = {"password1": "empat kuda lari pagi", "password2": "empat kuda lari pagi"}
    page = reverse("admin:auth_user_password_change", args=[other.pk])
    assert client.post(page, {"usable_password": "true", **new}).status_code == 302
    assert inside.get(reverse("accounts:own")).status_code == 302
    assert not other.sign_ins.filter(ended_at__isnull=True).exists()


def test_the_second_factor_is_shown_only_as_there_or_not(client, administrator) -> None:
    other = UserFactory()
    second_factor.begun(other)
    page = client.get(reverse("admin:accounts_user_change", args=[other.pk]))
    assert page.status_code == 200
    assert reverse("accounts:factor_reset", args=[other.pk]) not in page.content.decode()
    TOTPDevice.objects.update(confirmed=True)
    page = client.get(reverse("admin:accounts_user_change", args=[other.pk])).content.decode()
    assert reverse("accounts:factor_reset", args=[other.pk]) in page
    assert TOTPDevice.objects.get().key not in page


def test_accounts_are_filtered_by_what_a_role_is_called(client, administrator) -> None:
    auditor = UserFactory(roles=[Role.AUDITOR])
    UserFactory(roles=[Role.HOLDER])
    group = auditor.groups.get()
    address = reverse("admin:accounts_user_changelist")
    page = client.get(address, {"groups__id__exact": group.pk})
    assert list(page.context["cl"].result_list) == [auditor]
    assert "Auditor (hanya melihat)" in page.content.decode()
    assert f">{Role.AUDITOR.value}<" not in page.content.decode()
