"""Who signs in. Nothing about staff: an employee points at its account, never the reverse."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager


class User(AbstractUser):
    """An account; its roles are groups named after `accounts.policy.Role`."""

    language = models.CharField(_("language"), max_length=5, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


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
