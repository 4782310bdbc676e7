"""The ledger of credit points, its runs and its anchors.

Amounts are whole numbers of 1/3,000,000 point (`credits.rules.units.UNIT`): exact for every
amount that a known rule can give, so SQL's SUM equals the rules' own fractions.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models.regulations import RegulationVersion
from employees.models import Employee


class LedgerEntry(models.Model):
    """One line of a person's account. Written once: the database refuses UPDATE and DELETE.

    `amount_units` is base x percent / 100 x months / 12 (months NULL: no proportion). A wrong
    entry stays and is reversed by another. Each entry carries the hash of the one before it in
    the same person's chain (`credits.rules.chain`).
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening balance")
        INTEGRATION = "integration", _("integration")
        CONVERSION = "conversion", _("conversion of a rating")
        BASE = "base", _("base points (AK dasar)")
        TRANSFER = "transfer", _("transfer")
        STUDY = "study", _("study assignment")
        DEGREE = "degree", _("higher degree")
        RESET = "reset", _("reset at a new level")
        CARRIED = "carried", _("carried")
        CLAIM = "claim", _("decided claim")

    employee = models.ForeignKey(
        Employee, models.DO_NOTHING, related_name="entries", db_constraint=False, db_index=False
    )  # checked by a statement trigger: a foreign key would be paid per row
    seq = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    effective_on = models.DateField(_("effective on"))
    amount_units = models.BigIntegerField()
    rule = models.CharField(_("rule"), max_length=40)
    article = models.CharField(_("article"), max_length=120)
    edition = models.CharField(_("regulation"), max_length=40)
    level = models.CharField(_("level"), max_length=20)
    golongan = models.CharField(_("rank"), max_length=5)
    predicate = models.CharField(_("rating"), max_length=20)
    months = models.PositiveSmallIntegerField(_("months"), null=True)
    base_units = models.BigIntegerField()
    percent = models.IntegerField()
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    source = models.CharField(max_length=12)  # rating, opening, appointment, degree, status
    source_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField()
    reverses_seq = models.PositiveIntegerField(null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["employee_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "seq"], name="ledger_employee_seq"),
            models.UniqueConstraint(
                fields=["employee", "reverses_seq"],
                name="ledger_reversed_once",
                condition=Q(reverses_seq__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}/{self.seq}"


class LedgerHead(models.Model):
    """The end of a person's chain, the balance, and what it was computed from. A cache of the
    ledger: `verify_ledger` compares it."""

    employee = models.OneToOneField(
        Employee, models.DO_NOTHING, primary_key=True, related_name="head", db_constraint=False
    )
    seq = models.PositiveIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=bytes(32))
    balance_units = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=16, default=b"")  # of the entries in force
    facts_version = models.PositiveBigIntegerField(default=0)
    rules_version = models.CharField(max_length=16, default="")
    run_id = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")

    def __str__(self) -> str:
        return str(self.employee_id)


class CalculationRun(models.Model):
    """One recalculation: who asked, why, for whom, by which rules, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        PARTLY = "partly", _("done with errors")
        CANCELLED = "cancelled", _("cancelled")
        OVERTAKEN = "overtaken", _("overtaken by a change of rules")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    scope = models.JSONField(default=dict)  # what was asked: all, unit, position, nip, stale
    dry_run = models.BooleanField(_("preview only"), default=False)
    # A preview of a regulation that is not in force: computed with it, posts nothing.
    trial_of = models.ForeignKey(
        RegulationVersion, models.PROTECT, null=True, blank=True, related_name="trials"
    )
    # Two sets of regulations side by side, neither of them the ledger; posts nothing:
    # {"first": ..., "second": ..., "on": day of the thresholds} (services.rulebooks.Chosen).
    compared: "models.JSONField[Any, Any]" = models.JSONField(null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    rules_version = models.CharField(max_length=16)
    editions = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    people = models.PositiveIntegerField(_("people"), default=0)
    done = models.PositiveIntegerField(_("computed"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    posted = models.PositiveIntegerField(_("entries posted"), default=0)
    reversed = models.PositiveIntegerField(_("entries reversed"), default=0)
    not_computed = models.PositiveIntegerField(_("not computed"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def what_if(self) -> bool:
        """Computed by other rules than those in force: it is never posted."""
        return self.trial_of_id is not None or self.compared is not None


class RunChunk(models.Model):
    """Some people of a run, done in one transaction.

    Whoever works on a part holds a database lock that dies with its connection, so a killed
    worker leaves the part free at once (`credits.services.runs`)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("given up")
        CANCELLED = "cancelled", _("cancelled")

    run = models.ForeignKey(CalculationRun, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    employee_ids = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("part of a recalculation")
        verbose_name_plural = _("parts of recalculations")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chunk_once")]
        indexes = [
            models.Index(
                fields=["run", "number"],
                name="chunk_open",
                condition=Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class RunChange(models.Model):
    """In a preview: whose points would change, from what to what, and the lines concerned."""

    run = models.ForeignKey(CalculationRun, models.CASCADE, related_name="changes")
    employee = models.ForeignKey(Employee, models.CASCADE, db_constraint=False)
    before_units = models.BigIntegerField()
    after_units = models.BigIntegerField()
    removed = models.JSONField(default=list)  # entries that would be reversed
    added = models.JSONField(default=list)  # entries that would be posted
    # Where other rules are tried: thresholds reached or lost, such as "rank_reached".
    thresholds = models.JSONField(default=list)

    class Meta:
        verbose_name = _("change by a recalculation")
        verbose_name_plural = _("changes by recalculations")
        ordering = ["run", "id"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id}"


class RunIssue(models.Model):
    """Why somebody was not computed, or what an officer should look at: a code with parameters."""

    class Severity(models.TextChoices):
        ERROR = "error", _("error")
        SKIPPED = "skipped", _("not computed")
        NOTE = "note", _("please check")

    run = models.ForeignKey(CalculationRun, models.CASCADE, related_name="issues")
    employee = models.ForeignKey(
        Employee, models.CASCADE, db_constraint=False, related_name="issues"
    )
    severity = models.CharField(max_length=8, choices=Severity)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("finding of a recalculation")
        verbose_name_plural = _("findings of recalculations")
        ordering = ["run", "id"]

    def __str__(self) -> str:
        return self.code


class LedgerAnchor(models.Model):
    """What was written to the outside anchor on a day: the root over all chains up to an entry."""

    day = models.DateField(unique=True)
    last_entry_id = models.BigIntegerField()
    people = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ledger anchor")
        verbose_name_plural = _("ledger anchors")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
