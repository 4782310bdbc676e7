"""What points are computed from: performance ratings and opening balances."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from positions.models import ordered


class Predicate(models.TextChoices):
    """Performance ratings (predikat kinerja); the percentages stand in the regulation's data."""

    VERY_GOOD = "sangat_baik", _("very good (Sangat Baik)")
    GOOD = "baik", _("good (Baik)")
    NEEDS_IMPROVEMENT = "butuh_perbaikan", _("needs improvement (Butuh Perbaikan)")
    POOR = "kurang", _("poor (Kurang)")
    VERY_POOR = "sangat_kurang", _("very poor (Sangat Kurang)")


class Rating(models.Model):
    """A performance rating of one person over a period within one calendar year.

    Those in force never overlap: a yearly or corrected rating supersedes the ones it covers
    (rule E-04), which stay readable.
    """

    class State(models.TextChoices):
        ENTERED = "entered", _("entered")
        APPROVED = "approved", _("approved")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="ratings")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    predicate = models.CharField(_("rating"), max_length=20, choices=Predicate)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ENTERED)
    evidence_number = models.CharField(_("number of the evaluation"), max_length=120, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # by undoing an import
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("performance rating")
        verbose_name_plural = _("performance ratings")
        ordering = ["employee", "start", "recorded_at"]
        constraints = [
            ExclusionConstraint(
                name="rating_no_overlap_in_force",
                expressions=[
                    (
                        Func(
                            F("start"),
                            F("end"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("employee", RangeOperators.EQUAL),
                ],
                condition=Q(superseded_by__isnull=True, withdrawn_at__isnull=True),
                deferrable=models.Deferrable.DEFERRED,
            ),
            ordered("rating_dates"),
            models.CheckConstraint(
                name="rating_within_one_year",
                condition=Q(start__year=F("end__year")),
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
