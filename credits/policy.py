"""Who may do what on ratings, balances, the ledger, its runs and the forms."""

from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from accounts.audit import exempt, watch
from accounts.policy import (
    EVERYBODY,
    OFFICERS,
    STAFF,
    Role,
    Scope,
    declare,
    declare_scope,
    extend,
)
from credits.models import Claim, DeterminingOfficer
from credits.models.officers import LADDER
from credits.rules.claim_states import Path
from employees.models import Delegation, Employee, Superior
from employees.policy import READERS, declare_personal, subordinates
from employees.selectors import rated_by

ONLY_HR = {Role.HR: Scope.ALL}

# Points are personal data of the holder: the same readers as the person, by the same scopes.
for _resource in ("rating", "opening", "ledger", "document"):
    declare(_resource, "view", READERS)
    declare_personal(_resource, "employee__")
    declare(_resource, "delete", {})

for _resource in ("rating", "opening", "document"):
    declare(_resource, "add", ONLY_HR)
    declare(_resource, "change", ONLY_HR)

# What the direct superior enters; its rows are people, its day is the end of the period rated.
for _action in ("view", "change"):
    declare("rated", _action, {Role.SUPERIOR: Scope.SUBORDINATES})
declare_scope(
    "rated",
    Scope.SUBORDINATES,
    lambda user, end: rated_by(user.pk, end, timezone.localdate()),
)
# The second person: who entered a rating is refused row by row (services.approvals).
declare("rating_approval", "view", ONLY_HR | {Role.AUDITOR: Scope.ALL})
declare("rating_approval", "change", ONLY_HR)


def signs(user: Any, day: date) -> Q:
    """The documents that the user is to sign, or signed."""
    return Q(signer__user_id=user.pk)


def subordinates_or_signs(user: Any, day: date) -> Q:
    """A deputy signs for people whom he does not rate himself, and must read what he signs."""
    people = Employee.everyone.filter(subordinates(user, day))
    return Q(employee_id__in=people.values("pk")) | signs(user, day)


def determines(user: Any, day: date) -> Q:
    """Claims decided by a team or Biro SDM, at the levels that the user's office determines."""
    offices = DeterminingOfficer.objects.on(day).filter(
        Q(employee__user_id=user.pk)
        | Q(
            employee__in=Delegation.objects.on(day)
            .filter(deputy__user_id=user.pk)
            .values("officer")
        )
    )
    step = Case(*(When(level=level, then=Value(n)) for n, level in enumerate(LADDER, 1)))
    mine = Claim.objects.alias(step=step).filter(
        Exists(
            offices.filter(
                agency=OuterRef("employee__employer"),
                lowest__lte=OuterRef("step"),
                highest__gte=OuterRef("step"),
            )
        ),
        state__in=("approved", "partly", "determined", "objection", "archived"),
    )
    return Q(pk__in=mine.values("pk"))


def rates_or_rated(user: Any, day: date) -> Q:
    """Claims of the people whom the user rates, and those that the superior of their period
    approves, whether that is the user or whom he acts for on the day."""
    people = Employee.everyone.filter(subordinates(user, day))
    officers = Delegation.objects.on(day).filter(deputy__user_id=user.pk).values("officer_id")
    until = OuterRef("period_end")
    rated = Superior.objects.filter(
        Q(superior__user_id=user.pk) | Q(superior_id__in=officers),
        Q(end__isnull=True) | Q(end__gte=until),
        employee=OuterRef("employee"),
        start__lte=until,
    )
    of_period = Claim.objects.filter(Exists(rated), path=Path.SUPERIOR.value)
    own = Q(employee__user_id=user.pk)
    return Q(employee_id__in=people.values("pk")) | Q(pk__in=of_period.exclude(own).values("pk"))


declare("document", "view", READERS | {Role.DETERMINER: Scope.SIGNER})
declare_scope("document", Scope.SIGNER, signs)
declare_scope("document", Scope.SUBORDINATES, subordinates_or_signs)

# Nobody writes to the ledger by hand: a run posts and reverses.
declare("ledger", "add", {})
declare("ledger", "change", {})

# A document that awaits its signature: the signer acts, Biro SDM may record a scan for him.
for _action in ("view", "change"):
    declare("signing", _action, dict.fromkeys((Role.SUPERIOR, Role.DETERMINER), Scope.SIGNER))
declare_scope("signing", Scope.SIGNER, signs)

# Who determines conventional and integration PAK; an entry once in force gets an end.
declare("determining_officer", "view", STAFF)
for _action in ("add", "change"):
    declare("determining_officer", _action, OFFICERS)
declare("determining_officer", "delete", {})

for _resource in ("period", "numbering"):
    declare(_resource, "view", STAFF)
declare("period", "change", ONLY_HR)
for _action in ("add", "change"):
    declare("numbering", _action, {Role.ADMIN: Scope.ALL})
declare("numbering", "delete", {})

# Claims: holder and coordinator write drafts, the coordinator submits, Biro SDM submits and
# checks. What a team may do its own app grants (assessors.policy); acts ask services.claims.who.
WRITERS = {Role.HOLDER: Scope.OWN, Role.COORDINATOR: Scope.UNIT, Role.HR: Scope.ALL}
declare("claim", "view", READERS | {Role.DETERMINER: Scope.DETERMINES})
for _action in ("add", "change"):
    declare("claim", _action, WRITERS)
declare("claim", "submit", {Role.COORDINATOR: Scope.UNIT, Role.HR: Scope.ALL})
declare("claim", "check", ONLY_HR)
declare("claim", "determine", {Role.DETERMINER: Scope.DETERMINES})
# Whoever may do some act or other; which, services.claims.who says.
declare(
    "claim", "act", WRITERS | {Role.SUPERIOR: Scope.SUBORDINATES, Role.DETERMINER: Scope.DETERMINES}
)
declare("claim", "delete", {})
declare_personal("claim", "employee__")
# Those for whom a claim may be written; the rows are people.
declare("claimant", "add", WRITERS)
declare_personal("claimant", "")
declare_scope("claim", Scope.DETERMINES, determines)
declare_scope("claim", Scope.SUBORDINATES, rates_or_rated)

# Sheets of claims: a coordinator imports these alone, and sees the own imports alone.
declare("claim_import", "add", {Role.COORDINATOR: Scope.UNIT, Role.HR: Scope.ALL})
for _action in ("view", "add", "change", "delete"):
    extend("import", _action, {Role.COORDINATOR: Scope.OWN})

# Evidence: the person's own files. Who judges a claim sees those that it names;
# the administrator, who keeps accounts and rules, sees none.
_LOOKS = WRITERS | {Role.AUDITOR: Scope.ALL}
declare("evidence", "view", _LOOKS)
for _action in ("add", "change"):
    declare("evidence", _action, WRITERS)
declare("evidence", "delete", {})
declare_personal("evidence", "employee__")
# The vault of a person: its rows are people.
declare("vault", "view", _LOOKS)
declare("vault", "add", WRITERS)
declare_personal("vault", "")
# That the same file stands elsewhere, and whose it is: for those who judge, never for strangers.
declare("evidence_match", "view", {Role.HR: Scope.ALL, Role.AUDITOR: Scope.ALL})
declare("evidence_match", "names", {Role.HR: Scope.ALL, Role.AUDITOR: Scope.ALL})

# The tables of activity items.
declare("activity", "view", EVERYBODY)
for _action in ("add", "change"):
    declare("activity", _action, OFFICERS)
declare("activity", "delete", {})

# Runs and batches concern many people at once.
for _resource in ("run", "document_batch"):
    declare(_resource, "view", STAFF)
    declare(_resource, "add", ONLY_HR)
    declare(_resource, "change", ONLY_HR)
    declare(_resource, "delete", {})

# Regulations are open to everybody who signs in. Rules belong to the administrator (AZ115, AZ116);
# a second person, another administrator or an HR officer, publishes or confirms a withdrawal
# (AZ117, decision 16). That it is a second one, service and database see to.
declare("regulation", "view", EVERYBODY)
declare("regulation", "add", {Role.ADMIN: Scope.ALL})
declare("regulation", "change", {})
declare("regulation", "delete", {})
declare("regulation", "try", OFFICERS)
declare("regulation", "publish", OFFICERS)
declare("regulation_version", "view", STAFF)


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
exempt("credits_claimevent", "append-only in the database itself")
exempt("credits_claimeditor", "who has a page open; kept for minutes")
watch("credits_claim", hidden=("stated",))
watch("credits_evidencefile")
watch("credits_activityimport", hidden=("rows", "findings"))  # the table itself is audited
exempt("credits_numberseries", "counter; the documents hold the numbers")
