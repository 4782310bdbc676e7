"""Activity items (butir kegiatan): what a JF's conventional regulation gives points for."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models.facts import account
from credits.rules.claims import Element
from positions.models import Dated, Position, no_overlap, ordered


class ActivityTable(Dated):
    """The items of one JF by one regulation, for the work done within its dates.

    A table that a claim uses is never edited: another version replaces it, for the same dates, and
    the claims keep the one that they were made with.
    """

    class Provenance(models.TextChoices):
        OFFICIAL = "official", _("official")
        STAND_IN = "stand_in", _("stand-in from public sources, to be confirmed")
        INVENTED = "invented", _("invented for demonstration")

    position = models.ForeignKey(
        Position, models.PROTECT, related_name="activity_tables", verbose_name=_("position")
    )
    regulation = models.CharField(_("regulation"), max_length=200)
    provenance = models.CharField(
        _("provenance"), max_length=10, choices=Provenance, default=Provenance.OFFICIAL
    )
    source = models.TextField(_("source"), blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what was loaded
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    class Meta:
        verbose_name = _("table of activity items")
        verbose_name_plural = _("tables of activity items")
        ordering = ["position", "-start"]
        constraints = [
            # Judged at the end of the transaction in which one replaces another.
            no_overlap(
                "activity_table_one_a_day",
                "position",
                condition=Q(replaced_by__isnull=True),
                deferrable=models.Deferrable.DEFERRED,
            ),
            ordered("activity_table_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.regulation}"


class ActivityItem(models.Model):
    """One item: what is done, its product, who does it, and what one product is worth."""

    class ElementChoice(models.TextChoices):
        MAIN = Element.MAIN.value, _("main duties (tugas jabatan)")
        EDUCATION = Element.EDUCATION.value, _("education (pendidikan)")
        PROFESSION = Element.PROFESSION.value, _("professional development")
        SUPPORT = Element.SUPPORT.value, _("supporting elements (penunjang)")

    table = models.ForeignKey(ActivityTable, models.PROTECT, related_name="items")
    code = models.CharField(_("code"), max_length=30)
    element = models.CharField(_("element (unsur)"), max_length=12, choices=ElementChoice)
    sub_element = models.CharField(_("sub-element (sub-unsur)"), max_length=200, blank=True)
    name = models.CharField(_("activity (butir kegiatan)"), max_length=500)
    product = models.CharField(_("product (satuan hasil)"), max_length=120)
    # The level whose work it is; empty: every level does it, at full points.
    level = models.CharField(_("level"), max_length=20, blank=True)
    points = models.DecimalField(_("points of one product"), max_digits=9, decimal_places=4)
    yearly_limit = models.PositiveIntegerField(_("at most, a year"), null=True, blank=True)
    evidence = models.CharField(_("evidence asked for"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("activity item")
        verbose_name_plural = _("activity items")
        ordering = ["table", "code"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="activity_code_once"),
            models.CheckConstraint(name="activity_points_positive", condition=Q(points__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ActivityImport(models.Model):
    """A sheet of activity items as it was read: shown as a preview, applied whole or not at all.

    `rows`: plain JSON, points as exact text. `findings`: {"row", "column", "code", "params",
    "severity"}; an error forbids applying.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("to be looked at")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREVIEW)
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="+", verbose_name=_("position")
    )
    regulation = models.CharField(_("regulation"), max_length=200)
    provenance = models.CharField(_("provenance"), max_length=10, choices=ActivityTable.Provenance)
    source = models.TextField(_("source"), max_length=1000, blank=True)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    file_name = models.CharField(max_length=300)
    file_hash = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    table = models.ForeignKey(
        ActivityTable, models.PROTECT, null=True, blank=True, related_name="imports"
    )
    created_by = account()
    created_at = models.DateTimeField(auto_now_add=True)
    applied_by = account()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import of activity items")
        verbose_name_plural = _("imports of activity items")
        ordering = ["-created_at", "-id"]
        constraints = [ordered("activity_import_dates")]

    def __str__(self) -> str:
        return self.file_name
