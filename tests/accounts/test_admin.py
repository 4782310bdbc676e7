"""Accounts: administrators alone, and no way up for oneself."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

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
