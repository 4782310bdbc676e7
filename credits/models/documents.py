"""The official forms: batches of them, and each with its life from draft to signed."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from positions.models import Unit, ordered


class DocumentBatch(models.Model):
    """Forms asked for many people at once; rendered by the worker, handed out as a ZIP per unit."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        PARTLY = "partly", _("done with errors")
        CANCELLED = "cancelled", _("cancelled")

    class Stage(models.TextChoices):
        DRAFTING = "drafting", _("drafting")
        ISSUING = "issuing", _("numbering")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.CharField(_("form"), max_length=12)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFTING)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("until"))
    scope = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    people = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("batch of documents")
        verbose_name_plural = _("batches of documents")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.form} {self.created_at:%Y-%m-%d}"


class DocumentPart(models.Model):
    """The people of one unit in a batch: one worker, one ZIP."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("given up")
        CANCELLED = "cancelled", _("cancelled")

    batch = models.ForeignKey(DocumentBatch, models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    employee_ids = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    documents_made = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)  # without a form: [employee id, code]
    refused = models.JSONField(default=list)  # drafts that were not numbered: the same
    file = models.FileField(upload_to="batches/")

    class Meta:
        verbose_name = _("part of a batch of documents")
        verbose_name_plural = _("parts of batches of documents")
        ordering = ["batch", "id"]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.unit_id}"

    @property
    def size(self) -> int:
        """What it counts for in the batch: people to draft for, then forms to number."""
        drafting = self.batch.stage == DocumentBatch.Stage.DRAFTING
        return len(self.employee_ids) if drafting else self.documents_made


class NumberScheme(models.Model):
    """How documents are numbered from a day on: a pattern, counted anew each year.

    The pattern takes {number}, {number4} (at least four digits), {month}, {month_roman} and
    {year}. The latest scheme that has begun is in force.
    """

    pattern = models.CharField(
        _("pattern"),
        max_length=100,
        help_text=_("For example 1/{number4}/KP.08.04/{month}/{year}."),
    )
    start = models.DateField(_("in force from"), unique=True)

    class Meta:
        verbose_name = _("numbering of documents")
        verbose_name_plural = _("numberings of documents")
        ordering = ["-start"]

    def __str__(self) -> str:
        return self.pattern


class NumberSeries(models.Model):
    """The last number taken in a year. Whoever takes one holds the row until the number is kept
    by its document, so there is neither a gap nor a double."""

    scheme = models.ForeignKey(NumberScheme, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["scheme", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class ClosedPeriod(models.Model):
    """A finished period: it takes no more ratings and drafts of forms unless reopened."""

    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True)
    reopened_because = models.CharField(_("reason for reopening"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        ordering = ["-start", "-closed_at"]
        constraints = [
            ordered("closed_period_dates"),
            models.UniqueConstraint(
                fields=["start", "end"],
                name="period_closed_once",
                condition=Q(reopened_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} - {self.end}"


class Document(models.Model):
    """A form of one person, from draft to signed. What it states is a snapshot.

    A draft keeps only its content. On leaving draft it takes its number and date, and the PDF
    is made once: those bytes are the document, they are kept and served.
    """

    class Form(models.TextChoices):
        CONVERSION = "konversi", _("Conversion of ratings (Konversi)")
        ACCUMULATION = "akumulasi", _("Accumulation (Akumulasi)")
        DETERMINATION = "penetapan", _("Determination (PAK)")
        # Of a claim, made when it is determined and never drafted by hand.
        FINDING = "hapak", _("Result of the team (HAPAK)")
        CONVENTIONAL = "konvensional", _("Determination of a claim (conventional PAK)")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        AWAITING = "awaiting", _("awaiting signature")
        RETURNED = "returned", _("returned")
        SIGNED = "signed", _("signed")
        SUPERSEDED = "superseded", _("superseded")
        REVOKED = "revoked", _("revoked")

    class SignedHow(models.TextChoices):
        FILE = "file", _("file signed elsewhere")
        SCAN = "scan", _("scan of the paper signed by hand")

    # Drafted by hand, for one person or many; the others come with an act on a claim.
    BY_HAND = (Form.CONVERSION, Form.ACCUMULATION, Form.DETERMINATION)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="documents")
    form = models.CharField(_("form"), max_length=12, choices=Form)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("until"))
    content = models.JSONField()  # credits.documents.content, exact
    entry_seqs = ArrayField(models.PositiveIntegerField(), default=list)
    rules_version = models.CharField(max_length=16)
    batch = models.ForeignKey(
        DocumentBatch, models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    unit_id = models.BigIntegerField(null=True)
    pdf_hash = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=120, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    token = models.CharField(max_length=32, blank=True, editable=False)  # of the public page
    pdf = models.FileField(upload_to="documents/", blank=True)  # the issued bytes
    signer = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="documents_to_sign"
    )
    signed_how = models.CharField(max_length=4, choices=SignedHow, blank=True)
    signed_file = models.FileField(upload_to="signed/", blank=True)
    signed_hash = models.CharField(max_length=64, blank=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["batch", "unit_id"], name="document_by_unit"),
            models.Index(fields=["signer", "state"], name="document_by_signer"),
            models.Index(fields=["signed_hash"], name="document_by_signed_hash"),
            models.Index(fields=["pdf_hash"], name="document_by_pdf_hash"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="document_number_once", condition=~Q(number="")
            ),
            models.UniqueConstraint(
                fields=["token"], name="document_token_once", condition=~Q(token="")
            ),
            models.CheckConstraint(
                name="document_numbered_unless_draft",
                condition=Q(state="draft", number="", dated__isnull=True)
                | (~Q(state="draft") & ~Q(number="") & Q(dated__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.form} {self.period_end}"


class DocumentEvent(models.Model):
    """What happened to a document: written once, never changed."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("numbered and put up for signing")
        RETURNED = "returned", _("returned")
        RESUBMITTED = "resubmitted", _("put up for signing again")
        SIGNED = "signed", _("signed")
        SUPERSEDED = "superseded", _("superseded")
        REVOKED = "revoked", _("revoked")

    document = models.ForeignKey(Document, models.CASCADE, related_name="events")
    kind = models.CharField(_("event"), max_length=12, choices=Kind)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("event of a document")
        verbose_name_plural = _("events of documents")
        ordering = ["document", "id"]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.kind}"
