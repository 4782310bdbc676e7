"""Who signs in. Nothing about staff: an employee points at its account, never the reverse."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


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
