"""CSV as a stream of rows: encoding, delimiter and quoting found out, never guessed twice.

In the process of the caller, for nothing here is expanded: the file is at most `limits.bytes`
long, a line at most `limits.line` characters. Row numbers are those a spreadsheet shows: one
per record, blank ones too; a leading `sep=` line is not one.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from employees.sheets.columns import Note
from employees.sheets.limits import STRAY_ROWS, Limits, SheetRefused
from employees.sheets.source import RawRow

DELIMITERS = (",", ";", "\t", "|")
_SEP = re.compile(r"""["']?sep=(.)["']?\s*""", re.IGNORECASE)
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEAD_BYTES = 4096
_BLOCK = 1 << 20
# What CP1252 text of an Indonesian office can hold beside ASCII: accented letters inside words
# and typographic signs. Bytes outside of it speak for damaged UTF-8 (C2, C3, F0, FE, FF ...).
_CP1252_LOWER = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýœšžß".encode("cp1252"))
_CP1252_UPPER = frozenset("ÀÁÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ".encode("cp1252"))
_CP1252_SIGNS = frozenset("‘’“”–—…·°§«»£™®©½¼¾²³\u00a0".encode("cp1252"))


@dataclass
class Source:
    """A decoded CSV: `open()` gives its text, `warnings` what had to be assumed."""

    path: Path
    encoding: str
    delimiter: str = ","
    skip_lines: int = 0
    warnings: list[Note] = field(default_factory=list)
    lines: int = 0

    def open(self) -> io.TextIOWrapper:
        """Text with newlines as they are, behind the `sep=` line."""
        handle = self.path.open(encoding=self.encoding, errors="strict", newline="")
        for _ in range(self.skip_lines):
            handle.readline()
        return handle


def open_csv(path: Path, limits: Limits, score: Callable[[Sequence[str]], int]) -> Source:
    """Find encoding, `sep=` line and delimiter; raises SheetRefused.

    `score` tells how many expected headings a list of cells holds: the delimiter is the one
    whose first rows hold the most (columns break a tie), not the most frequent character.
    """
    source = Source(path, _encoding(path))
    if source.encoding not in ("utf-8", "utf-8-sig"):
        name = "UTF-16" if source.encoding.startswith("utf-16") else "CP1252"
        source.warnings.append(Note("encoding", {"encoding": name}))
    _survey(source, limits)
    stated = _sep_line(source)
    if stated:
        source.skip_lines = 1
        source.warnings.append(Note("sep_line"))
    source.delimiter = stated or max(
        DELIMITERS, key=lambda sign: (*_fit(source, sign, limits, score), -DELIMITERS.index(sign))
    )
    if not stated and source.delimiter != ",":
        source.warnings.append(Note("delimiter", {"delimiter": _NAMES[source.delimiter]}))
    return source


def _encoding(path: Path) -> str:
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SheetRefused("csv_encoding", row=1)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(head) > 8 and zeros.count(0) > 0.8 * len(zeros) and 0 not in others:
            return encoding
    return _narrow_encoding(path)


def _narrow_encoding(path: Path) -> str:
    """UTF-8, or CP1252 where no byte sequence speaks for (damaged) UTF-8."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_cp1252(data):
            return "cp1252"
        row = data.count(b"\n", 0, error.start) + 1
        raise SheetRefused("csv_encoding", row=row) from error
    return "utf-8"


def _is_cp1252(data: bytes) -> bool:
    for match in re.finditer(rb"[\x80-\xff]+", data):
        run = match[0]
        before = data[match.start() - 1 : match.start()]
        if len(run) > 1 and _is_utf8(run):
            return False
        for byte in run:
            if byte in _CP1252_SIGNS or byte in _CP1252_LOWER:
                continue
            if byte not in _CP1252_UPPER or before.islower():
                return False
    return True


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _survey(source: Source, limits: Limits) -> None:
    """One pass over the lines: damaged text, NUL, an endless line, the kinds of newline.

    A newline inside quotes belongs to a cell; whether a line ends inside quotes follows from
    the parity of its quotes, which holds for every well-formed file.
    """
    ends: set[str] = set()
    quoted = False
    records = 0
    try:
        with source.open() as handle:
            while line := handle.readline(limits.line + 1):
                source.lines += 1
                if len(line) > limits.line:
                    raise SheetRefused("csv_endless_line", limit=limits.line)
                if "\0" in line:
                    raise SheetRefused("csv_nul")
                if line.count('"') % 2:
                    quoted = not quoted
                if not quoted:
                    records += len(line) > 2
                    ends.add(line[len(line.rstrip("\r\n")) :] if line[-1] in "\r\n" else "")
    except UnicodeError as error:
        raise SheetRefused("csv_encoding", row=source.lines + 1) from error
    if records > limits.rows + STRAY_ROWS:
        raise SheetRefused("too_many_rows", limit=limits.rows, row=records)
    kinds = {"\r\n" if end.endswith("\r\n") else end for end in ends} - {""}
    if len(kinds) > 1:
        source.warnings.append(Note("mixed_newlines"))


def _sep_line(source: Source) -> str | None:
    with source.open() as handle:
        match = _SEP.fullmatch(handle.readline(16).rstrip("\r\n") or "")
    return match[1] if match else None


def _fit(
    source: Source, delimiter: str, limits: Limits, score: Callable[[Sequence[str]], int]
) -> tuple[int, int]:
    """(headings found, columns) of the best of the first 20 rows read with this delimiter."""
    best = (0, 0)
    try:
        for number, cells in enumerate(_records(source, delimiter, limits)):
            if number >= 20:
                break
            best = max(best, (score(cells), len(cells)))
    except SheetRefused:
        return best
    return best


def _records(source: Source, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    # The parser's own limit is one of the whole process; a longer field is refused by the
    # length of its column, an unclosed quote by the limit on a line.
    csv.field_size_limit(max(csv.field_size_limit(), limits.line))
    number = 0
    with source.open() as handle:
        reader = csv.reader(handle, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                number += 1
                yield cells
        except (csv.Error, UnicodeError) as error:
            raise SheetRefused("csv_quotes", row=number + 1) from error


def rows(source: Source, limits: Limits) -> Iterator[RawRow]:
    """The records with data; raises SheetRefused for unclosed quotes, too many columns or rows."""
    count = 0
    for number, cells in enumerate(_records(source, source.delimiter, limits), start=1):
        if not any(cells):
            continue
        count += 1
        if len(cells) > limits.columns:
            raise SheetRefused("too_many_columns", limit=limits.columns, row=number)
        yield RawRow(number, list(cells))
