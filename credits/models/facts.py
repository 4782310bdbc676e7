"""What points are computed from: performance ratings and opening balances."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from employees.models import Employee, ImportBatch
from positions.models import ordered


class Predicate(models.TextChoices):
    """Performance ratings (predikat kinerja); the percentages stand in the regulation's data."""

    VERY_GOOD = "sangat_baik", _("very good (Sangat Baik)")
    GOOD = "baik", _("good (Baik)")
    NEEDS_IMPROVEMENT = "butuh_perbaikan", _("needs improvement (Butuh Perbaikan)")
    POOR = "kurang", _("poor (Kurang)")
    VERY_POOR = "sangat_kurang", _("very poor (Sangat Kurang)")


def _apart(name: str, condition: Q) -> ExclusionConstraint:
    """Ratings of one person that meet the condition never overlap."""
    period = Func(
        F("start"), F("end"), Value("[]"), function="daterange", output_field=DateRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[(period, RangeOperators.OVERLAPS), ("employee", RangeOperators.EQUAL)],
        condition=condition,
        deferrable=models.Deferrable.DEFERRED,
    )


def account() -> "models.ForeignKey[Any, Any]":
    """Who did a step; kept as long as the row is."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


_STANDING = Q(superseded_by__isnull=True, withdrawn_at__isnull=True)


class Rating(models.Model):
    """A performance rating of one person over a period within one calendar year.

    Only approved ones count, and a second person approves (decision record 0012). Those in force
    never overlap: a yearly or corrected rating supersedes the ones it covers (rule E-04) when it
    is approved; they stay readable. `recorded_at` is when it was entered.
    """

    class State(models.TextChoices):
        ENTERED = "entered", _("waits for approval")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")

    class Source(models.TextChoices):
        OFFICER = "officer", _("entered by hand")
        SUPERIOR = "superior", _("entered by the superior")
        IMPORT = "import", _("imported")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="ratings")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    predicate = models.CharField(_("rating"), max_length=20, choices=Predicate)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ENTERED)
    evidence_number = models.CharField(_("number of the evaluation"), max_length=120, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.OFFICER)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="ratings"
    )
    entered_by = account()
    recorded_at = models.DateTimeField(auto_now_add=True)
    approved_by = account()  # None beside approved_at: at the console, or before there was this
    approved_at = models.DateTimeField(null=True, blank=True)
    returned_by = account()
    corrects = models.ForeignKey(  # withdrawn when this one, of another period, is approved
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    withdrawal_by = account()  # asked to withdraw it: counts until a second person agrees
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=500, blank=True)  # why returned, or why to be withdrawn

    class Meta:
        verbose_name = _("performance rating")
        verbose_name_plural = _("performance ratings")
        ordering = ["employee", "start", "recorded_at"]
        indexes = [
            models.Index(
                fields=["employee", "start"],
                name="rating_waiting",
                condition=_STANDING & Q(state="entered"),
            ),
        ]
        constraints = [
            _apart("rating_no_overlap_in_force", _STANDING & Q(state="approved")),
            _apart("rating_no_overlap_waiting", _STANDING & Q(state="entered")),
            ordered("rating_dates"),
            models.CheckConstraint(
                name="rating_within_one_year",
                condition=Q(start__year=F("end__year")),
            ),
            models.CheckConstraint(
                name="rating_approved_once",
                condition=Q(state="approved", approved_at__isnull=False)
                | ~Q(state="approved") & Q(approved_at__isnull=True, approved_by__isnull=True),
            ),
            models.CheckConstraint(
                name="rating_four_eyes",
                condition=Q(approved_by__isnull=True)
                | Q(entered_by__isnull=True)
                | ~Q(approved_by=F("entered_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.start} {self.predicate}"


class OpeningBalance(models.Model):
    """Points with which the counting starts: what the last PAK states on a day.

    Nothing before that day is counted again (decision E-02). `conventional_units` is the stated
    conventional amount of a PAK integrasi, from which the balance is computed.
    """

    class Kind(models.TextChoices):
        PAK = "pak", _("balance of the last PAK")
        INTEGRATION = "integration", _("integration of conventional points")
        EQUALISATION = "penyetaraan", _("equalisation or inpassing table")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="openings")
    on = models.DateField(_("as of"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PAK)
    units = models.BigIntegerField(help_text="Stated points in 1/3,000,000.")
    document_number = models.CharField(_("number of the PAK"), max_length=120, blank=True)
    document_date = models.DateField(_("date of the PAK"), null=True, blank=True)
    scan = models.FileField(_("scan of the last PAK"), upload_to="openings/", blank=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("opening balance")
        verbose_name_plural = _("opening balances")
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                name="opening_one_in_force",
                condition=Q(superseded_by__isnull=True, withdrawn_at__isnull=True),
                # corrected in one transaction: the old row is superseded after the new one exists
            ),
            models.CheckConstraint(name="opening_not_negative", condition=Q(units__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.on}"
