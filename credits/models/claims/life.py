"""A claim with its items, who edits it, and what happened to it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models.claims.activities import ActivityItem
from credits.models.claims.evidence import EvidenceFile
from credits.models.facts import account
from credits.rules.claim_states import Path, State
from employees.models import Employee
from positions.models import Position, Unit, ordered

STATE_LABELS = {
    State.DRAFT: _("draft"),
    State.PROPOSED: _("with the coordinator"),
    State.SUBMITTED: _("submitted"),
    State.RETURNED: _("returned"),
    State.REPAIRED: _("repaired"),
    State.CHECKED: _("complete"),
    State.JUDGED: _("being judged"),
    State.PLENARY: _("in the plenary"),
    State.APPROVED: _("approved"),
    State.PARTLY: _("partly approved"),
    State.REJECTED: _("rejected"),
    State.OBJECTION: _("objection"),
    State.DETERMINED: _("determined"),
    State.CANCELLED: _("cancelled"),
    State.WITHDRAWN: _("withdrawn"),
    State.ARCHIVED: _("archived"),
}


class Claim(models.Model):
    """A claim of one person, of one kind, over a period. `version` grows with each edit.

    What kind it is decides its form, checks, path and effect (`credits.services.claims.kinds`).
    What a kind states beside items stands in `details`, as plain JSON, amounts as exact text.
    Once submitted, `stated` holds what was submitted: the computed points, the rules' version,
    and the hash of each file.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="claims")
    kind = models.CharField(_("kind"), max_length=20)
    path = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Path])
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, label) for s, label in STATE_LABELS.items()],
        default=State.DRAFT.value,
    )
    state_at = models.DateTimeField(_("since"), default=timezone.now)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("until"))
    # As they were at the end of the period; the scope of teams and coordinators goes by them.
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="claims")
    level = models.CharField(_("level"), max_length=20, blank=True)
    golongan = models.CharField(max_length=5, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="claims")
    details = models.JSONField(default=dict)
    files = models.ManyToManyField(EvidenceFile, related_name="claims", blank=True)
    late_reason = models.CharField(  # of a conventional claim after the national closing date
        _("reason for handing it in after the closing date"), max_length=500, blank=True
    )
    history = models.BooleanField(  # decided elsewhere before, entered as such
        _("decided before, entered as history"), default=False
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    stated = models.JSONField(default=dict)
    created_by = account()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(auto_now=True)
    submitted_by = account()
    submitted_at = models.DateTimeField(null=True, blank=True)
    corrects = models.ForeignKey(  # the claim whose decision a correction takes back
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-state_at", "-id"]
        indexes = [
            models.Index(fields=["state", "state_at"], name="claim_by_state"),
            models.Index(fields=["employee", "kind"], name="claim_by_person"),
            models.Index(fields=["position", "level", "state"], name="claim_by_position"),
            models.Index(fields=["unit", "state"], name="claim_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="claim_dates", condition=Q(period_end__gte=F("period_start"))
            ),
            models.CheckConstraint(
                name="claim_submitted_unless_draft",
                condition=Q(state__in=["draft", "proposed", "cancelled", "withdrawn"])
                | Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.employee_id} {self.period_end}"


class JointWork(models.Model):
    """A work of several authors: each author claims the share of the own place, once."""

    title = models.CharField(_("title of the work"), max_length=300)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    authors = models.PositiveSmallIntegerField(_("number of authors"))
    undetermined = models.BooleanField(_("the lead author cannot be determined"), default=False)
    created_by = account()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("joint work")
        verbose_name_plural = _("joint works")
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                name="joint_work_authors", condition=Q(authors__gte=1, authors__lte=4)
            )
        ]

    def __str__(self) -> str:
        return self.title


class ClaimItem(models.Model):
    """What a claim says of one activity: when, how many, alone or with whom, and the evidence.

    `points_units` is what the server computed when it was last checked; nobody types it. What the
    team or Biro SDM found stands in the `decided_` fields, once the claim is decided.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    activity = models.ForeignKey(ActivityItem, models.PROTECT, related_name="claimed")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    quantity = models.PositiveIntegerField(_("quantity"))
    description = models.CharField(_("what was done"), max_length=500, blank=True)
    assignment_letter = models.CharField(  # work of the level above or below
        _("number of the letter of assignment"), max_length=120, blank=True
    )
    work = models.ForeignKey(
        JointWork, models.PROTECT, null=True, blank=True, related_name="claimed"
    )
    place = models.PositiveSmallIntegerField(_("place among the authors"), null=True, blank=True)
    files = models.ManyToManyField(EvidenceFile, related_name="items", blank=True)
    points_units = models.BigIntegerField(default=0)
    decided_quantity = models.PositiveIntegerField(null=True, blank=True)
    decided_units = models.BigIntegerField(null=True, blank=True)
    decided_reason = models.CharField(max_length=30, blank=True)
    decided_words = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("item of a claim")
        verbose_name_plural = _("items of claims")
        ordering = ["claim", "number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="claim_item_number_once"),
            ordered("claim_item_dates"),
            models.CheckConstraint(name="claim_item_quantity", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="claim_item_place",
                condition=Q(work__isnull=True, place__isnull=True)
                | Q(work__isnull=False, place__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.number}"


class ClaimEditor(models.Model):
    """Who has a draft open, and when last seen, so that two people know of each other."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("editor of a claim")
        verbose_name_plural = _("editors of claims")
        ordering = ["claim", "-seen_at"]
        constraints = [models.UniqueConstraint(fields=["claim", "user"], name="editor_once")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.user_id}"


class ClaimEvent(models.Model):
    """What happened to a claim: written once, never changed (the database refuses it)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events")
    act = models.CharField(_("act"), max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor = account()
    role = models.CharField(max_length=20)  # as what the actor acted (credits.rules.claim_states)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of claims")
        ordering = ["claim", "id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.act}"
