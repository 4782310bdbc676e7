"""Who may do what on ratings, balances, the ledger, its runs and the forms."""

from django.db.models import Q

from accounts.audit import exempt, watch
from accounts.policy import STAFF, Role, Scope, declare, declare_scope
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

# A document that awaits its signature: the signer acts, Biro SDM may record a scan for him.
declare("signing", "view", {Role.SUPERIOR: Scope.OWN})
declare("signing", "change", {Role.SUPERIOR: Scope.OWN})
declare_scope("signing", Scope.OWN, lambda user, day: Q(signer__user_id=user.pk))

for _resource in ("period", "numbering"):
    declare(_resource, "view", STAFF)
declare("period", "change", ONLY_HR)
for _action in ("add", "change"):
    declare("numbering", _action, {Role.ADMIN: Scope.ALL})
declare("numbering", "delete", {})

# Runs and batches concern many people at once.
for _resource in ("run", "document_batch"):
    declare(_resource, "view", STAFF)
    declare(_resource, "add", ONLY_HR)
    declare(_resource, "change", ONLY_HR)
    declare(_resource, "delete", {})

watch("credits_calculationrun", ignored=("done", "changed", "posted", "reversed", "failed"))
watch("credits_document", hidden=("content",))  # frozen when drafted; large
watch("credits_documentbatch", ignored=("done", "failed"))
_LEDGER = "append-only in the database itself, with its own chain"
exempt("credits_ledgerentry", _LEDGER)
exempt("credits_ledgeranchor", _LEDGER)
exempt("credits_ledgerhead", "computed from the ledger, proven by verify_ledger")
for _table in ("runchunk", "documentpart"):
    exempt(f"credits_{_table}", "work of a machine; the run or batch says who asked")
for _table in ("runchange", "runissue"):
    exempt(f"credits_{_table}", "result of a run, computed anew by the next")
exempt("credits_numberseries", "counter; the documents hold the numbers")
