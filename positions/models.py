"""The catalogue: functional positions, their levels, units as a dated tree, decrees, supervision.

Everything dated has an inclusive `start` and `end` (NULL = still open) and can be asked `.on(day)`.
"""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _


def no_overlap(
    name: str,
    *fields: str,
    condition: Q | None = None,
    deferrable: models.Deferrable | None = None,
) -> ExclusionConstraint:
    """The database's own refusal of two overlapping periods for the same `fields`."""
    return ExclusionConstraint(
        name=name,
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
            *((field, RangeOperators.EQUAL) for field in fields),
        ],
        condition=condition,
        deferrable=deferrable,
    )


def ordered(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(end__isnull=True) | Q(end__gte=F("start")))


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """The rows in force on a day."""
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)


class Dated(models.Model):
    """A fact with a period; both ends inclusive."""

    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class EvidenceGrade(models.TextChoices):
    A = "A", _("A: named by the published article about the decree")
    B = "B", _("B: named by a public document")
    C = "C", _("C: plausible, to be confirmed by Biro SDM")


class Catalogued(models.Model):
    """A row that the catalogue file loads; `loaded` is what the loader wrote last, so that an
    officer's edit is recognised and never overwritten."""

    evidence_grade = models.CharField(
        _("evidence grade"), max_length=1, choices=EvidenceGrade, blank=True
    )
    evidence = models.TextField(_("evidence"), blank=True)
    confirmed = models.BooleanField(_("confirmed by Biro SDM"), default=False)
    loaded = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True


class DecreeQuerySet(models.QuerySet["Decree"]):
    def matching(self, number: str) -> Self:
        """Decrees whose number contains `number`, blanks and dots not counted."""
        return self.filter(number_folded__contains=fold_number(number))


def fold_number(number: str) -> str:
    """ "1/ 0235/KP 0804/3/2021" and "1/0235/KP.08.04/3/2021" are the same decree."""
    return "".join(c for c in number.lower() if not c.isspace() and c != ".")


class Decree(models.Model):
    """An SK (surat keputusan)."""

    number = models.CharField(_("number"), max_length=120, unique=True)
    number_folded = models.GeneratedField(
        expression=Replace(Replace(Lower("number"), Value(" "), Value("")), Value("."), Value("")),
        output_field=models.CharField(max_length=120),
        db_persist=True,
    )
    issued_on = models.DateField(_("date"), null=True, blank=True)
    subject = models.TextField(_("subject"))
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to="decrees/", blank=True)
    notes = models.TextField(_("notes"), blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("replaces")
    )

    objects = DecreeQuerySet.as_manager()

    class Meta:
        verbose_name = _("decree")
        verbose_name_plural = _("decrees")
        ordering = ["-issued_on", "number"]

    def __str__(self) -> str:
        return f"SK {self.number}"


class Position(Catalogued):
    """A functional position (jabatan fungsional, JF)."""

    class Category(models.TextChoices):
        EXPERT = "keahlian", _("expert (keahlian)")
        SKILLED = "keterampilan", _("skilled (keterampilan)")
        BOTH = "keduanya", _("both categories")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        FORMING = "being_formed", _("being formed")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    number = models.PositiveSmallIntegerField(_("number in the catalogue"))
    name = models.CharField(_("name"), max_length=200, unique=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    custodian = models.CharField(_("custodian agency"), max_length=200, blank=True)
    is_own = models.BooleanField(_("the ministry is the custodian"), default=False)
    own_rules = models.BooleanField(
        _("counted by rules of its own"),
        default=False,
        help_text=_("Credit points of this position are not computed here."),
    )
    cluster = models.CharField(_("cluster"), max_length=200, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("functional position")
        verbose_name_plural = _("functional positions")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class PositionAlias(models.Model):
    """Another way in which people write a position: an abbreviation or a former name."""

    class Kind(models.TextChoices):
        ABBREVIATION = "abbreviation", _("abbreviation")
        FORMER = "former", _("former name")

    position = models.ForeignKey(Position, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("other name of a position")
        verbose_name_plural = _("other names of positions")

    def __str__(self) -> str:
        return self.name


class PositionRegulation(models.Model):
    """The founding regulation of a position; `seen` says whether its text was read."""

    position = models.ForeignKey(Position, models.CASCADE, related_name="regulations")
    title = models.CharField(_("regulation"), max_length=200)
    subject = models.TextField(_("subject"), blank=True)
    seen = models.BooleanField(_("text seen"), default=False)

    class Meta:
        verbose_name = _("regulation of a position")
        verbose_name_plural = _("regulations of positions")
        constraints = [
            models.UniqueConstraint(fields=["position", "title"], name="regulation_once")
        ]

    def __str__(self) -> str:
        return self.title


class PositionLevel(models.Model):
    """A level (jenjang) of a position, with the ranks it spans and its retirement age (BUP)."""

    position = models.ForeignKey(Position, models.CASCADE, related_name="levels")
    level = models.CharField(_("level"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"))
    rank_low = models.CharField(_("lowest rank"), max_length=5, blank=True)
    rank_high = models.CharField(_("highest rank"), max_length=5, blank=True)
    retirement_age = models.PositiveSmallIntegerField(_("retirement age"))
    bkn_id = models.CharField(_("BKN id"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("level of a position")
        verbose_name_plural = _("levels of positions")
        ordering = ["position", "order"]
        constraints = [models.UniqueConstraint(fields=["position", "level"], name="level_once")]

    def __str__(self) -> str:
        return self.name


class Unit(Catalogued):
    """A unit of organisation; its names and places in the tree are `UnitVersion` rows."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=30)
    echelon = models.CharField(_("echelon"), max_length=40, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]

    def __str__(self) -> str:
        version = max(self.versions.all(), key=lambda v: v.start, default=None)
        return version.name if version else self.code


class UnitVersion(Dated):
    """What a unit was called and to which it belonged, from when to when."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="versions")
    name = models.CharField(_("name"), max_length=200)
    abbreviation = models.CharField(_("abbreviation"), max_length=60, blank=True)
    parent = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of")
    )

    class Meta:
        verbose_name = _("name and place of a unit")
        verbose_name_plural = _("names and places of units")
        ordering = ["unit", "start"]
        constraints = [no_overlap("unit_version_no_overlap", "unit"), ordered("unit_version_dates")]

    def __str__(self) -> str:
        return self.name


class Supervision(Dated, Catalogued):
    """The supervising unit (unit pembina) of a position: one at a time, under a decree."""

    position = models.ForeignKey(
        Position, models.CASCADE, related_name="supervisions", verbose_name=_("functional position")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="supervisions", verbose_name=_("supervising unit")
    )
    decree = models.ForeignKey(
        Decree, models.PROTECT, null=True, blank=True, verbose_name=_("decree")
    )

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        ordering = ["position", "start"]
        constraints = [no_overlap("supervision_one_unit", "position"), ordered("supervision_dates")]

    def __str__(self) -> str:
        return f"{self.position} - {self.unit}"
