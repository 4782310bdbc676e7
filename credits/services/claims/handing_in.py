"""Handing a claim in: who and when, and what was submitted, frozen.

`stated` holds the computed points with their trace, the rules' version, each item in plain words
and the SHA-256 of each file. The event, which nobody can change, holds the same.
"""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import User
from credits.models import Claim, ClaimEditor, ClaimItem, EvidenceFile
from credits.rules.claim_states import Act
from credits.rules.editions import current
from credits.rules.units import amount_text, from_units
from credits.services.claims import drafts
from credits.services.claims.acts import when
from credits.services.claims.conventional import read_items
from credits.services.claims.kinds import kind_of
from employees.models import Superior


def hand_in(claim: Claim, actor: User | None, day: date) -> dict[str, Any]:
    """Freeze what is submitted; gives the details of the event."""
    kind = kind_of(claim)
    if kind.has_items:
        drafts.count_items(claim)
    checked = kind.check(claim, day)
    items = read_items(claim) if kind.has_items else []
    claim.submitted_at, claim.submitted_by = timezone.now(), actor
    claim.stated = {
        "version": claim.version,
        "points": None if checked.points is None else amount_text(checked.points),
        "rules": current().version,
        "on": day.isoformat(),
        "position": claim.position.code if claim.position else "",
        "level": claim.level,
        "golongan": claim.golongan,
        "details": claim.details,
        "trace": checked.trace,
        "items": [_item(item) for item in items],
        "files": [_file(file) for file in claim.files.order_by("pk")],
        "findings": [{"code": f.code, "item": f.item} for f in checked.findings],
    }
    ClaimEditor.objects.filter(claim=claim).delete()
    flags = ["own_superior"] if _is_superior(claim, actor, day) else []
    return {"stated": claim.stated} | ({"flags": flags} if flags else {})


def _item(item: ClaimItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "activity": item.activity.code,
        "start": item.start.isoformat(),
        "end": item.end.isoformat(),
        "quantity": item.quantity,
        "description": item.description,
        "points": amount_text(from_units(item.points_units)),
        "work": item.work.title if item.work else None,
        "place": item.place,
        "files": [_file(file) for file in item.files.all()],
    }


def _file(file: EvidenceFile) -> dict[str, Any]:
    return {"id": str(file.public_id), "title": file.title, "sha256": file.sha256}


def _is_superior(claim: Claim, actor: User | None, day: date) -> bool:
    """Whether the claimant rates whoever hands the claim in: allowed, and told to the auditor."""
    if actor is None:
        return False
    rated = Superior.objects.on(day).filter(superior=claim.employee_id)
    return rated.filter(employee__user_id=actor.pk).exists()


for _act in (Act.SUBMIT, Act.RESUBMIT):
    when(_act, hand_in)
