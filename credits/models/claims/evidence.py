"""Evidence (bukti fisik): a person's files, each stored once, used by any number of claims."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from employees.models import Employee


class EvidenceFile(models.Model):
    """A file of a person. The bytes lie under their SHA-256, once for all who hold the same.

    Frozen as soon as a claim that uses it is submitted; removed from the list by `removed_at`.
    The database lets nobody exchange the bytes, nor remove a frozen one.
    """

    class Type(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    class Scan(models.TextChoices):
        NONE = "none", _("not scanned")
        CLEAN = "clean", _("scanned, nothing found")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="evidence")
    title = models.CharField(_("title"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size"))  # bytes
    content_type = models.CharField(_("type"), max_length=20, choices=Type)
    pages = models.PositiveSmallIntegerField(null=True)  # of a PDF, where they could be counted
    file = models.FileField(max_length=120)  # evidence/<first two>/<sha256>
    scan = models.CharField(max_length=6, choices=Scan, default=Scan.NONE)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")
        ordering = ["-uploaded_at", "-id"]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_hash")]
        constraints = [
            models.UniqueConstraint(fields=["employee", "sha256"], name="evidence_once_a_person")
        ]

    def __str__(self) -> str:
        return self.title
