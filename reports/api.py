"""Balances for other programs: what `export_balances` prints, page by page (docs/api.md)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import How, looked
from accounts.api import client_of, keyed
from accounts.models import ApiClient
from credits.selectors import balance_rows
from employees.models import Appointment, Employee, UnitMembership
from positions.ladder import Level
from positions.models import Position, Unit
from positions.selectors import units_below

PII = ("nip", "name")
FIELDS = (
    "id",
    "position_code",
    "position",
    "level_code",
    "level",
    "unit",
    "rank",
    "balance",
    "balance_rounded",
    "rank_target",
    "level_target",
    "missing_rank",
    "missing_level",
    "stale",
    "computed",
)
_PAGING = frozenset({"cursor", "page_size", "fields"})


class Balances(filters.FilterSet):
    """Which holders, on which day. The day is asked before the rest: all of it is dated."""

    as_of = filters.DateFilter(method="_as_it_is", input_formats=["%Y-%m-%d"])
    known_at = filters.IsoDateTimeFilter(method="_as_it_is")
    position = filters.ModelChoiceFilter(
        queryset=Position.objects.all(), to_field_name="code", method="_position"
    )
    level = filters.ChoiceFilter(choices=[(str(v), v.label) for v in Level], method="_level")
    unit = filters.ModelChoiceFilter(
        queryset=Unit.objects.all(), to_field_name="code", method="_unit"
    )

    @property
    def on(self) -> date:
        return self.form.cleaned_data["as_of"] or timezone.localdate()

    @property
    def known_at_instant(self) -> datetime | None:
        found: datetime | None = self.form.cleaned_data["known_at"]
        return found

    def _as_it_is(self, people: QuerySet[Employee], _name: str, _value: Any) -> Any:
        return people

    def _position(self, people: QuerySet[Employee], _name: str, value: Position) -> Any:
        return people.filter(id__in=holding(self.on, position=value))

    def _level(self, people: QuerySet[Employee], _name: str, value: str) -> Any:
        return people.filter(id__in=holding(self.on, level=value))

    def _unit(self, people: QuerySet[Employee], _name: str, value: Unit) -> Any:
        return people.filter(id__in=working_in(value.code, self.on))


def holding(on: date, **which: Any) -> QuerySet[Any]:
    """The ids of people who hold a position on the day."""
    return Appointment.objects.on(on).filter(**which).values("employee_id")


def working_in(unit_code: str, on: date) -> QuerySet[Any]:
    """The ids of people who work in the unit or below it on the day."""
    roots = Unit.objects.filter(code=unit_code).values_list("pk", flat=True)
    below = units_below(list(roots), on)
    return UnitMembership.objects.on(on).filter(unit_id__in=below).values("employee_id")


def granted(client: ApiClient, on: date) -> QuerySet[Employee]:
    """The holders of the day whom the client may read about."""
    bound = {"position__code": client.position_code} if client.position_code else {}
    people = Employee.objects.filter(id__in=holding(on, **bound))
    if client.unit_code:
        people = people.filter(id__in=working_in(client.unit_code, on))
    return people


class Pages(CursorPagination):
    """By the opaque id: a page costs the same wherever it is, and nobody is told twice."""

    ordering = "public_id"
    page_size = 500
    max_page_size = 1000
    page_size_query_param = "page_size"


@method_decorator(conditional_page, name="dispatch")
class BalanceView(APIView):
    """What both endpoints share: the question, checked, and the rows as the key may see them."""

    scope = ApiClient.Grant.BALANCES

    def asked(self, request: Request) -> tuple[Balances, QuerySet[Employee]]:
        """The filters and whom they leave. Raises ValidationError for what is not known."""
        self._refuse_unknown(request)
        asked = Balances(request.query_params, queryset=Employee.objects.all())
        if not asked.form.is_valid():
            raise ValidationError(asked.form.errors)
        mine = granted(client_of(request), asked.on)
        return asked, asked.filter_queryset(mine)

    def _refuse_unknown(self, request: Request) -> None:
        """A misspelt filter must not answer with everybody."""
        known = _PAGING | set(Balances.base_filters)
        if unknown := sorted(set(request.query_params) - known):
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})

    def rows(
        self, request: Request, asked: Balances, people: Sequence[Employee]
    ) -> list[dict[str, Any]]:
        wanted = self._fields(request)
        found = balance_rows(people, asked.on, asked.known_at_instant)
        _log(request, people, wanted)
        return [{name: row[name] for name in wanted} for row in found]

    def _fields(self, request: Request) -> tuple[str, ...]:
        """The fields to state, all where nothing is chosen; NIP and name need their scope."""
        pii = ApiClient.Grant.PII in client_of(request).scopes
        open_to_it = FIELDS[:1] + PII + FIELDS[1:] if pii else FIELDS
        chosen = request.query_params.get("fields")
        if chosen is None:
            return open_to_it
        names = set(chosen.split(","))
        if names - set(open_to_it):
            raise ValidationError({"fields": [_("There is no such field, or not for this key.")]})
        return tuple(name for name in open_to_it if name in names)

    def finalize_response(self, request: Request, response: Response, *a: Any, **k: Any) -> Any:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Authorization"
        return super().finalize_response(request, response, *a, **k)


class BalanceList(BalanceView):
    def get(self, request: Request) -> Response:
        asked, people = self.asked(request)
        pages = Pages()
        page = pages.paginate_queryset(people, request, view=self) or []
        return pages.get_paginated_response(self.rows(request, asked, page))


class BalanceDetail(BalanceView):
    def get(self, request: Request, public_id: UUID) -> Response:
        asked, people = self.asked(request)
        rows = self.rows(request, asked, list(people.filter(public_id=public_id)))
        if not rows:
            raise Http404
        return Response(rows[0])


def _log(request: Request, people: Sequence[Employee], fields: Sequence[str]) -> None:
    """Each person whom a program read about, with the program's number: the reader has no account
    of a person, and the one place of the API that writes it."""
    named = "pii" if set(PII) & set(fields) else "balances"
    detail = f"api-client {client_of(request).pk} {named}"
    looked(request._request, "ledger", people, How.EXPORT, detail=detail)


balances = keyed(BalanceList.as_view(), "balances")
balance = keyed(BalanceDetail.as_view(), "balances")
