"""Who looked at whose personal data: one way to write it, one statement for any number of people.

A look at one's own data is no look at another's and is not written. Written before the answer is
sent: what cannot be logged is not shown.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AccessEvent
from accounts.origin import Origin, current
from accounts.policy import roles_of

How = AccessEvent.How


class Person(Protocol):
    """Somebody on record: the id, and the account, if there is one."""

    pk: Any
    user_id: Any


_INSERT = """
    INSERT INTO accounts_accessevent
        (actor_id, channel, request_id, address, reason, roles, people, what, how, detail, subject)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, """


def looked(
    request: HttpRequest,
    what: str,
    people: Iterable[Person],
    how: str = How.VIEW,
    *,
    detail: str = "",
    reason: str = "",
) -> None:
    """The reader saw `what` (a resource) of each of these people: one row for each but himself."""
    ids = sorted(_others(request, people))
    if not ids:
        return
    with connection.cursor() as cursor:
        values = [*_who(request, what, how, detail, reason), ids]
        cursor.execute(_INSERT + "unnest(%s::bigint[])", values)


def looked_at_all(
    request: HttpRequest,
    what: str,
    people: "QuerySet[Any]",
    how: str = How.EXPORT,
    *,
    detail: str = "",
    reason: str = "",
) -> int:
    """As `looked`, for a queryset of people of any size; returns how many rows were written."""
    others = people.exclude(user=request.user).order_by().values_list("pk", flat=True).distinct()
    try:
        sql, parameters = others.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        values = [*_who(request, what, how, detail, reason), *parameters]
        cursor.execute(f"{_INSERT} p.id FROM ({sql}) AS p(id)", values)
        return int(cursor.rowcount)


def listed(
    request: HttpRequest, what: str, people: Iterable[Person] | int, *, detail: str = ""
) -> None:
    """The reader saw a list with these people, or so many of whom only a sheet tells: one row.

    `detail` says by which filters, never by which words.
    """
    number = people if isinstance(people, int) else len(_others(request, people))
    if number:
        with connection.cursor() as cursor:
            values = _who(request, what, How.LIST, detail, "", number)
            cursor.execute(f"{_INSERT} NULL", values)


def _others(request: HttpRequest, people: Iterable[Person]) -> set[int]:
    own = _reader(request)
    return {p.pk for p in people if p.pk and (p.user_id is None or p.user_id != own)}


def _reader(request: HttpRequest) -> int | None:
    """The account that looks; None for a program, which is named in the details."""
    found: int | None = getattr(getattr(request, "user", None), "pk", None)
    return found


def _who(
    request: HttpRequest, what: str, how: str, detail: str, reason: str, people: int = 1
) -> list[Any]:
    origin: Origin = current()
    return [
        _reader(request),
        origin.channel,
        origin.request_id,
        origin.address,
        reason[:500],
        ",".join(sorted(roles_of(request.user)))[:200],
        people,
        what,
        how,
        detail[:200],
    ]


def filters_of(request: HttpRequest) -> str:
    """Which filters a list was asked with, without what was typed or chosen."""
    return ",".join(sorted(key for key, value in request.GET.items() if value))[:200]
