"""Changes of accounts and of what belongs to one account."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Notice, SavedList, SavedQuery, User

SEARCH_LENGTH = 200
SEARCH_KEPT = timedelta(days=90)
NOTICES_KEPT = timedelta(days=90)
TOUR_STEPS = 5


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


LISTS_KEPT = 100  # of one owner
LIST_NAME = 80


def save_list(
    owner: User,
    place: str,
    name: str,
    *,
    filters: Mapping[str, str],
    search: str = "",
    columns: Iterable[str] = (),
    roles: Iterable[str] = (),
    by_link: bool = False,
) -> SavedList | None:
    """Keep a list under a name; the same name of the same owner is replaced.

    None where the owner keeps LISTS_KEPT lists already, or the name is empty.
    """
    name = " ".join(name.split())[:LIST_NAME]
    mine = SavedList.objects.filter(owner=owner, place=place)
    full = mine.exclude(name=name).count() >= LISTS_KEPT
    if not name or full:
        return None
    values = {
        "filters": dict(filters),
        "search": search[:SEARCH_LENGTH],
        "columns": list(columns),
        "roles": list(roles),
        "by_link": by_link,
    }
    return SavedList.objects.update_or_create(owner=owner, place=place, name=name, defaults=values)[
        0
    ]


def remove_list(owner: User, public_id: UUID) -> bool:
    """Remove a list of one's own; whether there was one."""
    found = SavedList.objects.filter(owner=owner, public_id=public_id).exclude(name="")
    return bool(found.delete()[0])


def remember_columns(owner: User, place: str, columns: Iterable[str]) -> None:
    """Keep the columns that somebody chose, for the next visit; none = the usual ones."""
    values = {"columns": list(columns)}
    SavedList.objects.update_or_create(owner=owner, place=place, name="", defaults=values)


def notify(user: User | None, kind: str, params: Mapping[str, Any], url: str) -> Notice | None:
    """Tell a user in the product that something ended; nobody is told where there is no user.

    `kind` has its sentence in `accounts.notices`; `params` are figures and codes, no names.
    """
    if user is None:
        return None
    return Notice.objects.create(user=user, kind=kind, params=dict(params), url=url)


def notify_together(
    user: User | None, kind: str, params: Mapping[str, Any], url: str, together: str
) -> Notice | None:
    """As `notify`, but many of a kind become one: an unread notice of the day counts on.

    Its `params` hold "n"; from the second on it leads to `together`. A notice that somebody else
    writes to at this moment is passed by, so that acts on many claims never wait for each other.
    """
    if user is None:
        return None
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    open_ones = Notice.objects.filter(
        user=user, kind=kind, read_at__isnull=True, mailed_at__isnull=True, created_at__gte=today
    )
    with transaction.atomic():
        known = open_ones.select_for_update(skip_locked=True).order_by("-pk").first()
        if known is None:
            return notify(user, kind, dict(params) | {"n": 1}, url)
        known.params = dict(params) | {"n": known.params.get("n", 1) + 1}
        known.url = together
        known.save(update_fields=["params", "url"])
    return known


def notify_daily(user: User | None, kind: str, params: Mapping[str, Any], url: str) -> bool:
    """A reminder: told once a day at most, however often the task runs. Whether it was told now."""
    if user is None:
        return False
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        told = Notice.objects.filter(user=user, kind=kind, url=url, created_at__gte=today)
        if told.exists():
            return False
        notify(user, kind, params, url)
    return True


def read_notices(user: User, ids: Iterable[int] | None = None) -> int:
    """Mark notices of the user as read: the given ones, or all. Returns how many were unread."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=timezone.now())


def forget_notices() -> int:
    """Remove notices that are older than they are kept, read or not. Returns how many."""
    old = Notice.objects.filter(created_at__lt=timezone.now() - NOTICES_KEPT)
    return old.delete()[0]


def set_tour(user: User, step: int) -> None:
    """Keep how far the user has come in the first-day tour; TOUR_STEPS ends it."""
    step = max(0, min(step, TOUR_STEPS))
    User.objects.filter(pk=user.pk).update(tour_step=step)
