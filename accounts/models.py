"""Who signs in. Nothing about staff: an employee points at its account, never the reverse."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account; its roles are groups named after `accounts.policy.Role`."""

    language = models.CharField(_("language"), max_length=5, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    tour_step = models.PositiveSmallIntegerField(default=0, editable=False)  # steps gone through

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
