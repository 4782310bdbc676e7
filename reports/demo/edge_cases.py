"""The cases that tests and the documentation want to find again, each with a NIP of its own.

The numbers are fictive (sequence 990-999) and the same for every seed.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from reports.demo.facts import Held, Paused, Person, Placed, Rated, Schooling

_builders: list[tuple[str, Callable[[], Person]]] = []
_GOOD, _BEST = "baik", "sangat_baik"
PARTS = {"B": _GOOD, "S": _BEST, "P": "butuh_perbaikan", "K": "kurang"}


def _nip(born: date, joined: date, sex: str, sequence: int, contract: bool = False) -> str:
    appointed = f"{joined:%Y}21" if contract else f"{joined:%Y%m}"
    return f"{born:%Y%m%d}{appointed}{1 if sex == 'L' else 2}{sequence}"


def _years(marks: str, first: int = 2023) -> list[Rated]:
    """One yearly rating per letter: "BBS" is Baik, Baik, Sangat Baik; "-" leaves a year out."""
    return [
        Rated(date(first + n, 1, 1), date(first + n, 12, 31), PARTS[mark])
        for n, mark in enumerate(marks)
        if mark != "-"
    ]


def _person(
    name: str, sex: str, born: date, joined: date, sequence: int, unit: str, **facts: Any
) -> Person:
    contract = facts.get("employment") == "PPPK"
    person = Person(
        nip=_nip(born, joined, sex, sequence, contract),
        name=name,
        sex=sex,
        birth_date=born,
        joined_on=joined,
        **facts,
    )
    person.placed = [Placed(unit, max(joined, date(2017, 1, 1)))]
    if not person.schooling:
        person.schooling = [_degree("S1", date(joined.year - 1, 8, 20), joined)]
    return person


def _degree(degree: str, graduated: date, recorded: date | None) -> Schooling:
    return Schooling(
        degree, "Ilmu Administrasi Negara", "Universitas Contoh Nusantara", graduated, recorded
    )


def _case(build: Callable[[], Person]) -> Callable[[], Person]:
    _builders.append((build.__name__, build))
    return build


@_case
def at_rank_target() -> Person:
    """Exactly the points of a KP: 12.5 + 3 x 12.5 = 50."""
    return _person(
        "Rangga Contoh Wibowo", "L", date(1994, 5, 17), date(2020, 1, 1), 990,
        "barenbang-pusdatin", back_title="S.Kom.",
        ranks=[("III/a", date(2020, 1, 1))],
        held=[Held("pranata-komputer", "ahli_pertama", date(2021, 2, 1), "first")],
        ratings=_years("BBB"), conventional=Fraction("112.5"),
    )  # fmt: skip


@_case
def at_level_target() -> Person:
    """Exactly the points of a KJ: 125 + 3 x 25 = 200, in the top golongan of Ahli Muda."""
    return _person(
        "Ratna Contoh Permatasari", "P", date(1985, 3, 9), date(2009, 1, 1), 991,
        "setjen-biro-osdma", back_title="S.Psi.",
        ranks=[("III/b", date(2016, 4, 1)), ("III/c", date(2017, 4, 1)),
               ("III/d", date(2021, 4, 1))],
        held=[Held("analis-sdma", "ahli_muda", date(2017, 3, 1), "promotion")],
        ratings=_years("BBB"), conventional=Fraction(325),
    )  # fmt: skip


@_case
def both_targets_met() -> Person:
    """212.5 points in the lower golongan of Ahli Muda: KP and KJ at once, the level goes first."""
    return _person(
        "Bayu Contoh Santoso", "L", date(1987, 11, 2), date(2011, 1, 1), 992,
        "setjen-biro-perencanaan", back_title="S.E., M.E.",
        ranks=[("III/b", date(2015, 4, 1)), ("III/c", date(2019, 10, 1))],
        held=[Held("perencana", "ahli_muda", date(2019, 9, 1), "promotion")],
        ratings=_years("SSS"), conventional=Fraction(300),
    )  # fmt: skip


@_case
def top_of_skilled_ladder() -> Person:
    """Penyelia III/d: points are counted, no target is left."""
    return _person(
        "Endang Contoh Lestari", "P", date(1972, 7, 21), date(1996, 3, 1), 993,
        "setjen-biro-umum", back_title="A.Md.",
        ranks=[("III/c", date(2014, 4, 1)), ("III/d", date(2018, 4, 1))],
        held=[Held("arsiparis", "penyelia", date(2014, 3, 1), "promotion")],
        schooling=[_degree("D3", date(1995, 8, 20), date(1996, 3, 1))],
        ratings=_years("BBB"), conventional=Fraction("390.25"),
    )  # fmt: skip


@_case
def top_of_expert_ladder() -> Person:
    """Ahli Utama IV/e."""
    return _person(
        "Surya Contoh Adiputra", "L", date(1964, 2, 28), date(1990, 3, 1), 994,
        "barenbang-pusbangjak", front_title="Dr.", back_title="M.Si.",
        ranks=[("IV/d", date(2015, 4, 1)), ("IV/e", date(2019, 4, 1))],
        held=[Held("analis-kebijakan", "ahli_utama", date(2017, 6, 1), "transfer",
                   origin="administrator")],
        schooling=[_degree("S1", date(1988, 8, 20), date(1990, 3, 1)),
                   _degree("S2", date(1999, 8, 20), date(1999, 12, 1)),
                   _degree("S3", date(2010, 8, 20), date(2010, 12, 1))],
        ratings=_years("BBS"), conventional=Fraction(1200),
    )  # fmt: skip


@_case
def unpaid_leave() -> Person:
    """Half of 2024 on unpaid leave: those six months earn nothing."""
    return _person(
        "Maya Contoh Damayanti", "P", date(1988, 8, 8), date(2012, 3, 1), 995,
        "phi-bina-mediator", back_title="S.H.",
        ranks=[("III/b", date(2016, 4, 1)), ("III/c", date(2020, 4, 1))],
        held=[Held("mediator-hi", "ahli_muda", date(2020, 3, 1), "promotion")],
        pauses=[Paused("unpaid_leave", date(2024, 4, 1), date(2024, 9, 30))],
        ratings=_years("BBB"), conventional=Fraction(260),
    )  # fmt: skip


@_case
def study_with_honours() -> Person:
    """A study assignment of two years, finished cum laude, then the degree."""
    return _person(
        "Farhan Contoh Hidayat", "L", date(1991, 12, 12), date(2016, 2, 1), 996,
        "wasnaker-bina-riksa", back_title="S.H., M.H.",
        ranks=[("III/a", date(2016, 2, 1)), ("III/b", date(2020, 4, 1))],
        held=[Held("pengawas-ketenagakerjaan", "ahli_pertama", date(2018, 1, 1), "first")],
        pauses=[Paused("study", date(2023, 9, 1), date(2025, 8, 31), cum_laude=True)],
        schooling=[_degree("S1", date(2014, 8, 20), date(2016, 2, 1)),
                   _degree("S2", date(2025, 8, 20), date(2025, 11, 17))],
        ratings=[Rated(date(2023, 1, 1), date(2023, 8, 31), _GOOD),
                 Rated(date(2025, 9, 1), date(2025, 12, 31), _GOOD)],
        conventional=Fraction(165),
    )  # fmt: skip


@_case
def degree_recorded() -> Person:
    """A higher degree recorded by BKN in June 2024: a quarter of the points of a KP."""
    return _person(
        "Nadia Contoh Kusumawati", "P", date(1990, 4, 23), date(2015, 3, 1), 997,
        "penta-bina-pengantar-kerja", back_title="S.Sos., M.Si.",
        ranks=[("III/a", date(2015, 3, 1)), ("III/b", date(2019, 4, 1))],
        held=[Held("pengantar-kerja", "ahli_pertama", date(2017, 2, 1), "first")],
        schooling=[_degree("S1", date(2013, 8, 20), date(2015, 3, 1)),
                   _degree("S2", date(2024, 3, 14), date(2024, 6, 10))],
        ratings=_years("BBB"), conventional=Fraction(180),
    )  # fmt: skip


@_case
def transfer_from_supervisor() -> Person:
    """From pengawas to Ahli Muda in April 2024, in the top rank of the former position."""
    return _person(
        "Hendra Contoh Nugraha", "L", date(1979, 6, 30), date(2005, 1, 1), 998,
        "setjen-biro-keuangan", back_title="S.E., M.M.",
        ranks=[("III/c", date(2016, 10, 1)), ("III/d", date(2020, 10, 1))],
        held=[Held("apk-apbn", "ahli_muda", date(2024, 4, 1), "transfer", origin="pengawas",
                   top_rank=True, notes="Perpindahan dari jabatan pengawas (data contoh).")],
        ratings=[*_years("B"), Rated(date(2024, 1, 1), date(2024, 3, 31), _GOOD),
                 Rated(date(2024, 4, 1), date(2024, 12, 31), _GOOD), *_years("B", 2025)],
    )  # fmt: skip


@_case
def first_from_candidate() -> Person:
    """CPNS of 2023, first appointed in April 2024: the rated time as CPNS counts."""
    return _person(
        "Salsabila Contoh Ramadhani", "P", date(1999, 9, 1), date(2023, 3, 1), 999,
        "setjen-biro-humas", back_title="S.I.Kom.",
        ranks=[("III/a", date(2023, 3, 1))],
        held=[Held("pranata-humas", "ahli_pertama", date(2024, 4, 1), "first")],
        ratings=[Rated(date(2023, 3, 1), date(2023, 12, 31), _GOOD),
                 Rated(date(2024, 1, 1), date(2024, 3, 31), _GOOD),
                 Rated(date(2024, 4, 1), date(2024, 12, 31), _BEST), *_years("B", 2025)],
    )  # fmt: skip


@_case
def between_positions() -> Person:
    """From one JF to another of the same level in July 2024: the points go along."""
    return _person(
        "Imam Contoh Setiawan", "L", date(1983, 1, 15), date(2008, 12, 1), 990,
        "barenbang-pusrennaker", back_title="S.Sos.",
        ranks=[("III/b", date(2014, 4, 1)), ("III/c", date(2018, 4, 1))],
        held=[Held("analis-kebijakan", "ahli_muda", date(2019, 2, 1), "transfer",
                   end=date(2024, 6, 30), origin="pengawas"),
              Held("perencana", "ahli_muda", date(2024, 7, 1), "transfer", origin="jf")],
        ratings=_years("BBB"), conventional=Fraction("276.5"),
    )  # fmt: skip


@_case
def rank_above_level() -> Person:
    """A pelaksana in III/c becomes Ahli Pertama in 2024: the flat table applies."""
    return _person(
        "Slamet Contoh Raharjo", "L", date(1980, 10, 10), date(2006, 3, 1), 991,
        "setjen-biro-umum", back_title="S.A.P.",
        ranks=[("III/b", date(2017, 4, 1)), ("III/c", date(2021, 4, 1))],
        held=[Held("arsiparis", "ahli_pertama", date(2024, 1, 1), "transfer",
                   origin="pelaksana")],
        ratings=_years("BBB"),
    )  # fmt: skip


@_case
def rating_missing() -> Person:
    """No rating of 2024 was ever entered."""
    return _person(
        "Wulan Contoh Hapsari", "P", date(1992, 2, 29), date(2018, 3, 1), 992,
        "phi-hkp", back_title="S.H.",
        ranks=[("III/a", date(2018, 3, 1)), ("III/b", date(2022, 4, 1))],
        held=[Held("mediator-hi", "ahli_pertama", date(2019, 4, 1), "first")],
        ratings=_years("B-B"), conventional=Fraction("158.75"),
    )  # fmt: skip


@_case
def rating_superseded() -> Person:
    """Two quarters of 2024, replaced by the yearly rating."""
    return _person(
        "Yoga Contoh Pratama", "L", date(1993, 7, 7), date(2019, 3, 1), 993,
        "barenbang-pusdatin", back_title="S.Stat.",
        ranks=[("III/a", date(2019, 3, 1))],
        held=[Held("statistisi", "ahli_pertama", date(2020, 5, 1), "first")],
        ratings=[*_years("BSB"),
                 Rated(date(2024, 1, 1), date(2024, 3, 31), _GOOD, superseded=True),
                 Rated(date(2024, 4, 1), date(2024, 6, 30), _GOOD, superseded=True)],
        conventional=Fraction("131.25"),
    )  # fmt: skip


@_case
def mid_month() -> Person:
    """Appointed on 15 March 2024: March does not count (E-06)."""
    return _person(
        "Intan Contoh Puspitasari", "P", date(1998, 3, 3), date(2022, 12, 1), 994,
        "penta-tka", back_title="S.I.P.",
        ranks=[("III/a", date(2022, 12, 1))],
        held=[Held("pengantar-kerja", "ahli_pertama", date(2024, 3, 15), "first")],
        ratings=[*_years("B"), Rated(date(2024, 1, 1), date(2024, 3, 14), _GOOD),
                 Rated(date(2024, 3, 15), date(2024, 12, 31), _GOOD), *_years("B", 2025)],
    )  # fmt: skip


@_case
def contract_employee() -> Person:
    """PPPK: points are counted, there is no rank promotion."""
    return _person(
        "Rizki Contoh Mahendra", "L", date(1990, 5, 17), date(2023, 6, 1), 995,
        "upt-blk-bekasi", back_title="S.T.", employment="PPPK",
        ranks=[("IX", date(2023, 6, 1))],
        held=[Held("instruktur", "ahli_pertama", date(2023, 6, 1), "first")],
        ratings=[Rated(date(2023, 6, 1), date(2023, 12, 31), _GOOD), *_years("BB", 2024)],
    )  # fmt: skip


@_case
def lecturer() -> Person:
    """Dosen: a position with rules of its own, shown as not computed."""
    return _person(
        "Taufik Contoh Iskandar", "L", date(1984, 12, 24), date(2011, 3, 1), 996,
        "polteknaker", front_title="Dr.", back_title="S.T., M.T.",
        ranks=[("III/c", date(2017, 4, 1)), ("III/d", date(2021, 4, 1))],
        held=[Held("dosen", "ahli_muda", date(2018, 9, 1), "first")],
        ratings=_years("BBB"),
    )  # fmt: skip


@_case
def long_name() -> Person:
    """A name with titles that fills every form."""
    return _person(
        "Raden Roro Maria Goretti Kusumaningtyas Puspitasari Widyaningrum Hadikusumo Contoh", "P",
        date(1986, 6, 16), date(2010, 3, 1), 997, "wasnaker-bina-pengawas-penguji",
        front_title="Dr. dr. Hj.", back_title="S.Ked., S.K.M., M.K.K.K., Sp.Ok.",
        ranks=[("III/c", date(2016, 4, 1)), ("III/d", date(2020, 4, 1)), ],
        held=[Held("penguji-k3", "ahli_muda", date(2016, 3, 1), "promotion")],
        ratings=_years("BBB"), conventional=Fraction("335.125"),
    )  # fmt: skip


@_case
def apostrophe_name() -> Person:
    """A name with apostrophes, which no search and no form may break."""
    return _person(
        "Ma'ruf Nur'alim Contoh", "L", date(1989, 1, 31), date(2014, 3, 1), 998,
        "upt-blk-lombok-timur", back_title="S.Pd.",
        ranks=[("III/a", date(2014, 3, 1)), ("III/b", date(2018, 4, 1))],
        held=[Held("instruktur", "ahli_pertama", date(2015, 6, 1), "first")],
        ratings=_years("BBB"), conventional=Fraction("187.5"),
    )  # fmt: skip


@_case
def without_opening() -> Person:
    """Appointed in 2018, but the last PAK is not there: the account begins in 2023."""
    return _person(
        "Putu Contoh Lestari", "P", date(1987, 9, 19), date(2011, 1, 1), 999,
        "upt-blk-banyuwangi", back_title="S.Pd.",
        ranks=[("III/b", date(2016, 4, 1)), ("III/c", date(2020, 4, 1))],
        held=[Held("instruktur", "ahli_muda", date(2018, 2, 1), "promotion")],
        ratings=_years("BBB"),
    )  # fmt: skip


@_case
def promoted_in_mid_year() -> Person:
    """Ahli Madya from 1 June 2025: that year is split, each part with its own coefficient."""
    return _person(
        "Galih Contoh Wicaksono", "L", date(1981, 4, 4), date(2006, 1, 1), 990,
        "itjen-ii", back_title="S.E., M.Ak.",
        ranks=[("III/d", date(2019, 4, 1)), ("IV/a", date(2025, 8, 1))],
        held=[Held("auditor", "ahli_muda", date(2015, 3, 1), "promotion", end=date(2025, 5, 31)),
              Held("auditor", "ahli_madya", date(2025, 6, 1), "promotion")],
        ratings=_years("BSB"), conventional=Fraction("372.5"),
    )  # fmt: skip


@_case
def change_of_category() -> Person:
    """From Penyelia to Ahli Muda in 2024 (alih kategori): the account begins anew."""
    return _person(
        "Dewi Contoh Anggraini", "P", date(1982, 8, 17), date(2005, 3, 1), 991,
        "upt-blk-semarang", back_title="S.Pd.",
        ranks=[("III/b", date(2016, 4, 1)), ("III/c", date(2020, 4, 1))],
        held=[Held("instruktur", "penyelia", date(2020, 2, 1), "promotion", end=date(2024, 2, 29)),
              Held("instruktur", "ahli_muda", date(2024, 3, 1), "transfer", origin="jf",
                   notes="Alih kategori (data contoh).")],
        schooling=[_degree("D3", date(2004, 8, 20), date(2005, 3, 1)),
                   _degree("S1", date(2019, 8, 20), date(2019, 12, 1))],
        ratings=_years("BBB"), conventional=Fraction(255),
    )  # fmt: skip


@_case
def suspended() -> Person:
    """Suspended from the functional position for four months of 2025."""
    return _person(
        "Rudi Contoh Kurniawan", "L", date(1984, 2, 2), date(2009, 3, 1), 992,
        "upt-blk-makassar", back_title="S.T.",
        ranks=[("III/c", date(2017, 4, 1)), ("III/d", date(2021, 4, 1))],
        held=[Held("instruktur", "ahli_muda", date(2017, 2, 1), "promotion")],
        pauses=[Paused("suspension", date(2025, 3, 1), date(2025, 6, 30))],
        ratings=_years("BPK"), conventional=Fraction("320.5"),
    )  # fmt: skip


@_case
def replaced_number() -> Person:
    """BKN replaced the NIP; the former one stays known."""
    born = date(1988, 10, 5)
    return _person(
        "Laila Contoh Safitri", "P", born, date(2014, 3, 1), 993,
        "itjen-sekretariat", back_title="S.E.",
        former_nip=_nip(date(1988, 10, 6), date(2014, 3, 1), "P", 993),
        ranks=[("III/a", date(2014, 3, 1)), ("III/b", date(2018, 4, 1))],
        held=[Held("auditor", "ahli_pertama", date(2015, 9, 1), "first")],
        ratings=_years("BBB"), conventional=Fraction("191.75"),
    )  # fmt: skip


def people() -> list[Person]:
    """The persons of all cases, in a fixed order."""
    return [build() for _name, build in _builders]


EDGE_CASES: dict[str, str] = {name: build().nip for name, build in _builders}
