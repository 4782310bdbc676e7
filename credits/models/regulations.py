"""Regulation editions that were handed in as a file: from draft to published to withdrawn."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.models.facts import account


class RegulationVersion(models.Model):
    """One edition as it was handed in. Its text never changes: another text is another version.

    A published one is in force from its date, beside the editions that the program ships, until
    it is withdrawn. The database keeps text and steps as they are (migration 0008).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        DISCARDED = "discarded", _("discarded")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=300)
    effective_from = models.DateField(_("in force from"))
    source = models.TextField(_("file"))
    content_hash = models.CharField(max_length=64)  # SHA-256 of the text
    file_name = models.CharField(max_length=120, blank=True)
    warnings = models.JSONField(default=list)  # [code, parameters] found when it was loaded
    closed_because = models.CharField(
        _("reason for touching closed periods"), max_length=500, blank=True
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)

    golden = models.JSONField(null=True, blank=True)  # what the golden cases said
    golden_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published_by = account()
    published_at = models.DateTimeField(null=True, blank=True)
    published_because = models.CharField(_("reason"), max_length=500, blank=True)
    rules_version = models.CharField(max_length=16, blank=True)  # of the set that it made

    # Taking it back takes two people as well.
    withdrawal_by = account()
    withdrawal_at = models.DateTimeField(null=True, blank=True)
    withdrawal_because = models.CharField(_("reason"), max_length=500, blank=True)
    withdrawn_by = account()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")
        ordering = ["-drafted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="regulation_key_once",
                condition=Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="regulation_second_person",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="regulation_withdrawn_by_second",
                condition=Q(withdrawn_by__isnull=True) | ~Q(withdrawn_by=F("withdrawal_by")),
            ),
            models.CheckConstraint(
                name="regulation_state_and_steps",
                condition=Q(
                    state__in=["draft", "discarded"],
                    published_by__isnull=True,
                    published_at__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | Q(
                    state="published",
                    published_by__isnull=False,
                    published_at__isnull=False,
                    withdrawn_at__isnull=True,
                )
                | Q(
                    state="withdrawn",
                    published_by__isnull=False,
                    published_at__isnull=False,
                    withdrawal_by__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="regulation_in_force", condition=Q(state="published"))
        ]

    def __str__(self) -> str:
        return self.title
