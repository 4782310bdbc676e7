"""Who sees the pages that look over all apps. Their rows come from the lower apps' policies."""

from accounts.policy import STAFF, Role, Scope, declare
from employees.policy import READERS

# The ministry's figures; smaller roles see the start page without them.
declare(
    "figures", "view", STAFF | {Role.COORDINATOR: Scope.ALL, Role.POSITION_COORDINATOR: Scope.ALL}
)
# The list as a sheet takes personal data out of the system.
declare(
    "people_export",
    "view",
    STAFF | {Role.COORDINATOR: Scope.ALL, Role.POSITION_COORDINATOR: Scope.ALL},
)
# Whoever reads people keeps lists of them: the own ones, and those shared. A list holds filters,
# never people; opening one shows what the reader's own roles reach.
for _action in ("view", "add", "delete"):
    declare("saved_list", _action, dict.fromkeys(READERS, Scope.OWN))
# Whose points differ between two days, runs or sets of regulations; the people are those whom the
# reader may see.
declare(
    "comparison",
    "view",
    STAFF | dict.fromkeys((Role.COORDINATOR, Role.POSITION_COORDINATOR, Role.SUPERIOR), Scope.ALL),
)

# Whoever holds an office or a position is on record, and has a right to the own data.
declare(
    "own_data",
    "view",
    dict.fromkeys((r for r in Role if r not in (Role.ADMIN, Role.AUDITOR)), Scope.OWN),
)


# Ages come from birth dates, which only these may see; of a small unit a figure is a person.
declare("age_figures", "view", STAFF)
