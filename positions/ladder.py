"""The ladder of functional positions and of civil-service ranks, as plain values.

Nothing here is a figure of law that changes with a regulation: which golongan a jenjang spans and
what it asks stands in the regulation data (``credits/regulations``).
"""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Kategori jabatan fungsional."""

    KETERAMPILAN = "keterampilan"
    KEAHLIAN = "keahlian"


class Level(StrEnum):
    """Jenjang, lowest first within each category (PermenPANRB 1/2023; R-002)."""

    PEMULA = "pemula"
    TERAMPIL = "terampil"
    MAHIR = "mahir"
    PENYELIA = "penyelia"
    AHLI_PERTAMA = "ahli_pertama"
    AHLI_MUDA = "ahli_muda"
    AHLI_MADYA = "ahli_madya"
    AHLI_UTAMA = "ahli_utama"

    @property
    def category(self) -> Category:
        """Keterampilan or keahlian."""
        return _CATEGORY[self]

    @property
    def label(self) -> str:
        """The official Indonesian name, such as ``Ahli Pertama``."""
        return self.value.replace("_", " ").title()

    @property
    def next_level(self) -> Level | None:
        """The jenjang above in the same category, or None at its top."""
        return _NEXT[self]

    @property
    def previous_level(self) -> Level | None:
        """The jenjang below in the same category, or None at its bottom."""
        return _PREVIOUS[self]


LEVELS_OF: dict[Category, tuple[Level, ...]] = {
    Category.KETERAMPILAN: (Level.PEMULA, Level.TERAMPIL, Level.MAHIR, Level.PENYELIA),
    Category.KEAHLIAN: (Level.AHLI_PERTAMA, Level.AHLI_MUDA, Level.AHLI_MADYA, Level.AHLI_UTAMA),
}
_CATEGORY = {level: category for category, levels in LEVELS_OF.items() for level in levels}
_NEXT: dict[Level, Level | None] = {
    level: above
    for levels in LEVELS_OF.values()
    for level, above in zip(levels, (*levels[1:], None), strict=True)
}
_PREVIOUS: dict[Level, Level | None] = {
    level: below
    for levels in LEVELS_OF.values()
    for level, below in zip(levels, (None, *levels[:-1]), strict=True)
}


class Golongan(StrEnum):
    """The 17 golongan ruang of civil servants (PNS), lowest first; values as printed."""

    I_A = "I/a"
    I_B = "I/b"
    I_C = "I/c"
    I_D = "I/d"
    II_A = "II/a"
    II_B = "II/b"
    II_C = "II/c"
    II_D = "II/d"
    III_A = "III/a"
    III_B = "III/b"
    III_C = "III/c"
    III_D = "III/d"
    IV_A = "IV/a"
    IV_B = "IV/b"
    IV_C = "IV/c"
    IV_D = "IV/d"
    IV_E = "IV/e"

    @property
    def order(self) -> int:
        """1 for I/a to 17 for IV/e."""
        return _ORDER[self]

    @property
    def pangkat(self) -> str:
        """The name of the rank, such as ``Penata Muda Tingkat I``."""
        return _PANGKAT[self]

    @property
    def next_golongan(self) -> Golongan | None:
        """The golongan one step above, or None at IV/e."""
        return _ABOVE[self]


GOLONGAN: tuple[Golongan, ...] = tuple(Golongan)
_ORDER = {golongan: order for order, golongan in enumerate(GOLONGAN, start=1)}
_ABOVE: dict[Golongan, Golongan | None] = dict(zip(GOLONGAN, (*GOLONGAN[1:], None), strict=True))
_PANGKAT = dict(
    zip(
        GOLONGAN,
        (
            "Juru Muda",
            "Juru Muda Tingkat I",
            "Juru",
            "Juru Tingkat I",
            "Pengatur Muda",
            "Pengatur Muda Tingkat I",
            "Pengatur",
            "Pengatur Tingkat I",
            "Penata Muda",
            "Penata Muda Tingkat I",
            "Penata",
            "Penata Tingkat I",
            "Pembina",
            "Pembina Tingkat I",
            "Pembina Utama Muda",
            "Pembina Utama Madya",
            "Pembina Utama",
        ),
        strict=True,
    )
)

# Contract employees (PPPK) have grades of their own and no rank promotion by points.
# fmt: off
PPPK_GRADES: tuple[str, ...] = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX",
    "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
)
# fmt: on
