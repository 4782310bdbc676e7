"""The parts of an XLSX as a stream of rows, in constant memory. Runs in the child process.

Why not openpyxl here: its read-only mode shows neither hidden rows nor merged ranges, turns
numbers into floats, leaves `_x0001_` undecoded and builds a tree of every row; its full mode
builds the grid. This reader keeps the shared strings and one row. Every parser refuses a DTD.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any
from xml.parsers import expat

from employees.sheets.archive import read_chunks
from employees.sheets.limits import STRAY_ROWS, Limits, SheetRefused

# A cell as it goes over the pipe: None, text, or [kind, raw]; kinds as in cells.Typed.
WireCell = Any
CELL_LIMIT = 32_767  # characters in one cell, Excel's own limit
_MERGED_LIMIT = 20_000
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_LETTERS = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+\d+:[A-Z]+\d+)["']""")
_CELL_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass
class SheetPart:
    """A worksheet as the workbook lists it; `part` is its path in the archive."""

    name: str
    hidden: bool
    part: str
    has_data: bool = False


@dataclass
class Book:
    """A workbook: its worksheets in order, its epoch and what its cells refer to."""

    archive: zipfile.ZipFile
    limits: Limits
    sheets: list[SheetPart] = field(default_factory=list)
    epoch1904: bool = False
    strings: list[str] = field(default_factory=list)
    date_styles: frozenset[int] = frozenset()


class _Parser:
    """An expat parser without DTDs: `start(name, attributes)`, `end(name)`, text collected."""

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None] | None,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartDoctypeDeclHandler = self._refuse
        self.expat.EntityDeclHandler = self._refuse
        if start:
            self.expat.StartElementHandler = start
        if end:
            self.expat.EndElementHandler = end
        if text:
            self.expat.CharacterDataHandler = text

    @staticmethod
    def _refuse(*_args: object) -> None:
        raise SheetRefused("xml_dtd")

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            self.expat.Parse(chunk, final)
        except (expat.ExpatError, ValueError) as error:
            raise SheetRefused("xml_damaged") from error


def _parse(archive: zipfile.ZipFile, name: str, parser: _Parser) -> None:
    for chunk in read_chunks(archive, name):
        parser.feed(chunk)
    parser.feed(b"", final=True)


def local(name: str) -> str:
    """An element or attribute name without its prefix."""
    return name.rpartition(":")[2]


def _attributes(attributes: dict[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in attributes.items()}


def open_book(archive: zipfile.ZipFile, limits: Limits) -> Book:
    """The workbook's list of sheets, epoch and styles; raises SheetRefused."""
    names = set(archive.namelist())
    book = Book(archive, limits)
    path = _workbook_path(archive, names)
    targets = _relations(archive, path, names)
    by_kind = {kind: target for kind, target in targets.values() if target in names}

    def start(name: str, attributes: dict[str, str]) -> None:
        tag, values = local(name), _attributes(attributes)
        if tag == "workbookPr":
            book.epoch1904 = values.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            kind, target = targets.get(values.get("id", ""), ("", ""))
            if kind == "worksheet":
                hidden = values.get("state", "visible") != "visible"
                book.sheets.append(SheetPart(values.get("name", ""), hidden, target))

    _parse(archive, path, _Parser(start))
    if any(sheet.part not in names for sheet in book.sheets):
        raise SheetRefused("zip_damaged")
    if "styles" in by_kind:
        book.date_styles = _date_styles(archive, by_kind["styles"])
    if "sharedStrings" in by_kind:
        book.strings = _shared_strings(archive, by_kind["sharedStrings"])
    for sheet in book.sheets:
        sheet.has_data = any(True for _row in SheetScan(book, sheet, probe=True).rows())
    return book


def _workbook_path(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "_rels/.rels" in names:
        for kind, target in _relations(archive, "", names).values():
            if kind == "officeDocument" and target in names and target.endswith(".xml"):
                return _require_spreadsheet(target, names)
    raise SheetRefused("wrong_format", extension=".xlsx")


def _require_spreadsheet(target: str, names: set[str]) -> str:
    """A DOCX or PPTX is an Office file too; only a spreadsheet has worksheets."""
    base = dirname(target)
    if any(name.startswith(f"{base}/worksheets/") for name in names) or "workbook" in target:
        return target
    raise SheetRefused("wrong_format", extension=".xlsx")


def _relations(archive: zipfile.ZipFile, path: str, names: set[str]) -> dict[str, tuple[str, str]]:
    """id -> (kind, path of the target) of the relations of one part; external ones left out."""
    base = dirname(path)
    rels = join(base, "_rels", f"{path.rpartition('/')[2]}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        values = _attributes(attributes)
        if local(name) != "Relationship" or values.get("TargetMode") == "External":
            return
        target = values.get("Target", "")
        whole = target[1:] if target.startswith("/") else normpath(join(base, target))
        found[values.get("Id", "")] = (values.get("Type", "").rpartition("/")[2], whole)

    if rels in names:
        _parse(archive, rels, _Parser(start))
    return found


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time: y, m, d, h or s outside of literals."""
    positive = _NOT_LETTERS.sub("", code).partition(";")[0].lower()
    return positive != "general" and any(letter in positive for letter in "ymdhs")


def _date_styles(archive: zipfile.ZipFile, part: str) -> frozenset[int]:
    """Indexes of the cell formats that show a date."""
    custom: dict[int, bool] = {}
    styles: set[int] = set()
    state = {"cells": False, "index": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "numFmt":
            number = int(attributes.get("numFmtId", "0"))
            custom[number] = is_date_format(attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            state["cells"] = True
        elif tag == "xf" and state["cells"]:
            number = int(attributes.get("numFmtId", "0"))
            if custom.get(number, number in _DATE_IDS):
                styles.add(state["index"])
            state["index"] += 1

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            state["cells"] = False

    _parse(archive, part, _Parser(start, end))
    return frozenset(styles)


def _unescape(text: str) -> str:
    """`_x000D_` and the like stand for characters XML cannot hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


class _Strings:
    """Collects <si> of the shared strings: runs joined, phonetic hints (<rPh>) left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.in_text = False
        self.phonetic = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "t":
            self.in_text = not self.phonetic
        elif tag == "si":
            self.pieces = []
        elif tag == "rPh":
            self.phonetic += 1

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "t":
            self.in_text = False
        elif tag == "si":
            self.strings.append(_unescape("".join(self.pieces)))
        elif tag == "rPh":
            self.phonetic -= 1

    def text(self, data: str) -> None:
        if self.in_text:
            self.pieces.append(data)


def _shared_strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    collector = _Strings()
    _parse(archive, part, _Parser(collector.start, collector.end, collector.text))
    return collector.strings


def column_number(letters: str) -> int:
    """ "A" -> 1, "XFD" -> 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass
class _Merged:
    top: int
    bottom: int
    left: int
    right: int


class SheetScan:
    """One pass over a worksheet: rows() yields (number, hidden, cells) for rows with data.

    `probe` stops at the first cell with data and judges no limit. A covered cell of a merged
    range comes as ["m", ""]. Raises SheetRefused at the row or column limit, before any grid.
    """

    def __init__(self, book: Book, sheet: SheetPart, probe: bool = False) -> None:
        self.book = book
        self.sheet = sheet
        self.probe = probe
        self.done: list[tuple[int, bool, list[WireCell]]] = []
        self.count = 0
        self.row_number = 0
        self.row_hidden = False
        self.cells: list[WireCell] = []
        self.column = 0
        self.kind = "n"
        self.style = 0
        self.formula: bool = False
        self.collect = False
        self.phonetic = 0
        self.pieces: list[str] = []
        self.length = 0
        self.estimate = 0  # <row> elements, with or without data
        self.merged: list[_Merged] = [] if probe else self._merged_ranges()

    def rows(self) -> Iterator[tuple[int, bool, list[WireCell]]]:
        """The rows with data in order."""
        parser = _Parser(self._start, self._end, self._text)
        for chunk in read_chunks(self.book.archive, self.sheet.part):
            parser.feed(chunk)
            if self.done:
                yield from self.done
                self.done = []
        parser.feed(b"", final=True)
        yield from self.done

    # Handlers. They run for every cell: plain attributes, no look-ups that could be avoided.
    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name if ":" not in name else local(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self.collect = not self.phonetic
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "rPh":
            self.phonetic += 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        try:
            number = int(attributes["r"]) if "r" in attributes else self.row_number + 1
        except ValueError as error:
            raise SheetRefused("xml_damaged") from error
        if number <= self.row_number:
            raise SheetRefused("xml_damaged")
        self.row_number = number
        self.row_hidden = attributes.get("hidden") in ("1", "true")
        self.cells = []
        self.column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            match = _CELL_REF.fullmatch(reference)
            if match is None or int(match[2]) != self.row_number:
                raise SheetRefused("xml_damaged")
            column = column_number(match[1])
            if column <= self.column:
                raise SheetRefused("xml_damaged")
            self.column = column
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "0") or 0)
        self.formula = False
        self.pieces = []
        self.length = 0

    def _text(self, data: str) -> None:
        if self.collect:
            self.length += len(data)
            if self.length <= 4 * CELL_LIMIT:
                self.pieces.append(data)

    def _end(self, name: str) -> None:
        tag = name if ":" not in name else local(name)
        if tag == "c":
            self._end_cell()
        elif tag in ("v", "t"):
            self.collect = False
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self.phonetic -= 1

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        limits = self.book.limits
        if self.column > limits.columns and not self.probe:
            raise SheetRefused("too_many_columns", limit=limits.columns, row=self.row_number)
        missing = min(self.column, limits.columns + 1) - len(self.cells) - 1
        if missing > 0:
            self.cells.extend([None] * missing)
        self.cells.append(cell)

    def _cell(self) -> WireCell:
        if self.formula:
            return ["f", "=" + "".join(self.pieces)[:200]]
        raw = "".join(self.pieces)
        if not raw:
            return None
        kind = self.kind
        if kind == "s":
            return self._text_cell(self._shared(raw))
        if kind in ("inlineStr", "str"):
            return self._text_cell(_unescape(raw))
        if kind == "n":
            return ["d" if self.style in self.book.date_styles else "n", raw.strip()[:64]]
        if kind in "bed" and len(kind) == 1:
            return ["t" if kind == "d" else kind, raw.strip()[:64]]
        raise SheetRefused("xml_damaged")

    def _shared(self, raw: str) -> str:
        try:
            index = int(raw)
            if index < 0:
                raise IndexError
            return self.book.strings[index]
        except (ValueError, IndexError) as error:
            raise SheetRefused("xml_damaged") from error

    @staticmethod
    def _text_cell(text: str) -> WireCell:
        if len(text) > CELL_LIMIT:
            return ["l", str(len(text))]
        return text or None

    def _end_row(self) -> None:
        if not self.cells:
            return
        limits = self.book.limits
        self.count += 1
        far = self.row_number > limits.rows + STRAY_ROWS
        # One heading row and a few titles stand above the rows that count.
        if not self.probe and (far or self.count > limits.rows + STRAY_ROWS):
            raise SheetRefused("too_many_rows", limit=limits.rows, row=self.row_number)
        if self.merged:
            self._cover()
        self.done.append((self.row_number, self.row_hidden, self.cells))

    def _merged_ranges(self) -> list[_Merged]:
        """Merged ranges, top first; they stand behind the rows, hence the pass before."""
        found: list[_Merged] = []
        tail = b""
        for chunk in read_chunks(self.book.archive, self.sheet.part):
            block = tail + chunk
            self.estimate += chunk.count(b"<row ") or chunk.count(b":row ")
            for match in _MERGE.finditer(block) if b"mergeCell" in block else ():
                first, _, last = match[1].decode().partition(":")
                top, bottom = _CELL_REF.fullmatch(first), _CELL_REF.fullmatch(last)
                if top is None or bottom is None or len(found) >= _MERGED_LIMIT:
                    raise SheetRefused("xml_damaged")
                left, right = column_number(top[1]), column_number(bottom[1])
                found.append(_Merged(int(top[2]), int(bottom[2]), left, right))
            last_open = block.rfind(b"<")
            tail = block[last_open:] if len(block) - last_open < 1024 else b""
        return sorted(found, key=lambda merged: merged.top)

    def _cover(self) -> None:
        """Mark the cells of this row that a merged range covers: nobody sees a value there."""
        number = self.row_number
        while self.merged and self.merged[0].bottom < number:
            self.merged.pop(0)
        for merged in self.merged:
            if merged.top > number:
                break
            if merged.bottom < number:
                continue
            first = merged.left + 1 if merged.top == number else merged.left
            last = min(merged.right, self.book.limits.columns)
            if last > len(self.cells):
                self.cells.extend([None] * (last - len(self.cells)))
            for column in range(first, last + 1):
                self.cells[column - 1] = ["m", ""]
