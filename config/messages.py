"""Translations without the gettext programs: extract, check, compile.

`python -m config.messages extract|check|compile`. Source strings are English; `locale/id` must be
complete (a missing or fuzzy Indonesian string fails `check`). The compiled .mo files are built
where they are needed and not committed.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
APPS = (
    "accounts",
    "positions",
    "employees",
    "credits",
    "assessors",
    "careers",
    "reports",
    "config",
)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "_now": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_CALL = re.compile(
    r"(?P<function>n?p?gettext)\((?P<arguments>(?:\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"),?)+)"
)
_TEXT = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")

Found = tuple[str, int, str | tuple[str, ...], str | None]


def extract() -> Catalog:
    """All marked strings of Python files and templates."""
    catalog = Catalog(project="SIJAFUNG", charset="utf-8")
    for name, line, message, context in sorted(_found(), key=lambda f: (f[0], f[1])):
        flags = ["python-format"] if "%(" in str(message) else []
        catalog.add(message, locations=[(name, line)], context=context, flags=flags)
    return catalog


def _found() -> Iterator[Found]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(path)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield from _in_template(path)


def _in_python(path: Path) -> Iterator[Found]:
    name = path.relative_to(ROOT).as_posix()
    source = BytesIO(path.read_bytes())
    for line, name_of, messages, _comments in extract_python(source, KEYWORDS, (), {}):
        function = str(name_of)
        given = (messages,) if isinstance(messages, str) else tuple(messages)
        texts = [t for t in given[:2] if isinstance(t, str)]
        if function.startswith("pgettext") and len(texts) == 2:
            yield name, line, texts[1], texts[0]
        elif function.startswith("ngettext") and len(texts) == 2:
            yield name, line, (texts[0], texts[1]), None
        elif texts and texts[0]:
            yield name, line, texts[0], None


def _in_template(path: Path) -> Iterator[Found]:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    name = path.relative_to(ROOT).as_posix()
    text = templatize(path.read_text("utf-8"), origin=name)
    for call in _CALL.finditer(text):
        line = text.count("\n", 0, call.start()) + 1
        texts = [_literal(t) for t in _TEXT.findall(call["arguments"])]
        function = call["function"]
        if function == "gettext" and texts[0]:
            yield name, line, texts[0], None
        elif function == "pgettext":
            yield name, line, texts[1], texts[0]
        elif function == "ngettext":
            yield name, line, (texts[0], texts[1]), None
        elif function == "npgettext":
            yield name, line, (texts[1], texts[2]), texts[0]


def _literal(quoted: str) -> str:
    return quoted[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n")


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    """Bring the catalogue of a language up to date; what is no longer marked is dropped."""
    catalog = _read(language)
    catalog.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file,
            catalog,
            sort_output=True,
            no_location=True,
            omit_header=False,
            width=100,
            ignore_obsolete=True,
        )


def check(language: str = "id") -> list[str]:
    """What is missing, unsure, or has other placeholders than its source."""
    catalog, faults = _read(language), []
    for message in extract():
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None or not _complete(found):
            faults.append(f"no {language} translation: {message.id!r} ({message.locations[:1]})")
        elif "fuzzy" in found.flags:
            faults.append(f"unsure {language} translation: {message.id!r}")
        elif not _same_placeholders(found):
            faults.append(f"other placeholders in the {language} translation: {message.id!r}")
    return faults


def _complete(message: Message) -> bool:
    return all(_texts(message.string))


def _texts(value: Any) -> list[str]:
    """One text, or one for each plural."""
    return [t or "" for t in value] if isinstance(value, tuple | list) else [value or ""]


def _same_placeholders(message: Message) -> bool:
    sources, texts = _texts(message.id), _texts(message.string)
    wanted = {p for s in sources for p in _PLACEHOLDER.findall(s)}
    return all(set(_PLACEHOLDER.findall(t)) <= wanted for t in texts) and wanted <= {
        p for t in texts for p in _PLACEHOLDER.findall(t)
    }


def compile_all() -> None:
    """Build the .mo files that are older than their .po."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        temporary = target.with_suffix(".new")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(target)


def main(arguments: list[str]) -> int:
    """Run one of the three acts; 1 where `check` finds something."""
    if arguments == ["compile"]:
        compile_all()
    elif arguments == ["extract"]:
        update("id")
    elif arguments == ["check"]:
        faults = check()
        sys.stderr.writelines(f"{fault}\n" for fault in faults)
        return bool(faults)
    else:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
