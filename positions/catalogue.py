"""The catalogue file as plain rows: what `load_catalogue` compares with the database.

A row is flat: field -> JSON value. What hangs on it (levels, other names, regulations, names of a
unit) stands beside the fields as "<part> <key>" -> dict, so that one comparison serves all.
Sources and evidence grades: positions/data (nothing in it was confirmed by the ministry).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]

# Histories of the demonstration and of imports begin here; earlier names are not known.
FIRST_DAY = "2017-01-01"
# BLK and BBPLK became BPVP and BBPVP in 2022 (units.json, notes).
LAST_DAY_OF_FORMER_NAMES = "2021-12-31"
RENAMED_ON = "2022-01-01"

_CATEGORIES = {"keahlian dan keterampilan": "keduanya"}
_NEW_ABBREVIATIONS = {
    "Balai Besar Pelatihan Vokasi dan Produktivitas": "BBPVP",
    "Balai Pelatihan Vokasi dan Produktivitas": "BPVP",
}
LINK_GRADE = "C"
LINK_EVIDENCE = (
    "Proposal: the annex of the decree, which names the supervising units, was not found in public."
)


@cache
def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def positions() -> dict[str, Row]:
    """Code -> row of each of the 33 positions, in the catalogue's order."""
    return {raw["code"]: _position(raw) for raw in _read("positions32.json")["positions"]}


def _position(raw: dict[str, Any]) -> Row:
    row: Row = {
        "number": raw["no"],
        "name": raw["nama"],
        "name_en": raw["name_en"],
        "category": _CATEGORIES.get(raw["category"], raw["category"]),
        "status": raw["status_2021"],
        "custodian": raw["instansi_pembina"],
        "is_own": raw["is_kemnaker_pembina"],
        "own_rules": raw["ak_engine"] == "excluded",
        "cluster": raw["rumpun"] or "",
        "notes": raw["notes"],
        "evidence_grade": raw["evidence_grade"],
        "evidence": "; ".join(raw["evidence"]),
    }
    for level in raw["jenjang"]:
        code, value = _level(level)
        row[f"level {code}"] = value
    for name, kind in _aliases(raw).items():
        row[f"alias {name}"] = {"kind": kind}
    for regulation in raw["regulations"]:
        row[f"regulation {regulation['no']}"] = {
            "subject": regulation["what"],
            "seen": regulation["seen"],
        }
    return row


def _level(raw: dict[str, Any]) -> tuple[str, Row]:
    ranks = _read("pangkat.json")
    code = ranks["jenjang_code_map"][raw["code"]]
    general = next(row for row in ranks["jenjang"] if row["code"] == raw["code"])
    skilled = general["category"] == "keterampilan"
    return code, {
        "name": raw["name"],
        "order": general["order"] + (0 if skilled else 4),  # a position with both: skilled first
        "rank_low": general["golongan"][0],
        "rank_high": general["golongan"][-1],
        "retirement_age": raw["bup"],
        "bkn_id": raw["bkn_id"] or "",
    }


def _aliases(raw: dict[str, Any]) -> dict[str, str]:
    names = dict.fromkeys(raw["bkn_old_names"], "former")
    for kind in ("former", "abbreviation"):
        names |= dict.fromkeys(_read("aliases.json")[kind].get(raw["code"], ()), kind)
    return {name: kind for name, kind in names.items() if name != raw["nama"]}


def units() -> dict[str, Row]:
    """Code -> row of each unit; a parent stands before its parts."""
    return {raw["code"]: _unit(raw) for raw in _read("units.json")["units"]}


def _unit(raw: dict[str, Any]) -> Row:
    later = raw["later_name"]
    first = {
        "name": raw["name"],
        "abbreviation": raw["abbr"] or "",
        "parent": raw["parent"],
        "end": LAST_DAY_OF_FORMER_NAMES if later else None,
    }
    row: Row = {
        "kind": raw["kind"],
        "echelon": raw["eselon"] or "",
        "notes": raw["notes"],
        "evidence_grade": raw["evidence_grade"],
        "evidence": raw["evidence"],
        f"version {FIRST_DAY}": first,
    }
    if later:
        row[f"version {RENAMED_ON}"] = {
            "name": later,
            "abbreviation": _new_abbreviation(later),
            "parent": raw["parent"],
            "end": None,
        }
    return row


def _new_abbreviation(name: str) -> str:
    for beginning, short in _NEW_ABBREVIATIONS.items():
        if name.startswith(beginning):
            return f"{short}{name.removeprefix(beginning)}"
    return ""


def decrees() -> list[Row]:
    """The decrees that the catalogue cites, with the first day from which they are applied."""
    return [dict(row) for row in _read("decrees.json")]


def supervisions() -> dict[str, Row]:
    """Position code -> its proposed supervising unit under the decree.

    The position that is being formed was not among the 32 of the decree: its link has none.
    """
    decree = _read("decrees.json")[0]
    return {
        raw["code"]: {
            "unit": raw["supervising_unit"][0],
            "decree": decree["number"] if raw["status_2021"] == "active" else None,
            "start": decree["in_force_from"],
            "end": None,
            "evidence_grade": LINK_GRADE,
            "evidence": LINK_EVIDENCE,
        }
        for raw in _read("positions32.json")["positions"]
    }
