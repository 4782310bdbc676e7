"""Assessor teams (tim penilai): who judges, which claims, what each found, and the plenary."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models import Claim, ClaimItem, Objection
from employees.models import Agency, Employee
from positions.models import Dated, Decree, Position, Unit, ordered


class Team(Dated):
    """A team by decree: what it may judge, and its term. Its members are `Membership` rows.

    Empty `levels` or `units` = all of them. A team of another agency (`agency`) serves where the
    own one cannot be formed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being formed")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")
        VOID = "void", _("discarded")  # a draft that nobody wants any more

    class Level(models.TextChoices):
        CENTRAL = "pusat", _("central (pusat)")
        AGENCY = "instansi", _("agency (instansi)")
        UNIT = "unit_kerja", _("work unit (unit kerja)")
        PROVINCE = "provinsi", _("province (provinsi)")
        REGENCY = "kabupaten_kota", _("regency or city (kabupaten/kota)")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    tier = models.CharField(_("tier"), max_length=16, choices=Level, default=Level.AGENCY)
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="assessor_teams", verbose_name=_("agency")
    )
    positions = models.ManyToManyField(
        Position, related_name="assessor_teams", verbose_name=_("positions")
    )
    levels = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("levels")
    )
    units = models.ManyToManyField(
        Unit, related_name="assessor_teams", blank=True, verbose_name=_("units")
    )
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    state_at = models.DateTimeField(default=timezone.now)
    decree = models.ForeignKey(
        Decree,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessor_teams",
        verbose_name=_("decree"),
    )
    follows = models.ForeignKey(  # the team of the term before, for the count of terms
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    quorum = models.PositiveSmallIntegerField(
        _("quorum of the plenary"),
        null=True,
        blank=True,
        help_text=_("Empty: more than half of the members."),
    )
    draft_content = models.JSONField(null=True, blank=True)  # of the SK, a snapshot
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_because = models.CharField(_("reason"), max_length=500, blank=True)
    few_holders_because = models.CharField(
        _("why fewer than two members hold the JF"),
        max_length=500,
        blank=True,
        help_text=_("Only where holders are lacking and others fill up the team."),
    )
    borrowed_because = models.CharField(
        _("why a team of another agency serves"),
        max_length=500,
        blank=True,
        help_text=_("Only for a team of another agency: why the own one cannot be formed."),
    )

    class Meta:
        verbose_name = _("assessor team")
        verbose_name_plural = _("assessor teams")
        ordering = ["-start", "name"]
        constraints = [
            ordered("team_dates"),
            models.CheckConstraint(
                name="team_active_by_decree",
                condition=Q(state__in=("draft", "void")) | Q(decree__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """Somebody's seat in a team, within its dates; a replacement names whom it replaces."""

    class Role(models.TextChoices):
        CHAIR = "ketua", _("chair")
        VICE = "wakil_ketua", _("vice chair")
        SECRETARY = "sekretaris", _("secretary")
        MEMBER = "anggota", _("member")
        ALTERNATE = "pengganti", _("alternate")

    class Office(models.TextChoices):
        SUPERVISOR = "pengawas", _("supervisor (pengawas)")
        ADMINISTRATOR = "administrator", _("administrator")
        JPT_PRATAMA = "jpt_pratama", _("JPT pratama")
        JPT_MADYA = "jpt_madya", _("JPT madya")

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="team_memberships", verbose_name=_("employee")
    )
    role = models.CharField(_("role in the team"), max_length=12, choices=Role)
    trained_on = models.DateField(_("assessor training on"), null=True, blank=True)
    training = models.CharField(_("number of the certificate"), max_length=120, blank=True)
    from_hr = models.BooleanField(_("from the HR element"), default=False)
    office_rank = models.CharField(
        _("structural office"), max_length=13, choices=Office, blank=True
    )
    office = models.CharField(
        _("name of the office"),
        max_length=200,
        blank=True,
        help_text=_("As the annex of the decree names it. Empty: the functional position."),
    )
    decree = models.ForeignKey(  # of a replacement; the others stand in the team's own decree
        Decree, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decree")
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    ended_because = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        ordering = ["team", "role", "id"]
        constraints = [
            ordered("team_membership_dates"),
            models.UniqueConstraint(
                fields=["team", "employee"],
                name="team_member_once",
                condition=Q(end__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["team"],
                name="team_one_chair",
                condition=Q(role="ketua", end__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["team"],
                name="team_one_secretary",
                condition=Q(role="sekretaris", end__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.employee_id}"


class TeamEvent(models.Model):
    """What happened to a team: append-only in the database itself."""

    class Act(models.TextChoices):
        CREATED = "created", _("Draft begun")
        CHANGED = "changed", _("Draft changed")
        ADDED = "added", _("Member added")
        REMOVED = "removed", _("Member taken out of the draft")
        DRAFTED = "drafted", _("Decree drafted")
        ACTIVATED = "activated", _("Put in force")
        EXTENDED = "extended", _("Term extended")
        REPLACED = "replaced", _("Member replaced")
        SUBSTITUTED = "substituted", _("Substitute named")
        ENDED = "ended", _("Ended")
        DISCARDED = "discarded", _("Draft discarded")

    team = models.ForeignKey(Team, models.PROTECT, related_name="events")
    act = models.CharField(_("act"), max_length=12, choices=Act)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decree = models.ForeignKey(Decree, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(  # whom it concerns; of a replacement the new one
        Employee, models.PROTECT, null=True, related_name="team_events"
    )
    details = models.JSONField(default=dict)  # days before and after, no words

    class Meta:
        verbose_name = _("event of a team")
        verbose_name_plural = _("events of teams")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.act}"


class Assignment(models.Model):
    """A claim in the hands of one assessor. Two judge each claim, each without the other."""

    class Purpose(models.TextChoices):
        CLAIM = "claim", _("claim")
        OBJECTION = "objection", _("objection")

    class State(models.TextChoices):
        OPEN = "open", _("to be judged")
        FINISHED = "finished", _("finished")
        REPLACED = "replaced", _("given to another or taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, models.PROTECT, related_name="assignments")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="assignments")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.CLAIM)
    objection = models.ForeignKey(
        Objection, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField(_("due"))
    by_hand = models.BooleanField(default=False)  # chosen by the secretary, not by the proposal
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    assigned_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    units = models.BigIntegerField(
        null=True, blank=True
    )  # the sum that the assessor's verdicts give
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["member", "state"], name="assignment_by_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "member", "purpose"],
                name="assignment_once",
                condition=~Q(state="replaced"),
            ),
            models.CheckConstraint(
                name="assignment_finished",
                condition=Q(state="finished", finished_at__isnull=False) | ~Q(state="finished"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.member_id}"


class Verdict(models.Model):
    """What one assessor found on one item; may be changed until the assignment is finished.

    `number` is the item's, and stays when a returned claim loses the item. A claim without items
    has one verdict of number 0 (`rules.WHOLE`): quantity 1 accepted, 0 rejected.
    """

    class Answer(models.TextChoices):
        ACCEPT = "accept", _("accepted as claimed")
        CHANGE = "change", _("accepted with another quantity")
        REJECT = "reject", _("rejected")

    class Reason(models.TextChoices):
        NO_EVIDENCE = "no_evidence", _("the evidence does not show it")
        WRONG_EVIDENCE = "wrong_evidence", _("the evidence is of something else")
        QUANTITY = "quantity", _("the quantity is not shown")
        OUTSIDE_PERIOD = "outside_period", _("outside the period")
        OTHER_LEVEL = "other_level", _("work of another level, without a letter")
        DOUBLE = "double", _("claimed before")
        NOT_DUTY = "not_duty", _("no activity of this item")
        OTHER = "other", _("another reason")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(ClaimItem, models.SET_NULL, null=True, related_name="verdicts")
    number = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(_("verdict"), max_length=6, choices=Answer)
    quantity = models.PositiveIntegerField(_("quantity"))  # 0 = rejected
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    given_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("verdict on an item")
        verbose_name_plural = _("verdicts on items")
        ordering = ["assignment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="verdict_once"),
            models.CheckConstraint(
                name="verdict_with_reason", condition=Q(answer="accept") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="verdict_rejected_is_zero",
                condition=Q(answer="reject", quantity=0) | ~Q(answer="reject") & Q(quantity__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.number}: {self.answer}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The number is the item's."""
        if self.item is not None:
            self.number = self.item.number
        super().save(*args, **kwargs)


class Plenary(models.Model):
    """A plenary (sidang pleno) of a team: day, who came, what was decided, and its minutes."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("in session")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="plenaries")
    day = models.DateField(_("date"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    number = models.CharField(_("number of the minutes"), max_length=120, blank=True)
    # What chose the sample of the agreed claims, and how many percent of them.
    seed = models.CharField(max_length=32, blank=True)
    sample_percent = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    led_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="plenaries_led"
    )
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    called_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    minutes = models.FileField(_("minutes"), upload_to="minutes/", blank=True)  # issued bytes
    minutes_hash = models.CharField(max_length=64, blank=True)
    minutes_content = models.JSONField(null=True, blank=True)
    signed_file = models.FileField(_("signed minutes"), upload_to="minutes/", blank=True)
    signed_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("plenary")
        verbose_name_plural = _("plenaries")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                name="plenary_closed", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.day}"


class Attendance(models.Model):
    """Whether a member came to a plenary; an alternate counts for whom he stands in."""

    plenary = models.ForeignKey(Plenary, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="attendances")
    present = models.BooleanField(_("present"), default=False)
    stands_in_for = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="stood_in"
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["plenary", "member"]
        constraints = [
            models.UniqueConstraint(fields=["plenary", "member"], name="attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.plenary_id}: {self.member_id}"


class AgendaItem(models.Model):
    """A claim on the agenda: why, and what the plenary decided item by item."""

    class Why(models.TextChoices):
        DIFFERENCE = "difference", _("the assessors differ")
        SAMPLE = "sample", _("sample")
        AGREED = "agreed", _("the assessors agree")
        OBJECTION = "objection", _("objection")

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("approved")
        PARTLY = "partly", _("partly approved")
        REJECTED = "rejected", _("rejected")
        POSTPONED = "postponed", _("postponed")

    plenary = models.ForeignKey(Plenary, models.PROTECT, related_name="agenda")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="agenda")
    why = models.CharField(_("why"), max_length=10, choices=Why)
    objection = models.ForeignKey(
        Objection, models.PROTECT, null=True, blank=True, related_name="agenda"
    )
    decided = models.JSONField(default=dict)  # item number -> [quantity, reason code, words]
    outcome = models.CharField(_("decision"), max_length=9, choices=Outcome, blank=True)
    units = models.BigIntegerField(null=True, blank=True)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    words = models.CharField(_("considerations"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("claim on an agenda")
        verbose_name_plural = _("claims on agendas")
        ordering = ["plenary", "why", "claim"]
        constraints = [
            models.UniqueConstraint(fields=["plenary", "claim"], name="agenda_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plenary_id}: {self.claim_id}"
