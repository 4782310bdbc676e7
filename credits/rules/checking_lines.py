"""On which line of a TOML file a value stands, for whoever has to mend it."""

import re

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_ASSIGNED = re.compile(
    r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


def line_of(lines: list[str], path: str) -> int | None:
    """The line on which a path is set, or its table begins; None where it is not found."""
    if not path:
        return None
    wanted, table, heading = path.split("."), [], None
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            if table and wanted[: len(table)] == table:
                heading = number
        elif assigned := _ASSIGNED.match(line):
            here = table + _parts(assigned.group(1))
            if here == wanted[: len(here)]:
                return number
    return heading


def _parts(text: str) -> list[str]:
    return ["".join(found) for found in _PART.findall(text)]
