"""Who determines credit points (pejabat penetap) where the direct superior does not."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from employees.models import Agency, Employee
from positions.ladder import Level
from positions.models import Dated, Decree, ordered

LADDER = tuple(Level)  # skilled from the lowest, then expert: a span is two places in it
STEPS = [(step, level.label) for step, level in enumerate(LADDER, 1)]


def _range(kind: str, first: str, last: str, field: models.Field) -> Func:
    return Func(F(first), F(last), Value("[]"), function=kind, output_field=field)


class DeterminingOfficer(Dated):
    """The officer who determines conventional and integration PAK of an employer's holders.

    In force for the levels from `lowest` to `highest` (places on the ladder), between its dates.
    Two officers of one employer never determine the same level on the same day.
    """

    class Capacity(models.TextChoices):
        """How the office stands in the signature block."""

        OWN = "own", _("in the own office")
        PLT = "plt", "Plt."
        PLH = "plh", "Plh."
        AN = "an", _("on behalf of (a.n.)")
        UB = "ub", _("for the officer delegated (u.b.)")

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="determining_officers", verbose_name=_("employer")
    )
    lowest = models.PositiveSmallIntegerField(_("from level"), choices=STEPS)
    highest = models.PositiveSmallIntegerField(_("up to level"), choices=STEPS)
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="determines", verbose_name=_("officer")
    )
    office = models.CharField(
        _("office"), max_length=200, help_text=_("As printed, for example: Kepala Biro SDM.")
    )
    capacity = models.CharField(_("capacity"), max_length=3, choices=Capacity, default=Capacity.OWN)
    authority = models.CharField(
        _("on whose behalf (a.n.)"),
        max_length=200,
        blank=True,
        help_text=_("The office whose power it is; needed for a.n."),
    )
    delegate = models.CharField(
        _("office that delegated (u.b.)"),
        max_length=200,
        blank=True,
        help_text=_("The office between; needed for u.b."),
    )
    decree = models.ForeignKey(
        Decree, models.PROTECT, null=True, blank=True, verbose_name=_("decree")
    )

    class Meta:
        verbose_name = _("determining officer (pejabat penetap)")
        verbose_name_plural = _("determining officers (pejabat penetap)")
        ordering = ["agency", "lowest", "start"]
        constraints = [
            ExclusionConstraint(
                name="determining_one_officer",
                expressions=[
                    ("agency", RangeOperators.EQUAL),
                    (_range("int4range", "lowest", "highest", IntegerRangeField()), "&&"),
                    (_range("daterange", "start", "end", DateRangeField()), "&&"),
                ],
                violation_error_message=_(
                    "Another officer determines for one of these levels within these dates. End "
                    "that entry first."
                ),
            ),
            ordered("determining_officer_dates"),
            models.CheckConstraint(
                name="determining_officer_span", condition=Q(highest__gte=F("lowest"))
            ),
            models.CheckConstraint(
                name="determining_officer_block",
                condition=Q(capacity="an", delegate="") & ~Q(authority="")
                | Q(capacity="ub") & ~Q(delegate="")
                | Q(capacity__in=["own", "plt", "plh"], authority="", delegate=""),
            ),
        ]

    def __str__(self) -> str:
        return self.office

    @property
    def offices(self) -> tuple[str, ...]:
        """The offices of the signature block, from the authority down to the own."""
        return tuple(filter(None, (self.authority, self.delegate, self.office)))

    def clean(self) -> None:
        """Say what is missing or too much for the capacity, and that the span is upside down."""
        if self.lowest and self.highest and self.lowest > self.highest:
            raise ValidationError({"highest": _("This level lies below the first one.")})
        if self.capacity == self.Capacity.AN and not self.authority:
            raise ValidationError({"authority": _("State on whose behalf the officer signs.")})
        if self.capacity == self.Capacity.UB and not self.delegate:
            raise ValidationError({"delegate": _("State the office that delegated.")})
        if self.authority and self.capacity not in (self.Capacity.AN, self.Capacity.UB):
            raise ValidationError({"authority": _("Only for a.n. or u.b.; leave it empty.")})
        if self.delegate and self.capacity != self.Capacity.UB:
            raise ValidationError({"delegate": _("Only for u.b.; leave it empty.")})
