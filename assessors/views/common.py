"""What the pages of teams share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse

from assessors import words
from credits.models import ClaimItem, EvidenceFile
from credits.services.claims.errors import ClaimError

IMAGES = (EvidenceFile.Type.JPEG, EvidenceFile.Type.PNG)


def evidence_of(item: ClaimItem | None, files: Any = ()) -> list[dict[str, Any]]:
    """The files of an item (prefetched), each with its address and whether it is a picture."""
    return [
        {"file": file, "url": _address(file), "picture": file.content_type in IMAGES}
        for file in (item.files.all() if item else files)
    ]


def _address(file: EvidenceFile) -> str:
    try:
        return reverse("credits:evidence_file", args=[file.public_id])
    except NoReverseMatch:  # an installation without the vault's pages
        return ""


def forbid(refused: ClaimError) -> None:
    """Answer 403 with the sentence where the actor may not; else leave it to the page."""
    if refused.status == 403:
        raise PermissionDenied(words.problem(refused)) from refused
