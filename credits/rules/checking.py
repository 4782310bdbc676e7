"""Checking a regulation file before anybody computes by it.

Pure: the text, the set of editions it joins, and the codes of the catalogue go in; what is wrong
comes out as codes with the place in the file, and the edge makes sentences of them. The shipped
files pass the same checks (tests/credits/regulations).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from credits.rules.checking_lines import line_of
from credits.rules.checking_values import SETTINGS, known, suits
from credits.rules.edition_files import HEAD, Cited, Edition, EditionFileError
from credits.rules.editions import Rulebook
from credits.rules.inputs import MONTHS_IN_YEAR, Predicate
from credits.rules.units import UNIT
from positions.ladder import LEVELS_OF, Level

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])\Z")
MAX_TITLE = 300
MAX_ARTICLE = 120  # characters that a ledger entry keeps
CONFIDENCES = frozenset({"reg", "pub", "prev", "inf"})
LAST_YEAR = 2100
MOST_ERRORS = 50  # nobody mends more at once
_DEEPEST = 6  # tables within tables
# Citations that rules name by themselves, beside those that values name.
NAMED = {
    "konversi": ("period", "accumulation", "transfer", "first_appointment", "transfer_jf"),
}
# Tables that a later edition may lack: they hold what exists, cell by cell.
_OPTIONAL = frozenset({"transfer_flat", "own_rules", "remote"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (or worth a look), where it stands: a dotted path, and a line if found."""

    code: str
    path: str = ""
    line: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What a file is: refused where there are `errors`; `warnings` are for the reader."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    edition: Edition | None = None
    book: Rulebook | None = None


class _Check:
    """One file under examination; findings get their line from its text."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.found = Checked()

    def error(self, code: str, path: str = "", **params: object) -> None:
        if len(self.found.errors) < MOST_ERRORS:
            self.found.errors.append(self._finding(code, path, params))

    def warn(self, code: str, path: str = "", **params: object) -> None:
        self.found.warnings.append(self._finding(code, path, params))

    def _finding(self, code: str, path: str, params: Mapping[str, object]) -> Finding:
        said = {name: str(value) for name, value in params.items()}
        return Finding(code, path, line_of(self.lines, path), said)


def check(text: str, book: Rulebook, positions: Collection[str]) -> Checked:
    """Everything that is wrong with a file that is to join `book`."""
    look = _Check(text)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        look.error("not_toml", line=_place(problem), detail=problem)
        return look.found
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        look.error("too_deep")
        return look.found
    if _depth(data) > _DEEPEST:
        look.error("too_deep")
        return look.found
    _head(look, data, book, positions)
    _citations(look, data)
    _values(look, data, book)
    if not look.found.errors:
        _joined(look, text, data, book)
    return look.found


def _place(problem: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"line (\d+)", str(problem))
    return found.group(1) if found else "–"


def _depth(data: object) -> int:
    """How deep tables and lists are nested; without recursion, for a file may be made to harm."""
    deepest, waiting = 0, [(data, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if depth <= _DEEPEST:
            waiting += [(child, depth + 1) for child in inside]
    return deepest


# ------------------------------------------------------------------ head


def _head(
    look: _Check, data: Mapping[str, Any], book: Rulebook, positions: Collection[str]
) -> None:
    _key(look, data.get("key"), book)
    title = data.get("title")
    if not isinstance(title, str) or not title.strip() or len(title) > MAX_TITLE:
        look.error("title_missing", "title", at_most=MAX_TITLE)
    regime = data.get("regime")
    if regime not in {e.regime for e in book.by_key.values()}:
        look.error("regime_unknown", "regime", given=regime)
    _day(look, data.get("effective_from"))
    _extends(look, data, book)
    covered = data.get("positions", [])
    if not isinstance(covered, list) or not all(isinstance(code, str) for code in covered):
        look.error("not_a_list", "positions")
        return
    for code in covered:
        if code not in positions:
            look.error("position_unknown", "positions", given=code)


def _key(look: _Check, key: object, book: Rulebook) -> None:
    if not isinstance(key, str) or not KEY.match(key):
        look.error("key_unreadable", "key", given=key)
    elif key in book.by_key:
        look.error("key_used", "key", given=key)


def _day(look: _Check, day: object) -> None:
    # A datetime is a date as well, and would compare with none.
    if not isinstance(day, date) or isinstance(day, datetime):
        look.error("not_a_date", "effective_from", given=day)
    elif day.year > LAST_YEAR:
        look.error("date_out_of_range", "effective_from", given=day)


def _extends(look: _Check, data: Mapping[str, Any], book: Rulebook) -> None:
    parent = data.get("extends")
    if parent is None:
        return
    found = book.by_key.get(parent) if isinstance(parent, str) else None
    if found is None:
        look.error("extends_unknown", "extends", given=parent)
        return
    if found.regime != data.get("regime"):
        look.error("extends_other_regime", "extends", given=parent, regime=found.regime)
    day = data.get("effective_from")
    if isinstance(day, date) and not isinstance(day, datetime) and day <= found.effective_from:
        look.error("before_extended", "effective_from", given=parent, day=found.effective_from)


def _citations(look: _Check, data: Mapping[str, Any]) -> None:
    table = data.get("citations", {})
    if not isinstance(table, dict):
        look.error("not_a_table", "citations")
        return
    for name, entry in table.items():
        path = f"citations.{name}"
        if not isinstance(entry, dict):
            look.error("not_a_table", path)
            continue
        for extra in entry.keys() - {"article", "confidence", "rule", "note"}:
            look.error("key_unknown", path, key=extra)
        article = entry.get("article")
        if not isinstance(article, str) or len(article) > MAX_ARTICLE:
            look.error("article_missing", path, at_most=MAX_ARTICLE)
        if entry.get("confidence") not in CONFIDENCES:
            look.error("confidence_unknown", path, known=", ".join(sorted(CONFIDENCES)))
        for name_of in ("rule", "note"):
            if not isinstance(entry.get(name_of, ""), str):
                look.error("not_text", path, key=name_of)


# ------------------------------------------------------------------ values, one by one


def _values(look: _Check, data: Mapping[str, Any], book: Rulebook) -> None:
    cites = _known_citations(data, book)
    regime = str(data.get("regime"))
    for path, leaf in _leaves(look, data):
        place = ".".join(path)
        if not known(regime, path):
            look.error("value_unknown", place)
            continue
        for extra in leaf.keys() - {"value", "cite", "note", "point"}:
            look.error("key_unknown", place, key=extra)
        cited = leaf.get("cite")
        source = cites.get(cited) if isinstance(cited, str) else None
        if source is None:
            look.error("cite_unknown", place, given=cited)
        elif not source and not leaf.get("point"):
            look.error("article_missing", place, at_most=MAX_ARTICLE)
        if why := suits(regime, path, leaf["value"]):
            look.error(why[0], place, given=leaf["value"], wanted=why[1])


def _known_citations(data: Mapping[str, Any], book: Rulebook) -> dict[str, str]:
    """Name -> article of the citations that values of the file may name."""
    parent = book.by_key.get(str(data.get("extends")))
    found = {name: c.article for name, c in parent.citations.items()} if parent else {}
    own = data.get("citations", {})
    for name, entry in own.items() if isinstance(own, dict) else ():
        article = entry.get("article") if isinstance(entry, dict) else None
        found[name] = article if isinstance(article, str) else ""
    return found


def _leaves(
    look: _Check, data: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    waiting: list[tuple[tuple[str, ...], Any]] = [
        ((name,), node) for name, node in data.items() if name not in HEAD
    ]
    while waiting:
        path, node = waiting.pop(0)
        if not isinstance(node, dict):
            look.error("without_citation", ".".join(path))
        elif "value" in node:
            yield path, node
        else:
            waiting += [((*path, name), child) for name, child in node.items()]


# ------------------------------------------------------------------ the edition as a whole


def _joined(look: _Check, text: str, data: Mapping[str, Any], book: Rulebook) -> None:
    """What can be asked only of the edition with all that it inherits, among the others."""
    try:
        joined = book.extended({"file": text})
        edition = joined.by_key[data["key"]]
    except EditionFileError as problem:
        look.error("not_an_edition", detail=problem)
        return
    _complete(look, edition, book)
    _order(look, edition)
    _settings(look, edition, book)
    _whole_units(look, edition)
    _among_others(look, edition, book)
    look.found.edition, look.found.book = edition, joined


def _reference(edition: Edition, book: Rulebook) -> Edition:
    return book.by_key[edition.extends] if edition.extends else book.latest(edition.regime)


def _complete(look: _Check, edition: Edition, book: Rulebook) -> None:
    for name in NAMED.get(edition.regime, ()):
        if name not in edition.citations:
            look.error("citation_missing", f"citations.{name}")
    for path in _reference(edition, book).values:
        if path not in edition.values and path[0] not in _OPTIONAL:
            look.error("value_missing", ".".join(path))


def _order(look: _Check, edition: Edition) -> None:
    """Figures that must grow: by level, by rank, and by how good a rating is."""
    for levels in LEVELS_OF.values():
        for name in ("coefficient", "rank_points", "level_points"):
            _growing(look, edition, [("levels", str(level), name) for level in levels])
    for level in Level:
        _growing(
            look,
            edition,
            [("base_points", str(level), golongan) for golongan in _ranks(edition, level)],
        )
        if level.next_level is None and edition.find("levels", str(level), "level_points"):
            look.error("no_level_above", f"levels.{level}.level_points")
    _growing(look, edition, [("predicates", str(p), "percent") for p in reversed(Predicate)])
    _growing(look, edition, [("ladder", g) for g in edition.names_under("ladder")])


def _ranks(edition: Edition, level: Level) -> tuple[str, ...]:
    found = edition.find("levels", str(level), "golongan")
    return found.value if found else ()


def _growing(look: _Check, edition: Edition, paths: list[tuple[str, ...]]) -> None:
    below: tuple[tuple[str, ...], Cited] | None = None
    for path in paths:
        cited = edition.find(*path)
        if cited is None:
            continue
        if below and cited.amount <= below[1].amount:
            look.error("not_growing", ".".join(path), below=".".join(below[0]))
        below = path, cited


def _settings(look: _Check, edition: Edition, book: Rulebook) -> None:
    """A setting that no function reads may only say what the program does (handbook, part E)."""
    same = [e for e in book.by_key.values() if e.regime == edition.regime]
    for name, cited in edition.under("settings").items():
        stated = [found.value for e in same if (found := e.find("settings", name))]
        if name not in SETTINGS and cited.value not in stated:
            wanted = stated[-1] if stated else "–"
            look.error("setting_fixed", f"settings.{name}", given=cited.value, wanted=wanted)


def _whole_units(look: _Check, edition: Edition) -> None:
    """Every amount that can come of it is whole in the ledger's unit (decision 1)."""
    for level in Level:
        worth = edition.find("levels", str(level), "coefficient")
        for predicate in Predicate if worth else ():
            percent = edition.find("predicates", str(predicate), "percent")
            if worth and percent:
                month = worth.amount * percent.amount / 100 / MONTHS_IN_YEAR
                _whole(look, month, f"levels.{level}.coefficient")
        step = edition.find("levels", str(level), "rank_points")
        for table in ("degree", "remote"):
            share = edition.find(table, "percent_of_rank_points")
            if step and share:
                _whole(look, step.amount * share.amount / 100, f"levels.{level}.rank_points")


def _whole(look: _Check, amount: Fraction, path: str) -> None:
    told = {finding.path for finding in look.found.errors}
    if (amount * UNIT).denominator != 1 and path not in told:
        look.error("not_whole", path, amount=amount, unit=UNIT)


def _among_others(look: _Check, edition: Edition, book: Rulebook) -> None:
    """Its place in time: inside its regime, on no other edition's day, and what it ends."""
    day = edition.effective_from
    starts = sorted(
        {book.regime_start(e.regime) for e in book.by_key.values()}
        - {book.regime_start(edition.regime)}
    )
    if day < book.regime_start(edition.regime):
        look.error("before_regime", "effective_from", day=book.regime_start(edition.regime))
    after = [s for s in starts if s > book.regime_start(edition.regime)]
    if after and day >= after[0]:
        look.error("after_regime", "effective_from", day=after[0])
    same = [e for e in book.by_key.values() if e.regime == edition.regime]
    for other in same:
        if other.effective_from == day and _overlap(edition, other):
            look.error("same_day", "effective_from", key=other.key)
        elif other.effective_from > day and other.positions and not edition.positions:
            look.warn("not_carried", "effective_from", key=other.key, day=other.effective_from)
        elif other.effective_from > day and _reaches(other, edition):
            look.warn("ended_by", "effective_from", key=other.key, day=other.effective_from)
    _lost(look, edition, same)


def _overlap(one: Edition, other: Edition) -> bool:
    if not one.positions or not other.positions:
        return one.positions == other.positions
    return bool(one.positions & other.positions)


def _reaches(later: Edition, edition: Edition) -> bool:
    return not later.positions or bool(later.positions & edition.positions)


def _lost(look: _Check, edition: Edition, same: list[Edition]) -> None:
    """Warn of what was in force the day before and is not carried on."""
    day = edition.effective_from
    before = [e for e in same if e.effective_from < day]
    general = [e for e in before if not e.positions]
    if edition.extends and general and not edition.positions and edition.extends != general[-1].key:
        look.warn("skips", "extends", key=general[-1].key, given=edition.extends)
    for special in before if not edition.positions else ():
        if special.positions and special.key != edition.extends:
            look.warn("ends_special", "effective_from", key=special.key, day=day)
