"""An angka-kredit record in the field names of BKN's SIASN, misspellings included (R-080)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from credits.rules.errors import RuleError
from credits.rules.inputs import read_points
from credits.rules.units import plain_decimal

# Exactly one flag is true, and none for a conventional PAK of 2021 and earlier.
KINDS = {
    "pertama": "isAngkaKreditPertama",
    "integrasi": "isIntegrasi",
    "konversi": "isKonversi",
    "konvensional": None,
}


def siasn_record(
    kind: str, start: date, end: date, main: Fraction, support: Fraction
) -> dict[str, str]:
    """The period, the amounts and the flags of a record; every value is a string.

    Amounts in points, as the decimal without trailing zeros, half-up at 3 decimals where it does
    not end. Raises RuleError("siasn.kind_unknown") and RuleError("period.reversed").
    """
    if kind not in KINDS:
        raise RuleError("siasn.kind_unknown", given=str(kind))
    if end < start:
        raise RuleError("period.reversed", start=start.isoformat(), end=end.isoformat())
    main, support = read_points(main, "main"), read_points(support, "support")
    return {
        "bulanMulaiPenailan": str(start.month),
        "tahunMulaiPenailan": str(start.year),
        "bulanSelesaiPenailan": str(end.month),
        "tahunSelesaiPenailan": str(end.year),
        "kreditUtamaBaru": plain_decimal(main),
        "kreditPenunjangBaru": plain_decimal(support),
        "kreditBaruTotal": plain_decimal(main + support),
        **{flag: str(int(KINDS[kind] == flag)) for flag in KINDS.values() if flag},
    }
