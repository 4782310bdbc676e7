"""Changes of accounts and of what belongs to one account."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import SavedQuery, User

SEARCH_LENGTH = 200
SEARCH_KEPT = timedelta(days=90)


def remember_language(user: User, language: str) -> None:
    """Keep the language with the account; an unknown one is left out."""
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)


def save_query(user: User, text: str) -> str:
    """Keep what was typed into a search; returns the token that stands for it in a URL.

    The same text of the same user has the same token. Old ones of the user are removed.
    """
    text = text.strip()[:SEARCH_LENGTH]
    SavedQuery.objects.filter(user=user, created_at__lt=timezone.now() - SEARCH_KEPT).delete()
    query, _ = SavedQuery.objects.get_or_create(
        user=user, text=text, defaults={"token": secrets.token_urlsafe(16)}
    )
    return query.token


def query_of(user: User, token: str) -> str:
    """What the token stands for; "" where it is not the user's own."""
    found = SavedQuery.objects.filter(user=user, token=token).first()
    return found.text if found else ""
