"""The life of a form after its draft: numbered, put up for signing, signed, or taken back.

Each act locks the documents, moves them from one state to another, and writes an event. The
number is taken when a document leaves draft and stays with it for good. The PDF is made once,
after the number is kept; a worker killed in between leaves a document whose PDF is made when it
is next asked for: the same content gives the same bytes.
"""

import io
import logging
import secrets
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accounts.errors import Refusal
from accounts.models import User
from credits.documents.content import from_json
from credits.documents.render import render
from credits.models import Document, DocumentEvent
from credits.services.acts import is_own, submitted_it
from credits.services.contents import Drafted, contents
from credits.services.numbering import take
from credits.services.periods import closed_over
from credits.services.signatures import is_signed_copy
from employees.models import Employee
from employees.scans import file_ending

log = logging.getLogger("sijafung.documents")
State = Document.State
Event = DocumentEvent.Kind
SIGNABLE = (State.AWAITING, State.RETURNED)


class DocumentError(Refusal):
    """An act on a document is refused: `code` says why."""


@dataclass
class Issued:
    """What came of issuing: how many were numbered, and which were not, with a code."""

    documents: list[Document] = field(default_factory=list)
    refused: list[tuple[Document, str]] = field(default_factory=list)


def verify_url(token: str) -> str:
    """The public address that a document's QR code leads to."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("credits:verify", args=[token])


# ------------------------------------------------------------------ leaving draft


@transaction.atomic
def issue(ids: Iterable[int], actor: User | None, on: date | None = None) -> Issued:
    """Number drafts and put them up for signing, in the order of their ids.

    Refused, each with a code: `draft_stale` (the points or the person changed since),
    `no_signatory`, `period_closed`, `under_way` (the same form already awaits its signature),
    `own_document` (nobody acts on what is about himself), `no_determiner` and
    `determines_own_submission` (a PAK that an officer determines).
    Raises NumberingError.
    """
    day = on or timezone.localdate()
    drafts = (
        Document.objects.select_for_update(of=("self",))
        .select_related("employee")
        .filter(pk__in=list(ids), state=State.DRAFT)
    )
    done = Issued()
    ready: list[tuple[Document, dict[str, Any], Employee]] = []
    for (form, start, end), documents in _by_form(drafts.order_by("pk")).items():
        stands = _stated(form)([d.employee_id for d in documents], form, start, end, day)
        closed = closed_over(start, end) is not None
        waiting = _waiting(documents, form, start, end)
        for document in documents:
            stated = stands.contents.get(document.employee_id)
            fresh = stated.to_json() if stated else None
            signer = stands.signers.get(document.employee_id)
            code = "period_closed" if closed else _refusal(document, fresh, waiting)
            code = code or _conflict(document, fresh or {}, signer, actor)
            if code or signer is None:
                done.refused.append((document, code or "no_signatory"))
                continue
            waiting.add(document.employee_id)
            ready.append((document, fresh or {}, signer))
    ready.sort(key=lambda r: r[0].pk)
    if ready:
        for (document, content, who), number in zip(ready, take(len(ready), day), strict=True):
            _number(document, content, who, number, day)
            done.documents.append(document)
        Document.objects.bulk_update(
            done.documents, ["state", "number", "dated", "content", "signer", "token", "pdf_hash"]
        )
        _events(done.documents, Event.ISSUED, actor)
    return done


def _stated(form: str) -> Callable[..., Drafted]:
    """What gathers the content of a form; those of claims come from their own module."""
    if form in Document.BY_HAND:
        return contents
    from credits.services.claims import papers  # it issues by this module

    return papers.contents


def _by_form(documents: Iterable[Document]) -> dict[tuple[str, date, date], list[Document]]:
    groups: dict[tuple[str, date, date], list[Document]] = {}
    for document in documents:
        key = (document.form, document.period_start, document.period_end)
        groups.setdefault(key, []).append(document)
    return groups


def _waiting(documents: Sequence[Document], form: str, start: date, end: date) -> set[int]:
    """People whose same form is already on its way."""
    return set(
        Document.objects.filter(
            employee_id__in=[d.employee_id for d in documents],
            form=form,
            period_start=start,
            period_end=end,
            state__in=SIGNABLE,
        ).values_list("employee_id", flat=True)
    )


def _refusal(document: Document, fresh: dict[str, Any] | None, waiting: set[int]) -> str | None:
    if document.employee_id in waiting:
        return "under_way"
    if fresh is None or _without_signatory(fresh) != _without_signatory(document.content):
        return "draft_stale"
    if fresh["signatory"]:
        return None
    return "no_determiner" if fresh["determined"] else "no_signatory"


def _without_signatory(content: dict[str, Any]) -> dict[str, Any]:
    """Who signs is settled on the day of issue: a deputy may act for the superior by then.

    Read and written again, so that a draft of an earlier version compares by what it states.
    """
    return replace(from_json(content), signatory=None).to_json()


def _conflict(
    document: Document, fresh: dict[str, Any], signer: Employee | None, actor: User | None
) -> str | None:
    """Nobody acts on what is about himself, and no officer determines what he submitted."""
    if is_own(document, actor):
        return "own_document"
    if not fresh.get("determined") or signer is None or signer.user_id is None:
        return None
    submitters = {document.created_by_id, actor and actor.pk}
    return "determines_own_submission" if signer.user_id in submitters else None


def _number(
    document: Document, content: dict[str, Any], signer: Employee, number: str, day: date
) -> None:
    document.token = secrets.token_urlsafe(18)
    stated = replace(
        from_json(content),
        number=number,
        dated=day,
        verify_url=verify_url(document.token),
        footer=number,
    )
    document.content = stated.to_json()
    document.state, document.number, document.dated = State.AWAITING, number, day
    document.signer = signer
    document.pdf_hash = ""  # of the draft's; the issued bytes have their own


def _events(
    documents: Sequence[Document], kind: DocumentEvent.Kind, actor: User | None, reason: str = ""
) -> None:
    DocumentEvent.objects.bulk_create(
        DocumentEvent(document=d, kind=kind, actor=actor, reason=reason) for d in documents
    )


def issued_pdf(document: Document) -> bytes:
    """The bytes of a document: of a draft rendered, else those issued, made once and kept."""
    if document.state == State.DRAFT:
        return render(from_json(document.content))
    if not document.pdf:
        _keep(document)
    with document.pdf.open("rb") as file:
        kept: bytes = file.read()
    return kept


def _keep(document: Document) -> None:
    """Render and keep the PDF, unless somebody else has meanwhile."""
    pdf = render(from_json(document.content))
    with transaction.atomic():
        row = Document.objects.select_for_update().get(pk=document.pk)
        if not row.pdf:
            row.pdf.save(f"{row.public_id}.pdf", ContentFile(pdf), save=False)
            row.pdf_hash = sha256(pdf).hexdigest()
            row.save(update_fields=["pdf", "pdf_hash"])
    document.pdf, document.pdf_hash = row.pdf, row.pdf_hash


# ------------------------------------------------------------------ signing


def _locked(document: Document, actor: User | None, *states: str) -> Document:
    """The document, locked and in one of the states.

    Raises DocumentError: `own_document` (nobody acts on what is about himself), `wrong_state`.
    """
    rows = Document.objects.select_for_update(of=("self",)).select_related("employee")
    document = rows.get(pk=document.pk)
    if is_own(document, actor):
        raise DocumentError("own_document")
    if document.state not in states:
        raise DocumentError("wrong_state")
    return document


@transaction.atomic
def sign(document: Document, file: bytes, how: str, actor: User | None) -> Document:
    """Keep the signed file and close the document; earlier ones of the same form are superseded.

    A file signed elsewhere must begin with the issued bytes, as electronic signing leaves them,
    and carry a signature: else DocumentError (`not_this_document`, `no_signature`). A scan is
    taken as the officer's word. The caller has checked type and size.
    """
    document = _locked(document, actor, *SIGNABLE)
    if submitted_it(document, actor) and _signs_himself(document, actor):
        raise DocumentError("determines_own_submission")
    if how == Document.SignedHow.FILE and (code := is_signed_copy(file, issued_pdf(document))):
        raise DocumentError(code)
    ending = file_ending(file)
    if ending is None:
        raise DocumentError("not_a_scan")
    name = f"{document.public_id}.{ending}"
    document.signed_file.save(name, ContentFile(file), save=False)
    document.signed_hash = sha256(file).hexdigest()
    document.signed_how = how
    document.state = State.SIGNED
    document.save()
    _events([document], Event.SIGNED, actor)
    _supersede(document, actor)
    return document


def _signs_himself(document: Document, actor: User | None) -> bool:
    """The signer, not an officer who hands in the scan of a paper."""
    signer = document.signer
    return actor is not None and signer is not None and signer.user_id == actor.pk


def _supersede(document: Document, actor: User | None) -> None:
    older = list(
        Document.objects.select_for_update()
        .filter(
            employee_id=document.employee_id,
            form=document.form,
            period_start=document.period_start,
            period_end=document.period_end,
            state=State.SIGNED,
        )
        .exclude(pk=document.pk)
    )
    for one in older:
        one.state, one.superseded_by = State.SUPERSEDED, document
    Document.objects.bulk_update(older, ["state", "superseded_by"])
    _events(older, Event.SUPERSEDED, actor, document.number)


@dataclass
class Matched:
    """What came of many signed files: documents signed, and files refused with a code."""

    signed: list[Document] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def sign_many(
    documents: Iterable[Document], files: Iterable[tuple[str, bytes]], actor: User | None
) -> Matched:
    """Match files signed elsewhere to the documents they begin with, and sign each of those."""
    heads, lengths = {}, set()
    for document in documents:
        pdf = issued_pdf(document)
        heads[sha256(pdf).digest()] = document
        lengths.add(len(pdf))
    done = Matched()
    for name, file in files:
        found = next(
            (heads[key] for length in lengths if (key := sha256(file[:length]).digest()) in heads),
            None,
        )
        if found is None:
            done.refused.append((name, "not_this_document"))
            continue
        try:
            done.signed.append(sign(found, file, Document.SignedHow.FILE, actor))
        except DocumentError as problem:
            done.refused.append((name, problem.code))
    return done


@transaction.atomic
def discard(document: Document, actor: User | None) -> None:
    """Throw a draft away: nothing was decided with it. Raises DocumentError."""
    _locked(document, actor, State.DRAFT).delete()


@transaction.atomic
def return_unsigned(document: Document, reason: str, actor: User | None) -> Document:
    """The signer disagrees and says why. Raises DocumentError."""
    document = _locked(document, actor, State.AWAITING)
    return _move(document, State.RETURNED, Event.RETURNED, reason, actor)


@transaction.atomic
def resubmit(document: Document, reason: str, actor: User | None) -> Document:
    """Put a returned document up for signing again, with an answer. Raises DocumentError."""
    document = _locked(document, actor, State.RETURNED)
    return _move(document, State.AWAITING, Event.RESUBMITTED, reason, actor)


@transaction.atomic
def revoke(document: Document, reason: str, actor: User | None) -> Document:
    """Take back a document that has left draft; it keeps its number. Raises DocumentError."""
    document = _locked(document, actor, *SIGNABLE, State.SIGNED)
    return _move(document, State.REVOKED, Event.REVOKED, reason, actor)


def _move(
    document: Document,
    state: Document.State,
    event: DocumentEvent.Kind,
    reason: str,
    actor: User | None,
) -> Document:
    if not reason.strip():
        raise DocumentError("reason_missing")
    document.state = state
    document.save(update_fields=["state"])
    _events([document], event, actor, reason)
    return document


def file_name(number: int, name: str, form: str) -> str:
    """What a form is called in a ZIP: without NIP, and no two alike."""
    return f"{number:04d}-{slugify(name)[:60] or 'tanpa-nama'}-{form}.pdf"


def archive(documents: Iterable[Document]) -> bytes:
    """A ZIP with the PDFs of documents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as zipped:
        for number, document in enumerate(documents, 1):
            name = file_name(number, document.employee.name, document.form)
            zipped.writestr(name, issued_pdf(document))
    return target.getvalue()
