"""Editions as they stand in their files: one TOML file each, read and merged here.

An edition is one TOML file. ``extends`` names the edition it changes: tables are merged, single
values replaced. A value is an inline table with ``value`` and ``cite``, the key of a citation
(article and confidence), so that each figure can be traced. See docs/regulations.md.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from credits.rules.errors import RuleError
from credits.rules.units import parse_amount

# Raise when a formula changes without any edition file changing: results name it.
ENGINE_VERSION = "2"

HEAD = frozenset(
    {"key", "regime", "title", "effective_from", "extends", "positions", "citations", "note"}
)
_LEAF = frozenset({"cite", "article"})

Raw = Mapping[str, Any]  # what one file says


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
    return merged(raw_of(texts_in(directory)))


def read_editions(files: Mapping[str, str]) -> tuple[Edition, ...]:
    """Editions from the text of TOML files, oldest first. Raises EditionFileError."""
    return merged(raw_of(files))


def texts_in(directory: Path) -> dict[str, str]:
    """The text of each file, by name and in the order of names."""
    return {path.name: path.read_text("utf-8") for path in sorted(directory.glob("*.toml"))}


def raw_of(files: Mapping[str, str]) -> dict[str, Raw]:
    """What each file says, by the key it gives itself. Raises EditionFileError."""
    raw: dict[str, Raw] = {}
    for name, text in files.items():
        try:
            data = tomllib.loads(text, parse_float=Decimal)
            key = data["key"]
        # A ValueError is also a whole number of thousands of digits, which tomllib does not catch.
        except (KeyError, ValueError, RecursionError) as problem:
            raise EditionFileError(f"{name}: {problem}") from problem
        if key in raw:
            raise EditionFileError(f"{name}: key {key} is used twice")
        raw[key] = data
    return raw


def merged(raw: Mapping[str, Raw], keys: Iterable[str] | None = None) -> tuple[Edition, ...]:
    """The editions (those of ``keys``, or all), each with what it inherits, oldest first."""
    return in_order(_edition(key, raw) for key in (raw if keys is None else keys))


def in_order(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    return tuple(sorted(editions, key=lambda edition: (edition.effective_from, edition.key)))


def version_of(directory: Path) -> str:
    """Hash of ENGINE_VERSION and the data of all editions in ``directory`` (12 hex digits)."""
    return version(raw_of(texts_in(directory)))


def version(raw: Mapping[str, Raw]) -> str:
    """Hash of ENGINE_VERSION and of what the editions say, in the order given (12 hex digits).

    Comments and layout of the files do not count.
    """
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    for data in raw.values():
        digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:12]


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


def _edition(key: str, raw: Mapping[str, Raw]) -> Edition:
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


def _inherited(key: str, raw: Mapping[str, Raw], seen: tuple[str, ...]) -> dict[str, Any]:
    if key not in raw or key in seen:
        raise EditionFileError(f"extends: {' > '.join((*seen, key))} leads nowhere")
    own = raw[key]
    parent = own.get("extends")
    if parent is None:
        return dict(own)
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
        if name not in HEAD:
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
