"""Claims of credit points (usulan): the table of activities, the evidence, the claim, its end."""

from credits.models.claims.activities import ActivityImport, ActivityItem, ActivityTable
from credits.models.claims.decisions import ClaimDecision, Objection
from credits.models.claims.evidence import EvidenceFile
from credits.models.claims.life import Claim, ClaimEditor, ClaimEvent, ClaimItem, JointWork

__all__ = [
    "ActivityImport",
    "ActivityItem",
    "ActivityTable",
    "Claim",
    "ClaimDecision",
    "ClaimEditor",
    "ClaimEvent",
    "ClaimItem",
    "EvidenceFile",
    "JointWork",
    "Objection",
]
