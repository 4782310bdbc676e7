"""Ratings, opening balances, claims, the ledger of points, its runs, and the official forms."""

from credits.models.claims import (
    ActivityImport,
    ActivityItem,
    ActivityTable,
    Claim,
    ClaimDecision,
    ClaimEditor,
    ClaimEvent,
    ClaimItem,
    EvidenceFile,
    JointWork,
    Objection,
)
from credits.models.documents import (
    ClosedPeriod,
    Document,
    DocumentBatch,
    DocumentEvent,
    DocumentPart,
    NumberScheme,
    NumberSeries,
)
from credits.models.facts import OpeningBalance, Predicate, Rating
from credits.models.ledger import (
    CalculationRun,
    LedgerAnchor,
    LedgerEntry,
    LedgerHead,
    RunChange,
    RunChunk,
    RunIssue,
)
from credits.models.officers import DeterminingOfficer
from credits.models.regulations import RegulationVersion

__all__ = [
    "ActivityImport",
    "ActivityItem",
    "ActivityTable",
    "CalculationRun",
    "Claim",
    "ClaimDecision",
    "ClaimEditor",
    "ClaimEvent",
    "ClaimItem",
    "ClosedPeriod",
    "DeterminingOfficer",
    "Document",
    "DocumentBatch",
    "DocumentEvent",
    "DocumentPart",
    "EvidenceFile",
    "JointWork",
    "LedgerAnchor",
    "LedgerEntry",
    "LedgerHead",
    "NumberScheme",
    "NumberSeries",
    "Objection",
    "OpeningBalance",
    "Predicate",
    "Rating",
    "RegulationVersion",
    "RunChange",
    "RunChunk",
    "RunIssue",
]
