"""Who signs in. Nothing about staff: an employee points at its account, never the reverse."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from accounts import encryption
from accounts.trail import AccessEvent, AuditCheck, AuditEvent, AuditSeal, Channel, Tombstone

__all__ = [
    "AccessEvent",
    "AuditCheck",
    "AuditEvent",
    "AuditSeal",
    "Channel",
    "SavedQuery",
    "Tombstone",
    "User",
]


class User(AbstractUser):
    """An account; its roles are groups named after `accounts.policy.Role`."""

    language = models.CharField(_("language"), max_length=5, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    roles_from_register = models.BooleanField(
        _("roles follow the register"),
        default=True,
        help_text=_(
            "Direct superior, coordinator and holder are given and taken each night, by what the "
            "register of people says today. Other roles are never touched."
        ),
    )
    oidc_subject = models.CharField(
        _("identity at the sign-in provider"), max_length=255, null=True, blank=True, unique=True
    )
    tour_step = models.PositiveSmallIntegerField(default=0, editable=False)  # steps gone through

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


def _sign_in_token() -> str:
    return secrets.token_urlsafe(16)


class SignIn(models.Model):
    """A browser that signed in. Its session lasts while this row says so, and no longer.

    The session holds `token`; ending the row ends the session at its next request.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    token = models.CharField(max_length=22, unique=True, default=_sign_in_token)
    browser = models.CharField(_("browser"), max_length=60)
    network = models.CharField(_("network"), max_length=50, blank=True)
    started_at = models.DateTimeField(_("first seen"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    asks_code = models.BooleanField(default=False)  # the account had a second factor by then
    verified_at = models.DateTimeField(null=True)  # when the second factor was shown
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-seen_at"]
        indexes = [
            models.Index(fields=["user"], name="sign_in_open", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.browser


class AppDevice(TOTPDevice):
    """An app that shows codes. Its `key` holds the secret encrypted, for this account alone."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The secret; raises UndecipherableError where no key of the settings fits."""
        return encryption.decrypt(self.key, self._owner())

    def keep(self, secret: bytes) -> None:
        self.key = encryption.encrypt(secret, self._owner())

    def readable(self) -> bool:
        try:
            return bool(self.bin_key)
        except encryption.UndecipherableError:
            return False

    def _owner(self) -> str:
        return f"totp:{self.user_id}"


class Invitation(models.Model):
    """A one-time link with which somebody sets the first password. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="invitation_one_open", condition=Q(used_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SavedQuery(models.Model):
    """What was typed into a search, kept here so that it never stands in a URL or a log."""

    token = models.CharField(max_length=22, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    text = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="saved_query_once")]

    def __str__(self) -> str:
        return self.token


class SavedList(models.Model):
    """A list that somebody put together: filters, search and columns under a name.

    The row without a name holds the columns that its owner chose last. Sharing a list shares no
    row of it: whoever opens it sees what the own roles reach.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_lists")
    place = models.CharField(max_length=20)  # which page it belongs to: "people"
    name = models.CharField(_("name"), max_length=80, blank=True)
    filters = models.JSONField(default=dict)  # name of the parameter -> its value, as in a URL
    search = models.CharField(max_length=200, blank=True)
    columns = models.JSONField(default=list)
    roles = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    by_link = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "place", "name"], name="saved_list_once")
        ]

    def __str__(self) -> str:
        return self.name


class ApiClientManager(BaseAPIKeyManager):
    def assign_key(self, obj: Any) -> str:
        """Draw a key; only its prefix and hash are kept. The library would put the hash into the
        primary key, and so into the addresses of the admin."""
        key, obj.prefix, obj.hashed_key = self.key_generator.generate()
        return str(key)


class ApiClient(AbstractAPIKey):
    """A program that reads through the API: what it may read, of whom, until when.

    Bounds are codes of the catalogue, as accounts know nothing of units: with one, the client
    gets only the people of the unit and those below it, or the holders of the position. A code
    that nothing has lets nothing through.
    """

    class Grant(models.TextChoices):
        BALANCES = "balances", _("read balances")
        PII = "pii", _("with NIP and name")

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    prefix = models.CharField(_("beginning of the key"), max_length=8, unique=True, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    expiry_date = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked = models.BooleanField(
        _("revoked"),
        default=False,
        help_text=_("The key opens nothing from the next request on. This cannot be undone."),
    )
    name = models.CharField(_("name"), max_length=50)
    scopes = ArrayField(models.CharField(max_length=20, choices=Grant), verbose_name=_("may"))
    unit_code = models.CharField(_("only this unit and those below"), max_length=60, blank=True)
    position_code = models.CharField(
        _("only holders of this functional position"), max_length=60, blank=True
    )
    contact = models.CharField(_("who answers for it"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = ApiClientManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["-created"]


class Notice(models.Model):
    """Something ended that the user had begun; said in words by `accounts.notices`.

    `params` holds figures and codes, no personal data.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # in which letter; null = in none yet

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(
                fields=["user"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Destruction(models.Model):
    """A proposal to destroy a class of records past its time; done once a second person agrees.

    It means what was past its time at the moment of the proposal, however late it is approved.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        DONE = "done", _("destroyed")

    kind = models.CharField(_("class of records"), max_length=40)
    number = models.PositiveBigIntegerField(_("files or rows"))
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("decided by"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    done_at = models.DateTimeField(_("destroyed at"), null=True)

    class Meta:
        verbose_name = _("proposal to destroy records")
        verbose_name_plural = _("proposals to destroy records")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("proposed_by")), name="destruction_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_by__isnull=False),
                name="destruction_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                name="destruction_one_open",
                condition=Q(state__in=["proposed", "approved"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.proposed_at:%Y-%m-%d}"
