"""Drafting the three forms: for one person, and for everybody as a ZIP per unit.

What a document states is stored as a snapshot; its PDF is rendered from that alone and is the
same to the byte each time, so a draft keeps only the hash.
"""

import io
import logging
import zipfile
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import Refusal
from credits.documents.content import Content
from credits.documents.render import render
from credits.models import Document, DocumentBatch, DocumentPart
from credits.notices import batch_ended
from credits.rules.editions import rules_version
from credits.services import issuing
from credits.services.contents import Drafted, contents
from credits.services.issuing import DocumentError
from credits.services.numbering import NumberingError
from credits.services.parts import claimed, ring
from credits.services.periods import check_open
from credits.services.runs import people_in
from employees.models import Employee, UnitMembership

log = logging.getLogger("sijafung.documents")

TRIES = 3
_LOCK_CLASS = 0x51B
MAX_PART = 200  # people per ZIP part: bounds memory and what a killed worker loses


class NothingToState(Refusal):
    """A form would be empty for the person: `code` says why."""


def draft(employee: Employee, form: str, start: date, end: date, actor: Any = None) -> Document:
    """One form of one person as a draft. Raises NothingToState, PeriodError."""
    check_open(start, end)
    drafted = contents([employee.pk], form, start, end)
    if drafted.skipped:
        raise NothingToState(drafted.skipped[0][1])
    return _store(drafted, form, start, end, actor)[0]


def _store(
    drafted: Drafted,
    form: str,
    start: date,
    end: date,
    actor: Any,
    batch_id: int | None = None,
    unit_id: int | None = None,
    hashes: dict[int, str] | None = None,
) -> list[Document]:
    return Document.objects.bulk_create(
        Document(
            employee_id=key,
            form=form,
            period_start=start,
            period_end=end,
            content=content.to_json(),
            entry_seqs=drafted.entries[key],
            rules_version=rules_version(),
            batch_id=batch_id,
            unit_id=unit_id,
            pdf_hash=(hashes or {}).get(key, ""),
            created_by=actor,
        )
        for key, content in drafted.contents.items()
    )


# ------------------------------------------------------------------ batches


def holders_in(scope: dict[str, Any], end: date) -> list[int]:
    """The people of a scope (see `people_in`) who were appointed by the end of a period."""
    people = Employee.objects.filter(id__in=people_in(scope, end), appointments__start__lte=end)
    return list(people.order_by("id").distinct().values_list("id", flat=True))


def create_batch(
    form: str, start: date, end: date, scope: dict[str, Any], actor: Any = None
) -> DocumentBatch:
    """Record a batch with a part per unit (of at most MAX_PART people).

    Raises ScopeError, PeriodError.
    """
    check_open(start, end)
    ids = holders_in(scope, end)
    units = dict(
        UnitMembership.objects.on(end)
        .filter(employee_id__in=ids)
        .values_list("employee_id", "unit_id")
    )
    by_unit: dict[int | None, list[int]] = {}
    for key in ids:
        by_unit.setdefault(units.get(key), []).append(key)
    with transaction.atomic():
        batch = DocumentBatch.objects.create(
            form=form,
            period_start=start,
            period_end=end,
            scope=scope,
            actor=actor,
            people=len(ids),
        )
        DocumentPart.objects.bulk_create(
            DocumentPart(batch=batch, unit_id=unit, employee_ids=members[at : at + MAX_PART])
            for unit, members in sorted(by_unit.items(), key=lambda x: x[0] or 0)
            for at in range(0, len(members), MAX_PART)
        )
    return batch


def start_batch(
    form: str, start: date, end: date, scope: dict[str, Any], actor: Any = None
) -> DocumentBatch:
    """Record a batch and ring for the workers."""
    batch = create_batch(form, start, end, scope, actor)
    ring("credits.tasks.work_on_batch", batch.pk)
    return batch


@transaction.atomic
def issue_batch(batch: DocumentBatch, actor: Any) -> None:
    """Number all drafts of a finished batch and put them up for signing, part by part.

    Raises DocumentError("wrong_state") where the batch is not finished or was numbered before.
    """
    batch = DocumentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.stage != DocumentBatch.Stage.DRAFTING or batch.finished_at is None:
        raise DocumentError("wrong_state")
    made = DocumentPart.objects.filter(batch=batch, state=DocumentPart.State.DONE)
    batch.people = sum(made.values_list("documents_made", flat=True))
    made.filter(documents_made__gt=0).update(state=DocumentPart.State.WAITING, attempts=0)
    batch.stage, batch.state = DocumentBatch.Stage.ISSUING, DocumentBatch.State.WAITING
    batch.actor, batch.done, batch.failed, batch.finished_at = actor, 0, 0, None
    batch.save()
    ring("credits.tasks.work_on_batch", batch.pk)


def work_on(batch_id: int, seconds: float = 20.0) -> bool:
    """Do parts of a batch for a while; whether something is left that nobody else is at."""
    until = monotonic() + seconds
    while monotonic() < until:
        waiting = DocumentPart.objects.filter(batch_id=batch_id, state=DocumentPart.State.WAITING)
        with claimed(_LOCK_CLASS, waiting.order_by("id").values_list("pk", flat=True)) as key:
            if key is None:
                break
            _attempt(batch_id, key)
    else:
        return True
    _finish(batch_id)
    return False


def _attempt(batch_id: int, key: int) -> None:
    part = (
        DocumentPart.objects.select_related("batch__actor")
        .filter(pk=key, state=DocumentPart.State.WAITING)
        .first()
    )
    if part is None:
        return
    if part.attempts >= TRIES:
        with transaction.atomic():
            DocumentPart.objects.filter(pk=key).update(state=DocumentPart.State.PARKED)
            DocumentBatch.objects.filter(pk=batch_id).update(
                done=F("done") + part.size, failed=F("failed") + part.size
            )
        return
    DocumentPart.objects.filter(pk=key).update(attempts=F("attempts") + 1)
    DocumentBatch.objects.filter(pk=batch_id, state=DocumentBatch.State.WAITING).update(
        state=DocumentBatch.State.RUNNING
    )
    act = issue_part if part.batch.stage == DocumentBatch.Stage.ISSUING else do_part
    try:
        act(part)
    except (DatabaseError, OSError, NumberingError):
        log.exception("batch.part_failed", extra={"batch": batch_id, "part": key})


def do_part(part: DocumentPart) -> None:
    """Render one unit's forms into its ZIP and store what they state; all of it or nothing."""
    batch = part.batch
    drafted = contents(part.employee_ids, batch.form, batch.period_start, batch.period_end)
    archive = io.BytesIO()
    hashes = _zip(archive, batch.form, drafted.contents)
    part.skipped = [list(item) for item in drafted.skipped]
    part.documents_made = len(hashes)
    part.state = DocumentPart.State.DONE
    with transaction.atomic():
        if hashes:
            archive.seek(0)
            part.file.save(f"{batch.public_id}/{part.pk}.zip", File(archive), save=False)
        _store(
            drafted,
            batch.form,
            batch.period_start,
            batch.period_end,
            batch.actor,
            batch.pk,
            part.unit_id,
            hashes,
        )
        part.save()
        DocumentBatch.objects.filter(pk=batch.pk).update(done=F("done") + part.size)


def issue_part(part: DocumentPart) -> None:
    """Number one unit's drafts, make their PDFs, and put them into its ZIP.

    What was numbered before a worker was killed keeps its number; only the rest is done again.
    """
    mine = Document.objects.filter(batch_id=part.batch_id, employee_id__in=part.employee_ids)
    drafts = mine.filter(state=Document.State.DRAFT).values_list("pk", flat=True)
    issued = issuing.issue(drafts, part.batch.actor)
    part.refused = [[d.employee_id, code] for d, code in issued.refused]
    numbered = mine.exclude(state=Document.State.DRAFT).select_related("employee")
    archive = issuing.archive(numbered.order_by("employee__name", "employee_id"))
    with transaction.atomic():
        part.file.save(f"{part.batch.public_id}/{part.pk}.zip", ContentFile(archive), save=False)
        part.state = DocumentPart.State.DONE
        part.save()
        DocumentBatch.objects.filter(pk=part.batch_id).update(done=F("done") + part.size)


def _zip(target: io.BytesIO, form: str, stated: dict[int, Content]) -> dict[int, str]:
    """Write the PDFs. Returns the hash of each."""
    hashes = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (key, content) in enumerate(stated.items(), 1):
            pdf = render(content)
            archive.writestr(issuing.file_name(number, content.identity.name, form), pdf)
            hashes[key] = sha256(pdf).hexdigest()
    return hashes


def _finish(batch_id: int) -> None:
    if DocumentPart.objects.filter(batch_id=batch_id, state=DocumentPart.State.WAITING).exists():
        return
    batch = DocumentBatch.objects.filter(
        pk=batch_id, state__in=[DocumentBatch.State.WAITING, DocumentBatch.State.RUNNING]
    )
    failed = batch.filter(failed__gt=0).exists()
    state = DocumentBatch.State.PARTLY if failed else DocumentBatch.State.DONE
    with transaction.atomic():  # told once, as in `runs`
        if batch.update(state=state, finished_at=timezone.now()):
            batch_ended(DocumentBatch.objects.select_related("actor").get(pk=batch_id))


def cancel_batch(batch: DocumentBatch) -> None:
    """Stop a batch: ZIPs already made stay."""
    with transaction.atomic():
        DocumentPart.objects.filter(batch=batch, state=DocumentPart.State.WAITING).update(
            state=DocumentPart.State.CANCELLED
        )
        DocumentBatch.objects.filter(
            pk=batch.pk, state__in=[DocumentBatch.State.WAITING, DocumentBatch.State.RUNNING]
        ).update(state=DocumentBatch.State.CANCELLED, finished_at=timezone.now())


def open_batches() -> Sequence[int]:
    """Batches that are not finished."""
    states = [DocumentBatch.State.WAITING, DocumentBatch.State.RUNNING]
    return list(DocumentBatch.objects.filter(state__in=states).values_list("pk", flat=True))
