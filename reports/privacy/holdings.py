"""What is stored about a person, field by field: the one register behind "My data", the copy that a
person may take, and the test that no field is stored without a purpose.

Basis of all of it: legal obligation and public duty (management of civil servants), not consent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

PURPOSES: dict[str, Text] = {
    "who": _("to tell people apart"),
    "count": _("to compute credit points and promotions"),
    "form": _("printed on the official forms"),
    "proof": _("to show where a fact comes from"),
    "act": _("to show who did what, when and why"),
    "duty": _("to know who rates, signs or coordinates"),
    "work": _("to hand the work to the right person, and to follow it"),
    "technical": _("to keep the rows together; says nothing about you"),
}
STAFF_DATA = _("personnel data of Biro SDM (imported sheet, or entered by an officer)")
COMPUTED = _("computed by this system from the facts above")
SYSTEM = _("written by this system when somebody acts")
YOURSELF = _("you")
CAREER = _("as long as the personnel file (number of the retention schedule: to be supplied)")
FOREVER = _("permanent: the ledger and the trails are never deleted")
WITH_WORK = _("until the work that they belong to is removed")


@dataclass(frozen=True)
class Holding:
    """A table with rows about people.

    `fields`: purpose -> names of fields. `path` leads from a row to the person. `others` are fields
    that name somebody else: they stay out of the person's copy. A table that is not `copied` only
    holds working copies of what the others hold.
    """

    label: str
    source: Text
    retention: Text
    fields: dict[str, str]
    path: str = "employee"
    others: tuple[str, ...] = ()
    copied: bool = True

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def names(self) -> list[str]:
        return [name for names in self.fields.values() for name in names.split()]

    def described(self) -> Iterator[tuple["Field[Any, Any]", Text]]:
        """Each field that says something about the person, with its purpose."""
        for purpose, names in self.fields.items():
            if purpose != "technical":
                for name in names.split():
                    yield self.field(name), PURPOSES[purpose]

    def field(self, name: str) -> "Field[Any, Any]":
        found: Field[Any, Any] = self.model._meta.get_field(name)  # type: ignore[assignment]
        return found


_DATES = "id employee"

HOLDINGS = (
    Holding(
        "employees.Employee", STAFF_DATA, CAREER,
        {
            "who": "nip name front_title back_title employment employer user",
            "form": "sex birth_date birth_place card_number",
            "count": "left_on",
            "technical": "id public_id withdrawn_at facts_version facts_changed_at is_sample",
        },
        path="",
    ),
    Holding(
        "accounts.User", _("the administrator of accounts"), CAREER,
        {
            "who": "username first_name last_name email",
            "act": "last_login date_joined is_active",
            "technical": (
                "id password is_superuser is_staff language is_sample roles_from_register "
                "oidc_subject tour_step"
            ),
        },
        path="employee",
    ),
    Holding(
        "employees.FormerNip", STAFF_DATA, CAREER,
        {"who": "nip", "proof": "until reason", "technical": _DATES},
    ),
    Holding(
        "employees.UnitMembership", STAFF_DATA, CAREER,
        {"work": "unit start end", "technical": _DATES},
    ),
    Holding(
        "employees.Rank", STAFF_DATA, CAREER,
        {
            "count": "golongan effective_on", "form": "service_years service_months",
            "proof": "decree_number", "technical": _DATES,
        },
    ),
    Holding(
        "employees.Appointment", STAFF_DATA, CAREER,
        {
            "count": "position level start end way origin top_rank start_assumed",
            "proof": "decree_number decree_date notes", "technical": _DATES,
        },
    ),
    Holding(
        "employees.StatusPeriod", STAFF_DATA, CAREER,
        {"count": "kind start end cum_laude", "proof": "decree_number", "technical": _DATES},
    ),
    Holding(
        "employees.Education", STAFF_DATA, CAREER,
        {
            "count": "degree recorded_on", "form": "subject institution graduated_on",
            "technical": _DATES,
        },
    ),
    Holding(
        "employees.Superior", STAFF_DATA, CAREER,
        {"duty": "office capacity start end superior", "technical": _DATES},
        others=("superior",),
    ),
    Holding(
        "employees.Delegation", STAFF_DATA, CAREER,
        {"duty": "capacity start end letter_number deputy", "technical": "id officer"},
        path="officer",
        others=("deputy",),
    ),
    Holding(
        "employees.UnitHead", STAFF_DATA, CAREER,
        {"duty": "unit office capacity start end", "proof": "decree", "technical": _DATES},
    ),
    Holding(
        "credits.DeterminingOfficer", STAFF_DATA, CAREER,
        {
            "duty": "agency lowest highest office capacity authority delegate start end",
            "proof": "decree",
            "technical": _DATES,
        },
    ),
    Holding(
        "employees.PositionCoordinator", STAFF_DATA, CAREER,
        {"duty": "position start end", "proof": "decree", "technical": _DATES},
    ),
    Holding(
        "employees.ClaimCoordinator", STAFF_DATA, CAREER,
        {"duty": "unit start end", "technical": _DATES},
    ),
    Holding(
        "credits.Rating", STAFF_DATA, CAREER,
        {
            "count": "start end predicate state superseded_by withdrawn_at corrects",
            "proof": (
                "evidence_number recorded_at source batch entered_by approved_by approved_at "
                "returned_by withdrawal_by remark"
            ),
            "technical": _DATES,
        },
    ),
    Holding(
        "credits.OpeningBalance", STAFF_DATA, CAREER,
        {
            "count": "on kind units superseded_by withdrawn_at",
            "proof": "document_number document_date scan recorded_at", "technical": _DATES,
        },
    ),
    Holding(
        "credits.LedgerEntry", COMPUTED, FOREVER,
        {
            "count": "kind effective_on amount_units level golongan predicate months base_units"
            " percent period_start period_end",
            "proof": "seq rule article edition source source_id run_id reverses_seq recorded_at"
            " hash",
            "technical": _DATES,
        },
    ),
    Holding(
        "credits.LedgerHead", COMPUTED, FOREVER,
        {
            "count": "balance_units computed_at", "proof": "seq hash",
            "technical": "employee digest facts_version rules_version run_id",
        },
    ),
    Holding(
        "credits.RunIssue", COMPUTED, WITH_WORK,
        {"work": "severity code params", "technical": "id run employee"},
    ),
    Holding(
        "credits.Document", COMPUTED, CAREER,
        {
            "form": "form period_start period_end content number dated",
            "proof": "entry_seqs rules_version pdf_hash pdf signed_how signed_file signed_hash"
            " superseded_by",
            "act": "state created_at created_by signer",
            "technical": "id public_id employee batch unit_id token",
        },
        others=("signer",),
    ),
    Holding(
        "credits.DocumentEvent", SYSTEM, CAREER,
        {"act": "kind at reason actor", "technical": "id document"},
        path="document__employee",
    ),
    Holding(
        "employees.Correction", SYSTEM, CAREER,
        {"act": "subject reason at before after actor", "technical": _DATES},
    ),
    Holding(
        "employees.Kinship", YOURSELF, CAREER,
        {
            "duty": "relative kind ended_on",
            "act": "declared_by declared_at ended_because",
            "technical": _DATES,
        },
        others=("relative",),
    ),
    Holding(
        "credits.EvidenceFile", YOURSELF, CAREER,
        {
            "proof": "title sha256 size content_type pages file scan",
            "act": "uploaded_by uploaded_at frozen_at removed_at",
            "technical": "id public_id employee",
        },
    ),
    Holding(
        "credits.Claim", YOURSELF, CAREER,
        {
            "count": "kind period_start period_end position level golongan unit details history"
            " corrects",
            "proof": "late_reason note stated",
            "work": "path state state_at version",
            "act": "created_by created_at edited_at submitted_by submitted_at",
            "technical": "id public_id employee",
        },
    ),
    Holding(
        "credits.ClaimItem", YOURSELF, CAREER,
        {
            "count": "activity start end quantity work place points_units decided_quantity"
            " decided_units",
            "proof": "description assignment_letter decided_reason decided_words",
            "technical": "id claim number",
        },
        path="claim__employee",
    ),
    Holding(
        "credits.ClaimEvent", SYSTEM, CAREER,
        {"act": "act before after actor role reason details at", "technical": "id claim"},
        path="claim__employee",
    ),
    Holding(
        "credits.ClaimDecision", SYSTEM, CAREER,
        {
            "count": "effective_on main_units profession_units support_units units effect",
            "proof": "article edition document",
            "act": "decided_on officer recorded_at withdrawn_at withdrawn_by withdrawn_because",
            "technical": "id claim employee",
        },
    ),
    Holding(
        "credits.Objection", YOURSELF, CAREER,
        {
            "work": "reason outcome answer",
            "act": "made_by made_at closed_by closed_at",
            "technical": "id public_id claim",
        },
        path="claim__employee",
    ),
    Holding(
        "assessors.Membership", STAFF_DATA, CAREER,
        {
            "duty": "team role start end from_hr office_rank office replaces",
            "proof": "trained_on training ended_because decree",
            "technical": _DATES,
        },
    ),
    Holding(
        "assessors.TeamEvent", SYSTEM, CAREER,
        {"act": "act actor at reason decree details", "technical": "id team member"},
        path="member",
    ),
    Holding(
        "employees.CorrectionRequest", YOURSELF, CAREER,
        {
            "work": "subject recorded proposed evidence state answer",
            "act": "asked_at asked_by taken_at taken_by decided_at decided_by correction",
            "technical": "id public_id employee",
        },
    ),
    Holding(
        "accounts.AccessEvent", SYSTEM, FOREVER,
        {
            "act": "at actor_id roles what how reason channel detail address request_id",
            "technical": "id digest subject people",
        },
        path="#subject",
    ),
    Holding(
        "accounts.AuditEvent", SYSTEM, FOREVER,
        {
            "act": "at actor_id kind table before after reason channel address request_id",
            "technical": "id digest row_id person",
        },
        path="#person",
    ),
    Holding(
        "employees.ImportChange", SYSTEM, WITH_WORK,
        {"proof": "before after", "technical": "id batch table row_id employee_id"},
        path="#employee_id",
        copied=False,
    ),
    Holding(
        "credits.RunChange", COMPUTED, WITH_WORK,
        {
            "work": "before_units after_units removed added thresholds",
            "technical": "id run employee",
        },
        copied=False,
    ),
    Holding(
        "credits.RunChunk", SYSTEM, WITH_WORK,
        {"technical": "id run number employee_ids state attempts error"},
        copied=False,
    ),
    Holding(
        "credits.DocumentPart", SYSTEM, WITH_WORK,
        {
            "work": "skipped refused file",
            "technical": "id batch unit employee_ids state attempts documents_made",
        },
        copied=False,
    ),
)  # fmt: skip


def shown() -> Iterable[Holding]:
    """What a person sees of it: everything that holds more than working copies."""
    return [holding for holding in HOLDINGS if holding.copied]
