"""The activity items that are shipped: stand-ins from public sources, and invented ones.

None of them is an official table; each says so, and every view shows it. `credits/data/*.toml`:
[[table]] with position, regulation, provenance, dates, source, its items; `common` names a list of
[common] whose items follow the own ones.
"""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def shipped() -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Code of the JF, what the table is, and its rows as plain JSON (points as exact text)."""
    for path in sorted(DATA.glob("*.toml")):
        said = _read(path)
        for table in said["table"]:
            head = {
                "regulation": table["regulation"],
                "provenance": table["provenance"],
                "start": table["start"],
                "end": table.get("end"),
                "source": table["source"],
            }
            rows = [_row(item, table.get("sub_elements", {})) for item in table["items"]]
            for name in table.get("common", ()):
                shared = said["common"][name]
                rows += [_row(item, shared.get("sub_elements", {})) for item in shared["items"]]
            yield table["position"], head, rows


def _row(item: dict[str, Any], sub_elements: dict[str, str]) -> dict[str, Any]:
    code = item["code"]
    return {
        "code": code,
        "element": item["element"],
        "sub_element": sub_elements.get(code.rpartition(".")[0], ""),
        "name": item["name"],
        "product": item["product"],
        "level": item.get("level", ""),
        "points": str(item["points"]),
        "yearly_limit": item.get("limit"),
        "evidence": item.get("evidence", ""),
    }
