"""The rows of the trails: who wrote, who looked, the seals over both, and what was destroyed.

No foreign keys: a row outlives the account and the person it names, and nothing is paid per row.
Each row carries the digest of itself, made by the database when it is written
(`accounts.rules.DIGESTED`); the database refuses to change or remove it.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """From where somebody acted."""

    PAGE = "page", _("page")
    API = "api", _("API")
    COMMAND = "command", _("command line")
    TASK = "task", _("background task")
    DATABASE = "database", _("database itself")


class _Happened(models.Model):
    """When, by whom, from where, why."""

    at = models.DateTimeField(_("when"), db_default=Now())
    actor_id = models.BigIntegerField(_("account"), null=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    request_id = models.CharField(_("request"), max_length=32, blank=True)
    address = models.CharField(_("network address, shortened"), max_length=50, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        abstract = True


class AuditEvent(_Happened):
    """One row of a table that was written: what stood there, what stands there now.

    Written by a trigger on the table itself, so that no way into the database passes by it.
    An update keeps the columns that changed; a hidden column (password) keeps only that it did.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("added")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("removed")
        TRUNCATE = "truncate", _("whole table emptied")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    table = models.CharField(_("table"), max_length=63)
    row_id = models.CharField(_("row"), max_length=64, blank=True)
    person = models.BigIntegerField(_("person"), null=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["person", "id"], name="audit_person", condition=~models.Q(person=None)
            ),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
            models.Index(fields=["table", "row_id"], name="audit_row"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.row_id}"


class AccessEvent(_Happened):
    """Somebody looked at another's personal data.

    One person: `subject` is set. A list shown on a page is one row without subject, with the
    number of people; an export is one row for each person.
    """

    class How(models.TextChoices):
        VIEW = "view", _("looked at")
        LIST = "list", _("listed")
        EXPORT = "export", _("exported")
        DOWNLOAD = "download", _("downloaded a file")
        REVEAL = "reveal", _("unmasked")

    roles = models.CharField(_("roles"), max_length=200, blank=True)
    subject = models.BigIntegerField(_("person"), null=True)
    people = models.PositiveIntegerField(_("people"), default=1)
    what = models.CharField(_("what"), max_length=40)
    how = models.CharField(_("how"), max_length=10, choices=How)
    detail = models.CharField(_("details"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access event")
        verbose_name_plural = _("access events")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["subject", "id"], name="access_subject", condition=~models.Q(subject=None)
            ),
            models.Index(fields=["actor_id", "id"], name="access_actor"),
            models.Index(fields=["at"], name="access_at"),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.what}"


class AuditSeal(models.Model):
    """All rows of a trail after the seal before it, up to one: their number and their hash,
    which continues the hash of the seal before."""

    class Trail(models.TextChoices):
        AUDIT = "audit", _("audit trail")
        ACCESS = "access", _("access log")

    trail = models.CharField(max_length=6, choices=Trail)
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["trail", "number"]
        constraints = [models.UniqueConstraint(fields=["trail", "number"], name="seal_once")]

    def __str__(self) -> str:
        return f"{self.trail} {self.number}"


class AuditCheck(models.Model):
    """What the last proofs of the trails found."""

    at = models.DateTimeField(auto_now_add=True)
    events = models.PositiveBigIntegerField()
    accesses = models.PositiveBigIntegerField()
    seals = models.PositiveIntegerField()
    anchors = models.PositiveIntegerField()
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("proof of the trails")
        verbose_name_plural = _("proofs of the trails")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Tombstone(models.Model):
    """What was destroyed after its time: not the thing, but that it was, which, and why."""

    kind = models.CharField(max_length=40)
    row_id = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, blank=True)  # SHA-256 of a file's bytes
    size = models.PositiveBigIntegerField(default=0)  # bytes of a file, else number of rows
    basis = models.CharField(max_length=200)
    proposal = models.BigIntegerField(null=True)  # the `Destruction` that two persons agreed on
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("record of destruction")
        verbose_name_plural = _("records of destruction")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
