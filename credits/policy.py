"""Who may do what on ratings, balances, the ledger, its runs and the forms."""

from accounts.policy import STAFF, Role, Scope, declare
from employees.policy import READERS, declare_personal

ONLY_HR = {Role.HR: Scope.ALL}

# Points are personal data of the holder: the same readers as the person, by the same scopes.
for _resource in ("rating", "opening", "ledger", "document"):
    declare(_resource, "view", READERS)
    declare_personal(_resource, "employee__")
    declare(_resource, "delete", {})

for _resource in ("rating", "opening", "document"):
    declare(_resource, "add", ONLY_HR)
    declare(_resource, "change", ONLY_HR)

# Nobody writes to the ledger by hand: a run posts and reverses.
declare("ledger", "add", {})
declare("ledger", "change", {})

# Runs and batches concern many people at once.
for _resource in ("run", "document_batch"):
    declare(_resource, "view", STAFF)
    declare(_resource, "add", ONLY_HR)
    declare(_resource, "change", ONLY_HR)
    declare(_resource, "delete", {})
