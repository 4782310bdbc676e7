"""A printed list of the forms that await one signatory: what goes around with the papers.

Pure, and in Indonesian as every paper of the office. The same list gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from credits.documents.indonesian import long_date, number, period

TITLE = "DAFTAR NASKAH YANG MENUNGGU TANDA TANGAN"
HEADINGS = (
    "No.",
    "Nomor naskah",
    "Naskah",
    "Nama",
    "NIP",
    "Jabatan fungsional",
    "Jenjang",
    "Periode",
    "Angka kredit",
    "Paraf",
)
FORMS = {
    "conversion": "Konversi",
    "accumulation": "Akumulasi",
    "determination": "Penetapan",
    "hapak": "HAPAK",
    "conventional": "Penetapan",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One form, as it states itself; `decimals` is how its points are printed."""

    number: str
    form: str
    name: str
    nip: str
    position: str
    level: str
    start: date
    end: date
    points: Fraction
    decimals: int

    def texts(self) -> list[str]:
        """The cells after the running number and before the initials, points last."""
        return [
            self.number,
            FORMS[self.form],
            self.name,
            self.nip,
            self.position,
            self.level,
            period(self.start, self.end),
            number(self.points, self.decimals),
        ]


@dataclass(frozen=True, kw_only=True)
class SigningList:
    """The forms of one signatory. `agency` heads the paper; `made_on` is the day of the list."""

    agency: str
    signatory: str
    signatory_nip: str
    made_on: date
    rows: tuple[Row, ...]
    sample: bool = False


def present(listed: SigningList) -> dict[str, Any]:
    """Everything the template prints, as plain JSON values."""
    return {
        "title": TITLE,
        "letterhead": listed.agency,
        "signatory": listed.signatory,
        "signatory_nip": listed.signatory_nip,
        "made_on": long_date(listed.made_on),
        "date": {
            "year": listed.made_on.year,
            "month": listed.made_on.month,
            "day": listed.made_on.day,
        },
        "headings": list(HEADINGS),
        "rows": [row.texts() for row in listed.rows],
        "sample": listed.sample,
    }
