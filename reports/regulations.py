"""A regulation as it is read: sections, what changed, since when, and where it is used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

import assessors.rules as team_rules
import careers.rules.editions as career_rules
from credits.models import RegulationVersion
from credits.rules.editions import DIRECTORY, Cited, Edition, Rulebook, choose, current
from positions.models import Position
from reports import regulation_words as words

MATRICES = frozenset({"levels", "predicates"})  # shown as rows and columns
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One value: its name, what it says, what the regulation before said, and the source."""

    name: str
    value: str
    before: str | None  # None = the same
    article: str
    confidence: str
    badge: str
    note: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a matrix, with the articles that its values stand in."""

    name: str
    articles: str


@dataclass(slots=True)
class Section:
    """A table of values that belong together; a matrix where there are `columns`."""

    code: str
    title: str
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    matrix: list[tuple[str, list[Row | None]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: an edition and when it holds."""

    edition: Edition
    regime: str
    until: date | None
    now: bool
    open_start: bool
    positions: list[str]
    version: RegulationVersion | None = None


def all_editions(book: Rulebook) -> tuple[Edition, ...]:
    """Those that count, and those of promotions and teams, which are changed in the program."""
    return (
        *book.by_key.values(),
        *career_rules.load_career_editions(),
        *team_rules.load_team_editions(),
    )


def by_key(key: str) -> Edition | None:
    return {e.key: e for e in all_editions(current())}.get(key)


def file_of(edition: Edition, version: RegulationVersion | None) -> str:
    """The text of an edition's file, as it was handed in or as the program ships it."""
    if version is not None:
        return version.source
    places: tuple[Path, ...] = (DIRECTORY, career_rules.DIRECTORY, team_rules.DIRECTORY)
    return next(
        path.read_text("utf-8")
        for place in places
        if (path := place / f"{edition.key}.toml").exists()
    )


# ------------------------------------------------------------------ when


def before(edition: Edition, editions: Iterable[Edition]) -> Edition | None:
    """The edition that held the day before, for the same positions; else what it extends."""
    others = tuple(e for e in editions if e.regime == edition.regime and e.key != edition.key)
    if edition.effective_from > date.min:
        position = min(edition.positions) if edition.positions else None
        if found := choose(others, edition.effective_from - _DAY, position):
            return found
    return next((e for e in others if e.key == edition.extends), None)


def listed(editions: Sequence[Edition], on: date) -> list[Listed]:
    """The list by date, newest first. Two statements."""
    names = dict(Position.objects.values_list("code", "name"))
    published = {
        v.key: v
        for v in RegulationVersion.objects.filter(
            state=RegulationVersion.State.PUBLISHED
        ).select_related("published_by")
    }
    lines = []
    for edition in editions:
        until = _until(edition, editions)
        lines.append(
            Listed(
                edition,
                str(words.REGIMES.get(edition.regime, edition.regime)),
                until,
                edition.effective_from <= on and (until is None or on <= until),
                edition.effective_from.year < 1900,
                sorted(names.get(code, code) for code in edition.positions),
                published.get(edition.key),
            )
        )
    return sorted(lines, key=lambda x: (x.edition.effective_from, x.edition.key), reverse=True)


_CREDITS = ("konvensional", "integrasi", "konversi")


def _until(edition: Edition, editions: Iterable[Edition]) -> date | None:
    """The last day on which any position goes by it; a general edition ends a special one."""
    family = _CREDITS if edition.regime in _CREDITS else (edition.regime,)
    later = [
        e.effective_from
        for e in editions
        if e.regime in family
        and e.effective_from > edition.effective_from
        and (not e.positions or e.positions >= edition.positions > frozenset())
    ]
    return min(later) - _DAY if later else None


# ------------------------------------------------------------------ what it says


def sections(edition: Edition, earlier: Edition | None) -> list[Section]:
    """All values in the order of the file, beside what the edition before says."""
    found: dict[str, Section] = {}
    for path, cited in edition.values.items():
        code = path[0]
        if code not in found:
            found[code] = Section(code, words.section(code))
        found[code].rows.append(_row(path, cited, earlier))
    for code in MATRICES & found.keys():
        _arrange(found[code], edition)
    return list(found.values())


def _arrange(section: Section, edition: Edition) -> None:
    """Rows by the first name of a value, columns by the second, in the order of the file."""
    paths = [path for path in edition.values if path[0] == section.code]
    if any(len(path) != 3 for path in paths):
        return
    cells = dict(zip([path[1:] for path in paths], section.rows, strict=True))
    names = dict.fromkeys(path[1] for path in paths)
    columns = dict.fromkeys(path[2] for path in paths)
    for column in columns:
        articles = dict.fromkeys(
            row.article for (_, name), row in cells.items() if name == column and row.article
        )
        section.columns.append(Column(words.place((column,)), "; ".join(articles)))
    section.matrix = [
        (words.place((name,)), [cells.get((name, column)) for column in columns]) for name in names
    ]


def _row(path: tuple[str, ...], cited: Cited, earlier: Edition | None) -> Row:
    old = earlier.find(*path) if earlier else None
    same = earlier is None or (old is not None and old.value == cited.value)
    return Row(
        words.place(path[1:]),
        words.value(cited.value),
        None if same else words.value(old.value) if old else "–",
        cited.article,
        str(words.CONFIDENCES.get(cited.confidence, cited.confidence)),
        words.CONFIDENCE_BADGES.get(cited.confidence, ""),
        words.note(cited.note),
        cited.point,
    )


def changes(found: Iterable[Section]) -> list[tuple[str, Row]]:
    """The values that differ from the edition before, with the title of their section."""
    return [(s.title, row) for s in found for row in s.rows if row.before is not None]


# ------------------------------------------------------------------ where it is used


@dataclass(frozen=True, slots=True)
class Use:
    """What rests on an edition."""

    entries: int
    people: int
    documents: int


_ENTRIES = """
    SELECT count(*), count(DISTINCT employee_id) FROM credits_ledgerentry l
    WHERE edition = %s AND reverses_seq IS NULL AND NOT EXISTS (
        SELECT FROM credits_ledgerentry r
        WHERE r.employee_id = l.employee_id AND r.reverses_seq = l.seq)"""
_DOCUMENTS = """
    SELECT count(*) FROM credits_document d WHERE d.number <> '' AND EXISTS (
        SELECT FROM credits_ledgerentry l
        WHERE l.employee_id = d.employee_id AND l.seq = ANY(d.entry_seqs) AND l.edition = %s)"""


def use_of(key: str) -> Use:
    """Standing entries, their people, and issued documents of an edition. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [key])
        entries, people = cursor.fetchone()
        cursor.execute(_DOCUMENTS, [key])
        return Use(entries, people, cursor.fetchone()[0])
