"""One account per role, so that the demonstration can be looked at with every pair of eyes.

Biro SDM has a second officer, who approves what the first one enters.
Passwords are drawn once per clone and kept in `var`, never in the repository.
"""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.policy import Role
from credits.models import DeterminingOfficer
from employees.models import ClaimCoordinator, Employee, PositionCoordinator, UnitHead
from reports.demo.edge_cases import EDGE_CASES
from reports.demo.ministry import SHOWN
from reports.demo.tables import TODAY

_LENGTH = 12
SECOND = "biro_sdm_2"  # approves what the first officer enters


def path() -> Path:
    return Path(settings.VAR_DIR) / "demo_accounts.json"


def read() -> dict[str, str]:
    """User name -> password as kept by this clone; empty where there are none."""
    try:
        return dict(json.loads(path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def _keep(passwords: dict[str, str]) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    temporary = path().with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)
    temporary.rename(path())


def names() -> list[str]:
    """The user name of each role is the role's own; Biro SDM has a second officer."""
    return [*(role.value for role in Role), SECOND]


def role_of(name: str) -> str:
    return Role.HR.value if name == SECOND else name


def fit() -> bool:
    """Whether the passwords that this clone keeps open the accounts of this database."""
    passwords = read()
    known = User.objects.filter(is_sample=True, username__in=names())
    if len(known) != len(names()) or set(passwords) != set(names()):
        return False
    return known[0].check_password(passwords[known[0].username])


@transaction.atomic
def make() -> dict[str, str]:
    """Make the accounts, or give them new passwords; keeps and returns those.

    An account of the same name that is no sample is left alone, and has no line.
    """
    passwords = {}
    groups = {group.name: group for group in Group.objects.all()}
    for name in names():
        user = User.objects.filter(username=name).first() or User(username=name, is_sample=True)
        if not user.is_sample:
            continue
        passwords[name] = secrets.token_urlsafe(_LENGTH)
        user.first_name, user.last_name = "Contoh", name.replace("_", " ")
        user.roles_from_register = False  # one role each, whatever the people behind them do
        user.set_password(passwords[name])
        user.save()
        user.groups.set([groups[role_of(name)]])
    _link()
    _keep(passwords)
    return passwords


def _link() -> None:
    """Bind the accounts to people of one unit, so that each sees something of the others."""
    holder = Employee.objects.filter(nip=EDGE_CASES[SHOWN], is_sample=True).first()
    if holder is None:
        return
    unit = holder.memberships.get(end=None).unit_id
    position = holder.appointments.get(end=None).position_id
    head = UnitHead.objects.on(TODAY).filter(unit_id=unit, capacity="definitive").first()
    claims = ClaimCoordinator.objects.on(TODAY).filter(unit_id=unit).first()
    coordinator = PositionCoordinator.objects.on(TODAY).get(position_id=position)
    assessor = (
        Employee.objects.filter(
            appointments__position_id=position,
            appointments__level="ahli_madya",
            appointments__end=None,
        )
        .exclude(pk=coordinator.employee_id)
        .order_by("nip")
        .first()
    )
    determining = DeterminingOfficer.objects.on(TODAY).order_by("lowest").first()
    people = {
        Role.HOLDER: holder.pk,
        Role.SUPERIOR: head and head.employee_id,
        Role.COORDINATOR: claims and claims.employee_id,
        Role.POSITION_COORDINATOR: coordinator.employee_id,
        Role.ASSESSOR: assessor and assessor.pk,
        Role.DETERMINER: determining and determining.employee_id,
    }
    users = {user.username: user for user in User.objects.filter(is_sample=True)}
    for role, pk in people.items():
        if pk and role.value in users:
            Employee.objects.filter(user=users[role.value]).update(user=None)
            Employee.objects.filter(pk=pk).update(user=users[role.value])
