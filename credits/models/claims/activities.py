"""Activity items (butir kegiatan): what a JF's conventional regulation gives points for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.rules.claims import Element
from positions.models import Dated, Position, no_overlap, ordered


class ActivityTable(Dated):
    """The items of one JF by one regulation, for the work done within its dates."""

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

    class Meta:
        verbose_name = _("table of activity items")
        verbose_name_plural = _("tables of activity items")
        ordering = ["position", "-start"]
        constraints = [
            no_overlap("activity_table_one_a_day", "position"),
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
