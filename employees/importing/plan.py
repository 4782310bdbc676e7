"""What a sheet would do to people, worked out in memory: nothing here asks or writes a database.

A kind of import goes through the rows of one person and proposes operations on `Rec`s, the
in-memory image of database rows. A row with an error proposes nothing: its operations are
committed to the image only when the whole row is sound, so that a row is taken whole or not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Model

_DAY = timedelta(days=1)
NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"

# Shown with the warnings, but no reason to call a file faulty: what a sheet is allowed to leave
# out was filled in as the issue says, and the record is marked so.
NOTICES = frozenset(
    {
        "appointment_start_assumed",
        "rank_start_assumed",
        "unit_start_assumed",
        "rank_outside_level",
        "file_seen",
        "nip_former",
        "person_returns",
        "rating_replaces",
        "employment_from_nip",
    }
)


@dataclass(eq=False, slots=True)
class Rec:
    """A database row, present or to come. Values are keyed by column (attname)."""

    model: type[Model]
    values: dict[str, Any]
    id: int | None = None  # None: to be created
    original: dict[str, Any] = field(default_factory=dict)  # of changed columns, before
    fresh: set[str] = field(default_factory=set)  # columns that this sheet has set

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def set(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if self.id is not None and name not in self.original:
                self.original[name] = self.values.get(name)
            self.values[name] = value
            self.fresh.add(name)

    def changed(self) -> dict[str, Any]:
        """Columns of a present row that differ from what stands in the database."""
        return {k: self.values[k] for k, old in self.original.items() if self.values[k] != old}


@dataclass(slots=True)
class Finding:
    """An error, warning or notice as it is stored: a code with JSON parameters."""

    code: str
    params: dict[str, Any]
    column: str | None = None

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params, "column": self.column}


@dataclass(eq=False, slots=True)
class SheetRow:
    """A row of the sheet and what comes of it."""

    number: int
    values: dict[str, Any]
    headings: Mapping[str, str]  # key -> heading in this sheet
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = SAME
    twin: "SheetRow | None" = None  # the same row, above
    _proposed: list[Callable[[], None]] = field(default_factory=list)
    _shown: list[dict[str, Any]] = field(default_factory=list)
    _grade: str = SAME

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def error(self, code: str, key: str | None = None, **params: Any) -> None:
        self.errors.append(Finding(code, params, self._heading(key)))

    def warn(self, code: str, key: str | None = None, **params: Any) -> None:
        self.warnings.append(Finding(code, params, self._heading(key)))

    def _heading(self, key: str | None) -> str | None:
        return self.headings.get(key, key) if key else None

    def propose(
        self, grade: str, act: Callable[[], None], shown: Iterable[tuple[str, Any, Any]]
    ) -> None:
        """An operation with what the preview shows of it: (field, before, after)."""
        self._proposed.append(act)
        self._shown.extend({"field": f, "before": b, "after": a} for f, b, a in shown)
        if self._grade != NEW:
            self._grade = grade if grade == NEW or self._grade == SAME else self._grade

    def settle(self) -> None:
        """Take the proposed operations into the image, or none of them when an error stands."""
        if self.errors:
            self.outcome = REFUSED
        else:
            for act in self._proposed:
                act()
            self.outcome, self.changes = self._grade, self.changes + self._shown
        self._proposed, self._shown, self._grade = [], [], SAME


@dataclass(eq=False)
class Person:
    """A person of the sheet with the rows of the database that the kind reads."""

    nip: str
    employee: Rec | None = None
    recs: dict[type[Model], list[Rec]] = field(default_factory=dict)
    withdrawn: bool = False

    def of(self, model: type[Model]) -> list[Rec]:
        return self.recs.setdefault(model, [])

    def create(self, model: type[Model], values: dict[str, Any]) -> Rec:
        """A new row of `model` about this person."""
        rec = Rec(model, values, fresh=set(values))
        self.of(model).append(rec)
        return rec

    def touched(self) -> list[Rec]:
        """Every row to be created or changed."""
        everything = [r for rs in self.recs.values() for r in rs]
        if self.employee is not None:
            everything.append(self.employee)
        return [r for r in everything if r.id is None or r.changed()]


def propose_create(
    row: SheetRow,
    person: Person,
    model: type[Model],
    values: dict[str, Any],
    shown: Iterable[tuple[str, Any, Any]],
) -> None:
    """Propose a new row; in the preview it counts as new."""

    def act() -> None:
        person.create(model, values)

    row.propose(NEW, act, shown)


def propose_update(
    row: SheetRow, rec: Rec, values: dict[str, Any], shown: Iterable[tuple[str, Any, Any]]
) -> None:
    """Propose other values for a row."""
    row.propose(CHANGED, lambda: rec.set(values), shown)


def covering(recs: Iterable[Rec], day: date) -> Rec | None:
    """The dated row in force on a day."""
    return next((r for r in recs if r.start <= day and (r.end is None or day <= r.end)), None)


def following(recs: Iterable[Rec], day: date) -> Rec | None:
    """The first dated row that begins after a day."""
    return min((r for r in recs if r.start > day), key=lambda r: r.start, default=None)


def propose_dated(
    row: SheetRow,
    person: Person,
    model: type[Model],
    values: dict[str, Any],
    shown: Iterable[tuple[str, Any, Any]],
) -> None:
    """Propose a dated row from `values["start"]`; the one in force ends the day before.

    It lasts until the next one begins. The caller has made sure that none begins the same day.
    """
    start = values["start"]
    current, after = covering(person.of(model), start), following(person.of(model), start)
    values["end"] = after.start - _DAY if after else None
    if current is not None:
        name = model._meta.model_name
        closing = (f"{name}.end", _text(current.end), _text(start - _DAY))
        propose_update(row, current, {"end": start - _DAY}, [closing])
    propose_create(row, person, model, values, shown)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
