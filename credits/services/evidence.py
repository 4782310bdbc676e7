"""The vault of evidence: taking files in, and giving them up again before a claim holds them.

A file is what its bytes say, never its name. The bytes lie once under their SHA-256, whoever
brings them; each person has a row of the own. Once a claim that uses a file is submitted, the row
is frozen (AZ025).
"""

import hashlib
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from credits.models import Claim, ClaimEvent, EvidenceFile
from credits.rules.claim_states import Act
from credits.services.claims import acts
from credits.services.claims.errors import ClaimError
from employees.models import Employee
from employees.scans import SCAN_TYPES, file_ending

FOLDER = "evidence"
MIB = 1024 * 1024
TITLE = 200
_BLOCK = 1 << 20
_TAIL = 2048
_END_OF_ZIP = b"PK\x05\x06"
_LOCKS = 7_204  # namespace of our advisory locks: the bytes of one SHA-256
_DAY = timedelta(hours=24)
logger = logging.getLogger("sijafung.evidence")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be taken: what its bytes say of it."""

    file: UploadedFile
    sha256: str
    size: int
    content_type: str


def limit_mib() -> int:
    """The largest file taken, in MiB."""
    return int(settings.EVIDENCE_LIMIT_MIB)


def check(file: UploadedFile) -> Checked:
    """Judge an upload by its bytes.

    Raises ClaimError (400), each with the file's `name`: evidence_empty, evidence_too_large,
    evidence_type, evidence_cut, evidence_two_in_one.
    """
    name = shown_name(file.name or "")
    size = file.size or 0
    if not size:
        raise ClaimError("evidence_empty", 400, name=name)
    if size > limit_mib() * MIB:
        raise ClaimError("evidence_too_large", 400, name=name, limit=limit_mib())
    file.seek(0)
    head = file.read(16)
    ending = file_ending(head)
    if ending is None:
        raise ClaimError("evidence_type", 400, name=name)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    if not _ends(ending, tail, file):
        raise ClaimError("evidence_cut", 400, name=name)
    if _is_archive_too(file, size):
        raise ClaimError("evidence_two_in_one", 400, name=name)
    return Checked(file, _hash(file), size, SCAN_TYPES[ending])


def _ends(ending: str, tail: bytes, file: IO[bytes]) -> bool:
    """Whether the file is whole. Phones append data of their own to a JPEG, hence anywhere."""
    if ending == "pdf":
        return b"%%EOF" in tail
    mark = b"\xff\xd9" if ending == "jpg" else b"IEND\xae\x42\x60\x82"
    if mark in tail:
        return True
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        if mark in before + block:
            return True
        before = block[-len(mark) :]
    return False


def _is_archive_too(file: IO[bytes], size: int) -> bool:
    """Whether the same bytes are also a ZIP (a JAR, an APK, an office file) that ends with them."""
    length = min(size, 22 + 0xFFFF)
    file.seek(size - length)
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        record = tail[at:]
        if len(record) >= 22 and len(record) == 22 + int.from_bytes(record[20:22], "little"):
            return True
        at = tail.rfind(_END_OF_ZIP, 0, at)
    return False


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def shown_name(name: str) -> str:
    """The name of an upload as text to show: one line, nothing invisible, never a path."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return re.sub(r"\s+", " ", plain).strip()[:TITLE]


def title_of(name: str) -> str:
    """The title that a file gets where nobody typed one: its name without the ending."""
    shown = shown_name(name)
    stem = re.sub(r"\.(pdf|jpe?g|png)$", "", shown, flags=re.IGNORECASE).strip(" .")
    return stem or shown or "-"


def _scan(checked: Checked) -> str:
    """Let the scanner of this installation look; closed where it does not answer."""
    path = settings.EVIDENCE_SCANNER
    if not path:
        return str(EvidenceFile.Scan.NONE)
    name = shown_name(checked.file.name or "")
    look: Callable[[Any], str] = import_string(path)
    checked.file.seek(0)
    try:
        found = look(checked.file)
    except Exception as problem:
        logger.exception("the evidence scanner failed")
        raise ClaimError("evidence_scanner_silent", 400, name=name) from problem
    finally:
        checked.file.seek(0)
    if found:
        raise ClaimError("evidence_infected", 400, name=name, found=str(found)[:80])
    return str(EvidenceFile.Scan.CLEAN)


def blob_name(sha256: str) -> str:
    """Where the bytes lie, below MEDIA_ROOT."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def upload(
    employee: Employee, file: UploadedFile | Checked, actor: User | None, title: str = ""
) -> EvidenceFile:
    """Take a file into a person's vault; the same file again gives the row that there is.

    Raises ClaimError (400) as `check`, and evidence_infected, evidence_scanner_silent.
    """
    checked = file if isinstance(file, Checked) else check(file)
    scan = _scan(checked)
    with transaction.atomic():
        _hold(checked.sha256)
        _store(checked)
        row, new = EvidenceFile.objects.get_or_create(
            employee=employee,
            sha256=checked.sha256,
            defaults={
                "title": shown_name(title) or title_of(checked.file.name or ""),
                "size": checked.size,
                "content_type": checked.content_type,
                "file": blob_name(checked.sha256),
                "scan": scan,
                "uploaded_by": actor,
            },
        )
        if not new and row.removed_at is not None:
            row.removed_at = None
            row.save(update_fields=["removed_at"])
    return row


def _hold(sha256: str) -> None:
    """One at a time for the same bytes, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [_LOCKS, sha256],
        )


def _store(checked: Checked) -> None:
    """Write the bytes, unless they lie there whole; what a broken write left is replaced."""
    name = blob_name(checked.sha256)
    if default_storage.exists(name):
        if default_storage.size(name) == checked.size:
            return
        default_storage.delete(name)
    checked.file.seek(0)
    # A plain File: a temporary upload would be moved away, and a second person's copy with it.
    stored = default_storage.save(name, File(checked.file, name="upload"))
    if stored != name:
        default_storage.delete(stored)
        raise RuntimeError(f"the storage gave {stored} another name")


# ------------------------------------------------------------------ what uses a file


def uses(row: EvidenceFile) -> "QuerySet[Claim]":
    """The claims that name the file, for an item or as a whole."""
    return Claim.objects.filter(
        Q(pk__in=row.claims.values("pk")) | Q(pk__in=row.items.values("claim"))
    )


def _open_row(row: EvidenceFile) -> EvidenceFile:
    """The row, locked, if nothing submitted uses it. Raises ClaimError evidence_frozen (409)."""
    row = EvidenceFile.objects.select_for_update().get(pk=row.pk)
    if row.frozen_at is not None or uses(row).filter(submitted_at__isnull=False).exists():
        raise ClaimError("evidence_frozen", title=row.title)
    return row


@transaction.atomic
def rename(row: EvidenceFile, title: str) -> EvidenceFile:
    """Give a file another title. Raises ClaimError evidence_title (400), evidence_frozen (409)."""
    row = _open_row(row)
    row.title = shown_name(title)
    if not row.title:
        raise ClaimError("evidence_title", 400)
    row.save(update_fields=["title"])
    return row


@transaction.atomic
def remove(row: EvidenceFile) -> None:
    """Take a file off the vault's list; the row stays.

    Raises ClaimError (409): evidence_frozen, evidence_in_draft (a draft names it).
    """
    row = _open_row(row)
    if row.removed_at is None:
        drafts = uses(row).filter(state__in=("draft", "proposed")).count()
        if drafts:
            raise ClaimError("evidence_in_draft", title=row.title, count=drafts)
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])


@transaction.atomic
def replace(row: EvidenceFile, file: UploadedFile, actor: User | None) -> EvidenceFile:
    """Put another file in the place of one, in every draft that names it.

    The old row is taken off the list. Raises ClaimError as `upload`, and evidence_frozen (409).
    """
    row = _open_row(row)
    new = upload(row.employee, file, actor, row.title)
    if new.pk == row.pk:
        return new
    for path in (Claim.files.through, _ITEM_FILES):
        places: Any = path.objects.filter(evidencefile=row)
        for place in places:
            place.pk, place.evidencefile_id = None, new.pk
        path.objects.bulk_create(places, ignore_conflicts=True)
        path.objects.filter(evidencefile=row).delete()
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    return new


_ITEM_FILES = EvidenceFile.items.through


@transaction.atomic
def freeze(claim: Claim) -> int:
    """Freeze what a claim uses, and bring back what was taken off the list in the same moment."""
    rows = EvidenceFile.objects.filter(
        Q(pk__in=claim.files.values("pk"))
        | Q(pk__in=_ITEM_FILES.objects.filter(claimitem__claim=claim).values("evidencefile")),
        frozen_at__isnull=True,
    )
    locked = list(rows.select_for_update().values_list("pk", flat=True))
    EvidenceFile.objects.filter(pk__in=locked, removed_at__isnull=False).update(removed_at=None)
    return EvidenceFile.objects.filter(pk__in=locked).update(frozen_at=timezone.now())


def _freeze_submitted(claim: Claim, event: ClaimEvent) -> None:
    if event.act in (Act.SUBMIT, Act.RESUBMIT):
        freeze(claim)


acts.afterwards(_freeze_submitted)


# ------------------------------------------------------------------ bytes that no row refers to


@dataclass(frozen=True, slots=True)
class Orphan:
    """Bytes without a row: of an upload that was rolled back, or of a row that was removed."""

    name: str
    size: int
    modified: datetime


def blobs() -> Iterator[str]:
    """The names of all stored bytes of evidence."""
    if not default_storage.exists(FOLDER):
        return
    folders, _files = default_storage.listdir(FOLDER)
    for folder in sorted(folders):
        _none, files = default_storage.listdir(f"{FOLDER}/{folder}")
        yield from (f"{FOLDER}/{folder}/{name}" for name in sorted(files))


def orphans(now: datetime, older_than: timedelta = _DAY) -> list[Orphan]:
    """Bytes that no row refers to and that are older; younger ones may be of an open upload."""
    found = []
    for names in _chunks(blobs(), 500):
        known = set(EvidenceFile.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in known:
                at = default_storage.get_modified_time(name)
                if at <= now - older_than:
                    found.append(Orphan(name, default_storage.size(name), at))
    return found


def forget(orphan: Orphan) -> bool:
    """Remove orphaned bytes, unless somebody brought the same file meanwhile."""
    with transaction.atomic():
        _hold(orphan.name.rpartition("/")[2])
        if EvidenceFile.objects.filter(file=orphan.name).exists():
            return False
        default_storage.delete(orphan.name)
    return True


def missing() -> "QuerySet[EvidenceFile]":
    """Rows whose bytes are gone: what a backup must bring back."""
    lost = [
        row.pk
        for row in EvidenceFile.objects.only("pk", "file").iterator()
        if not default_storage.exists(str(row.file.name))
    ]
    return EvidenceFile.objects.filter(pk__in=lost)


def _chunks(names: Iterable[str], size: int) -> Iterator[list[str]]:
    block: list[str] = []
    for name in names:
        block.append(name)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block
