"""What the reader asked the people list for: the same for the page, the sheet and bulk acts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SavedQuery
from accounts.pages import as_uuid, signed_in
from accounts.policy import roles_of, visible
from accounts.saved_lists import Lists, lists_for
from credits.rules.units import from_units
from credits.selectors import standings
from employees.models import Employee
from reports.columns import Column, Row, chosen, extras
from reports.filters import SORTS, PeopleFilter, matching, similar
from reports.selectors import people_today

PLACE = "people"
# What of an address is not a filter.
NOT_FILTERS = frozenset({"page", "size", "sort", "s", "list"})


@dataclass(frozen=True, slots=True)
class Selection:
    """The people asked for, in order, within what the reader's roles reach."""

    today: date
    filters: PeopleFilter
    rows: QuerySet[Any]
    searched: str
    only_similar: bool  # nobody fits the search exactly
    columns: list[Column]
    lists: Lists
    asked: dict[str, str]  # the filters in the address

    @property
    def changed(self) -> bool:
        """Whether the reader went on from a saved list to other filters or another search."""
        opened = self.lists.opened
        return opened is not None and (
            opened.filters != self.asked or opened.search != self.searched
        )

    def shown(self, page: Iterable[Any]) -> list[Row]:
        """The rows of a page with their standings; two statements."""
        people = list(page)
        sums = {p.pk: from_units(int(p.balance_now or 0)) for p in people}
        known = standings(list(sums), self.today, sums=sums)
        units = self.filters.units
        return [Row(p, known.get(p.pk), units.get(p.unit_now, "")) for p in people]


def selection(request: HttpRequest) -> Selection:
    """What the address of the request asks for."""
    today = timezone.localdate()
    searched, lists = _searched(request), _lists(request)
    columns = chosen(lists.opened.columns if lists.opened else lists.columns)
    people = visible(Employee.objects.all(), request.user, "employee")
    everybody = people_today(people, today, {"balance_now"} | extras(columns))
    filters = _filtered(request, everybody, searched, today)
    rows, near = filters.qs.select_related("employer"), False
    if searched and not searched[0].isdigit() and not rows.exists():
        near = True
        filters = _filtered(request, everybody, searched, today, exact=False)
        rows = similar(filters.qs.select_related("employer"), searched)
    wanted = request.GET.get("sort", "")
    if wanted or not near:
        rows = in_order(rows, wanted)
    return Selection(today, filters, rows, searched, near, columns, lists, filters_of(request))


def _filtered(
    request: HttpRequest, rows: QuerySet[Any], searched: str, today: date, *, exact: bool = True
) -> PeopleFilter:
    if searched and exact:
        rows = rows.filter(matching(searched, today))
    data = request.GET.copy()
    data.setdefault("who", "all" if searched else "holders")
    return PeopleFilter(data, queryset=rows, on=today)


def _searched(request: HttpRequest) -> str:
    """The text behind the token; somebody else's token finds nothing."""
    token = request.GET.get("s")
    if not token:
        return ""
    found = SavedQuery.objects.filter(token=token, user=signed_in(request))
    return found.values_list("text", flat=True).first() or ""


def _lists(request: HttpRequest) -> Lists:
    return lists_for(
        signed_in(request), roles_of(request.user), PLACE, as_uuid(request.GET.get("list", ""))
    )


def in_order(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """By a column of SORTS, "-" in front for the other way; unknown values last."""
    first, *rest = SORTS.get(wanted.removeprefix("-"), SORTS["name"])
    column = F(first)
    down = wanted.startswith("-")
    order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return rows.order_by(order, *rest)


def filters_of(request: HttpRequest) -> dict[str, str]:
    """The filters in the address, as a saved list keeps them (with the order of the rows)."""
    known = {*PeopleFilter.base_filters, "sort"}
    return {key: str(value) for key, value in request.GET.items() if key in known and value}
