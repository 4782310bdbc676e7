"""The words and figures on each form, in their final wording: content -> texts for a template.

Pure. The forms are official Indonesian papers, so their words stand here in Indonesian and are
not translated. Layout is the templates' business; nothing here knows of it. Amounts are summed
exactly and rounded half-up where they become text, never before.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import segno

from credits.documents.conclusion import (
    Outcome,
    Rung,
    conclusion_of,
    conventional,
    shortfall,
)
from credits.documents.content import (
    Absence,
    AccumulationForm,
    Capacity,
    ClaimedItem,
    Content,
    ConventionalForm,
    ConversionForm,
    ConversionLine,
    DeterminationForm,
    DeterminationRow,
    FindingForm,
    Form,
    Group,
    Identity,
    ProposalForm,
    RowKind,
    Signatory,
    Target,
)
from credits.documents.indonesian import (
    half_up,
    long_date,
    month_range,
    number,
    period,
    plain_number,
)

DASH = "-"
_DOTS = "." * 24
_LONGEST_WORD = 28
_ZERO_WIDTH_SPACE = "\u200b"

_TITLES = {
    "conversion": "KONVERSI PREDIKAT KINERJA KE ANGKA KREDIT",
    "accumulation": "AKUMULASI ANGKA KREDIT",
    "determination": "PENETAPAN ANGKA KREDIT",
    "dupak": "DAFTAR USUL PENETAPAN ANGKA KREDIT",
    "hapak": "HASIL PENILAIAN ANGKA KREDIT",
    "conventional": "PENETAPAN ANGKA KREDIT",
}
_PERIOD_LABELS = {
    "conversion": "Periode",
    "accumulation": "Masa Penilaian",
    "determination": "Masa Penilaian",
    "dupak": "Masa Penilaian",
    "hapak": "Masa Penilaian",
    "conventional": "Masa Penilaian",
}
_ROW_LABELS = {
    RowKind.BASE: "AK Dasar yang diberikan",
    RowKind.FORMER_POSITION: "AK JF lama",
    RowKind.ADJUSTMENT: "AK Penyesuaian/Penyetaraan",
    RowKind.CONVERSION: "AK Konversi",
    RowKind.EDUCATION: "AK yang diperoleh dari peningkatan pendidikan",
    RowKind.OTHER: "Lain-lain",
}
_ABSENT_RANK = {
    Absence.TOP: "pangkat tertinggi",
    Absence.PPPK: "tidak berlaku (PPPK)",
    Absence.NOT_APPLICABLE: "tidak berlaku",
}
_ABSENT_LEVEL = {
    Absence.TOP: "jenjang tertinggi",
    Absence.PPPK: "tidak berlaku (PPPK)",
    Absence.NOT_APPLICABLE: "tidak berlaku",
}
_NO_DETERMINER = (
    "Pejabat yang berwenang menetapkan angka kredit untuk instansi dan jenjang ini belum "
    "terdaftar. Naskah ini belum dapat ditetapkan."
)
_ROUNDING_NOTE = (
    "Jumlah dihitung dari nilai tanpa pembulatan, kemudian dibulatkan; karena itu dapat "
    "berbeda dari penjumlahan angka yang tercetak."
)


def present(content: Content) -> dict[str, Any]:
    """Everything the template of this form prints, as plain JSON values."""
    if isinstance(content, DeterminationForm):
        own = _determination(content)
    elif isinstance(content, FindingForm):
        own = _finding(content)
    elif isinstance(content, ProposalForm):
        own = _proposal(content)
    elif isinstance(content, ConventionalForm):
        own = _conventional(content)
    elif isinstance(content, AccumulationForm):
        own = _accumulation(content)
    else:
        own = _conversion(content)
    cleaned: dict[str, Any] = _clean(_common(content) | own)
    return cleaned | {"qr": _qr(content.verify_url)}


def _clean(value: Any) -> Any:
    """Texts on one line, and with places to break in words no line could hold."""
    if isinstance(value, str):
        return " ".join(_breakable(word) for word in value.split())
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    pieces = (word[i : i + _LONGEST_WORD] for i in range(0, len(word), _LONGEST_WORD))
    return _ZERO_WIDTH_SPACE.join(pieces)


def _slashed(*parts: str) -> str:
    """ "Penata / III/c / 1 April 2021"; a missing part is a dash, nothing at all one dash."""
    return " / ".join(part or DASH for part in parts) if any(parts) else DASH


# --- what all forms share --------------------------------------------------------------------


def _common(form: Form) -> dict[str, Any]:
    title = _TITLES[form.FORM]
    marks = ["DRAF"] * form.is_draft + ["DATA CONTOH"] * form.sample
    day = form.dated or form.period_end
    return {
        "title": title,
        "document_title": f"{title.title()} - {form.identity.name or DASH}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "letterhead": list(form.letterhead),
        "number": form.number or _DOTS,
        "agency": form.identity.agency or DASH,
        "period_label": _PERIOD_LABELS[form.FORM],
        "period": period(form.period_start, form.period_end),
        "identity": _identity(form.identity),
        "marks": marks,
        "footer": form.footer,
        "original_to": form.original_to,
        "copies": list(form.copies),
        "signature": _signature(form),
    }


def _qr(address: str) -> str:
    """The QR code of an address as SVG; nothing without an address."""
    if not address:
        return ""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True))


def _identity(person: Identity) -> list[dict[str, str]]:
    """Numbered rows in the order of the annex of PerBKN 3/2023."""

    def day(value: Any) -> str:
        return long_date(value) if value else ""

    birth = ", ".join(part for part in (person.birth_place, day(person.birth_date)) if part)
    rows = [
        ("Nama", person.name),
        (person.nip_label, person.nip),
        ("Nomor Seri Karpeg", person.karpeg),
        ("Tempat/Tanggal Lahir", birth),
        ("Jenis Kelamin", person.sex),
        (
            "Pangkat/Golongan Ruang/TMT",
            _slashed(person.rank, person.grade, day(person.rank_since)),
        ),
    ]
    if person.education:
        rows.append(("Pendidikan", person.education))
    rows.append(("Jabatan/TMT", _slashed(person.position, day(person.position_since))))
    if person.service_years is not None:
        service = f"{person.service_years} tahun {person.service_months or 0} bulan"
        rows.append(("Masa Kerja Golongan", service))
    rows += [("Unit Kerja", person.unit), ("Instansi", person.agency)]
    return [{"label": label, "value": value.strip() or DASH} for label, value in rows]


def _signature(form: Form) -> dict[str, Any]:
    signatory = form.signatory
    missing = form.determined and signatory is None
    return {
        "missing": _NO_DETERMINER if missing else "",
        "words": "Diusulkan" if form.FORM == "dupak" else "Ditetapkan",
        "place": form.place or _DOTS,
        "date": long_date(form.dated) if form.dated else _DOTS,
        "office": _office_lines(signatory) if signatory else [_unsigned_office(form)],
        "name": signatory.name if signatory else _DOTS,
        "rank": signatory.rank if signatory else "",
        "nip": signatory.nip if signatory else _DOTS,
    }


def _unsigned_office(form: Form) -> str:
    """Who would sign, where nobody is known yet."""
    if isinstance(form, FindingForm):
        return "Ketua Tim Penilai,"
    return "Pejabat Pengusul," if isinstance(form, ProposalForm) else "Pejabat Penilai Kinerja,"


def _office_lines(signatory: Signatory) -> list[str]:
    """The lines above the signature: "a.n. Sekretaris Jenderal", "Kepala Biro ...,"."""
    first, *rest = signatory.offices
    if signatory.capacity is Capacity.PLT:
        lines = [f"Plt. {first}"]
    elif signatory.capacity is Capacity.PLH:
        lines = [f"Plh. {first}"]
    elif signatory.capacity is Capacity.AN:
        lines = [f"a.n. {first}", *rest]
    elif signatory.capacity is Capacity.UB and len(rest) == 2:
        lines = [f"a.n. {first}", rest[0], f"u.b. {rest[1]}"]
    elif signatory.capacity is Capacity.UB:
        lines = [first, f"u.b. {rest[0]}"]
    else:
        lines = [first]
    return [*lines[:-1], f"{lines[-1]},"]


def _sum_note(parts: Iterable[Fraction], total: Fraction, decimals: int) -> str:
    """Words for a reader who adds the printed figures and gets another sum; else nothing."""
    printed = sum((half_up(part, decimals) for part in parts), Fraction(0))
    return "" if printed == half_up(total, decimals) else _ROUNDING_NOTE


# --- Konversi --------------------------------------------------------------------------------


def _conversion(form: ConversionForm) -> dict[str, Any]:
    several = len(form.lines) > 1
    return {
        "lines": [_conversion_line(line, form.decimals, several) for line in form.lines],
        "total": number(form.total, form.decimals) if several else "",
        "note": _sum_note((line.amount for line in form.lines), form.total, form.decimals),
    }


def _conversion_line(line: ConversionLine, decimals: int, several: bool) -> dict[str, str]:
    detail = [period(line.start, line.end), line.level] if several else []
    return {
        "predikat": line.predikat or DASH,
        "detail": ", ".join(part for part in detail if part),
        "percent": _percent(line, with_months=True),
        "coefficient": plain_number(line.coefficient),
        "amount": number(line.amount, decimals),
    }


def _percent(line: ConversionLine, *, with_months: bool) -> str:
    percent = f"{plain_number(line.percent)}%"
    # A part of a year shows its formula, as in the example of BKN: 2/12 x 100%.
    return f"{line.months}/12 x {percent}" if with_months and line.months != 12 else percent


# --- Akumulasi -------------------------------------------------------------------------------


def _accumulation(form: AccumulationForm) -> dict[str, Any]:
    levels = {line.level for line in form.lines}
    return {
        "lines": [_accumulation_line(line, form.decimals, len(levels) > 1) for line in form.lines],
        "total": number(form.total, form.decimals),
        "note": _sum_note((line.amount for line in form.lines), form.total, form.decimals),
    }


def _accumulation_line(line: ConversionLine, decimals: int, with_level: bool) -> dict[str, str]:
    years = sorted({line.start.year, line.end.year})
    return {
        "year": "-".join(str(year) for year in years),
        "months": month_range(line.start, line.end),
        "detail": "" if line.months == 12 else f"{line.months} bulan",
        "predikat": line.predikat or DASH,
        "percent": _percent(line, with_months=False),
        "coefficient": plain_number(line.coefficient),
        "level": line.level if with_level else "",
        "amount": number(line.amount, decimals),
    }


# --- Penetapan -------------------------------------------------------------------------------


def _determination(form: DeterminationForm) -> dict[str, Any]:
    rows = _all_rows(form)
    old = sum((row.old or Fraction(0) for row in rows), Fraction(0))
    new = sum((row.new or Fraction(0) for row in rows), Fraction(0))
    columns = (
        ([row.old or Fraction(0) for row in rows], old),
        ([row.new or Fraction(0) for row in rows], new),
        ([row.total for row in rows], form.total),
        ([old, new], form.total),
    )
    notes = [_sum_note(parts, total, form.decimals) for parts, total in columns]
    return {
        "rows": [_determination_row(row, form.decimals) for row in rows],
        "old": number(old, form.decimals),
        "new": number(new, form.decimals),
        "total": number(form.total, form.decimals),
        "note": next((note for note in notes if note), ""),
        "rank": _against(form.total, form.rank, _ABSENT_RANK, form.rank_absent, form.decimals),
        "level": _against(form.total, form.level, _ABSENT_LEVEL, form.level_absent, form.decimals),
        "conclusion": conclusion_sentence(form),
    }


def _all_rows(form: DeterminationForm) -> list[DeterminationRow]:
    """The rows of the form in its order; a kind without an amount keeps its empty row."""
    given = {row.kind: row for row in form.rows}
    fixed = [
        given.get(kind, DeterminationRow(kind=kind))
        for kind in RowKind
        if kind is not RowKind.OTHER
    ]
    other = [row for row in form.rows if row.kind is RowKind.OTHER]
    return fixed + (other or [DeterminationRow(kind=RowKind.OTHER)])


def _determination_row(row: DeterminationRow, decimals: int) -> dict[str, str]:
    empty = row.old is None and row.new is None
    return {
        "label": row.label or _ROW_LABELS[row.kind],
        "old": DASH if row.old is None else number(row.old, decimals),
        "new": DASH if row.new is None else number(row.new, decimals),
        "total": DASH if empty else number(row.total, decimals),
        "note": row.note,
    }


def _against(
    total: Fraction,
    target: Target | None,
    absent: dict[Absence, str],
    why: Absence | None,
    decimals: int,
) -> dict[str, str]:
    """Minimum, and how far the total is above or below it."""
    if target is None:
        word = absent[why or Absence.NOT_APPLICABLE]
        return {"minimum": word, "word": "Kelebihan/kekurangan", "difference": DASH}
    gap = total - target.minimum
    return {
        "minimum": number(target.minimum, decimals),
        "word": "Kelebihan" if gap >= 0 else "Kekurangan",
        "difference": _difference(abs(gap), decimals),
    }


def _difference(gap: Fraction, decimals: int) -> str:
    # A shortfall too small to print must not read as none: the comparison is exact.
    if gap and not half_up(gap, decimals):
        return f"< {number(Fraction(1, 10**decimals), decimals)}"
    return number(gap, decimals)


def conclusion_sentence(form: DeterminationForm) -> str:
    """The concluding sentence in the words of the form, from the figures (fault B10)."""
    outcome = conclusion_of(form)
    rank = f"PANGKAT/GOLONGAN RUANG {form.rank.to}" if form.rank else ""
    level = f"JENJANG JABATAN {form.level.to}" if form.level else ""
    if outcome is Outcome.NO_TARGET:
        return _no_target_sentence(form)
    if outcome is Outcome.RANK_AND_LEVEL:
        return (
            "DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN JENJANG JABATAN DAN PANGKAT SETINGKAT LEBIH "
            f"TINGGI MENJADI {level}, {rank}"
        )
    if outcome is Outcome.RANK:
        return f"DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN PANGKAT SETINGKAT LEBIH TINGGI MENJADI {rank}"
    if outcome is Outcome.LEVEL:
        return (
            "DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN JENJANG JABATAN SETINGKAT LEBIH TINGGI "
            f"MENJADI {level}"
        )
    what = "/".join(
        word for word, there in (("PANGKAT", rank), ("JENJANG JABATAN", level)) if there
    )
    return (
        f"TIDAK DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN {what} SETINGKAT LEBIH TINGGI MENJADI "
        + ", ".join(part for part in (level, rank) if part)
    )


def _no_target_sentence(form: DeterminationForm) -> str:
    if Absence.PPPK in (form.rank_absent, form.level_absent):
        return (
            "ANGKA KREDIT DICATAT. KENAIKAN PANGKAT DENGAN ANGKA KREDIT TIDAK BERLAKU BAGI "
            "PEGAWAI PEMERINTAH DENGAN PERJANJIAN KERJA (PPPK)"
        )
    if form.rank_absent is Absence.TOP and form.level_absent is Absence.TOP:
        return (
            "ANGKA KREDIT DICATAT. TIDAK TERDAPAT KENAIKAN PANGKAT/JENJANG JABATAN SETINGKAT "
            "LEBIH TINGGI KARENA TELAH MENDUDUKI PANGKAT DAN JENJANG TERTINGGI"
        )
    return "ANGKA KREDIT DICATAT. KENAIKAN PANGKAT/JENJANG JABATAN TIDAK BERLAKU"


# --- DUPAK, HAPAK and the PAK of the conventional regime -----------------------------------------

_GROUPS = {
    Group.EDUCATION: "PENDIDIKAN",
    Group.DUTIES: "TUGAS JABATAN",
    Group.PROFESSION: "PENGEMBANGAN PROFESI",
    Group.SUPPORT: "PENUNJANG",
}


def _by_group(items: Iterable[ClaimedItem]) -> list[tuple[Group, list[ClaimedItem]]]:
    rows = sorted(items, key=lambda i: i.number)
    found = ((group, [i for i in rows if i.group is group]) for group in Group)
    return [(group, members) for group, members in found if members]


def _proposal(form: ProposalForm) -> dict[str, Any]:
    groups = [
        {
            "name": _GROUPS[group],
            "items": [_claimed(item, form.decimals) for item in members],
            "total": number(sum((i.points for i in members), Fraction(0)), form.decimals),
        }
        for group, members in _by_group(form.items)
    ]
    submitted = long_date(form.submitted_on) if form.submitted_on else _DOTS
    return {
        "groups": groups,
        "total": number(form.total, form.decimals),
        "note": _sum_note((i.points for i in form.items), form.total, form.decimals),
        "submitted": submitted,
    }


def _claimed(item: ClaimedItem, decimals: int) -> dict[str, str]:
    return {
        "number": str(item.number),
        "activity": item.activity,
        "detail": item.sub_element,
        "product": item.product or DASH,
        "quantity": str(item.quantity),
        "unit": plain_number(item.unit),
        "points": number(item.points, decimals),
    }


def _finding(form: FindingForm) -> dict[str, Any]:
    groups = [
        {
            "name": _GROUPS[group],
            "items": [
                _claimed(item, form.decimals)
                | {
                    "decided_quantity": str(item.decided_quantity or 0),
                    "decided": number(item.decided_points or Fraction(0), form.decimals),
                    "reason": item.reason,
                }
                for item in members
            ],
            "total": number(sum((i.points for i in members), Fraction(0)), form.decimals),
            "found": number(
                sum((i.decided_points or Fraction(0) for i in members), Fraction(0)),
                form.decimals,
            ),
        }
        for group, members in _by_group(form.items)
    ]
    claimed = sum((i.points for i in form.items), Fraction(0))
    cut = form.found - form.counted
    cut_note = (
        f"Unsur penunjang yang melebihi batas tidak diperhitungkan: {number(cut, form.decimals)}."
        if cut
        else ""
    )
    return {
        "groups": groups,
        "claimed": number(claimed, form.decimals),
        "found": number(form.found, form.decimals),
        "total": number(form.counted, form.decimals),
        "session": form.session or DASH,
        "cut": cut_note,
        "note": _sum_note(
            (i.decided_points or Fraction(0) for i in form.items), form.found, form.decimals
        ),
    }


_LETTERS = {Group.EDUCATION: "a.", Group.DUTIES: "b.", Group.PROFESSION: "c."}
_ROWS_OF_PAK = {
    Group.EDUCATION: "Pendidikan",
    Group.DUTIES: "Tugas jabatan",
    Group.PROFESSION: "Pengembangan profesi",
}


def _conventional(form: ConventionalForm) -> dict[str, Any]:
    rows = {row.group: row for row in form.rows}

    def amounts(old: Fraction, new: Fraction) -> dict[str, str]:
        return {
            "old": number(old, form.decimals),
            "new": number(new, form.decimals),
            "total": number(old + new, form.decimals),
        }

    main_rows = [rows[group] for group in _ROWS_OF_PAK]
    old_main = sum((r.old for r in main_rows), Fraction(0))
    new_main = sum((r.new for r in main_rows), Fraction(0))
    support = rows[Group.SUPPORT]
    return {
        "grade": form.grade,
        "base": amounts(form.base, Fraction(0)),
        "main": [
            {"letter": _LETTERS[r.group], "label": _ROWS_OF_PAK[r.group]} | amounts(r.old, r.new)
            for r in main_rows
        ],
        "main_sum": amounts(old_main, new_main),
        "support": amounts(support.old, support.new),
        "sum": amounts(form.base + old_main + support.old, new_main + support.new),
        "minimum": DASH if form.minimum is None else number(form.minimum, form.decimals),
        "conclusion": conventional_sentence(form),
        "replaces": form.replaces,
        "note": _sum_note([form.base, *(r.total for r in form.rows)], form.total, form.decimals),
    }


def conventional_sentence(form: ConventionalForm) -> str:
    """Block III in the words of the form, from the figures and the ladder (fault B10)."""
    rung = conventional(form)
    what = f"PANGKAT SETINGKAT LEBIH TINGGI MENJADI {form.next_rank}"
    if rung is Rung.TOP:
        return (
            "ANGKA KREDIT DICATAT. TIDAK TERDAPAT KENAIKAN PANGKAT SETINGKAT LEBIH TINGGI KARENA "
            "TELAH MENDUDUKI PANGKAT TERTINGGI"
        )
    if rung is Rung.MET:
        return f"DAPAT DIPERTIMBANGKAN UNTUK DINAIKKAN DALAM {what}"
    if rung is Rung.SHORT_OF_MAIN:
        missing = (form.main_minimum or Fraction(0)) - form.main
        why = f"KEKURANGAN ANGKA KREDIT UNSUR UTAMA {_difference(missing, form.decimals)}"
    else:
        why = f"KEKURANGAN ANGKA KREDIT {_difference(shortfall(form), form.decimals)}"
    return f"TIDAK DAPAT DIPERTIMBANGKAN UNTUK DINAIKKAN DALAM {what}, {why}"
