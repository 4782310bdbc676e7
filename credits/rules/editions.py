"""The set of editions in force: dated data, asked by date and by position.

A `Rulebook` is an immutable set of editions: those that the program ships, and those published
beside them. Whoever computes asks `current()` once and hands the set on; the functions below ask
it for a single answer. This module knows neither database nor request: `deferred` lets the edge
say how the set of a request is found, `using` sets one for a block (a trial, a run).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from credits.rules.edition_files import (
    Cited,
    Edition,
    EditionFileError,
    Raw,
    choose,
    in_order,
    merged,
    raw_of,
    read_directory,
    read_editions,
    texts_in,
    version,
    version_of,
)
from credits.rules.errors import RuleError

__all__ = [
    "CONVENTIONAL",
    "CONVERSION",
    "INTEGRATION",
    "Cited",
    "Edition",
    "EditionFileError",
    "Rulebook",
    "choose",
    "current",
    "deferred",
    "edition",
    "edition_for_period",
    "edition_on",
    "forget",
    "latest",
    "load_editions",
    "own_rules",
    "read_directory",
    "read_editions",
    "regime_start",
    "rules_version",
    "shipped",
    "using",
    "version_of",
]

DIRECTORY = Path(__file__).resolve().parent.parent / "regulations"

CONVERSION = "konversi"
INTEGRATION = "integrasi"
CONVENTIONAL = "konvensional"


class Rulebook:
    """An immutable set of editions. Compared by identity, so that it can be part of a cache's key.

    ``version`` is a short hash of engine and data: what a result was computed with.
    """

    __slots__ = ("_raw", "by_key", "on", "version")

    def __init__(self, raw: Mapping[str, Raw], editions: tuple[Edition, ...]) -> None:
        self._raw = raw
        self.by_key: Mapping[str, Edition] = MappingProxyType({e.key: e for e in editions})
        part = len(self.by_key) < len(raw)
        self.version = version({**raw, "": {"only": list(self.by_key)}} if part else raw)
        # A cache of this set alone: two sets never share an answer.
        self.on: Callable[[date, str | None], Edition] = lru_cache(maxsize=65_536)(self._on)

    @classmethod
    def read(cls, files: Mapping[str, str]) -> Rulebook:
        """From the text of files by name. Raises EditionFileError."""
        raw = raw_of(files)
        return cls(raw, merged(raw))

    def extended(self, files: Mapping[str, str]) -> Rulebook:
        """This set and the editions of ``files``. Raises EditionFileError.

        Where an edition of this set has the same key, that of ``files`` holds: what was published,
        and what results rest on, is not changed by a file that came with a newer program.
        """
        more = {key: data for key, data in raw_of(files).items() if self._raw.get(key) != data}
        if not more:
            return self
        raw = {**self._raw, **dict(sorted(more.items()))}
        if more.keys() & self._raw.keys():
            return Rulebook(raw, merged(raw))
        # The editions of this set stay the same objects: what was cached for them still serves.
        return Rulebook(raw, in_order((*self.by_key.values(), *merged(raw, more))))

    def only(self, keys: Collection[str]) -> Rulebook:
        """The editions of this set with these keys; what they inherit from others stays theirs."""
        kept = tuple(e for e in self.by_key.values() if e.key in keys)
        return self if len(kept) == len(self.by_key) else Rulebook(self._raw, kept)

    def named_with(self, other: Rulebook) -> Rulebook:
        """This set and what only `other` holds: to name editions by, not to compute."""
        more = [e for e in other.by_key.values() if e.key not in self.by_key]
        raw = {**other._raw, **self._raw}
        return Rulebook(raw, in_order((*self.by_key.values(), *more)))

    def edition(self, key: str) -> Edition:
        """The edition with this key; raises RuleError("edition.unknown")."""
        found = self.by_key.get(key)
        if found is None:
            raise RuleError("edition.unknown", edition=key)
        return found

    def _on(self, day: date, position_code: str | None) -> Edition:
        found = choose(tuple(self.by_key.values()), day, position_code)
        if found is None:
            raise RuleError("edition.none", day=day.isoformat())
        own = own_rules(found, position_code)
        if own is not None:
            raise RuleError("position.own_rules", position=position_code, article=own.article)
        return found

    def scale_on(self, day: date, position_code: str | None = None) -> Edition:
        """The edition whose thresholds and decimals a balance of ``day`` is shown with.

        The ledger holds every balance on the scale of the conversion regime, a PAK of an earlier
        day too (R-040, R-041), so before that regime its first edition speaks. Raises as ``on``.
        """
        return self.on(max(day, self.regime_start(CONVERSION)), position_code)

    def regime_start(self, regime: str) -> date:
        """The first day of a regime; raises RuleError("regime.unknown")."""
        days = [e.effective_from for e in self.by_key.values() if e.regime == regime]
        if not days:
            raise RuleError("regime.unknown", regime=regime)
        return min(days)

    def latest(self, regime: str = CONVERSION, position_code: str | None = None) -> Edition:
        """The newest edition of a regime for a position: for calculators that know no date."""
        fitting = [
            e for e in self.by_key.values() if e.regime == regime and e.covers(position_code)
        ]
        if not fitting:
            raise RuleError("regime.unknown", regime=regime)
        return fitting[-1]


@cache
def shipped() -> Rulebook:
    """The editions that the program ships; the files are read once per process."""
    return Rulebook.read(texts_in(DIRECTORY))


# The set of the work at hand, or how to find it; None outside of any.
_set: ContextVar[Rulebook | Callable[[], Rulebook] | None] = ContextVar("rulebook", default=None)


def current() -> Rulebook:
    """The set of editions by which the work at hand computes; what is shipped outside of any."""
    found = _set.get()
    if found is None:
        return shipped()
    if not isinstance(found, Rulebook):
        found = found()
        _set.set(found)  # one set for the whole request, whatever is published meanwhile
    return found


@contextmanager
def using(book: Rulebook) -> Iterator[Rulebook]:
    """Compute by `book` inside the block, in this thread alone."""
    before = _set.set(book)
    try:
        yield book
    finally:
        _set.reset(before)


def deferred(find: Callable[[], Rulebook]) -> None:
    """From now on (in this thread) `find` answers, once, when somebody computes."""
    _set.set(find)


def forget() -> None:
    """The request is over: no set is chosen."""
    _set.set(None)


def load_editions() -> Mapping[str, Edition]:
    """All credit-point editions by key, oldest first."""
    return current().by_key


def edition(key: str) -> Edition:
    """The edition with this key; raises RuleError("edition.unknown")."""
    return current().edition(key)


def edition_on(day: date, position_code: str | None = None) -> Edition:
    """The edition in force on ``day`` for a position (catalogue code; None = any).

    Raises RuleError("position.own_rules") for a JF with rules of its own, which is not computed
    (decision 8), and RuleError("edition.none") when nothing was in force.
    """
    return current().on(day, position_code)


def scale_on(day: date, position_code: str | None = None) -> Edition:
    """As ``Rulebook.scale_on``, of the set in force."""
    return current().scale_on(day, position_code)


def edition_for_period(start: date, end: date, position_code: str | None = None) -> Edition:
    """The edition by which a rating period is judged: that of its last day.

    Raises RuleError("period.across_regimes") when it begins under another regime (E-09): the
    splitter ``regimes.split_regimes`` proposes the two parts.
    """
    first, last = edition_on(start, position_code), edition_on(end, position_code)
    if first.regime != last.regime:
        raise RuleError(
            "period.across_regimes",
            start=start.isoformat(),
            end=end.isoformat(),
            boundary=regime_start(last.regime).isoformat(),
        )
    return last


def own_rules(edition: Edition, position_code: str | None) -> Cited | None:
    """The declaration that a JF follows rules of its own and is not computed, or None."""
    return edition.find("own_rules", position_code) if position_code else None


def regime_start(regime: str) -> date:
    """The first day of a regime; raises RuleError("regime.unknown")."""
    return current().regime_start(regime)


def latest(regime: str = CONVERSION, position_code: str | None = None) -> Edition:
    """The newest edition of a regime for a position: for calculators that know no date."""
    return current().latest(regime, position_code)


def rules_version() -> str:
    """Short hash of engine and edition data: what a result was computed with."""
    return current().version
