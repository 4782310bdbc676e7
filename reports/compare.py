"""Whose points differ between two states of the ledger, by how much, and why.

A state is the ledger as of a day (perhaps as known on another), or as a run left it; a preview
stands for the ledger as it would have left it, and a run over two sets of regulations for what
each of them gives. Nothing is written. The invariant that makes the
"why" complete: after - before = the lines only in the second state - those only in the first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from credits.explanations import regulation, sentence, title
from credits.models import CalculationRun, LedgerEntry, RunChange
from credits.rules.units import from_units
from employees.models import Appointment, Employee
from reports.selectors import people_today

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class State:
    """A state of the ledger: the entries in it, and a preview's changes on top of them.

    Without `entries` it is one side of a run over two sets of regulations: those whom both sets
    give the same are not in that run, and have 0 in either state.
    """

    entries: Q | None
    preview: int | None = None  # id of the run
    first: bool = False  # the first side of it

    def balance(self) -> Any:
        """The units of a person in this state, to annotate employees with."""
        if self.entries is None:
            both = RunChange.objects.filter(run_id=self.preview, employee=OuterRef("pk"))
            side = "before_units" if self.first else "after_units"
            found = Subquery(both.values(side)[:1])
            return Coalesce(found, Value(0), output_field=BigIntegerField())
        rows = LedgerEntry.objects.filter(self.entries, employee=OuterRef("pk")).order_by()
        total = rows.values("employee").annotate(units=Sum("amount_units")).values("units")
        parts = [Subquery(total), Value(0)]
        if self.preview is not None:
            changes = RunChange.objects.filter(run_id=self.preview, employee=OuterRef("pk"))
            parts.insert(0, Subquery(changes.values("after_units")[:1]))
        return Coalesce(*parts, output_field=BigIntegerField())


def on_day(day: date, known_at: datetime | None = None) -> State:
    """The ledger as of a day, as known at an instant."""
    known = Q(recorded_at__lte=known_at) if known_at else Q()
    return State(Q(effective_on__lte=day) & known)


def after_run(run: CalculationRun) -> State:
    """The ledger as a run left it, or as a preview would have."""
    if run.dry_run:
        return State(Q(run_id__lt=run.pk), run.pk)
    return State(Q(run_id__lte=run.pk))


def by_rules(run: CalculationRun) -> tuple[State, State]:
    """What each of the two sets that a run compares gives."""
    return State(None, run.pk, first=True), State(None, run.pk)


@dataclass(frozen=True, slots=True)
class Difference:
    """One person whose points differ."""

    employee_id: int
    name: str
    position_id: int | None
    unit_id: int | None
    before: Fraction
    after: Fraction
    level: str = ""
    position_code: str = ""

    @property
    def change(self) -> Fraction:
        return self.after - self.before


def differences(
    people: QuerySet[Employee], first: State, second: State, on: date
) -> list[Difference]:
    """Whoever of `people` differs, the largest difference first; between two sets of regulations
    also whoever reaches or loses a threshold without it. One statement."""
    differ = ~Q(before_units=F("after_units"))
    if second.entries is None:
        crossing = RunChange.objects.filter(run_id=second.preview).exclude(thresholds=[])
        differ |= Q(pk__in=crossing.values("employee_id"))
    held = Appointment.objects.on(on).filter(employee=OuterRef("pk"))
    rows = (
        people_today(people, on)
        .annotate(before_units=first.balance(), after_units=second.balance())
        .annotate(code_now=Subquery(held.values("position__code")[:1]))
        .filter(differ)
        .order_by()
    )
    columns = ("pk", "name", "position_now", "unit_now", "before_units", "after_units")
    more = ("level_now", "code_now")
    found = [
        Difference(key, name, job, unit, from_units(a), from_units(b), level or "", code or "")
        for key, name, job, unit, a, b, level, code in rows.values_list(*columns, *more)
    ]
    return sorted(found, key=lambda d: (-abs(d.change), d.name, d.employee_id))


@dataclass(slots=True)
class Total:
    """How many people of a JF or a unit differ, and by how much together."""

    name: str
    people: int = 0
    more: int = 0
    less: int = 0
    change: Fraction = ZERO

    def add(self, one: Difference) -> None:
        self.people += 1
        self.more += one.change > 0
        self.less += one.change < 0
        self.change += one.change


def totals(found: Iterable[Difference], key: str, names: Mapping[int, str]) -> list[Total]:
    """The differences by "position_id" or "unit_id", the largest group first."""
    groups: dict[int | None, Total] = {}
    for one in found:
        group = getattr(one, key)
        groups.setdefault(group, Total(names.get(group, "–"))).add(one)
    return sorted(groups.values(), key=lambda total: (-total.people, total.name))


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stands in one of the two states only."""

    rule: str
    kind: str
    text: str
    article: str
    day: date | str
    amount: Fraction


@dataclass(slots=True)
class Lines:
    """The lines of a person by rule: rule, kind, how many, their sum."""

    rows: list[Line] = field(default_factory=list)

    @property
    def by_rule(self) -> list[tuple[str, str, int, Fraction]]:
        found: dict[str, list[Line]] = {}
        for line in self.rows:
            found.setdefault(line.rule, []).append(line)
        return [
            (rule, lines[0].kind, len(lines), sum((x.amount for x in lines), ZERO))
            for rule, lines in sorted(found.items())
        ]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that two regulations state differently, in words; "–" where one has none."""

    name: str
    before: str
    after: str
    article_before: str
    article_after: str


@dataclass(slots=True)
class Why:
    """What only the first and what only the second state holds of a person."""

    first: Lines = field(default_factory=Lines)
    second: Lines = field(default_factory=Lines)
    figures: list[Figure] = field(default_factory=list)  # what the regulations say otherwise
    thresholds: list[str] = field(default_factory=list)


Signed = tuple[int, LedgerEntry]  # -1 for a line that a preview takes away


def why(ids: Sequence[int], first: State, second: State) -> dict[int, Why]:
    """The lines behind the differences of people. At most three statements."""
    if first.entries is None or second.entries is None:
        raise ValueError("reports.rule_sets explains two sets of regulations")
    only = (first.entries & ~second.entries) | (second.entries & ~first.entries)
    rows = LedgerEntry.objects.filter(only, employee_id__in=ids).order_by("effective_on", "seq")
    left: dict[int, list[Signed]] = {key: [] for key in ids}
    right: dict[int, list[Signed]] = {key: [] for key in ids}
    inside = set(
        LedgerEntry.objects.filter(second.entries, only, employee_id__in=ids).values_list(
            "pk", flat=True
        )
    )
    for entry in rows:
        (right if entry.pk in inside else left)[entry.employee_id].append((1, entry))
    _add_previews(ids, {first.preview: left, second.preview: right})
    return {key: explained(left[key], right[key]) for key in ids}


def _add_previews(ids: Sequence[int], sides: Mapping[int | None, dict[int, list[Signed]]]) -> None:
    previews = [key for key in sides if key is not None]
    if not previews:
        return
    for change in RunChange.objects.filter(run_id__in=previews, employee_id__in=ids):
        lines = sides[change.run_id][change.employee_id]
        lines += [(-1, LedgerEntry(**stored)) for stored in change.removed]
        lines += [(1, LedgerEntry(**stored)) for stored in change.added]


def explained(left: list[Signed], right: list[Signed]) -> Why:
    """What stands on both sides, or is taken back on the same side, explains nothing."""
    left, right = _settled(left), _settled(right)
    both = Counter(_key(one) for one in left) & Counter(_key(one) for one in right)
    return Why(Lines(_without(left, both)), Lines(_without(right, both)))


def _key(one: Signed) -> tuple[Any, ...]:
    sign, e = one
    period = (str(e.period_start), str(e.period_end))
    amount = sign * e.amount_units
    return (e.rule, str(e.effective_on), amount, e.edition, *period, e.source, e.source_id)


def _settled(lines: list[Signed]) -> list[Signed]:
    """Without entries that were posted and taken back within the same side."""
    numbers = {entry.seq for _sign, entry in lines if entry.seq}
    back = {e.reverses_seq for _sign, e in lines if e.reverses_seq in numbers}
    return [
        (sign, e)
        for sign, e in lines
        if not (e.seq and (e.seq in back or (e.reverses_seq and e.reverses_seq in back)))
    ]


def _without(lines: list[Signed], both: Counter[tuple[Any, ...]]) -> list[Line]:
    left = Counter(both)
    kept = []
    for one in lines:
        key = _key(one)
        if left[key] > 0:
            left[key] -= 1
        else:
            kept.append(_line(one))
    return kept


def _line(one: Signed) -> Line:
    sign, entry = one
    return Line(
        rule=entry.rule,
        kind=title(entry),
        text=sentence(entry),
        article=f"{entry.article} · {regulation(entry.edition)}",
        day=entry.effective_on,
        amount=sign * from_units(entry.amount_units),
    )
