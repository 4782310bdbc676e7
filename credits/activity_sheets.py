"""A sheet of activity items (butir kegiatan): its columns, what a row says, what is wrong with it.

One sheet is one table: of one JF, by one regulation. Points are kept at four decimals and never
rounded (R-095); a row with more is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from credits.rules.claims import Element
from employees import messages
from employees.importing.catalogue import LEVELS
from employees.sheets.columns import Column, fold
from employees.sheets.limits import MIB, Limits
from employees.sheets.reader import read

ELEMENTS = {
    "Tugas Jabatan": Element.MAIN.value,
    "Utama": Element.MAIN.value,
    "Unsur Utama": Element.MAIN.value,
    "Pendidikan": Element.EDUCATION.value,
    "Pengembangan Profesi": Element.PROFESSION.value,
    "Profesi": Element.PROFESSION.value,
    "Penunjang": Element.SUPPORT.value,
    "Unsur Penunjang": Element.SUPPORT.value,
}
ELEMENT_NAMES = {
    Element.MAIN: "Tugas Jabatan",
    Element.EDUCATION: "Pendidikan",
    Element.PROFESSION: "Pengembangan Profesi",
    Element.SUPPORT: "Penunjang",
}
EVERY_LEVEL = ("Semua Jenjang", "Semua")
COLUMNS = (
    Column("code", ("Kode", "Kode Butir", "Nomor Butir"), "text", True, True, max_length=30),
    Column("element", ("Unsur",), "choice", True, True, choices=ELEMENTS),
    Column("sub_element", ("Sub-unsur", "Sub Unsur", "Subunsur"), "text", max_length=200),
    Column(
        "name", ("Butir Kegiatan", "Uraian Kegiatan", "Kegiatan"), "text", True, True,
        max_length=500,
    ),
    Column(
        "product", ("Satuan Hasil", "Hasil Kerja", "Satuan"), "text", True, True, max_length=120
    ),
    Column(
        "level", ("Jenjang", "Pelaksana", "Jenjang Pelaksana"), "text", True, max_length=60,
        looked_up=True,
    ),
    Column("points", ("Angka Kredit", "AK"), "amount", True, True),
    Column("yearly_limit", ("Batas per Tahun", "Maksimal per Tahun", "Batasan"), "int"),
    Column("evidence", ("Bukti Fisik", "Bukti"), "text", max_length=300),
)  # fmt: skip
HEADINGS = {column.key: column.headings[0] for column in COLUMNS}
EXAMPLE = {
    "code": "I.A.1",
    "element": "Tugas Jabatan",
    "sub_element": "Penyusunan rencana",
    "name": "Menyusun rencana kerja tahunan",
    "product": "Rencana",
    "level": "Ahli Pertama",
    "points": "0,1500",
    "yearly_limit": "1",
    "evidence": "Rencana kerja yang ditandatangani atasan",
}
LIMITS = Limits(rows=3_000, columns=60, bytes=5 * MIB, unpacked=60 * MIB)
_LARGEST = Decimal("99999")  # of the column
_DATA, _ALLOWED = "Data", "Nilai yang diizinkan"

# What is wrong beyond what the reader of sheets finds.
SENTENCES: dict[str, Any] = {
    "amount_decimals": _(
        "“%(value)s” has more than %(kept)s decimals. Points are never rounded: write them as "
        "the regulation has them."
    ),
    "code_twice": _(
        "The code “%(value)s” stands in row %(row)s already. Give one of them another."
    ),
    "points_zero": _("An activity is worth more than 0. Enter its points, or leave the row out."),
    "points_too_large": _("%(value)s points are more than an activity can be worth. Correct it."),
    "level_not_here": _(
        "%(position)s has no level “%(value)s”. Write one of: %(allowed)s; or “Semua Jenjang”."
    ),
    "limit_zero": _("A limit of 0 a year would forbid the activity. Leave the cell empty instead."),
}


@dataclass
class Sheet:
    """What a sheet says: rows as plain JSON (points as exact text), and what was found."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [f for f in self.findings if f["severity"] == "error"]


def read_sheet(
    path: Path,
    filename: str,
    position: str,
    levels: Sequence[str],
    names: Mapping[str, str],
    decimal: str | None = None,
) -> Sheet:
    """Read a sheet. `position`: name of the JF; `levels`: codes that it has; `names`: of levels.

    Raises SheetRefused where the whole file cannot be read.
    """
    table = read(
        path,
        filename=filename,
        columns=COLUMNS,
        decimal=decimal,  # type: ignore[arg-type]
        limits=LIMITS,
        ignore_sheets=(_ALLOWED,),
    )
    sheet = Sheet()
    heading = HEADINGS | {key: h for h, key in table.matched.items()}
    known = LEVELS | {fold(name): code for code, name in names.items()}
    first: dict[str, int] = {}
    for row in table.rows:
        values = row.values
        for note in (*row.errors, *row.warnings):
            sheet.findings.append(
                _finding(row.number, note.column, note.code, note.params, note.severity)
            )
        own = _own_findings(values, known, levels)
        code = str(values.get("code") or "")
        if code and fold(code) in first:
            own.append(("code", "code_twice", {"value": code, "row": first[fold(code)]}))
        first.setdefault(fold(code), row.number)
        for key, what, params in own:
            params |= {"position": position} if what == "level_not_here" else {}
            sheet.findings.append(_finding(row.number, heading[key], what, params, "error"))
        if not row.errors and not own:
            sheet.rows.append(_plain(row.number, values, known))
    order = {h: index for index, h in enumerate(heading[c.key] for c in COLUMNS)}
    sheet.findings.sort(key=lambda f: (f["row"], order.get(f["column"] or "", len(order))))
    for note in table.warnings:
        where = note.params.get("row")
        sheet.findings.append(
            _finding(
                where if isinstance(where, int) else 0, None, note.code, note.params, "warning"
            )
        )
    return sheet


def _finding(
    row: int, column: str | None, code: str, params: Mapping[str, Any], severity: str
) -> dict[str, Any]:
    plain = {
        key: v if isinstance(v, int | str) else list(map(str, v)) if _is_many(v) else str(v)
        for key, v in params.items()
    }
    return {"row": row, "column": column, "code": code, "params": plain, "severity": severity}


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


_Own = list[tuple[str, str, dict[str, Any]]]


def _own_findings(
    values: Mapping[str, Any], known: Mapping[str, str], levels: Sequence[str]
) -> _Own:
    found: _Own = []
    points = values.get("points")
    if points is not None and points <= 0:
        found.append(("points", "points_zero", {}))
    elif points is not None and points > _LARGEST:
        found.append(("points", "points_too_large", {"value": str(points)}))
    text = values.get("level")
    if text and not _every(text) and known.get(fold(text)) not in levels:
        allowed = ", ".join(level.replace("_", " ").title() for level in levels)
        found.append(("level", "level_not_here", {"value": text[:40], "allowed": allowed}))
    limit = values.get("yearly_limit")
    if limit is not None and limit < 1:
        found.append(("yearly_limit", "limit_zero", {}))
    return found


def _every(text: str) -> bool:
    return fold(text) in {fold(one) for one in EVERY_LEVEL}


def _plain(number: int, values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    level = values.get("level")
    return {
        "row": number,
        "code": values["code"],
        "element": values["element"],
        "sub_element": values.get("sub_element") or "",
        "name": values["name"],
        "product": values["product"],
        "level": "" if not level or _every(level) else known[fold(level)],
        "points": str(values["points"]),
        "yearly_limit": values.get("yearly_limit"),
        "evidence": values.get("evidence") or "",
    }


def sentence(finding: Mapping[str, Any]) -> str:
    """What is wrong and what to do, in the active language."""
    text = SENTENCES.get(finding["code"])
    if text is not None:
        return str(text) % finding["params"]
    return messages.sentence(finding["code"], finding["params"])


def template(path: Path) -> None:
    """A workbook with the headings, one example row, and the values that are taken."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True, "text_wrap": True})
        sheet = book.add_worksheet(_DATA)
        sheet.set_column(0, len(COLUMNS) - 1, 22, text)
        for index, column in enumerate(COLUMNS):
            sheet.write_string(0, index, column.headings[0], bold)
            sheet.write_string(1, index, EXAMPLE[column.key], text)
        sheet.freeze_panes(1, 0)
        values = book.add_worksheet(_ALLOWED)
        values.set_column(0, 1, 30, text)
        level_names = [code.replace("_", " ").title() for code in dict.fromkeys(LEVELS.values())]
        lists = (
            (HEADINGS["element"], list(ELEMENT_NAMES.values())),
            (HEADINGS["level"], [EVERY_LEVEL[0], *level_names]),
        )
        for index, (heading, allowed) in enumerate(lists):
            for line, value in enumerate([heading, *allowed]):
                values.write_string(line, index, value, text if line else bold)
