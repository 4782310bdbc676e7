"""Looking things up in the catalogue: by any name people use, and as of a date."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from positions.models import (
    Decree,
    DecreeQuerySet,
    Position,
    PositionAlias,
    PositionLevel,
    Supervision,
    Unit,
    UnitVersion,
    fold_number,
)

_PREFIXES = ("jabatanfungsional", "jf")


def fold_name(text: str) -> str:
    """The letters and digits of a name alone, in lower case; "&" is "dan".

    "JF Pengelola Pengadaan Barang/Jasa" and "pengelola pengadaan barang jasa" fold alike.
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", "dan")
    folded = "".join(c for c in text if c.isalnum())
    for prefix in _PREFIXES:
        if folded.startswith(prefix) and folded != prefix:
            return folded.removeprefix(prefix)
    return folded


Index = dict[str, int]
_Names = Iterable[tuple[str, int]]


def _group(names: _Names) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, pk in names:
        if folded := fold_name(name):
            found[folded].add(pk)
    return found


def _index(names: _Names) -> Index:
    """What means one row only; an ambiguous name is left out rather than guessed."""
    return {folded: min(ids) for folded, ids in _group(names).items() if len(ids) == 1}


def _position_names() -> _Names:
    own = Position.objects.order_by().values_list("id", "code", "name")
    for pk, code, name in own:
        yield code, pk
        yield name, pk
    for name, pk in PositionAlias.objects.values_list("name", "position_id"):
        yield name, pk


def _unit_names() -> _Names:
    for code, pk in Unit.objects.order_by().values_list("code", "id"):
        yield code, pk
    versions = UnitVersion.objects.order_by().values_list("unit_id", "name", "abbreviation")
    for pk, name, abbreviation in versions:
        yield name, pk
        yield abbreviation, pk


def position_index() -> Index:
    """Folded name, abbreviation, former name or code -> position id. Two queries, any length.

    Look up with `fold_name(text)`. Names that mean several positions are left out: ask
    `find_position`, which lists them.
    """
    return _index(_position_names())


def unit_index() -> Index:
    """Folded name of any time, abbreviation or code -> unit id; as `position_index`."""
    return _index(_unit_names())


def find_position(text: str) -> list[Position]:
    """The positions a text may mean: none, one, or several where it is ambiguous."""
    ids = _group(_position_names()).get(fold_name(text), set())
    return list(Position.objects.filter(pk__in=ids)) if ids else []


def find_unit(text: str) -> list[Unit]:
    """The units a text may mean, by any name they ever had: none, one, or several."""
    ids = _group(_unit_names()).get(fold_name(text), set())
    return list(Unit.objects.filter(pk__in=ids).prefetch_related("versions")) if ids else []


_BELOW = """
    with recursive below(id) as (
        {seed}
        union
        select v.unit_id from positions_unitversion v join below on v.parent_id = below.id
        where v.start <= %s and (v.end is null or v.end >= %s)
    )
    select id from below"""
_THESE = "select unnest(%s::bigint[])"


def units_below(unit_ids: Iterable[int], on: date) -> set[int]:
    """The units and everything below them in the tree of a day."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW.format(seed=_THESE), [list(unit_ids), on, on])
        return {row[0] for row in cursor.fetchall()}


def below(unit_id: int, on: date) -> RawSQL:
    """A unit and everything below it, as a part of the statement that filters by it."""
    return below_any(_THESE, [[unit_id]], on)


def below_any(seed: str, parameters: Iterable[Any], on: date) -> RawSQL:
    """The units that `seed`, a constant SELECT of ids, gives, and everything below them."""
    return RawSQL(_BELOW.format(seed=seed), [*parameters, on, on])  # noqa: S611  constant text


def unit_names(on: date) -> dict[int, str]:
    """Unit id -> its name on a day; units that had none that day are absent."""
    return dict(UnitVersion.objects.order_by().on(on).values_list("unit_id", "name"))


def level_names() -> dict[tuple[int, str], str]:
    """(position id, level code) -> the level's name: a Dosen at ahli_muda is a Lektor."""
    rows = PositionLevel.objects.order_by().values_list("position_id", "level", "name")
    return {(position, level): name for position, level, name in rows}


def supervisor_of(position: Position | int, on: date) -> Supervision | None:
    """The supervising unit's row of a position on a day (`.unit`, `.decree` are loaded)."""
    pk = position if isinstance(position, int) else position.pk
    found = Supervision.objects.on(on).filter(position_id=pk)
    return found.select_related("unit", "decree").prefetch_related("unit__versions").first()


def search_decrees(text: str) -> DecreeQuerySet:
    """Decrees by number, blanks and dots not counted ("1/ 0235/KP 0804/3/2021"), or by subject."""
    by_subject = Decree.objects.filter(subject__icontains=text.strip())
    return Decree.objects.matching(text) | by_subject if fold_number(text) else by_subject
