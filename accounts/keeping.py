"""How long what belongs to accounts is kept."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedQuery
from accounts.retention import Rule, declare
from accounts.services import SEARCH_KEPT


def register() -> None:
    declare(
        Rule(
            "saved_query",
            _("Words typed into searches"),
            _("UU 27/2022: no longer needed"),
            SEARCH_KEPT,
            lambda before: SavedQuery.objects.filter(created_at__lt=before),
        )
    )
    declare(
        Rule(
            "session",
            _("Sessions that have ended"),
            _("UU 27/2022: no longer needed"),
            timedelta(days=1),
            lambda before: Session.objects.filter(expire_date__lt=before),
        )
    )
