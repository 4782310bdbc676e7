"""Who may do what on people, their facts and imports, and how far each role reaches."""

from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.audit import exempt, watch
from accounts.policy import (
    OFFICERS,
    STAFF,
    Role,
    Scope,
    allows,
    declare,
    declare_scope,
    roles_of,
)
from employees.models import (
    Appointment,
    Employee,
    PositionCoordinator,
    Superior,
    UnitMembership,
)
from positions.selectors import below_any

# A direct superior sees the people rated; coordinators see their unit or JF; all dated.
READERS = {
    **STAFF,
    Role.COORDINATOR: Scope.UNIT,
    Role.POSITION_COORDINATOR: Scope.POSITION,
    Role.SUPERIOR: Scope.SUBORDINATES,
    Role.HOLDER: Scope.OWN,
}

# Each resource with the path from its rows to the person ("" = the row is the person).
PERSONAL = {
    "employee": "",
    "appointment": "employee__",
    "rank": "employee__",
    "membership": "employee__",
    "superior": "employee__",
    "status": "employee__",
    "education": "employee__",
    "correction": "employee__",
}


def own(user: Any, day: date) -> Q:
    """The person whose account it is."""
    return Q(user_id=user.pk)


def subordinates(user: Any, day: date) -> Q:
    """The people whom the user rates on the day."""
    rated = Superior.objects.on(day).filter(superior__user_id=user.pk)
    return Q(id__in=rated.values("employee_id"))


_COORDINATED = """
    SELECT c.unit_id FROM employees_claimcoordinator c
    JOIN employees_employee e ON e.id = c.employee_id
    WHERE e.user_id = %s AND c.start <= %s AND (c."end" IS NULL OR c."end" >= %s)"""


def in_units(user: Any, day: date) -> Q:
    """The people of the units whose claims the user coordinates, and of those below.

    A part of the statement that asks for rows, so that a scope costs no statement of its own.
    """
    units = below_any(_COORDINATED, [user.pk, day, day], day)
    members = UnitMembership.objects.on(day).filter(unit_id__in=units)
    return Q(id__in=members.values("employee_id"))


def in_positions(user: Any, day: date) -> Q:
    """The holders of the JF that the user coordinates."""
    mine = PositionCoordinator.objects.on(day).filter(employee__user_id=user.pk)
    holders = Appointment.objects.on(day).filter(position_id__in=mine.values("position_id"))
    return Q(id__in=holders.values("employee_id"))


WHERE = {
    Scope.OWN: own,
    Scope.SUBORDINATES: subordinates,
    Scope.UNIT: in_units,
    Scope.POSITION: in_positions,
}


def declare_personal(resource: str, path: str) -> None:
    """Declare the scopes of a resource whose rows lead to a person by `path` ("employee__")."""
    for scope, where in WHERE.items():
        declare_scope(resource, scope, _through(where, path))


def _through(where: Any, path: str) -> Any:
    if not path:
        return where

    def prefixed(user: Any, day: date) -> Q:
        (child,) = where(user, day).children
        key, value = child
        return Q(**{path + key: value})

    return prefixed


for _resource, _path in PERSONAL.items():
    declare(_resource, "view", READERS)
    for _action in ("add", "change", "delete"):
        declare(_resource, _action, OFFICERS)
    declare_personal(_resource, _path)


class Shown(StrEnum):
    """How much of a private field somebody sees."""

    FULL = "full"
    YEAR = "year"
    ABSENT = "absent"


def birth_shown(user: Any, person: Employee, day: date) -> Shown:
    """What of a person's birth (date, place) and card number the user sees.

    All pages, sheets and interfaces ask here. Officers and the holder see it whole, the auditor
    and whoever coordinates the person's unit the year, the superior nothing (the ministry's
    masking table). The card number goes with the whole.
    """
    if person.user_id == user.pk or allows(user, "employee", "change"):
        return Shown.FULL
    if Role.AUDITOR in roles_of(user):
        return Shown.YEAR
    coordinates = Role.COORDINATOR in roles_of(user)
    if coordinates and Employee.objects.filter(in_units(user, day), pk=person.pk).exists():
        return Shown.YEAR
    return Shown.ABSENT


# The auditor may see it whole, for a reason that is kept.
declare("private_field", "view", {Role.AUDITOR: Scope.ALL})

# Nobody edits or removes what was corrected before.
declare("correction", "add", {})
declare("correction", "change", {})
declare("correction", "delete", {})
declare("employee", "delete", {})

for _resource in ("agency", "unit_head", "position_coordinator", "claim_coordinator", "delegation"):
    declare(_resource, "view", STAFF)
    for _action in ("add", "change", "delete"):
        declare(_resource, _action, OFFICERS)

# Whoever is on record asks for corrections of the own data; Biro SDM decides.
ON_RECORD: dict[Role, Scope] = {r: Scope.OWN for r in Role if r != Role.AUDITOR}
declare("correction_request", "view", ON_RECORD | {Role.HR: Scope.ALL, Role.AUDITOR: Scope.ALL})
declare("correction_request", "add", ON_RECORD)
declare("correction_request", "change", {Role.HR: Scope.ALL})
declare_personal("correction_request", "employee__")

# Everybody declares the own relatives; Biro SDM declares for others, and ends what ended: nobody
# gets rid of a conflict of interest alone (AZ068, AZ086). Both sides see it.
declare("kinship", "view", STAFF | {r: Scope.OWN for r in Role if r not in STAFF})
declare("kinship", "add", ON_RECORD | {Role.HR: Scope.ALL})
declare("kinship", "change", {Role.HR: Scope.ALL})
declare("kinship", "oversee", STAFF)
declare("kinship", "delete", {})
declare_personal("kinship", "employee__")
declare_scope(
    "kinship",
    Scope.OWN,
    lambda user, day: Q(employee__user_id=user.pk) | Q(relative__user_id=user.pk),
)

declare("import", "view", STAFF)
for _action in ("add", "change", "delete"):
    declare("import", _action, {Role.HR: Scope.ALL})
# "import" is the batch; which kinds somebody may import, each kind's own resource says
# (`registry.Kind.resource`), so that upper apps open theirs to others.
declare("register_import", "add", {Role.HR: Scope.ALL})
declare_scope("import", Scope.OWN, lambda user, day: Q(created_by_id=user.pk))

# Accounts made from the register, with their invitations.
declare("register_account", "view", {Role.ADMIN: Scope.ALL})
declare("register_account", "add", {Role.ADMIN: Scope.ALL})


watch("employees_employee", person="id", ignored=("facts_version", "facts_changed_at"))
watch("employees_delegation", person="officer_id")
watch("employees_correction", hidden=("before", "after"))  # they stand in the event of the fact
watch(
    "employees_importbatch",
    ignored=("rows_read", "rows_total", "state_at", "attempts"),
    hidden=("headings", "warnings", "differences"),
)
exempt("employees_importrow", "copy of a row of a sheet, not a fact; goes with its batch")
exempt("employees_importchange", "images of rows whose own tables are audited")
