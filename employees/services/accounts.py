"""Accounts out of the register of people: created, given their roles, closed.

Four roles follow the register of people; apps above add those that follow theirs (`follow`).
Biro SDM's, administrators' and auditors' are given by hand and never touched here.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts import sign_ins
from accounts.invitations import NEVER_ENTERED
from accounts.models import User
from accounts.policy import Role
from employees.models import (
    Appointment,
    ClaimCoordinator,
    Delegation,
    Employee,
    PositionCoordinator,
    Superior,
    UnitMembership,
)
from positions.selectors import units_below

FROM_REGISTER = (Role.SUPERIOR, Role.COORDINATOR, Role.POSITION_COORDINATOR, Role.HOLDER)
BATCH = 1000
_followed: dict[Role, Callable[[date], Q]] = {}


def follow(role: Role, people: Callable[[date], Q]) -> None:
    """Let a role follow a register of an app above: whom it is due to on a day, as a filter of
    people. From then on it is given and taken with the others."""
    _followed[role] = people


def register_roles() -> tuple[Role, ...]:
    """All roles that follow a register."""
    return (*FROM_REGISTER, *_followed)


def serving(on: date) -> QuerySet[Employee]:
    """People on record who have not left by the day."""
    return Employee.objects.exclude(left_on__lte=on)


def people_of(role: Role, on: date) -> Q:
    """Whom the register gives a role on a day, as a filter of people.

    Who acts for a direct superior (Plt., Plh.) rates and signs in the meantime, hence has the
    superior's role too.
    """
    if role in _followed:
        return _followed[role](on)
    if role is Role.SUPERIOR:
        superiors = Superior.objects.on(on).values("superior")
        deputies = Delegation.objects.on(on).filter(officer__in=superiors).values("deputy")
        return Q(pk__in=superiors) | Q(pk__in=deputies)
    rows: dict[Role, Any] = {
        Role.COORDINATOR: ClaimCoordinator,
        Role.POSITION_COORDINATOR: PositionCoordinator,
        Role.HOLDER: Appointment,
    }
    return Q(pk__in=rows[role].objects.on(on).values("employee"))


def roles_of_people(ids: Iterable[int], on: date) -> dict[int, list[Role]]:
    """Person id -> roles by the register; a query for each role, whatever the number of people."""
    wanted = list(ids)
    found: dict[int, list[Role]] = defaultdict(list)
    for role in register_roles():
        people = Employee.objects.filter(people_of(role, on), pk__in=wanted)
        for pk in people.order_by().values_list("pk", flat=True):
            found[pk].append(role)
    return found


def narrowed(
    people: QuerySet[Employee], unit: int | None, role: Role | None, on: date
) -> QuerySet[Employee]:
    """Those of a unit with the units below it, and of a role by the register."""
    if unit is not None:
        members = UnitMembership.objects.on(on).filter(unit__in=units_below([unit], on))
        people = people.filter(pk__in=members.values("employee"))
    return people.filter(people_of(role, on)) if role is not None else people


def without_account(unit: int | None, role: Role | None, on: date) -> QuerySet[Employee]:
    """People who serve on the day and have no account."""
    return narrowed(serving(on).filter(user=None), unit, role, on)


def not_entered(unit: int | None, role: Role | None, on: date) -> QuerySet[Employee]:
    """People with an open account whose password nobody has set yet."""
    users = User.objects.filter(NEVER_ENTERED).values("pk")
    return narrowed(serving(on).filter(user__in=users), unit, role, on)


@transaction.atomic
def create(unit: int | None, role: Role | None, on: date, actor: User) -> int:
    """Give everybody of the choice who has none an account with the register's roles.

    One act for thousands; two officers at once make no second account of anybody. Nobody can
    sign in before accepting an invitation (`accounts.invitations`). Returns how many.
    """
    chosen = without_account(unit, role, on).select_for_update(no_key=True, of=("self",))
    people = list(chosen.order_by("pk"))
    names = _free_names(people)
    users = User.objects.bulk_create(
        (
            User(
                username=names[person.pk],
                first_name=person.name[:150],
                password=make_password(None),
                is_sample=person.is_sample,
            )
            for person in people
        ),
        batch_size=BATCH,
    )
    for person, user in zip(people, users, strict=True):
        person.user = user
    Employee.objects.bulk_update(people, ["user"], batch_size=BATCH)
    if users:
        LogEntry.objects.log_actions(
            actor.pk, users, ADDITION, change_message=_("Created from the register of people.")
        )
    _give_and_take(on, Q(pk__in=[user.pk for user in users]))
    return len(users)


def _free_names(people: list[Employee]) -> dict[int, str]:
    """A user name each that says nothing about the person; people sign in by their NIP."""
    names = {person.pk: f"p{person.pk:06d}" for person in people}
    taken = set(User.objects.filter(username__in=names.values()).values_list("username", flat=True))
    return {
        pk: f"{name}-{secrets.token_hex(3)}" if name in taken else name
        for pk, name in names.items()
    }


@transaction.atomic
def synchronise(on: date) -> dict[str, int]:
    """Close the accounts of people who left; give and take the register's roles.

    Returns how many were "closed", and how many roles were "given" and "taken".
    """
    closed = close_left(on)
    given, taken = _give_and_take(on, Q())
    return {"closed": closed, "given": given, "taken": taken}


def refresh(people: Any, on: date) -> None:
    """Give and take the roles of these people (ids, or a query of them) now, not at night."""
    _give_and_take(on, Q(employee__in=people))


def close_left(on: date, employee_ids: Iterable[int] | None = None) -> int:
    """Close the accounts of people who left by the day or were taken back; returns how many."""
    gone = Employee.everyone.filter(
        Q(left_on__lte=on) | Q(withdrawn_at__isnull=False), user__is_active=True
    )
    if employee_ids is not None:
        gone = gone.filter(pk__in=list(employee_ids))
    return sign_ins.close(Q(pk__in=list(gone.values_list("user_id", flat=True))))


def _give_and_take(on: date, accounts: Q) -> tuple[int, int]:
    """Make the register's roles of the accounts that follow it what the day's rows say."""
    following = User.objects.filter(
        accounts, roles_from_register=True, employee__withdrawn_at__isnull=True
    )
    groups = dict(
        Group.objects.filter(name__in=[r.value for r in register_roles()]).values_list("name", "pk")
    )
    wanted = {
        (user, groups[role.value])
        for role in register_roles()
        for user in serving(on)
        .filter(people_of(role, on), user__in=following.values("pk"))
        .order_by()
        .values_list("user_id", flat=True)
    }
    through: Any = User.groups.through
    rows = through.objects.filter(
        user__in=following.filter(employee__isnull=False).values("pk"),
        group__in=groups.values(),
    )
    present = {
        (user, group): pk for pk, user, group in rows.values_list("pk", "user_id", "group_id")
    }
    new = [through(user_id=user, group_id=group) for user, group in wanted - present.keys()]
    through.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    old = [pk for pair, pk in present.items() if pair not in wanted]
    through.objects.filter(pk__in=old).delete()
    return len(new), len(old)


def on_record(people: QuerySet[Employee], on: date) -> QuerySet[Any]:
    """The people with their unit of the day (`unit_now`), by name."""
    unit = UnitMembership.objects.on(on).filter(employee=OuterRef("pk")).values("unit")[:1]
    return people.annotate(unit_now=Subquery(unit), account=F("user_id")).order_by("name", "pk")
