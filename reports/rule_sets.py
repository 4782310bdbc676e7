"""Two sets of regulations side by side: their names, what they state differently, and which of
it is behind a person's points."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from credits.explanations import day as day_in_words
from credits.explanations import threshold
from credits.models import CalculationRun, LedgerEntry, RegulationVersion, RunChange
from credits.rules.editions import CONVERSION, Cited, Edition, Rulebook, using
from credits.rules.errors import RuleError
from credits.services.rulebooks import Chosen
from reports import regulation_words as words
from reports.compare import Difference, Figure, Why, explained

Path = tuple[str, ...]

# What a kind of entry rests on (credits.rules.timeline); {level} and {predicate} are the entry's.
_RESTS_ON: Mapping[str, tuple[Path, ...]] = {
    "conversion": (
        ("levels", "{level}", "coefficient"),
        ("predicates", "{predicate}", "percent"),
    ),
    "transfer": (
        ("levels", "{level}", "coefficient"),
        ("predicates", "{predicate}", "percent"),
        ("transfer",),
        ("transfer_flat",),
        ("first_appointment",),
        ("settings",),
    ),
    "base": (("base_points", "{level}"), ("settings",)),
    "study": (
        ("levels", "{level}", "coefficient"),
        ("predicates", "{predicate}", "percent"),
        ("study_leave",),
        ("settings",),
    ),
    "degree": (("degree",), ("levels", "{level}", "rank_points"), ("settings",)),
    "integration": (("base_values", "{level}"), ("ranges", "{level}")),
}
_THRESHOLDS: Mapping[str, str] = {
    "rank_reached": "rank_points",
    "rank_lost": "rank_points",
    "level_reached": "level_points",
    "level_lost": "level_points",
}


# ------------------------------------------------------------------ names


def name_of(chosen: Chosen, titles: Mapping[int, str], editions: Mapping[str, str]) -> str:
    """A set in words: "the regulations in force on 30 November 2024, without …"."""
    if chosen.on:
        parts = [_("the regulations in force on %(day)s") % {"day": day_in_words(chosen.on)}]
    else:
        parts = [_("all regulations")]
    if chosen.known:
        parts.append(_("as known on %(day)s") % {"day": day_in_words(chosen.known)})
    if chosen.beside:
        title = titles.get(chosen.beside, "–")
        parts.append(_("with “%(title)s”") % {"title": title})
    if chosen.without:
        title = editions.get(chosen.without, chosen.without)
        parts.append(_("without “%(title)s”") % {"title": title})
    return ", ".join(parts)


def names_of(
    run: CalculationRun, versions: Iterable[RegulationVersion], book: Rulebook
) -> tuple[str, str]:
    """The two sets of a run in words."""
    titles = {v.pk: v.title for v in versions}
    editions = {e.key: e.title for e in book.by_key.values()}
    first, second = (Chosen.restored(run.compared[side]) for side in ("first", "second"))
    return name_of(first, titles, editions), name_of(second, titles, editions)


# ------------------------------------------------------------------ what the sets say


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Two editions that hold at the same time for the same positions, and what differs."""

    since: date
    before: str
    after: str
    positions: frozenset[str]
    figures: list[Figure]


def otherwise(first: Rulebook, second: Rulebook) -> list[Otherwise]:
    """Where the two sets state different values on the conversion, by day and positions."""
    books = (first, second)
    start = max(book.regime_start(CONVERSION) for book in books)
    editions = [e for book in books for e in book.by_key.values()]
    days = sorted({max(e.effective_from, start) for e in editions})
    groups = sorted({e.positions for e in editions}, key=sorted)
    found: dict[tuple[str, str], Otherwise] = {}
    for on in days:
        for positions in groups:
            pair = [_edition(book, on, min(positions, default=None)) for book in books]
            before, after = pair
            if before is None or after is None or (before.key, after.key) in found:
                continue
            if figures := list(_figures(before, after, ((),))):
                said = Otherwise(on, before.title, after.title, positions, figures)
                found[before.key, after.key] = said
    return list(found.values())


def _edition(book: Rulebook, on: date, position: str | None) -> Edition | None:
    try:
        return book.on(on, position)
    except RuleError:
        return None


def _figures(before: Edition, after: Edition, prefixes: Sequence[Path]) -> Iterator[Figure]:
    """The values under `prefixes` that differ, in the order of the files."""
    for path in dict.fromkeys((*before.values, *after.values)):
        old, new = before.find(*path), after.find(*path)
        under = any(path[: len(prefix)] == prefix for prefix in prefixes)
        if under and _value(old) != _value(new):
            yield _figure(path, old, new)


def _value(cited: Cited | None) -> object:
    return None if cited is None else cited.value


def _figure(path: Path, old: Cited | None, new: Cited | None) -> Figure:
    place = words.place(path[1:])
    return Figure(
        place if path[0] == "levels" else f"{words.section(path[0])}: {place}",
        words.value(old.value) if old else "–",
        words.value(new.value) if new else "–",
        old.article if old else "–",
        new.article if new else "–",
    )


# ------------------------------------------------------------------ why


def reasons(
    run: CalculationRun, found: Sequence[Difference], first: Rulebook, second: Rulebook
) -> dict[int, Why]:
    """Why each of these people's points differ: entries, and figures behind them. One statement."""
    people = {one.employee_id: one for one in found}
    answer = {key: Why() for key in people}
    with using(second.named_with(first)):
        for change in RunChange.objects.filter(run=run, employee_id__in=people):
            left = [LedgerEntry(**stored) for stored in change.removed]
            right = [LedgerEntry(**stored) for stored in change.added]
            why = explained([(1, e) for e in left], [(1, e) for e in right])
            one = people[change.employee_id]
            why.thresholds = [threshold(tag) for tag in change.thresholds]
            why.figures = list(
                dict.fromkeys(
                    (
                        *_behind(left, right, one, first, second),
                        *_thresholds(change.thresholds, one, run, first, second),
                    )
                )
            )
            answer[change.employee_id] = why
    return answer


def _behind(
    left: Sequence[LedgerEntry],
    right: Sequence[LedgerEntry],
    one: Difference,
    first: Rulebook,
    second: Rulebook,
) -> Iterator[Figure]:
    """The figures that entries of one side rest on and that the other side states differently."""
    others = {_place(e): e for e in left}
    for entry in right:
        old = others.pop(_place(entry), None)
        edition = first.by_key.get(old.edition) if old else _same_day(first, entry, one)
        yield from _resting(entry, edition, second.by_key.get(entry.edition))
    for entry in others.values():
        yield from _resting(entry, first.by_key.get(entry.edition), _same_day(second, entry, one))


def _place(entry: LedgerEntry) -> tuple[object, ...]:
    return (entry.kind, entry.source, entry.source_id, entry.period_start, entry.effective_on)


def _same_day(book: Rulebook, entry: LedgerEntry, one: Difference) -> Edition | None:
    day = date.fromisoformat(str(entry.effective_on))
    regime = max(day, book.regime_start(CONVERSION))
    return _edition(book, regime, one.position_code or None)


def _resting(entry: LedgerEntry, before: Edition | None, after: Edition | None) -> Iterator[Figure]:
    if before is None or after is None:
        return
    parts = {"{level}": entry.level, "{predicate}": entry.predicate}
    prefixes = [
        tuple(parts.get(name, name) for name in prefix)
        for prefix in _RESTS_ON.get(entry.kind, ())
        if "{predicate}" not in prefix or entry.predicate
    ]
    yield from _figures(before, after, prefixes)


def _thresholds(
    tags: Iterable[str], one: Difference, run: CalculationRun, first: Rulebook, second: Rulebook
) -> Iterator[Figure]:
    on = date.fromisoformat(run.compared["on"])
    for name in dict.fromkeys(_THRESHOLDS[tag] for tag in tags):
        pair = [_edition(book, on, one.position_code or None) for book in (first, second)]
        before, after = pair
        if before and after:
            yield from _figures(before, after, (("levels", one.level, name),))
