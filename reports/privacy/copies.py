"""The copy of everything that is stored about one person: JSON with its schema, a readable page
(HTML and PDF), and the files. Built from the register of holdings alone, so nothing stored is left
out.

Other people stay out: a superior or a signer by name, accounts of officers. Who looked at the data
is part of the copy, as the law asks.
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import typst
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, Count, Field, FileField, ForeignKey, Model, Value
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from credits.documents.render import typeset
from employees.models import Employee
from reports.privacy.holdings import HOLDINGS, Holding
from reports.privacy.words import accounts_named, label
from reports.templatetags.sijafung import moment, nip

VERSION = 1
SECRET = frozenset({"password", "digest"})  # of use to nobody but this system
ACCOUNTS = frozenset({"actor_id"})
_LONG = 70  # characters of a value that has a line of its own on paper
_LONG_WORD = re.compile(r"(\S{16})(?=\S)")  # hashes, and data without spaces


def rows_of(holding: Holding, person: Employee) -> Any:
    """The rows of a holding about the person."""
    rows = holding.model._default_manager.all()
    if holding.path.startswith("#"):
        return rows.filter(**{holding.path[1:]: person.pk}).order_by("pk")
    if not holding.path:
        return Employee.everyone.filter(pk=person.pk)
    return rows.filter(**{holding.path: person.pk}).order_by("pk")


def counts_of(holdings: Iterable[Holding], person: Employee) -> dict[str, int]:
    """Number of rows about the person by the holding's label. One statement."""
    parts = [
        rows_of(holding, person)
        .order_by()
        .annotate(held=Value(holding.label))
        .values_list("held")
        .annotate(n=Count("pk"))
        for holding in holdings
    ]
    return dict(parts[0].union(*parts[1:], all=True))


def copy_of(person: Employee) -> dict[str, Any]:
    """Everything stored about the person, as plain values."""
    names = accounts_named(person.pk)
    tables = {
        holding.label: [
            _row(holding, row, names) for row in _related(holding, rows_of(holding, person))
        ]
        for holding in HOLDINGS
        if holding.copied
    }
    return {"version": VERSION, "made_at": timezone.now(), "tables": tables}


def _related(holding: Holding, rows: Any) -> Any:
    related = [f.name for f in _fields(holding) if isinstance(f, ForeignKey)]
    return rows.select_related(*related) if related else rows


def _fields(holding: Holding) -> Iterator["Field[Any, Any]"]:
    """The fields that go into the copy: neither secrets nor what names somebody else."""
    for name in holding.names():
        field = holding.field(name)
        person = field.related_model is Employee
        if name not in SECRET and name not in holding.others and not person:
            yield field


def _row(holding: Holding, row: Model, names: dict[int, str]) -> dict[str, Any]:
    return {field.name: _value(field, row, names) for field in _fields(holding)}


def _value(field: "Field[Any, Any]", row: Model, names: dict[int, str]) -> Any:
    value = getattr(row, field.name)
    if field.name in ACCOUNTS:
        return names.get(value, "officer") if value else None
    if isinstance(value, User):
        return value.username if field.name == "user" else "officer"
    if isinstance(field, ForeignKey):
        return None if value is None else {"id": value.pk, "label": str(value)}
    if isinstance(field, FileField):
        return value.name or None
    if isinstance(field, BinaryField):
        return bytes(value).hex()
    return value


def schema() -> dict[str, Any]:
    """The JSON schema of a copy (draft 2020-12), from the register."""
    tables = {
        holding.label: {
            "type": "array",
            "title": holding.title,
            "items": {
                "type": "object",
                "properties": {f.name: {"title": label(f)} for f in _fields(holding)},
                "required": [f.name for f in _fields(holding)],
                "additionalProperties": False,
            },
        }
        for holding in HOLDINGS
        if holding.copied
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SIJAFUNG: copy of one person's data",
        "type": "object",
        "required": ["version", "made_at", "tables"],
        "properties": {
            "version": {"const": VERSION},
            "made_at": {"type": "string"},
            "tables": {
                "type": "object",
                "properties": tables,
                "required": list(tables),
                "additionalProperties": False,
            },
        },
    }


def write_zip(person: Employee, file: IO[bytes] | Path) -> None:
    """data.json, schema.json, data.html, data.pdf and the files themselves."""
    copy = copy_of(person)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", _json(copy))
        archive.writestr("schema.json", _json(schema()))
        archive.writestr("data.html", _readable(person, copy))
        archive.writestr("data.pdf", _paper(person, copy))
        for name in _files(copy):
            if default_storage.exists(name):
                with default_storage.open(name) as stored:
                    archive.writestr(f"files/{name}", stored.read())


def _json(data: Any) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _files(copy: dict[str, Any]) -> Iterator[str]:
    for holding in HOLDINGS:
        files = [f.name for f in _fields(holding) if isinstance(f, FileField)]
        for row in copy["tables"].get(holding.label, ()):
            yield from (row[name] for name in files if row[name])


def pdf_of(person: Employee) -> bytes:
    """The readable copy alone, as a PDF."""
    return _paper(person, copy_of(person))


@dataclass(frozen=True)
class _Section:
    """A table of the copy in words; the cells stand in the order of the headings."""

    holding: Holding
    headings: list[str]
    rows: list[list[Any]]


def _sections(copy: dict[str, Any]) -> list[_Section]:
    return [
        _Section(
            holding,
            [label(f) for f in _fields(holding)],
            [
                [_words(f, row[f.name]) for f in _fields(holding)]
                for row in copy["tables"][holding.label]
            ],
        )
        for holding in HOLDINGS
        if holding.copied
    ]


def _readable(person: Employee, copy: dict[str, Any]) -> str:
    context = {"person": person, "sections": _sections(copy), "made_at": copy["made_at"]}
    return render_to_string("reports/copy.html", context)


def _paper(person: Employee, copy: dict[str, Any]) -> bytes:
    """The same as a PDF, where a row is a list of its fields: no sheet holds twenty columns.

    For archives and screen readers, unless a character has no glyph (an emoji in a reason): then
    an ordinary PDF, as nobody's copy may fail for what was typed about him.
    """
    day = timezone.localdate(copy["made_at"])
    page = {
        "title": _("Copy of my data"),
        "name": person.full_name,
        "nip": nip(person.nip),
        "made_at": moment(copy["made_at"]),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "lang": get_language() or settings.LANGUAGE_CODE,
        "sample": _("sample data").upper() if person.is_sample else "",
        "note": _("Empty fields are left out here; data.json of the ZIP has all of them."),
        "none": _("No rows."),
        "sections": [_on_paper(section) for section in _sections(copy)],
    }
    try:
        return typeset("copy", page, day)
    except typst.TypstError:
        return typeset("copy", page, day, strict=False)


def _on_paper(section: _Section) -> dict[str, Any]:
    holding = section.holding
    about = f"{_('Source')}: {holding.source}. {_('Kept')}: {holding.retention}."
    rows = [_pairs(section.headings, row) for row in section.rows]
    return {"title": capfirst(holding.title), "about": about, "rows": rows}


def _pairs(headings: list[str], row: list[Any]) -> dict[str, list[tuple[str, str]]]:
    """Label and text of the filled cells: those that stand beside one another, and the long."""
    pairs = [
        (capfirst(heading), _text(cell))
        for heading, cell in zip(headings, row, strict=True)
        if cell not in ("", None, [], {})
    ]
    return {
        "short": [pair for pair in pairs if len(pair[1]) <= _LONG],
        "long": [pair for pair in pairs if len(pair[1]) > _LONG],
    }


def _text(value: Any) -> str:
    """A value as pages show it; long words may break."""
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(value, datetime):
        value = moment(value)
    elif isinstance(value, (dict, list)):
        value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return _LONG_WORD.sub("\\1\u200b", str(localize(value)))


def _words(field: "Field[Any, Any]", value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"id", "label"}:
        return value["label"]
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    return "" if value is None else value
