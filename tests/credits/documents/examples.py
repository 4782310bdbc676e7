"""Invented people and papers for the tests of the forms."""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Any

from credits.documents.content import (
    AccumulationForm,
    ConversionForm,
    ConversionLine,
    DeterminationForm,
    DeterminationRow,
    Identity,
    RowKind,
    Signatory,
    Target,
)

PERSON = Identity(
    name="Dr. Budi Santoso, S.H., M.H.",
    nip="199001012015011999",
    position="Mediator Hubungan Industrial Ahli Muda",
    unit="Direktorat Penyelesaian Perselisihan Hubungan Industrial",
    agency="Kementerian Ketenagakerjaan",
    karpeg="A 123456",
    rank="Penata",
    grade="III/c",
    rank_since=date(2021, 4, 1),
    birth_place="Yogyakarta",
    birth_date=date(1990, 1, 1),
    sex="Laki-laki",
    position_since=date(2021, 4, 1),
)
SIGNED: dict[str, Any] = {
    "number": "1/0235/KP.08.04/3/2025",
    "place": "Jakarta",
    "dated": date(2025, 4, 5),
    "signatory": Signatory(
        name="Dra. Siti Aminah, M.Si.",
        nip="197001011995032999",
        offices=("Kepala Biro Organisasi dan SDM Aparatur",),
    ),
    "copies": ("Pimpinan Instansi Pengusul;", "Pejabat Fungsional yang bersangkutan."),
}
YEAR: dict[str, Any] = {
    "identity": PERSON,
    "period_start": date(2024, 1, 1),
    "period_end": date(2024, 12, 31),
}


def line(year: int, first: int, last: int, **changes: Any) -> ConversionLine:
    """Months `first` to `last` of a year: Baik, Ahli Muda, unless told otherwise."""
    months = last - first + 1
    given: dict[str, Any] = {
        "predikat": "Baik",
        "percent": Fraction(100),
        "coefficient": Fraction(25),
    } | changes
    amount = Fraction(months, 12) * given["percent"] / 100 * given["coefficient"]
    return ConversionLine(
        start=date(year, first, 1),
        end=date(year, last, monthrange(year, last)[1]),
        months=months,
        **({"amount": amount} | given),
    )


def conversion(*lines: ConversionLine, **changes: Any) -> ConversionForm:
    return ConversionForm(**(YEAR | {"lines": lines or (line(2024, 1, 12),)} | changes))


def accumulation(*lines: ConversionLine, **changes: Any) -> AccumulationForm:
    return AccumulationForm(**(YEAR | {"lines": lines or (line(2024, 1, 12),)} | changes))


def determination(old: str = "75", new: str = "75/2", **changes: Any) -> DeterminationForm:
    """A Penetapan whose AK Konversi is `old` + `new`; next rank at 100, next level at 200."""
    given: dict[str, Any] = {
        "rows": (DeterminationRow(kind=RowKind.CONVERSION, old=Fraction(old), new=Fraction(new)),),
        "rank": Target(minimum=Fraction(100), to="Penata Tingkat I, III/d"),
        "level": Target(minimum=Fraction(200), to="Mediator Hubungan Industrial Ahli Madya"),
    }
    return DeterminationForm(**(YEAR | given | changes))
