"""The list for a signatory: which forms await him, as data, PDF or workbook."""

import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db.models import Count, QuerySet

from credits.documents.content import from_json
from credits.documents.signing_list import HEADINGS, TITLE, Row, SigningList
from credits.models import Document
from credits.rules.units import display
from employees.models import Employee
from positions.selectors import level_names

_NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = (5, 30, 12, 34, 22, 40, 16, 34, 14, 10)
_POINTS = len(HEADINGS) - 2
_DIGITS = re.compile(r"(\d+)")


def awaiting(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those of the documents that await a signature."""
    return documents.filter(state=Document.State.AWAITING)


def signers(documents: QuerySet[Document]) -> list[tuple[Employee, int]]:
    """Whom documents await, with how many, by name. Two statements."""
    counted = awaiting(documents).order_by().values_list("signer").annotate(n=Count("pk"))
    counts: dict[int, int] = {key: n for key, n in counted if key}
    return [(e, counts[e.pk]) for e in Employee.everyone.filter(pk__in=counts)]


def signing_list(documents: QuerySet[Document], signer: Employee, on: date) -> SigningList:
    """What awaits the signer among the documents, in the order of their numbers."""
    mine = awaiting(documents).filter(signer=signer).select_related("employee")
    found = sorted(mine, key=lambda d: _natural(d.number))
    names = sorted(set(level_names().values()), key=len, reverse=True)
    return SigningList(
        agency=str(settings.AGENCY["name"]).upper(),
        signatory=signer.full_name,
        signatory_nip=signer.nip,
        made_on=on,
        rows=tuple(_row(d, names) for d in found),
        sample=any(d.employee.is_sample for d in found),
    )


def _natural(number: str) -> list[Any]:
    """So that /10/ comes after /9/."""
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(number)]


def _row(document: Document, names: Iterable[str]) -> Row:
    """As the document states it: what changed since is not its business."""
    content = from_json(document.content)
    person = content.identity
    level = next((name for name in names if person.position.endswith(f" {name}")), "")
    return Row(
        number=document.number,
        form=content.FORM,
        name=person.name,
        nip=person.nip,
        position=person.position.removesuffix(f" {level}") if level else person.position,
        level=level,
        start=content.period_start,
        end=content.period_end,
        points=content.total,
        decimals=content.decimals,
    )


def workbook(listed: SigningList) -> bytes:
    """The list as XLSX: every text a text cell, the points numbers."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **_NO_FORMULAS}) as book:
        text = book.add_format({"num_format": "@", "border": 1})
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        points = book.add_format({"num_format": "#,##0.000", "border": 1})
        sheet = book.add_worksheet("Daftar")
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.write_string(0, 0, f"{TITLE}: {listed.signatory}", book.add_format({"bold": True}))
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, heading, bold)
        sheet.freeze_panes(3, 0)
        for line, row in enumerate(listed.rows, 1):
            *texts, _printed = row.texts()
            for column, cell in enumerate([str(line), *texts]):
                sheet.write_string(line + 2, column, cell, text)
            # A spreadsheet knows binary numbers only; the figure is rounded half-up before.
            figure = float(display(row.points, row.decimals))
            sheet.write_number(line + 2, _POINTS, figure, points)
            sheet.write_blank(line + 2, _POINTS + 1, None, text)
    return target.getvalue()
