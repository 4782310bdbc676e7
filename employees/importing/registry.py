"""The kinds of import, and what upper apps add to undoing: each app registers its own.

`employees` knows nothing of ratings or the ledger; `credits` registers its kinds, the tables they
write, and who must stay when a batch is undone.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from accounts.policy import allows
from employees.importing.facets import Context
from employees.importing.plan import Finding, Person, SheetRow
from employees.models import Employee, ImportBatch
from employees.sheets.columns import Column


@dataclass(frozen=True)
class Read:
    """Rows about a person that a kind looks at and may write."""

    model: type[Model]
    where: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Kind:
    """A kind of sheet.

    identity: what a row states a fact about, beside the person; two rows with the same identity
    and other content contradict each other. plan: goes through a person's rows. missing: headings
    that a sheet with these column keys lacks. example: column key -> text for the template.
    writes: tables that the plan fills and does not read. resource: of the policy; whoever may
    "add" there may import this kind. is_fact: what is written is a fact of the counting. undoing:
    what to remove before the rows of a batch are.
    """

    code: str
    title: Any  # lazy text
    columns: tuple[Column, ...]
    reads: tuple[Read, ...]
    identity: Callable[[Mapping[str, Any]], Hashable]
    plan: Callable[[Person, list[SheetRow], Context], None]
    example: Mapping[str, str]
    missing: Callable[[set[str]], list[str]] = lambda keys: []
    writes: tuple[type[Model], ...] = ()
    resource: str = "register_import"
    is_fact: bool = True
    undoing: Callable[[ImportBatch], None] = lambda batch: None

    def column(self, key: str) -> Column:
        return next(c for c in self.columns if c.key == key)

    def headings(self, matched: Mapping[str, str]) -> dict[str, str]:
        """key -> heading in the sheet, or as in the template where the sheet has none."""
        official = {column.key: column.headings[0] for column in self.columns}
        return official | {key: heading for heading, key in matched.items()}


# ids -> those that must stay although the batch that created them is undone
Keeper = Callable[[Sequence[int]], set[int]]
Blocker = Callable[[ImportBatch, Sequence[int]], list[Finding]]

_kinds: dict[str, Kind] = {}
_tables: dict[str, type[Model]] = {Employee._meta.db_table: Employee}
keepers: dict[type[Model], Keeper] = {}
blockers: list[Blocker] = []
cleaners: list[Callable[[Sequence[int]], None]] = []
derived: set[type[Model]] = set()
# What upper apps add to the page of a batch: a template, and what it shows (None: nothing).
panels: list[tuple[str, Callable[[ImportBatch, Any], dict[str, Any] | None]]] = []


def register(kind: Kind) -> None:
    _kinds[kind.code] = kind
    models = [*(read.model for read in kind.reads), *kind.writes]
    _tables.update({model._meta.db_table: model for model in models})


def kind(code: str) -> Kind:
    """Raises KeyError for a code nobody registered."""
    return _kinds[code]


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kinds_for(user: Any) -> list[Kind]:
    """The kinds that the user may import."""
    return [kind for kind in kinds() if allows(user, kind.resource, "add")]


def tables() -> dict[str, type[Model]]:
    """Tables that imports may write: name -> model, people first."""
    return dict(_tables)


def register_undo(
    *,
    keep: Mapping[type[Model], Keeper],
    block: Blocker,
    clean: Callable[[Sequence[int]], None],
    ignore: Sequence[type[Model]],
) -> None:
    """What undoing must ask an upper app.

    keep: rows that entries rest on; they get `withdrawn_at` instead of being deleted. block: why a
    batch cannot be undone. clean: remove what was derived of deleted people. ignore: models about
    people that are derived or reported by `block`.
    """
    keepers.update(keep)
    blockers.append(block)
    cleaners.append(clean)
    derived.update(ignore)
