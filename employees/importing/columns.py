"""The columns that kinds of import share, with the headings people give them.

The first heading is the official one; the order in a kind is the order of its template.
"""

from employees.models import Appointment, Education, Employee
from employees.sheets.columns import Column

NIP = Column(
    "nip",
    ("NIP", "NIP/NI PPPK", "NIP Baru", "Nomor Induk Pegawai", "NI PPPK", "NIPPPK", "No. NIP"),
    "nip",
    required=True,
    mandatory=True,
    max_length=40,
)
_NAME_HEADINGS = ("Nama", "Nama Pegawai", "Nama Lengkap", "Nama Pejabat", "Nama dan Gelar")
NAME = Column("name", _NAME_HEADINGS, "name", required=True, mandatory=True)
NAME_SEEN = Column("name", _NAME_HEADINGS, "name")  # to compare, where the person must exist
_POSITION_HEADINGS = (
    "Jabatan Fungsional",
    "Jabatan",
    "JF",
    "Nama Jabatan",
    "Nama Jabatan Fungsional",
)
POSITION = Column(
    "position", _POSITION_HEADINGS, "text", required=True, mandatory=True, looked_up=True
)
LEVEL = Column(
    "level",
    ("Jenjang", "Jenjang Jabatan", "Jenjang JF", "Tingkat Jabatan"),
    "text",
    required=True,
    mandatory=True,
    looked_up=True,
    max_length=60,
)
GOLONGAN = Column(
    "golongan",
    (
        "Golongan",
        "Gol. Ruang",
        "Gol",
        "Golongan Ruang",
        "Gol/Ruang",
        "Pangkat/Golongan",
        "Pangkat/Gol. Ruang",
        "Pangkat/Golongan Ruang",
        "Pangkat, Gol. Ruang",
        "Pangkat",
    ),
    "golongan",
    max_length=80,
)
RANK_FROM = Column(
    "rank_from",
    ("TMT Golongan", "TMT Gol", "TMT Gol. Ruang", "TMT Pangkat", "TMT Pangkat/Golongan"),
    "date",
)
_APPOINTED = ("TMT Jabatan", "TMT Jab", "TMT JF", "TMT Jenjang", "TMT Jabatan Fungsional", "TMT")
APPOINTED_FROM = Column("appointed_from", _APPOINTED, "date")
APPOINTED_FROM_NEEDED = Column("appointed_from", _APPOINTED, "date", required=True, mandatory=True)
UNIT = Column(
    "unit",
    ("Unit", "Unit Kerja", "Unit Organisasi", "Unor", "Satuan Kerja", "Satker", "Bagian"),
    "text",
    looked_up=True,
)
UNIT_FROM = Column("unit_from", ("TMT Unit", "TMT Unit Kerja", "Mulai di Unit"), "date")
PERIOD_START = Column(
    "start",
    ("Periode Mulai", "Mulai", "Tanggal Mulai", "Awal Periode", "Periode Awal", "Dari Tanggal"),
    "date",
    required=True,
    mandatory=True,
)
PERIOD_END = Column(
    "end",
    (
        "Periode Selesai",
        "Selesai",
        "Tanggal Selesai",
        "Akhir Periode",
        "Periode Akhir",
        "Sampai Tanggal",
    ),
    "date",
    required=True,
    mandatory=True,
)
EVIDENCE = Column(
    "evidence",
    ("Nomor Bukti", "No. Bukti", "Nomor Dokumen", "Nomor Evaluasi", "Nomor SKP"),
    "text",
    required=True,
    max_length=120,
)
BIRTH_DATE = Column("birth_date", ("Tanggal Lahir", "Tgl Lahir", "Tgl. Lahir"), "date")
BIRTH_PLACE = Column("birth_place", ("Tempat Lahir", "Tmp Lahir"), "text", max_length=100)
SEX = Column(
    "sex",
    ("Jenis Kelamin", "JK", "L/P", "Kelamin"),
    "choice",
    choices={
        "L": Employee.Sex.MALE.value,
        "P": Employee.Sex.FEMALE.value,
        "Laki-laki": Employee.Sex.MALE.value,
        "Laki-Laki": Employee.Sex.MALE.value,
        "Pria": Employee.Sex.MALE.value,
        "Perempuan": Employee.Sex.FEMALE.value,
        "Wanita": Employee.Sex.FEMALE.value,
    },
)
CARD = Column(
    "card_number",
    ("Nomor Karpeg", "Karpeg", "No. Karpeg", "Nomor Seri Karpeg"),
    "text",
    max_length=30,
)
EMPLOYMENT = Column(
    "employment",
    ("Status Kepegawaian", "Jenis Pegawai", "Status Pegawai", "Status ASN"),
    "choice",
    choices={name: name for name in Employee.Employment.values},
)
EMPLOYER = Column(
    "employer", ("Instansi", "Instansi Kerja", "Instansi Pengguna"), "text", looked_up=True
)
DEGREE = Column(
    "degree",
    ("Pendidikan", "Pendidikan Terakhir", "Tingkat Pendidikan"),
    "choice",
    choices={code: code for code in Education.Degree.values}
    | {label: code for code, label in Education.Degree.choices if label != code}
    | {"SMA": "SMA", "SMK": "SMA", "SLTA": "SMA", "Diploma III": "D3", "Diploma IV": "D4"}
    | {"DIII": "D3", "DIV": "D4", "Sarjana": "S1", "Magister": "S2", "Doktor": "S3"},
)
SUBJECT = Column("subject", ("Jurusan", "Program Studi", "Prodi"), "text")
GRADUATED = Column("graduated_on", ("Tanggal Lulus", "Tgl Lulus", "Tanggal Ijazah"), "date")
WAY = Column(
    "way",
    ("Cara Pengangkatan", "Jenis Pengangkatan", "Mekanisme Pengangkatan"),
    "choice",
    choices={
        "Pengangkatan Pertama": Appointment.Way.FIRST.value,
        "Perpindahan": Appointment.Way.TRANSFER.value,
        "Perpindahan dari Jabatan Lain": Appointment.Way.TRANSFER.value,
        "Promosi": Appointment.Way.PROMOTION.value,
        "Kenaikan Jenjang": Appointment.Way.PROMOTION.value,
        "Penyesuaian": Appointment.Way.INPASSING.value,
        "Inpassing": Appointment.Way.INPASSING.value,
        "Penyesuaian/Inpassing": Appointment.Way.INPASSING.value,
        "Penyetaraan": Appointment.Way.EQUALISATION.value,
        "Penyetaraan Jabatan": Appointment.Way.EQUALISATION.value,
        "Pengangkatan Kembali": Appointment.Way.REAPPOINTMENT.value,
    },
)
ORIGIN = Column(
    "origin",
    ("Jabatan Asal", "Asal Jabatan", "Jabatan Sebelumnya"),
    "choice",
    choices={
        "Pelaksana": Appointment.Origin.EXECUTOR.value,
        "Pengawas": Appointment.Origin.SUPERVISOR.value,
        "Administrator": Appointment.Origin.ADMINISTRATOR.value,
        "Jabatan Fungsional": Appointment.Origin.FUNCTIONAL.value,
    },
)
DECREE = Column("decree_number", ("Nomor SK", "No. SK", "Nomor SK Jabatan"), "text", max_length=120)
DECREE_DATE = Column("decree_date", ("Tanggal SK", "Tgl SK", "Tgl. SK"), "date")
