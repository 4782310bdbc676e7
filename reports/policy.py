"""Who sees the pages that look over all apps. Their rows come from the lower apps' policies."""

from accounts.policy import STAFF, Role, Scope, declare

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
# Ages come from birth dates, which only these may see; of a small unit a figure is a person.
declare("age_figures", "view", STAFF)
