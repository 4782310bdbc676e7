"""Ratings, opening balances, the ledger of credit points, its runs, and the official forms."""

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
    "CalculationRun",
    "ClosedPeriod",
    "DeterminingOfficer",
    "Document",
    "DocumentBatch",
    "DocumentEvent",
    "DocumentPart",
    "LedgerAnchor",
    "LedgerEntry",
    "LedgerHead",
    "NumberScheme",
    "NumberSeries",
    "OpeningBalance",
    "Predicate",
    "Rating",
    "RegulationVersion",
    "RunChange",
    "RunChunk",
    "RunIssue",
]
