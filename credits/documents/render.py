"""From the content of a form to the bytes of its PDF.

Pure: no Django, no database, no clock, no system font: the same content gives the same bytes
on every machine. Texts enter the templates (templates/documents/*.typ) as JSON only, never as
markup, so nothing that a person is called can become a command of the typesetter.

Never compile before a fork: a child forked after the parent compiled hangs for ever. Nothing
compiles at import; a worker child that compiles by itself is fine.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import typst

from credits.documents import signing_list
from credits.documents.content import Content
from credits.documents.presentation import present
from credits.documents.signing_list import SigningList

RENDERER_VERSION = "2"
"""Raised whenever the same content would give another PDF."""

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"

# PDF/A-2a (archive, tagged) and PDF/UA-1 (screen readers) at once; typst refuses to write a
# file that breaks either.
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]

# A compiler refuses a second call while one is under way ("Already borrowed").
_lock = threading.Lock()


@cache
def _compiler(form: str) -> typst.Compiler:
    """One compiler per template and process: it keeps fonts and parsed templates."""
    return typst.Compiler(
        str(TEMPLATES / f"{form}.typ"), root=str(TEMPLATES), ignore_system_fonts=True
    )


def render(content: Content) -> bytes:
    """The PDF of one form: A4, tagged, one page for ordinary content."""
    # The date in the file is the paper's own; a clock would make every rendering another file.
    return _compiled(content.FORM, present(content), content.dated or content.period_end)


def render_signing_list(listed: SigningList) -> bytes:
    """The PDF of a signatory's list: A4 across, tagged."""
    return _compiled("signing_list", signing_list.present(listed), listed.made_on)


def render_page(template: str, page: dict[str, Any], day: date) -> bytes:
    """The PDF of another paper: the texts of `page` by a template of templates/documents."""
    return _compiled(template, page, day)


def _compiled(template: str, page: dict[str, Any], day: date) -> bytes:
    with _lock:
        pdf = _compiler(template).compile(
            format="pdf",
            sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            pdf_standards=[*_STANDARDS],
            timestamp=datetime.combine(day, time(), UTC),
        )
    # One output file, so one text of bytes (a list is for pictures of pages).
    return cast(bytes, pdf)
