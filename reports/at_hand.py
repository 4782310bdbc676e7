"""What every page's header tells: unread notices, own work going on, invented people."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from credits.models import CalculationRun, Document, DocumentBatch
from credits.scopes import describe
from credits.views.common import OPEN, progress
from employees.importing import registry
from employees.models import ImportBatch
from employees.services.imports import WORKING
from employees.views.imports import bar

_COUNTS = """
    SELECT (SELECT count(*) FROM accounts_notice WHERE user_id = %(user)s AND read_at IS NULL),
        (SELECT count(*) FROM credits_calculationrun
            WHERE actor_id = %(user)s AND state = ANY(%(open)s)),
        (SELECT count(*) FROM credits_documentbatch
            WHERE actor_id = %(user)s AND state = ANY(%(open)s)),
        (SELECT count(*) FROM employees_importbatch WHERE state = ANY(%(working)s)
            AND %(user)s IN (created_by_id, applied_by_id, undone_by_id)),
        EXISTS (SELECT 1 FROM employees_employee WHERE is_sample AND withdrawn_at IS NULL)"""


@dataclass(frozen=True)
class AtHand:
    """Numbers of the header, and whether the people shown are invented ones."""

    unread: int
    runs: int
    batches: int
    imports: int
    sample: bool

    @property
    def working(self) -> int:
        return self.runs + self.batches + self.imports


@dataclass(frozen=True)
class Work:
    """Something long that the reader began and that goes on: with its bar (see progress.js)."""

    title: str
    url: str
    progress_url: str
    bar: dict[str, Any]


def at_hand(user: User) -> AtHand:
    """One statement."""
    known: dict[str, Any] = {
        "user": user.pk,
        "open": list(OPEN),
        "working": [str(s) for s in WORKING],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, known)
        return AtHand(*cursor.fetchone())


def own_work(user: User, known: AtHand) -> list[Work]:
    """What `known` counted, with progress; asks only for the kinds that there are."""
    found: list[Work] = []
    if known.imports:
        found += _imports(user)
    if known.runs:
        found += _runs(user)
    if known.batches:
        found += _batches(user)
    return found


def _imports(user: User) -> list[Work]:
    mine = Q(created_by=user) | Q(applied_by=user) | Q(undone_by=user)
    batches = ImportBatch.objects.filter(mine, state__in=WORKING)
    batches = batches.defer("warnings", "differences", "headings")
    titles = {kind.code: str(kind.title) for kind in registry.kinds()}
    return [
        Work(
            titles.get(batch.kind, batch.kind),
            reverse("employees:import", args=[batch.public_id]),
            reverse("employees:import_progress", args=[batch.public_id]),
            bar(batch),
        )
        for batch in batches
    ]


def _runs(user: User) -> list[Work]:
    runs = list(CalculationRun.objects.filter(actor=user, state__in=OPEN))
    scopes = describe(run.scope for run in runs)
    return [
        Work(
            scope,
            reverse("credits:run", args=[run.public_id]),
            reverse("credits:run_status", args=[run.public_id]),
            progress(run),
        )
        for run, scope in zip(runs, scopes, strict=True)
    ]


def _batches(user: User) -> list[Work]:
    batches = DocumentBatch.objects.filter(actor=user, state__in=OPEN)
    forms = dict(Document.Form.choices)
    return [
        Work(
            str(forms[batch.form]),
            reverse("credits:document_batch", args=[batch.public_id]),
            reverse("credits:document_batch_status", args=[batch.public_id]),
            progress(batch),
        )
        for batch in batches
    ]
