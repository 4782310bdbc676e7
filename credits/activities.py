"""Reading activity items: tables with their numbers, search, suggestions while typing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.formats import number_format

from credits.models import ActivityItem, ActivityTable

SUGGESTED = 12


def tables() -> "QuerySet[ActivityTable]":
    """All tables in force with the number of their items, the JF's name beside."""
    found = ActivityTable.objects.filter(replaced_by__isnull=True)
    return (
        found.select_related("position")
        .annotate(n=Count("items"))
        .order_by("position__name", "-start")
    )


def narrowed(
    items: "QuerySet[ActivityItem]", text: str = "", level: str = "", element: str = ""
) -> "QuerySet[ActivityItem]":
    """The items whose code or words hold all of the words; of one level, with every level's."""
    for word in text.split()[:8]:
        items = items.filter(
            Q(code__istartswith=word) | Q(name__icontains=word) | Q(product__icontains=word)
        )
    if level:
        items = items.filter(level__in=("", level))
    if element:
        items = items.filter(element=element)
    return items


def table_on(position_id: int, day: date) -> ActivityTable | None:
    """The table in force for work done on a day."""
    return (
        ActivityTable.objects.on(day)
        .filter(position=position_id, replaced_by__isnull=True)
        .order_by("-version")
        .first()
    )


def choices_on(position_id: int, day: date) -> "QuerySet[ActivityItem]":
    """All items for work done on a day, for an ordinary select; with their table, one statement."""
    return (
        ActivityItem.objects.filter(
            table__in=ActivityTable.objects.on(day).filter(
                position=position_id, replaced_by__isnull=True
            )
        )
        .select_related("table")
        .order_by("code")
    )


def suggestions(
    position_code: str, day: date, text: str, level: str = ""
) -> Sequence[ActivityItem]:
    """The first items that a typed text may mean, whose code begins so first. One statement."""
    tables_then = ActivityTable.objects.on(day).filter(
        position__code=position_code, replaced_by__isnull=True
    )
    items = ActivityItem.objects.filter(table__in=tables_then).select_related("table")
    found = narrowed(items, text, level).order_by("code")[: SUGGESTED * 4]
    folded = text.casefold()
    return sorted(found, key=lambda i: not i.code.casefold().startswith(folded))[:SUGGESTED]


def described(item: ActivityItem) -> dict[str, Any]:
    """An item as plain JSON, points as exact text and as the reader writes them; where it comes
    from always beside."""
    return {
        "id": item.pk,
        "code": item.code,
        "name": item.name,
        "element": item.get_element_display(),
        "product": item.product,
        "level": item.level,
        "points": f"{item.points.normalize():f}",
        "points_shown": number_format(item.points.normalize(), use_l10n=True),
        "yearly_limit": item.yearly_limit,
        "evidence": item.evidence,
        "provenance": item.table.provenance,
        "provenance_label": str(item.table.get_provenance_display()),
    }
