"""People: who they are, their ranks, units, appointments, superiors; and the staging of imports.

A person is keyed by an opaque id; the NIP is text with a history and stands in no URL.
`facts_version` grows with every change of a fact that the counting reads; credits pulls whoever
is ahead of the version it last computed.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from positions.models import Dated, Decree, Position, Unit, no_overlap, ordered


class Agency(models.Model):
    """An employer. Holders of the ministry's own JF also work for provinces and regencies."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("the ministry")
        AGENCY = "agency", _("another central agency")
        PROVINCE = "province", _("province")
        REGENCY = "regency", _("regency or city")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    place = models.CharField(_("place of signing"), max_length=100, blank=True)
    copies = models.TextField(
        _("copies to (tembusan)"), blank=True, help_text=_("One addressee per line.")
    )

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PresentManager(models.Manager["Employee"]):
    """Everybody except those whose creation was taken back (see `Employee.withdrawn_at`)."""

    def get_queryset(self) -> models.QuerySet["Employee"]:
        return super().get_queryset().filter(withdrawn_at__isnull=True)


class Employee(models.Model):
    class Employment(models.TextChoices):
        PNS = "PNS", _("PNS (civil servant)")
        CPNS = "CPNS", _("CPNS (candidate)")
        PPPK = "PPPK", _("PPPK (contract)")

    class Sex(models.TextChoices):
        MALE = "L", _("male")
        FEMALE = "P", _("female")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    nip = models.CharField(_("NIP"), max_length=18, unique=True)
    employment = models.CharField(
        _("employment"), max_length=4, choices=Employment, default=Employment.PNS
    )
    name = models.CharField(_("name without titles"), max_length=200)
    front_title = models.CharField(_("title before the name"), max_length=60, blank=True)
    back_title = models.CharField(_("title after the name"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    birth_place = models.CharField(_("birth place"), max_length=100, blank=True)
    card_number = models.CharField(_("Karpeg number"), max_length=30, blank=True)
    employer = models.ForeignKey(Agency, models.PROTECT, verbose_name=_("employer"))
    left_on = models.DateField(_("left the service on"), null=True, blank=True)
    # The import that created the person was undone after ledger entries were posted: the entries
    # stay and are reversed, so the row stays too, without any fact and in no list.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="employee",
        verbose_name=_("account"),
    )
    facts_version = models.PositiveBigIntegerField(default=1, editable=False)
    facts_changed_at = models.DateTimeField(auto_now_add=True, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    objects = PresentManager()
    everyone = models.Manager()  # noqa: DJ012 - the second manager, not a field

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="nip_is_18_digits", condition=Q(nip__regex=r"^[0-9]{18}$"))
        ]
        indexes = [
            GinIndex(fields=["name"], name="employee_name_trgm", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["nip"], name="employee_nip_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["name", "id"], name="employee_by_name"),
            models.Index(fields=["id"], name="employee_sample", condition=Q(is_sample=True)),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Name with academic titles, as it is printed."""
        name = f"{self.front_title} {self.name}".strip()
        return f"{name}, {self.back_title}" if self.back_title else name


class FormerNip(models.Model):
    """A NIP that the person had before (BKN replaces NIPs; kind of history 27)."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="former_nips")
    nip = models.CharField(_("NIP"), max_length=18)
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("former NIP")
        verbose_name_plural = _("former NIPs")
        constraints = [models.UniqueConstraint(fields=["employee", "nip"], name="former_nip_once")]

    def __str__(self) -> str:
        return str(self.employee_id)


class UnitMembership(Dated):
    """Where a person works."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit")
    )

    class Meta:
        verbose_name = _("unit of an employee")
        verbose_name_plural = _("units of employees")
        ordering = ["employee", "start"]
        constraints = [no_overlap("membership_one_unit", "employee"), ordered("membership_dates")]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.unit_id}"


class Rank(models.Model):
    """A rank (pangkat, golongan ruang) held from a date until the next; PPPK have I to XVII."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="ranks")
    golongan = models.CharField(_("rank (golongan)"), max_length=5)
    effective_on = models.DateField(_("effective date (TMT)"))
    service_years = models.PositiveSmallIntegerField(_("service years"), null=True, blank=True)
    service_months = models.PositiveSmallIntegerField(_("service months"), null=True, blank=True)
    decree_number = models.CharField(_("decree number"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("rank")
        verbose_name_plural = _("ranks")
        ordering = ["employee", "effective_on"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "effective_on"], name="rank_one_a_day")
        ]

    def __str__(self) -> str:
        return self.golongan


class Appointment(Dated):
    """A functional position held at a level. No two of one person overlap."""

    class Way(models.TextChoices):
        FIRST = "first", _("first appointment")
        TRANSFER = "transfer", _("transfer from another position")
        PROMOTION = "promotion", _("promotion")
        INPASSING = "inpassing", _("adjustment (inpassing)")
        EQUALISATION = "penyetaraan", _("equalisation (penyetaraan)")
        REAPPOINTMENT = "reappointment", _("re-appointment")
        UNKNOWN = "unknown", _("not stated")

    class Origin(models.TextChoices):
        EXECUTOR = "pelaksana", _("executor (pelaksana)")
        SUPERVISOR = "pengawas", _("supervisor (pengawas)")
        ADMINISTRATOR = "administrator", _("administrator")
        FUNCTIONAL = "jf", _("another functional position")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="appointments")
    position = models.ForeignKey(Position, models.PROTECT, verbose_name=_("functional position"))
    level = models.CharField(_("level"), max_length=20)
    way = models.CharField(_("way of appointment"), max_length=20, choices=Way, default=Way.UNKNOWN)
    origin = models.CharField(_("position before"), max_length=20, choices=Origin, blank=True)
    top_rank = models.BooleanField(_("rank was the highest of the position before"), default=False)
    start_assumed = models.BooleanField(_("effective date assumed"), default=False)
    decree_number = models.CharField(_("decree number"), max_length=120, blank=True)
    decree_date = models.DateField(_("decree date"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["employee", "start"]
        constraints = [
            no_overlap("appointment_one_at_a_time", "employee"),
            ordered("appointment_dates"),
        ]
        indexes = [models.Index(fields=["position", "level"], name="appointment_by_position")]

    def __str__(self) -> str:
        return f"{self.position_id} {self.level}"


class StatusPeriod(Dated):
    """A time that stops or changes the counting."""

    class Kind(models.TextChoices):
        UNPAID_LEAVE = "unpaid_leave", _("unpaid leave (CLTN)")
        STUDY = "study", _("study assignment (tugas belajar)")
        SUSPENSION = "suspension", _("suspension from the functional position")
        DISMISSAL = "dismissal", _("dismissal from the functional position")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="statuses")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    cum_laude = models.BooleanField(_("finished cum laude"), default=False)
    decree_number = models.CharField(_("decree number"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ["employee", "start"]
        constraints = [no_overlap("status_one_at_a_time", "employee"), ordered("status_dates")]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.kind}"


class Capacity(models.TextChoices):
    """In which capacity somebody holds an office or signs."""

    DEFINITIVE = "definitive", _("definitive")
    ACTING = "plt", "Plt."
    DEPUTY = "plh", "Plh."


class Superior(Dated):
    """The direct superior (pejabat penilai kinerja), who rates and signs."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="superiors")
    superior = models.ForeignKey(
        Employee, models.PROTECT, related_name="subordinates", verbose_name=_("direct superior")
    )
    capacity = models.CharField(
        _("capacity"), max_length=12, choices=Capacity, default=Capacity.DEFINITIVE
    )
    office = models.CharField(_("office"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("direct superior")
        verbose_name_plural = _("direct superiors")
        ordering = ["employee", "start"]
        constraints = [
            no_overlap("superior_one_at_a_time", "employee"),
            ordered("superior_dates"),
            models.CheckConstraint(
                name="superior_is_another", condition=~Q(employee=F("superior"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.superior_id}"


class Delegation(Dated):
    """Who acts for an officer (Plt. or Plh.), rates and signs for him, and from when until when."""

    officer = models.ForeignKey(
        Employee, models.PROTECT, related_name="deputies", verbose_name=_("officer")
    )
    deputy = models.ForeignKey(
        Employee, models.PROTECT, related_name="deputises", verbose_name=_("deputy")
    )
    capacity = models.CharField(
        _("capacity"), max_length=12, choices=Capacity.choices[1:], default=Capacity.DEPUTY
    )
    letter_number = models.CharField(_("number of the letter"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-start"]
        constraints = [
            no_overlap("delegation_one_at_a_time", "officer"),
            ordered("delegation_dates"),
            models.CheckConstraint(name="deputy_is_another", condition=~Q(officer=F("deputy"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_capacity_display()} {self.deputy}"  # for pages of one row only


class Education(models.Model):
    """A formal degree; it counts once BKN has recorded it."""

    class Degree(models.TextChoices):
        SMA = "SMA", "SMA/SMK"
        D1 = "D1", "D-I"
        D2 = "D2", "D-II"
        D3 = "D3", "D-III"
        D4 = "D4", "D-IV"
        S1 = "S1", "S-1"
        S2 = "S2", "S-2"
        S3 = "S3", "S-3"

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="education")
    degree = models.CharField(_("degree"), max_length=4, choices=Degree)
    subject = models.CharField(pgettext_lazy("of a degree", "subject"), max_length=200, blank=True)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    graduated_on = models.DateField(_("graduated on"), null=True, blank=True)
    recorded_on = models.DateField(
        _("recorded by BKN on"),
        null=True,
        blank=True,
        help_text=_("Credit points are given only after this date."),
    )

    class Meta:
        verbose_name = _("education")
        verbose_name_plural = _("education")
        ordering = ["employee", "graduated_on"]
        constraints = [models.UniqueConstraint(fields=["employee", "degree"], name="degree_once")]

    def __str__(self) -> str:
        return self.degree


class UnitHead(Dated):
    """Who heads a unit: signature blocks and duties need it."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="heads", verbose_name=_("unit"))
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="headships", verbose_name=_("employee")
    )
    office = models.CharField(_("office"), max_length=200)
    capacity = models.CharField(
        _("capacity"), max_length=12, choices=Capacity, default=Capacity.DEFINITIVE
    )
    decree = models.ForeignKey(
        Decree, models.PROTECT, null=True, blank=True, verbose_name=_("decree")
    )

    class Meta:
        verbose_name = _("head of a unit")
        verbose_name_plural = _("heads of units")
        ordering = ["unit", "start"]
        constraints = [no_overlap("unit_one_head", "unit", "capacity"), ordered("unit_head_dates")]

    def __str__(self) -> str:
        return self.office


class PositionCoordinator(Dated):
    """Koordinator JF: one active per position. Not the coordinator of a unit's claims."""

    position = models.ForeignKey(
        Position, models.CASCADE, related_name="coordinators", verbose_name=_("functional position")
    )
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="coordinated_positions", verbose_name=_("employee")
    )
    decree = models.ForeignKey(
        Decree, models.PROTECT, null=True, blank=True, verbose_name=_("decree")
    )

    class Meta:
        verbose_name = _("JF coordinator")
        verbose_name_plural = _("JF coordinators")
        ordering = ["position", "start"]
        constraints = [
            no_overlap("position_one_coordinator", "position"),
            ordered("position_coordinator_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.employee}"  # two statements: for pages of one row only


class ClaimCoordinator(Dated):
    """The unit's coordinator of credit claims."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="claim_coordinators", verbose_name=_("unit")
    )
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="coordinated_units", verbose_name=_("employee")
    )

    class Meta:
        verbose_name = _("coordinator of a unit's claims")
        verbose_name_plural = _("coordinators of units' claims")
        ordering = ["unit", "start"]
        constraints = [
            no_overlap("claim_coordinator_once", "unit", "employee"),
            ordered("claim_coordinator_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.employee}"  # as above


class Kinship(models.Model):
    """A declared relation of two people: neither judges, submits or decides for the other.

    Stored once, whoever declared it; asked in both directions (`employees.selectors.related`).
    """

    class Kind(models.TextChoices):
        SPOUSE = "spouse", _("spouse")
        PARENT = "parent", _("parent or child")
        SIBLING = "sibling", _("brother or sister")
        OTHER = "other", _("other relative")

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="kinships", verbose_name=_("employee")
    )
    relative = models.ForeignKey(
        Employee, models.CASCADE, related_name="kinships_of", verbose_name=_("relative")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared"), auto_now_add=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    ended_because = models.CharField(_("reason of the end"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("declared relation")
        verbose_name_plural = _("declared relations")
        ordering = ["employee", "relative"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "relative"],
                name="kinship_once",
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="kinship_of_two", condition=~Q(employee=models.F("relative"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} - {self.relative_id}"


class Correction(models.Model):
    """A fact entered or corrected by hand: who, why, what was there, what stands now."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="corrections")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)
    subject = models.CharField(_("subject"), max_length=60)
    reason = models.CharField(_("reason"), max_length=500)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d}"


class ImportBatch(models.Model):
    """A sheet on its way into the system: read, previewed, applied, perhaps undone."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        MAPPING = "mapping", _("columns to be matched")
        REFUSED = "refused", _("file refused")
        PREVIEW = "preview", _("preview")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("failed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    file = models.FileField(_("file"), upload_to="imports/")
    file_name = models.CharField(_("file name"), max_length=300)
    file_hash = models.CharField(max_length=64)
    options = models.JSONField(default=dict)  # sheet, decimal, mapping (heading -> key)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.READING)
    refusal = models.JSONField(null=True)  # code and params when the whole file is refused
    headings = models.JSONField(default=list)
    warnings = models.JSONField(default=list)  # of the file: code, params, column, count
    differences = models.JSONField(default=list)  # stated against computed points
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # outcome -> number
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(  # of what needs a second person; None at the console
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    state_at = models.DateTimeField(default=timezone.now)  # since when in this state
    attempts = models.PositiveSmallIntegerField(default=0)  # of the work of this state

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a sheet with what it would do, or did."""

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("same")
        REFUSED = "refused", _("refused")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # the sheet's own row number
    outcome = models.CharField(max_length=8, choices=Outcome)
    raw = models.JSONField(default=dict)  # heading -> text as read
    values = models.JSONField(default=dict)  # key -> parsed value
    changes = models.JSONField(default=list)  # field, before, after
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return str(self.number)


class ImportChange(models.Model):
    """One database row that applying a batch created or changed, so that undoing restores it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    employee_id = models.BigIntegerField(null=True, db_index=True)
    before = models.JSONField(null=True)  # None: the batch created the row
    after = models.JSONField()

    class Meta:
        verbose_name = _("change made by an import")
        verbose_name_plural = _("changes made by imports")
        ordering = ["batch", "id"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"


class CorrectionRequest(models.Model):
    """What somebody asks to be corrected in the own data, and what came of it.

    The law gives three times 24 hours (UU 27/2022). Granting names the correction that was
    entered; the request itself changes no fact.
    """

    TIME = timedelta(hours=72)

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        TAKEN = "taken", _("taken up")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", pgettext_lazy("of a request", "refused")

    class Subject(models.TextChoices):
        PERSON = "person", _("master data (name, birth, NIP)")
        RANK = "rank", _("rank")
        APPOINTMENT = "appointment", _("appointment")
        UNIT = "membership", _("unit")
        SUPERIOR = "superior", _("direct superior")
        STATUS = "status", _("leave, study, suspension")
        EDUCATION = "education", _("education")
        RATING = "rating", _("performance rating")
        OPENING = "opening", _("opening balance")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    subject = models.CharField(_("subject"), max_length=20, choices=Subject)
    recorded = models.CharField(_("what is recorded"), max_length=500, blank=True)
    proposed = models.CharField(_("what it should be"), max_length=500)
    evidence = models.FileField(_("evidence"), upload_to="requests/", blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SENT)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, related_name="requests")

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["state", "asked_at"], name="request_by_state")]
        constraints = [
            models.CheckConstraint(
                name="request_decided_with_answer",
                condition=Q(state__in=["sent", "taken"], decided_at__isnull=True)
                | (Q(state="granted", correction__isnull=False) & Q(decided_at__isnull=False))
                | (Q(state="refused", decided_at__isnull=False) & ~Q(answer="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.SENT, self.State.TAKEN)

    @property
    def due_at(self) -> datetime:
        """Until when it has to be decided."""
        return self.asked_at + self.TIME

    def hours_left(self, now: datetime) -> int:
        """Whole hours until it is due; below zero once that has passed."""
        return (self.due_at - now) // timedelta(hours=1)
