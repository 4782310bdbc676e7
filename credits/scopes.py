"""For whom a run or a batch was asked, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from employees.models import Employee
from positions.models import Position
from positions.selectors import unit_names


def describe(scopes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each scope in the reader's language. At most four statements, whatever their number."""
    rows = list(scopes)
    units = _units({s["unit"] for s in rows if s.get("unit")})
    codes = {s["position"] for s in rows if s.get("position")}
    positions = (
        dict(Position.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    )
    people = _people(rows)
    return [_one(scope, units, positions, people) for scope in rows]


def _units(codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    from positions.models import Unit

    names = unit_names(timezone.localdate())
    found = Unit.objects.filter(code__in=codes).values_list("code", "pk")
    return {code: names.get(pk, code) for code, pk in found}


def _people(scopes: Sequence[Mapping[str, Any]]) -> dict[Any, str]:
    """Full names by id and by NIP of scopes that mean one person."""
    ids = {s["ids"][0] for s in scopes if len(s.get("ids", ())) == 1}
    nips = {s["nip"] for s in scopes if s.get("nip")}
    if not ids and not nips:
        return {}
    found = Employee.everyone.filter(Q(id__in=ids) | Q(nip__in=nips))
    return {key: person.full_name for person in found for key in (person.pk, person.nip)}


def _one(
    scope: Mapping[str, Any],
    units: Mapping[str, str],
    positions: Mapping[str, str],
    people: Mapping[Any, str],
) -> str:
    if scope.get("stale"):
        return _("Whoever is not up to date")
    if code := scope.get("unit"):
        return _("Unit: %(unit)s") % {"unit": units.get(code, code)}
    if code := scope.get("position"):
        return _("JF: %(position)s") % {"position": positions.get(code, code)}
    ids = scope.get("ids", ())
    if scope.get("nip") or len(ids) == 1:
        return people.get(scope.get("nip") or ids[0], _("One person"))
    if ids:
        return ngettext("%(count)s person", "%(count)s people", len(ids)) % {"count": len(ids)}
    return _("Everybody")
