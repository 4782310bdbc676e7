"""The draft of the decree (SK) that forms a team, with its annex: content, and the texts it prints.

Pure, and in Indonesian as every paper of the office. The content is what is kept of a draft:
`to_json()` is plain JSON, `from_json()` gives an equal content back, and the same content gives
the same bytes. It carries no number and no name of a signatory: those come with the signature.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from credits.documents.indonesian import long_date

SCHEMA = 1
HEADINGS = ("No.", "Nama/NIP", "Pangkat/Golongan", "Jabatan", "Kedudukan dalam Tim")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDINALS = (
    "KESATU", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA", "KEENAM", "KETUJUH", "KEDELAPAN",
)  # fmt: skip
_DOTS = "." * 24


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the annex. `rank` as printed: "Pembina, IV/a"."""

    name: str
    nip: str
    rank: str
    position: str
    seat: str


@dataclass(frozen=True, kw_only=True)
class DecreeDraft:
    """What the decree states. `office` signs ("Sekretaris Jenderal"); `legal` are the regulations
    that it names, highest first; `made_on` the day of the draft."""

    agency: str
    office: str
    place: str
    positions: tuple[str, ...]
    levels: tuple[str, ...]
    units: tuple[str, ...]
    start: date
    end: date
    legal: tuple[str, ...]
    rows: tuple[Row, ...]
    made_on: date
    borrowed_from: str = ""
    sample: bool = False

    def to_json(self) -> dict[str, Any]:
        data = dataclasses.asdict(self)
        for name in ("start", "end", "made_on"):
            data[name] = data[name].isoformat()
        return {"schema": SCHEMA} | data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DecreeDraft:
        """What `to_json` wrote. Raises ValueError on anything else."""
        rest = dict(data)
        if rest.pop("schema", None) != SCHEMA:
            raise ValueError("unknown schema of a draft decree")
        for name in ("start", "end", "made_on"):
            rest[name] = date.fromisoformat(rest[name])
        for name in ("positions", "levels", "units", "legal"):
            rest[name] = tuple(rest[name])
        rest["rows"] = tuple(Row(**row) for row in rest["rows"])
        return cls(**rest)


# Regulations that every decree about a team names, with the days between which they are the ones
# to name; the regulations of the JF follow them.
_LAW = (
    (date(2014, 1, 15), date(2023, 10, 30),
     "Undang-Undang Nomor 5 Tahun 2014 tentang Aparatur Sipil Negara"),
    (date(2023, 10, 31), date.max,
     "Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara"),
    (date(2020, 2, 28), date.max,
     "Peraturan Pemerintah Nomor 11 Tahun 2017 tentang Manajemen Pegawai Negeri Sipil sebagaimana "
     "telah diubah dengan Peraturan Pemerintah Nomor 17 Tahun 2020"),
    (date(2023, 1, 9), date.max,
     "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi Nomor 1 Tahun 2023 "
     "tentang Jabatan Fungsional"),
)  # fmt: skip


def legal_basis(day: date, of_positions: tuple[str, ...]) -> tuple[str, ...]:
    """What a decree of a day names under "Mengingat"; `of_positions` are the JF's own."""
    general = tuple(title for first, last, title in _LAW if first <= day <= last)
    return general + tuple(dict.fromkeys(t for t in of_positions if t not in general))


def _listed(items: tuple[str, ...]) -> str:
    if len(items) < 2:
        return "".join(items)
    comma = "," if len(items) > 2 else ""
    return f"{', '.join(items[:-1])}{comma} dan {items[-1]}"


def present(draft: DecreeDraft) -> dict[str, Any]:
    """Everything the template prints, as plain JSON values."""
    jf = _listed(draft.positions)
    team = f"Tim Penilai Angka Kredit Jabatan Fungsional {jf}"
    subject = f"Pembentukan {team}"
    levels = _listed(draft.levels) or "semua jenjang"
    units = _listed(draft.units) or f"semua unit kerja {draft.agency}"
    considering = [
        f"bahwa untuk menjamin objektivitas penilaian angka kredit Jabatan Fungsional {jf} di "
        f"lingkungan {draft.agency}, perlu dibentuk tim penilai;",
    ]
    if draft.borrowed_from:
        considering.append(
            f"bahwa karena tim penilai sendiri belum dapat dibentuk, penilaian dilakukan oleh tim "
            f"penilai dari {draft.borrowed_from};"
        )
    considering += [
        "bahwa pegawai yang namanya tercantum dalam Lampiran dinilai memenuhi syarat sebagai "
        "anggota tim penilai;",
        "bahwa berdasarkan pertimbangan sebagaimana dimaksud di atas, perlu menetapkan Keputusan "
        f"{draft.office} tentang {subject};",
    ]
    articles = [
        f"Membentuk {team} dengan susunan keanggotaan sebagaimana tercantum dalam Lampiran yang "
        "merupakan bagian tidak terpisahkan dari Keputusan ini.",
        f"Tim Penilai sebagaimana dimaksud dalam Diktum KESATU menilai jenjang {levels} pada "
        f"{units}.",
        "Tim Penilai bertugas memeriksa kelengkapan usulan, menilai setiap butir kegiatan beserta "
        "buktinya, memutuskan hasil penilaian dalam sidang pleno, dan menyampaikannya kepada "
        "pejabat yang berwenang menetapkan angka kredit.",
        "Anggota Tim Penilai tidak menilai dirinya sendiri; penilaian atas anggota dilakukan "
        "dengan anggota pengganti.",
        f"Masa kerja Tim Penilai berlaku sejak tanggal {long_date(draft.start)} sampai dengan "
        f"tanggal {long_date(draft.end)}.",
        "Keputusan ini mulai berlaku pada tanggal ditetapkan.",
    ]
    return {
        "title": f"Keputusan tentang {subject}",
        "date": {
            "year": draft.made_on.year,
            "month": draft.made_on.month,
            "day": draft.made_on.day,
        },
        "letterhead": [draft.agency.upper()],
        "heading": f"KEPUTUSAN {draft.office.upper()}",
        "agency": draft.agency.upper(),
        "number": _DOTS,
        "subject": subject.upper(),
        "considering": [[f"{_LETTERS[n]}.", text] for n, text in enumerate(considering)],
        "legal": [[f"{n}.", f"{text};"] for n, text in enumerate(draft.legal, 1)],
        "decreeing": f"KEPUTUSAN {draft.office.upper()} TENTANG {subject.upper()}.",
        "articles": [list(pair) for pair in zip(_ORDINALS, articles, strict=False)],
        "signature": [
            f"Ditetapkan di {draft.place or _DOTS}",
            f"pada tanggal {_DOTS}",
            f"{draft.office.upper()},",
        ],
        "annex": [
            "LAMPIRAN",
            f"KEPUTUSAN {draft.office.upper()}",
            f"NOMOR {_DOTS}",
            f"TENTANG {subject.upper()}",
        ],
        "annex_title": f"SUSUNAN KEANGGOTAAN {team.upper()}",
        "headings": list(HEADINGS),
        "rows": [
            [str(n), f"{row.name}\n{row.nip}", row.rank or "-", row.position or "-", row.seat]
            for n, row in enumerate(draft.rows, 1)
        ],
        "marks": ["DRAF"] + ["DATA CONTOH"] * draft.sample,
        "footer": f"Draf tanggal {long_date(draft.made_on)}; belum bernomor dan belum "
        "ditandatangani.",
    }
