"""How many people hold what and work where (handbook workforce.md, 2; SYNTHETIC, no official data).

Figures of the counting rules (coefficients, spans of golongan) are not here: they are read from
the regulations.
"""

from datetime import date

TODAY = date(2026, 11, 24)  # the demonstration's last day
FIRST_DAY = date(2017, 1, 1)  # its histories begin here
STAFF = 3669
EQUALISED_ON = date(2020, 12, 30)

HOLDERS = {
    "instruktur": 598, "analis-kebijakan": 248, "pengantar-kerja": 131, "mediator-hi": 118,
    "pengawas-ketenagakerjaan": 112, "arsiparis": 96, "perencana": 88, "pranata-komputer": 82,
    "analis-sdma": 71, "auditor": 64, "penguji-k3": 48, "pranata-humas": 38, "apk-apbn": 34,
    "dosen": 32, "widyaiswara": 18, "statistisi": 17, "pranata-sdma": 15, "ppbj": 14,
    "perancang-puu": 13, "analis-hukum": 12, "pk-apbn": 10, "pustakawan": 8, "analis-anggaran": 6,
    "dokter": 5, "perawat": 5, "ptp": 4, "asesor-sdma": 4, "peneliti": 3, "penerjemah": 3,
    "pembimbing-kesker": 3, "auditor-kepegawaian": 2, "plk": 2,
}  # fmt: skip

# Of these, by penyetaraan on EQUALISED_ON: 449 persons (public figure; the split is synthetic).
EQUALISED = {
    "analis-kebijakan": 190, "perencana": 50, "analis-sdma": 35, "pengantar-kerja": 30,
    "mediator-hi": 30, "pengawas-ketenagakerjaan": 25, "apk-apbn": 20, "pranata-komputer": 15,
    "pranata-humas": 14, "penguji-k3": 10, "arsiparis": 8, "ppbj": 6, "perancang-puu": 6,
    "analis-hukum": 6, "statistisi": 4,
}  # fmt: skip

# Contract employees (PPPK) among the holders.
CONTRACTED = {"instruktur": 70, "pengantar-kerja": 14, "pranata-komputer": 10, "mediator-hi": 6,
              "arsiparis": 6, "statistisi": 2}  # fmt: skip

# Share (percent) of the skilled category where a position has both.
SKILLED_SHARE = {"instruktur": 35, "arsiparis": 50, "pranata-komputer": 20, "statistisi": 25,
                 "pranata-humas": 25, "pustakawan": 40, "auditor": 6, "perawat": 60,
                 "plk": 50}  # fmt: skip

# Levels at the end of 2022, before the promotions that the simulation adds (weights).
LEVELS_2022 = {
    "keahlian": {"ahli_pertama": 52, "ahli_muda": 36, "ahli_madya": 10, "ahli_utama": 2},
    "keterampilan": {"terampil": 44, "mahir": 35, "penyelia": 21},
    "penyetaraan": {"ahli_pertama": 10, "ahli_muda": 78, "ahli_madya": 12},
}

# Holders per group of units (percent): UPT, four Ditjen, Setjen, Itjen, Barenbang.
GROUP_SHARE = {"upt": 44, "ditjen": 34, "setjen": 12, "itjen": 5, "barenbang": 5}

# Where the holders of a position work: units by code, or by their beginning ("upt-blk-*").
# Positions without a line are found everywhere and fill the groups up.
HOME = {
    "instruktur": ("upt-blk-*",),
    "pengantar-kerja": ("penta-*",),
    "mediator-hi": ("phi-*",),
    "pengawas-ketenagakerjaan": ("wasnaker-*",),
    "auditor": ("itjen-*",),
    "penguji-k3": ("upt-bbk3-*", "upt-bk3-*"),
    "dosen": ("polteknaker",),
    "widyaiswara": ("setjen-ppsdm",),
    "dokter": ("upt-bbk3-*", "upt-bk3-*"),
    "perawat": ("upt-bbk3-*", "upt-bk3-*"),
    "pembimbing-kesker": ("upt-bbk3-*", "upt-bk3-*"),
    "plk": ("upt-bbk3-*", "upt-bk3-*"),
    "peneliti": ("barenbang-pusbangjak",),
    "asesor-sdma": ("setjen-biro-osdma",),
    "auditor-kepegawaian": ("setjen-biro-osdma",),
    "penerjemah": ("setjen-biro-kerjasama",),
    "pustakawan": ("setjen-biro-humas",),
    "ptp": ("lavotas-bina-standardisasi",),
    "analis-anggaran": ("setjen-biro-keuangan",),
}

# Yearly ratings (weights in thousandths).
PREDICATES = {"baik": 855, "sangat_baik": 90, "butuh_perbaikan": 38, "kurang": 12,
              "sangat_kurang": 5}  # fmt: skip

SUBJECTS = {
    "instruktur": ("Teknik Mesin", "S.T.", "M.T."),
    "pranata-komputer": ("Ilmu Komputer", "S.Kom.", "M.Kom."),
    "statistisi": ("Statistika", "S.Stat.", "M.Stat."),
    "auditor": ("Akuntansi", "S.E.", "M.Ak."),
    "apk-apbn": ("Akuntansi", "S.E.", "M.Ak."),
    "pk-apbn": ("Akuntansi", "S.E.", "M.Ak."),
    "analis-anggaran": ("Ekonomi", "S.E.", "M.E."),
    "mediator-hi": ("Ilmu Hukum", "S.H.", "M.H."),
    "pengawas-ketenagakerjaan": ("Ilmu Hukum", "S.H.", "M.H."),
    "perancang-puu": ("Ilmu Hukum", "S.H.", "M.H."),
    "analis-hukum": ("Ilmu Hukum", "S.H.", "M.H."),
    "penguji-k3": ("Kesehatan Masyarakat", "S.K.M.", "M.K.K.K."),
    "pembimbing-kesker": ("Kesehatan Masyarakat", "S.K.M.", "M.K.M."),
    "arsiparis": ("Ilmu Kearsipan", "S.A.P.", "M.A.P."),
    "pustakawan": ("Ilmu Perpustakaan", "S.I.P.", "M.I.P."),
    "pranata-humas": ("Ilmu Komunikasi", "S.I.Kom.", "M.I.Kom."),
    "analis-sdma": ("Psikologi", "S.Psi.", "M.Si."),
    "asesor-sdma": ("Psikologi", "S.Psi.", "M.Psi."),
    "dokter": ("Pendidikan Dokter", "S.Ked.", "M.K.K."),
}
ANY_SUBJECT = (
    ("Ilmu Administrasi Negara", "S.A.P.", "M.A.P."),
    ("Manajemen", "S.E.", "M.M."),
    ("Sosiologi", "S.Sos.", "M.Si."),
    ("Ilmu Pemerintahan", "S.I.P.", "M.Si."),
)
