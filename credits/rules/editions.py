"""Regulation editions: dated data files, read once, asked by date and by position.

An edition is one TOML file. ``extends`` names the edition it changes: tables are merged, single
values replaced. A value is an inline table with ``value`` and ``cite``, the key of a citation
(article and confidence), so that each figure can be traced. See docs/regulations.md.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from credits.rules.errors import RuleError
from credits.rules.units import parse_amount

# Raise when a formula changes without any edition file changing: results name it.
ENGINE_VERSION = "2"

DIRECTORY = Path(__file__).resolve().parent.parent / "regulations"

CONVERSION = "konversi"
INTEGRATION = "integrasi"
CONVENTIONAL = "konvensional"

_HEAD = frozenset(
    {"key", "regime", "title", "effective_from", "extends", "positions", "citations", "note"}
)
_LEAF = frozenset({"cite", "article"})


@dataclass(frozen=True, slots=True)
class Cited:
    """One value of a regulation and where it stands."""

    value: Any
    article: str
    confidence: str
    rule: str = ""
    note: str = ""
    point: str = ""

    @property
    def amount(self) -> Fraction:
        """The value as an exact number of points or percent."""
        return parse_amount(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One edition of the regulations. Compared by identity: each is read once."""

    key: str
    regime: str
    title: str
    effective_from: date
    positions: frozenset[str]
    extends: str | None
    values: Mapping[tuple[str, ...], Cited] = field(repr=False)
    citations: Mapping[str, Cited] = field(repr=False)

    def cited(self, *path: str) -> Cited:
        """The value at ``path``; raises RuleError("figure.missing") when there is none."""
        found = self.values.get(path)
        if found is None:
            raise RuleError("figure.missing", edition=self.key, path=".".join(path))
        return found

    def find(self, *path: str) -> Cited | None:
        """The value at ``path``, or None."""
        return self.values.get(path)

    def setting(self, name: str) -> Any:
        """The value of an open point (handbook part E) in this edition."""
        return self.cited("settings", name).value

    def under(self, *path: str) -> dict[str, Cited]:
        """The values directly under ``path``, in the order of the file."""
        depth = len(path)
        return {
            key[depth]: cited
            for key, cited in self.values.items()
            if len(key) == depth + 1 and key[:depth] == path
        }

    def names_under(self, *path: str) -> tuple[str, ...]:
        """The names of the tables and values under ``path``, in the order of the file."""
        depth = len(path)
        return tuple(
            dict.fromkeys(
                key[depth] for key in self.values if len(key) > depth and key[:depth] == path
            )
        )

    def citation(self, name: str) -> Cited:
        """The citation of a rule (as opposed to that of a single value)."""
        found = self.citations.get(name)
        if found is None:
            raise RuleError("citation.missing", edition=self.key, citation=name)
        return found

    def covers(self, position_code: str | None) -> bool:
        """Whether the edition holds for this position; an empty list means every position."""
        return not self.positions or position_code in self.positions


class EditionFileError(Exception):
    """A regulation file is malformed: the fault of whoever wrote it, not of an input."""


def read_directory(directory: Path) -> tuple[Edition, ...]:
    """All editions in ``directory``, oldest first. Raises EditionFileError."""
    return read_editions(
        {path.name: path.read_text("utf-8") for path in sorted(directory.glob("*.toml"))}
    )


def read_editions(files: Mapping[str, str]) -> tuple[Edition, ...]:
    """Editions from the text of TOML files, oldest first. Raises EditionFileError."""
    raw: dict[str, dict[str, Any]] = {}
    for name, text in files.items():
        try:
            data = tomllib.loads(text, parse_float=Decimal)
            key = data["key"]
        except (tomllib.TOMLDecodeError, KeyError) as problem:
            raise EditionFileError(f"{name}: {problem}") from problem
        if key in raw:
            raise EditionFileError(f"{name}: key {key} is used twice")
        raw[key] = data
    editions = (_edition(key, raw) for key in raw)
    return tuple(sorted(editions, key=lambda edition: (edition.effective_from, edition.key)))


def choose(
    editions: tuple[Edition, ...], day: date, position_code: str | None = None
) -> Edition | None:
    """The newest of ``editions`` in force on ``day`` for the position, or None.

    Of two with the same date the one written for the position wins over the general one.
    """
    return max(
        (e for e in editions if e.effective_from <= day and e.covers(position_code)),
        key=lambda e: (e.effective_from, bool(e.positions)),
        default=None,
    )


@lru_cache(maxsize=1)
def load_editions() -> Mapping[str, Edition]:
    """All credit-point editions by key, oldest first; the files are read once per process."""
    return MappingProxyType({edition.key: edition for edition in read_directory(DIRECTORY)})


def edition(key: str) -> Edition:
    """The edition with this key; raises RuleError("edition.unknown")."""
    found = load_editions().get(key)
    if found is None:
        raise RuleError("edition.unknown", edition=key)
    return found


@lru_cache(maxsize=65_536)
def edition_on(day: date, position_code: str | None = None) -> Edition:
    """The edition in force on ``day`` for a position (catalogue code; None = any).

    Raises RuleError("position.own_rules") for a JF with rules of its own, which is not computed
    (decision 8), and RuleError("edition.none") when nothing was in force.
    """
    found = choose(tuple(load_editions().values()), day, position_code)
    if found is None:
        raise RuleError("edition.none", day=day.isoformat())
    own = own_rules(found, position_code)
    if own is not None:
        raise RuleError("position.own_rules", position=position_code, article=own.article)
    return found


def scale_on(day: date, position_code: str | None = None) -> Edition:
    """The edition whose thresholds and decimals a balance of ``day`` is shown with.

    The ledger holds every balance on the scale of the conversion regime, a PAK of an earlier day
    too (R-040, R-041), so before that regime its first edition speaks. Raises as `edition_on`.
    """
    return edition_on(max(day, regime_start(CONVERSION)), position_code)


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
    days = [e.effective_from for e in load_editions().values() if e.regime == regime]
    if not days:
        raise RuleError("regime.unknown", regime=regime)
    return min(days)


def latest(regime: str = CONVERSION, position_code: str | None = None) -> Edition:
    """The newest edition of a regime for a position: for calculators that know no date."""
    fitting = [
        e for e in load_editions().values() if e.regime == regime and e.covers(position_code)
    ]
    if not fitting:
        raise RuleError("regime.unknown", regime=regime)
    return fitting[-1]


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Short hash of engine and edition data: what a result was computed with.

    Comments and layout of the files do not count, only what they say.
    """
    return version_of(DIRECTORY)


def version_of(directory: Path) -> str:
    """Hash of ENGINE_VERSION and the data of all editions in ``directory`` (12 hex digits)."""
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    for path in sorted(directory.glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:12]


def _edition(key: str, raw: Mapping[str, dict[str, Any]]) -> Edition:
    data = _inherited(key, raw, ())
    try:
        citations = {
            name: Cited(value=None, **entry) for name, entry in data.get("citations", {}).items()
        }
        return Edition(
            key=key,
            regime=data["regime"],
            title=data["title"],
            effective_from=data["effective_from"],
            positions=frozenset(raw[key].get("positions", ())),
            extends=raw[key].get("extends"),
            values=MappingProxyType(dict(_values(data, citations))),
            citations=MappingProxyType(citations),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise EditionFileError(f"edition {key}: {problem!r}") from problem


def _inherited(
    key: str, raw: Mapping[str, dict[str, Any]], seen: tuple[str, ...]
) -> dict[str, Any]:
    if key not in raw or key in seen:
        raise EditionFileError(f"extends: {' > '.join((*seen, key))} leads nowhere")
    own = raw[key]
    parent = own.get("extends")
    if parent is None:
        return own
    return _merged(_inherited(parent, raw, (*seen, key)), own)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        # A cited value is replaced whole: half of it from another edition would be a lie.
        if isinstance(old, dict) and isinstance(value, dict) and not value.keys() & _LEAF:
            result[name] = _merged(old, value)
        else:
            result[name] = value
    return result


def _values(
    data: Mapping[str, Any], citations: Mapping[str, Cited]
) -> Iterator[tuple[tuple[str, ...], Cited]]:
    for name, table in data.items():
        if name not in _HEAD:
            yield from _walk((name,), table, citations)


def _walk(
    path: tuple[str, ...], node: Any, citations: Mapping[str, Cited]
) -> Iterator[tuple[tuple[str, ...], Cited]]:
    if not isinstance(node, dict):
        raise EditionFileError(f"{'.'.join(path)}: a value without citation")
    if "value" not in node:
        for name, child in node.items():
            yield from _walk((*path, name), child, citations)
        return
    source = citations.get(node.get("cite", ""))
    if source is None:
        raise EditionFileError(f"{'.'.join(path)}: cites nothing known")
    value = node["value"]
    yield (
        path,
        Cited(
            value=tuple(value) if isinstance(value, list) else value,
            article=source.article,
            confidence=source.confidence,
            rule=source.rule,
            note=node.get("note", source.note),
            point=node.get("point", ""),
        ),
    )
