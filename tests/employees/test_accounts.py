"""Accounts from the register: created in bulk, invited once, kept in step, closed."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations, tasks
from accounts.models import Invitation, SignIn, User
from accounts.policy import Role
from employees.models import Delegation, Employee
from employees.services import accounts, facts
from employees.tasks import synchronise_accounts
from tests import factories
from tests.factories import EmployeeFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "employees:accounts"
GOOD = "empat kuda lari pagi"
FOLLOWING = set(accounts.register_roles())


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def administrator() -> User:
    return UserFactory(roles=[Role.ADMIN])


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def roles(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def account(person: Employee) -> User:
    return User.objects.get(employee=person)


def sheet(client: Client, **choice: Any) -> list[tuple[Any, ...]]:
    answer = client.post(reverse("employees:accounts_sheet"), choice)
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return list(book.active.iter_rows(min_row=2, values_only=True))


def token(link: str) -> str:
    return re.fullmatch(r"https?://[^/]+/undangan/([\w-]{43})/", link).group(1)


def accept(link: str, password: str = GOOD) -> Any:
    client = Client()
    client.get(f"/undangan/{token(link)}/")
    data = {"new_password1": password, "new_password2": password}
    return client.post(reverse("accounts:invited"), data)


# ------------------------------------------------------------------ creating


def test_the_page_narrows_by_unit_and_by_what_the_register_says(admin: Client) -> None:
    above = factories.UnitFactory()
    below = factories.UnitFactory(version__parent=above)
    coordinator = factories.ClaimCoordinatorFactory().employee
    member = factories.MembershipFactory(unit=below).employee
    EmployeeFactory(left_on=date(2020, 1, 1))
    EmployeeFactory(user=UserFactory())

    def listed(**choice: Any) -> set[Employee]:
        page = admin.get(reverse(PAGE), choice)
        return {row["person"] for row in page.context["rows"]}

    assert listed() == {coordinator, member}
    assert listed(unit=above.pk) == {member}
    assert listed(role=Role.COORDINATOR) == {coordinator}
    assert listed(role=Role.COORDINATOR, unit=above.pk) == set()


@pytest.mark.parametrize("people", [3, 60])
def test_the_page_costs_the_same_however_many_people(
    admin: Client, people: int, django_assert_max_num_queries: Any
) -> None:
    EmployeeFactory.create_batch(people)
    with django_assert_max_num_queries(16):
        assert admin.get(reverse(PAGE)).status_code == 200


def test_everybody_of_the_choice_gets_one_account_with_the_registers_roles(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    unit = factories.UnitFactory()
    people = [factories.MembershipFactory(unit=unit).employee for _n in range(40)]
    other = EmployeeFactory()
    factories.AppointmentFactory(employee=people[0])
    factories.PositionCoordinatorFactory(employee=people[0])
    UserFactory(username=f"p{people[1].pk:06d}")  # the name is taken
    with django_assert_max_num_queries(40):
        admin.post(reverse("employees:accounts_create"), {"unit": unit.pk})
    made = [account(person) for person in people]
    assert len({user.username for user in made}) == 40
    assert roles(made[0]) == {Role.HOLDER, Role.POSITION_COORDINATOR}
    assert roles(made[1]) == set()
    assert not any(user.has_usable_password() for user in made)
    assert not any(user.is_staff or user.is_superuser for user in made)
    other.refresh_from_db()
    assert other.user is None
    assert not any(person.nip in user.username for person, user in zip(people, made, strict=True))


def test_creating_twice_makes_nobody_a_second_account(admin: Client) -> None:
    EmployeeFactory()
    for _n in range(2):
        admin.post(reverse("employees:accounts_create"), {})
    assert User.objects.filter(employee__isnull=False).count() == 1


def test_a_choice_that_makes_no_sense_creates_nothing(admin: Client) -> None:
    EmployeeFactory()
    admin.post(reverse("employees:accounts_create"), {"role": "administrator"})
    admin.post(reverse("employees:accounts_create"), {"unit": "999999"})
    assert not User.objects.filter(employee__isnull=False).exists()


# ------------------------------------------------------------------ invitations


@pytest.fixture
def invited(admin: Client) -> tuple[Employee, str]:
    """A person with an account, and the link of the invitation."""
    person = factories.MembershipFactory(employee__name="=Rina Contoh").employee
    admin.post(reverse("employees:accounts_create"), {})
    ((name, _unit, _roles, _username, link),) = sheet(admin)
    assert name == "=Rina Contoh"
    return person, link


def test_the_invitation_leads_to_a_password_and_the_password_in(invited: Any) -> None:
    person, link = invited
    client = Client()
    assert person.name in client.get(link.split("8000")[-1], follow=True).content.decode()
    assert accept(link).headers["Location"] == reverse("admin:login")
    entered = client.post(reverse("admin:login"), {"username": person.nip, "password": GOOD})
    assert entered.status_code == 302


def test_only_a_hash_of_the_link_is_kept(invited: Any) -> None:
    _person, link = invited
    kept = str(list(Invitation.objects.values()))
    assert token(link) not in kept
    assert invitations.digest(token(link)) in kept


def test_a_link_works_once(invited: Any) -> None:
    person, link = invited
    accept(link)
    assert accept(link, "lima kuda lari sore").status_code == 404
    assert account(person).check_password(GOOD)


def test_a_newer_sheet_voids_the_older(admin: Client, invited: Any) -> None:
    _person, link = invited
    ((*_rest, newer),) = sheet(admin)
    assert accept(link).status_code == 404
    assert accept(newer).status_code == 302
    assert sheet(admin) == []  # whoever has entered is not invited again


def test_a_link_dies_after_seven_days(invited: Any) -> None:
    _person, link = invited
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accept(link).status_code == 404
    assert Invitation.objects.get().created_at > timezone.now() - timedelta(days=1)


def test_a_closed_account_is_entered_by_no_link(invited: Any) -> None:
    person, link = invited
    User.objects.filter(employee=person).update(is_active=False)
    assert accept(link).status_code == 404


def test_a_weak_password_is_refused_and_the_link_stays_good(invited: Any) -> None:
    person, link = invited
    assert accept(link, person.nip).status_code == 200
    assert accept(link).status_code == 302


def test_letters_go_to_known_addresses_and_name_nobody_in_the_subject(
    admin: Client, invited: Any, monkeypatch: Any
) -> None:
    person, link = invited
    EmployeeFactory()
    admin.post(reverse("employees:accounts_create"), {})
    User.objects.filter(employee=person).update(email="rina@example.go.id")
    asked: list[Any] = []
    monkeypatch.setattr(tasks.send_invitations, "delay", lambda *ids: asked.append(ids))
    admin.post(reverse("employees:accounts_mail"), {})
    ((ids, actor),) = asked
    assert ids == [account(person).pk]
    tasks.send_invitations(ids, actor)
    (letter,) = mail.outbox
    assert letter.to == ["rina@example.go.id"]
    assert not re.search(r"Rina|\d{18}", letter.subject)
    newer = re.search(r"https?://\S+/undangan/\S+", letter.body).group()
    assert accept(link).status_code == 404
    assert accept(newer).status_code == 302


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMIN])
def test_other_roles_make_no_accounts(client: Client, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse("employees:accounts_create"), {}).status_code == 403
    assert client.post(reverse("employees:accounts_sheet"), {}).status_code == 403


# ------------------------------------------------------------------ in step with the register


def _superior(person: Employee, start: date) -> Any:
    return factories.SuperiorFactory(superior=person, start=start)


REGISTER = {
    Role.SUPERIOR: _superior,
    Role.COORDINATOR: lambda p, d: factories.ClaimCoordinatorFactory(employee=p, start=d),
    Role.POSITION_COORDINATOR: lambda p, d: factories.PositionCoordinatorFactory(
        employee=p, start=d
    ),
    Role.HOLDER: lambda p, d: factories.AppointmentFactory(employee=p, start=d),
}


@pytest.mark.parametrize("role", accounts.FROM_REGISTER)
def test_a_role_lasts_as_long_as_its_row(role: Role, today: date) -> None:
    person = EmployeeFactory(user=UserFactory(roles=[Role.AUDITOR]))
    row = REGISTER[role](person, today)
    accounts.synchronise(today - timedelta(days=1))
    assert roles(person.user) == {Role.AUDITOR}
    synchronise_accounts()
    assert roles(person.user) == {Role.AUDITOR, role}
    row.end = today
    row.save()
    accounts.synchronise(today)
    assert roles(person.user) == {Role.AUDITOR, role}
    done = accounts.synchronise(today + timedelta(days=1))
    assert roles(person.user) == {Role.AUDITOR}
    assert done == {"closed": 0, "given": 0, "taken": 1}


def test_a_deputy_has_the_superiors_role_meanwhile(today: date) -> None:
    officer = factories.SuperiorFactory().superior
    deputy = EmployeeFactory(user=UserFactory())
    Delegation.objects.create(officer=officer, deputy=deputy, start=today, end=today)
    accounts.synchronise(today)
    assert roles(deputy.user) == {Role.SUPERIOR}
    accounts.synchronise(today + timedelta(days=1))
    assert roles(deputy.user) == set()


def test_roles_given_by_hand_are_never_touched(today: date) -> None:
    hands = set(Role) - FOLLOWING
    person = EmployeeFactory(user=UserFactory(roles=hands))
    alone = UserFactory(roles=set(Role))  # no person: the register says nothing
    kept_by_hand = EmployeeFactory(user=UserFactory(roles=[Role.SUPERIOR]))
    User.objects.filter(pk=kept_by_hand.user_id).update(roles_from_register=False)
    accounts.synchronise(today)
    assert roles(person.user) == hands
    assert roles(alone) == set(Role)
    assert roles(kept_by_hand.user) == {Role.SUPERIOR}


def test_synchronising_twice_changes_nothing_more(today: date) -> None:
    factories.AppointmentFactory(employee__user=UserFactory())
    assert accounts.synchronise(today)["given"] == 1
    assert accounts.synchronise(today) == {"closed": 0, "given": 0, "taken": 0}


@pytest.mark.parametrize("people", [2, 40])
def test_synchronising_costs_the_same_however_many(
    today: date, people: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(people):
        factories.AppointmentFactory(
            employee=EmployeeFactory(user=UserFactory()), position=factories.PositionFactory()
        )
    with django_assert_max_num_queries(20):
        assert accounts.synchronise(today)["given"] == people


# ------------------------------------------------------------------ leaving


def test_who_has_left_is_out_and_stays_out(client: Client, today: date) -> None:
    person = EmployeeFactory(user=UserFactory(roles=[Role.HOLDER, Role.HR]))
    client.force_login(person.user)
    Invitation.objects.create(user=person.user, token_hash="x", expires_at=timezone.now())
    Employee.objects.filter(pk=person.pk).update(left_on=today)
    synchronise_accounts()
    assert client.get(reverse("accounts:own")).status_code == 302
    assert not account(person).is_active
    assert not SignIn.objects.filter(ended_at__isnull=True).exists()
    assert not Invitation.objects.exists()


def test_who_leaves_tomorrow_is_still_in(today: date) -> None:
    person = EmployeeFactory(user=UserFactory(), left_on=today + timedelta(days=1))
    accounts.synchronise(today)
    assert account(person).is_active


def test_a_leaving_entered_by_hand_closes_at_once(
    client: Client, administrator: User, today: date
) -> None:
    person = EmployeeFactory(user=UserFactory(roles=[Role.HOLDER]))
    client.force_login(person.user)
    facts.correct_person(person, {"left_on": today}, "pensiun", administrator)
    assert client.get(reverse("accounts:own")).status_code == 302
    assert not account(person).is_active


def test_who_was_taken_back_has_no_open_account(today: date) -> None:
    person = EmployeeFactory(user=UserFactory(), withdrawn_at=timezone.now())
    accounts.synchronise(today)
    assert not User.objects.get(pk=person.user_id).is_active


def test_the_button_does_what_the_night_does(admin: Client, today: date) -> None:
    factories.AppointmentFactory(employee__user=(holder := UserFactory()))
    admin.post(reverse("employees:accounts_synchronise"))
    assert list(holder.groups.all()) == [Group.objects.get(name=Role.HOLDER)]
