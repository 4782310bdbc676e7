"""Golongan ruang as officials write it: III/b, IIIb, III.b, 3b, "Penata Muda Tk. I, III/b"."""

import re
from functools import lru_cache

from employees.sheets.columns import Note
from positions.ladder import GOLONGAN, PPPK_GRADES

_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
_CODE = re.compile(r"\b(iv|i{1,3}|[1-4])\s*[/.\-\\]?\s*([a-e])\b")
_BY_CODE = {golongan.value.lower().replace("/", ""): golongan for golongan in GOLONGAN}
_PPPK = {grade.lower(): grade for grade in PPPK_GRADES}

Read = tuple[str | None, tuple[Note, ...]]


def _fold_name(text: str) -> str:
    plain = re.sub(r"\b(?:tk|tkt|tingkat)\b\.?\s*(?:i|1)\b", "tingkat i", text.casefold())
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", plain).split())


_BY_NAME = {_fold_name(golongan.pangkat): golongan for golongan in GOLONGAN}


@lru_cache(maxsize=1024)
def read(text: str) -> Read:
    """(code "III/b", notes), or PPPK grade "IX"; the pangkat's name must agree with the code."""
    if text in PPPK_GRADES or any(text == golongan.value for golongan in GOLONGAN):
        return text, ()
    taken = _find(text) if len(text) <= 80 else None
    if taken is None:
        return None, (Note("golongan_unknown", {"value": text[:40]}),)
    if taken == "":
        return None, (Note("golongan_contradicts", {"value": text[:40]}),)
    return taken, (Note("golongan_spelling", {"value": text[:40], "taken": taken}),)


def _find(text: str) -> str | None:
    """The code, "" where name and code contradict each other, None where nothing is known."""
    folded = " ".join(text.casefold().split())
    if folded in _PPPK:
        return _PPPK[folded]
    codes = list(_CODE.finditer(folded))
    if len(codes) > 1:
        return ""
    name = _fold_name(_CODE.sub(" ", folded))
    for word in ("golongan ruang", "golongan", "gol ruang", "gol"):
        name = name.removeprefix(word).removesuffix(word).strip()
    by_name = _BY_NAME.get(name)
    if not codes:
        return by_name.value if by_name else None
    roman = _ROMAN.get(codes[0][1], codes[0][1])
    by_code = _BY_CODE.get(roman + codes[0][2])
    if by_code is None or (name and by_name is None):
        return None
    return by_code.value if by_name in (None, by_code) else ""
