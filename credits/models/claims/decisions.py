"""How a claim ends: the determination, which the counting takes as a fact, and objections."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models.claims.life import Claim
from credits.models.documents import Document
from credits.models.facts import account
from employees.models import Employee


class ClaimDecision(models.Model):
    """What an authorised officer determined on a claim. Taken back by `withdrawn_at`, never
    changed; a new decision corrects it.

    `units` > 0 is a fact of the counting (kind conventional): the timeline makes it a line of
    kind "claim". Other kinds write a fact of their own; `effect` says which.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="claim_decisions")
    decided_on = models.DateField(_("determined on"))
    effective_on = models.DateField(_("effective on"))
    main_units = models.BigIntegerField(default=0)  # unsur utama, education and profession within
    profession_units = models.BigIntegerField(default=0)  # of which professional development
    support_units = models.BigIntegerField(default=0)  # penunjang, cut to its cap
    units = models.BigIntegerField(default=0)  # what counts: main and support
    article = models.CharField(max_length=300, blank=True)
    edition = models.CharField(max_length=40, blank=True)
    effect = models.JSONField(default=dict)  # {"table": ..., "id": ...}
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="claim_decisions"
    )
    officer = account()
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = account()
    withdrawn_because = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("determination of a claim")
        verbose_name_plural = _("determinations of claims")
        ordering = ["claim", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                name="claim_one_decision_in_force",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="claim_decision_amounts",
                condition=Q(units__gte=0, main_units__gte=0, support_units__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.decided_on}"


class Objection(models.Model):
    """An objection (keberatan) to what was decided, with its end."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("the decision stands")
        CHANGED = "changed", _("the decision was changed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="objections")
    reason = models.TextField(_("reason"), max_length=2000)
    items = models.ManyToManyField("credits.ClaimItem", related_name="objections")
    made_by = account()
    made_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    closed_by = account()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["claim", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], name="objection_one_open", condition=Q(outcome="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.outcome}"
