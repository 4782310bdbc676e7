"""Loading the catalogue, and confirming its rows.

Three versions of each value are compared: ours (in the database), the catalogue's, and the one
that the loader wrote last (`loaded`). Only what still is as loaded is overwritten; whatever an
officer has edited stays and is reported.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction

from positions import catalogue
from positions.models import (
    Decree,
    Position,
    PositionAlias,
    PositionLevel,
    PositionRegulation,
    Supervision,
    Unit,
    UnitVersion,
)

Row = catalogue.Row


@dataclass
class LoadReport:
    """What loading did; `kept` holds {row, field, ours, catalogue} where an edit was respected."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def keep(self, row: str, name: str, ours: Any, theirs: Any) -> None:
        self.kept.append({"row": row, "field": name, "ours": ours, "catalogue": theirs})


Part = Callable[[LoadReport], None]
_parts: list[Part] = []


def register_catalogue_part(part: Part) -> None:
    """Let an app above add its own basic data to the same load (the employers, for example)."""
    if part not in _parts:
        _parts.append(part)


@transaction.atomic
def load_catalogue() -> LoadReport:
    """Bring the database up to the catalogue file; safe to repeat, never undoes an edit."""
    report = LoadReport()
    _load_decrees(report)
    _load_units(report)
    _load_positions(report)
    _load_supervisions(report)
    for part in _parts:
        part(report)
    return report


def confirm(queryset: models.QuerySet[Any], confirmed: bool = True) -> int:
    """Mark catalogue rows as confirmed by Biro SDM, or take it back; the number changed."""
    return queryset.exclude(confirmed=confirmed).update(confirmed=confirmed)


# ------------------------------------------------------------------ the comparison


@dataclass(frozen=True)
class Merge:
    """Values to write (None: the part goes), the new snapshot, and what is left as it is."""

    changes: Row
    loaded: Row
    kept: list[tuple[str, Any, Any]]


def merge(ours: Row, loaded: Row, theirs: Row) -> Merge:
    """Compare field by field; a part that is absent is None in each of the three."""
    changes: Row = {}
    kept = []
    snapshot = dict(loaded)
    for name in {**loaded, **theirs}:
        mine, before, wanted = ours.get(name), loaded.get(name), theirs.get(name)
        if mine != wanted and mine == before:
            changes[name] = wanted
        elif mine != wanted:
            kept.append((name, mine, wanted))
            continue
        if wanted is None and name not in theirs:
            snapshot.pop(name, None)
        else:
            snapshot[name] = wanted
    return Merge(changes, snapshot, kept)


def _apply(
    label: str,
    obj: Any,
    ours: Row,
    theirs: Row,
    write: Callable[[Any, Row], None],
    report: LoadReport,
) -> None:
    """Merge one row. `obj` is new where it has no id; a collision with an edit keeps the edit."""
    is_new = obj.pk is None
    result = merge(ours, obj.loaded, theirs)
    for name, mine, wanted in result.kept:
        report.keep(label, name, mine, wanted)
    if not result.changes and result.loaded == obj.loaded:
        report.unchanged += 1
        return
    obj.loaded = result.loaded
    try:
        with transaction.atomic():
            write(obj, result.changes)
    except IntegrityError:
        for name, wanted in result.changes.items():
            report.keep(label, name, ours.get(name), wanted)
        return
    report.created += is_new
    report.updated += bool(result.changes) and not is_new
    report.unchanged += not result.changes


# ------------------------------------------------------------------ positions

_POSITION_FIELDS = (
    "number", "name", "name_en", "category", "status", "custodian", "is_own", "own_rules",
    "cluster", "notes", "evidence_grade", "evidence",
)  # fmt: skip
_LEVEL_FIELDS = ("name", "order", "rank_low", "rank_high", "retirement_age", "bkn_id")
# part -> model, the field that names it, the fields compared
_POSITION_PARTS: dict[str, tuple[type[models.Model], str, tuple[str, ...]]] = {
    "level": (PositionLevel, "level", _LEVEL_FIELDS),
    "alias": (PositionAlias, "name", ("kind",)),
    "regulation": (PositionRegulation, "title", ("subject", "seen")),
}


def _load_positions(report: LoadReport) -> None:
    known = {
        position.code: position
        for position in Position.objects.prefetch_related("levels", "aliases", "regulations")
    }
    for code, theirs in catalogue.positions().items():
        position = known.get(code) or Position(code=code)
        ours = _position_row(position) if position.pk else {}
        _apply(code, position, ours, theirs, _write_position, report)


def _position_row(position: Position) -> Row:
    row: Row = {name: getattr(position, name) for name in _POSITION_FIELDS}
    related: dict[str, Any] = {
        "level": position.levels.all(),
        "alias": position.aliases.all(),
        "regulation": position.regulations.all(),
    }
    for part, (_model, key, fields) in _POSITION_PARTS.items():
        for child in related[part]:
            row[f"{part} {getattr(child, key)}"] = {n: getattr(child, n) for n in fields}
    return row


def _write_position(position: Position, changes: Row) -> None:
    _save_plain(position, changes)
    for name, value in changes.items():
        part, _blank, key_value = name.partition(" ")
        if part not in _POSITION_PARTS:
            continue
        model, key, _fields = _POSITION_PARTS[part]
        _write_child(model, {"position": position, key: key_value}, value)


def _save_plain(obj: Any, changes: Row) -> None:
    for name, value in changes.items():
        if " " not in name:
            setattr(obj, name, value)
    obj.save()


def _write_child(model: type[models.Model], key: Row, value: Row | None) -> None:
    manager = model._default_manager
    if value is None:
        manager.filter(**key).delete()
    else:
        manager.update_or_create(**key, defaults=value)


# ------------------------------------------------------------------ units

_UNIT_FIELDS = ("kind", "echelon", "notes", "evidence_grade", "evidence")


def _load_units(report: LoadReport) -> None:
    units = {unit.code: unit for unit in Unit.objects.prefetch_related("versions__parent")}

    def write(unit: Unit, changes: Row) -> None:
        _save_plain(unit, changes)
        # A name that ends makes room for the one that follows it.
        for name in sorted(name for name in changes if name.startswith("version ")):
            start = date.fromisoformat(name.removeprefix("version "))
            _write_child(
                UnitVersion, {"unit": unit, "start": start}, _version_values(changes[name], units)
            )

    for code, theirs in catalogue.units().items():
        unit = units.setdefault(code, Unit(code=code))
        ours = _unit_row(unit) if unit.pk else {}
        _apply(code, unit, ours, theirs, write, report)


def _version_values(value: Row | None, units: dict[str, Unit]) -> Row | None:
    if value is None:
        return None
    end = value["end"]
    return value | {
        "parent": units[value["parent"]] if value["parent"] else None,
        "end": date.fromisoformat(end) if end else None,
    }


def _unit_row(unit: Unit) -> Row:
    row: Row = {name: getattr(unit, name) for name in _UNIT_FIELDS}
    for version in unit.versions.all():
        row[f"version {version.start.isoformat()}"] = {
            "name": version.name,
            "abbreviation": version.abbreviation,
            "parent": version.parent.code if version.parent else None,
            "end": version.end.isoformat() if version.end else None,
        }
    return row


# ------------------------------------------------------------------ decrees and supervision


def _load_decrees(report: LoadReport) -> None:
    """Decrees are entered by officers: the one of the catalogue is added once, then theirs."""
    for theirs in catalogue.decrees():
        number = theirs["number"]
        known = Decree.objects.filter(number=number).first()
        if known is None:
            Decree.objects.create(
                number=number,
                subject=theirs["subject"],
                issuer=theirs["issuer"],
                notes=theirs["notes"],
            )
            report.created += 1
            continue
        report.unchanged += 1
        for name in ("subject", "issuer", "notes"):
            if getattr(known, name) != theirs[name]:
                report.keep(f"SK {number}", name, getattr(known, name), theirs[name])


def _load_supervisions(report: LoadReport) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    decrees = {decree.number: decree for decree in Decree.objects.all()}
    positions = {position.code: position for position in Position.objects.all()}
    known = {
        row.position.code: row
        for row in Supervision.objects.exclude(loaded={}).select_related(
            "position", "unit", "decree"
        )
    }

    def write(row: Supervision, changes: Row) -> None:
        values: Row = dict(changes)
        if "unit" in changes:
            values["unit"] = units[changes["unit"]]
        if "decree" in changes:
            values["decree"] = decrees[changes["decree"]] if changes["decree"] else None
        for name in {"start", "end"} & changes.keys():
            values[name] = date.fromisoformat(changes[name]) if changes[name] else None
        _save_plain(row, values)

    for code, theirs in catalogue.supervisions().items():
        row = known.get(code) or Supervision(position=positions[code])
        ours = _supervision_row(row) if row.pk else {}
        _apply(f"supervision {code}", row, ours, theirs, write, report)


def _supervision_row(row: Supervision) -> Row:
    return {
        "unit": row.unit.code,
        "decree": row.decree.number if row.decree else None,
        "start": row.start.isoformat(),
        "end": row.end.isoformat() if row.end else None,
        "evidence_grade": row.evidence_grade,
        "evidence": row.evidence,
    }


_PART_MODELS = [(part, model) for part, (model, _key, _fields) in _POSITION_PARTS.items()]


def _count(part: str, rows: dict[str, Row]) -> int:
    return sum(name.startswith(f"{part} ") for row in rows.values() for name in row)


def is_unedited() -> bool:
    """Whether the catalogue stands as loaded: nothing edited, added or confirmed by an officer."""
    with transaction.atomic():
        report = load_catalogue()
        transaction.set_rollback(True)
    if report.kept or report.created or report.updated:
        return False
    loaded: tuple[tuple[type[models.Model], int], ...] = (
        (Position, len(catalogue.positions())),
        (Unit, len(catalogue.units())),
        (Supervision, len(catalogue.supervisions())),
        (Decree, len(catalogue.decrees())),
        *((model, _count(part, catalogue.positions())) for part, model in _PART_MODELS),
        (UnitVersion, _count("version", catalogue.units())),
    )
    if any(model._default_manager.count() != number for model, number in loaded):
        return False
    return not any(m.objects.filter(confirmed=True).exists() for m in (Position, Unit, Supervision))
