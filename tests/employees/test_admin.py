"""Heads of units and coordinators in the admin: persons by NIP or name, dates without overlap."""

import pytest
from django.urls import reverse

from accounts.policy import Role
from employees.models import PositionCoordinator, UnitHead
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(client, settings, tmp_path):
    client.force_login(UserFactory(roles=[Role.HR]))
    return client


def test_a_head_of_a_unit_is_entered_by_nip_and_listed(hr) -> None:
    unit = factories.UnitFactory(version__name="Biro Contoh")
    head = factories.EmployeeFactory(name="Budi Santoso")
    data = {"unit": unit.pk, "office": "Kepala Biro Contoh", "employee": head.nip,
            "capacity": "definitive", "start": "01-01-2024"}  # fmt: skip
    assert hr.post(reverse("admin:employees_unithead_add"), data).status_code == 302
    assert UnitHead.objects.get().employee == head
    body = hr.get(reverse("admin:employees_unithead_changelist")).content.decode()
    assert "Biro Contoh" in body
    assert "Budi Santoso" in body


def test_two_coordinators_of_one_position_at_a_time_are_refused_in_words(hr) -> None:
    there = factories.PositionCoordinatorFactory()
    other = factories.EmployeeFactory(name="Ani")
    data = {"position": there.position_id, "employee": "Ani", "start": "01-01-2024"}
    answer = hr.post(reverse("admin:employees_positioncoordinator_add"), data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not PositionCoordinator.objects.filter(employee=other).exists()


@pytest.mark.parametrize("model", ["agency", "unithead", "positioncoordinator", "claimcoordinator"])
def test_lists_cost_the_same_however_long(hr, model, django_assert_max_num_queries) -> None:
    factories.AgencyFactory()
    for _ in range(15):
        factories.UnitHeadFactory()
        factories.PositionCoordinatorFactory()
        factories.ClaimCoordinatorFactory()
    with django_assert_max_num_queries(12):
        assert hr.get(reverse(f"admin:employees_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("role", [Role.HOLDER, Role.COORDINATOR, Role.SUPERIOR])
def test_others_see_none_of_it(client, role) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse("admin:employees_unithead_changelist")).status_code == 403
