"""The PDFs, read back as text: what stands on the paper."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest
from pypdf import PdfReader

from credits.documents.content import Capacity, Content, Signatory
from credits.documents.render import render
from tests.credits.documents.examples import (
    PERSON,
    SIGNED,
    accumulation,
    conversion,
    determination,
    line,
)


def read(content: Content) -> PdfReader:
    return PdfReader(io.BytesIO(render(content)))


def text_of(content: Content) -> str:
    """The text of all pages, every run of white space one blank."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def test_a_conversion_states_person_factors_product_and_signer() -> None:
    text = text_of(conversion(line(2024, 1, 12, percent=Fraction(150)), **SIGNED))
    for expected in (
        "KONVERSI PREDIKAT KINERJA KE ANGKA KREDIT",
        "NOMOR: 1/0235/KP.08.04/3/2025",
        "Periode: Januari s.d. Desember 2024",
        "Dr. Budi Santoso, S.H., M.H.",
        "199001012015011999",
        "Penata / III/c / 1 April 2021",
        "150% 25 37,500",
        "Ditetapkan di Jakarta pada tanggal 5 April 2025",
        "Kepala Biro Organisasi dan SDM Aparatur,",
        "Dra. Siti Aminah, M.Si. NIP 197001011995032999",
    ):
        assert expected in text
    assert "DRAF" not in text
    assert "DATA CONTOH" not in text


def test_part_of_a_year_shows_its_months_in_the_formula() -> None:
    assert "2/12 x 100% 12,5 2,083" in text_of(
        conversion(line(2024, 1, 2, coefficient=Fraction(25, 2)))
    )


def test_a_level_change_shows_each_segment_with_its_own_coefficient() -> None:
    first = line(2024, 1, 3, coefficient=Fraction(25, 2), level="Ahli Pertama")
    text = text_of(conversion(first, line(2024, 4, 12, level="Ahli Muda")))
    assert "Januari s.d. Maret 2024, Ahli Pertama" in text
    assert "April s.d. Desember 2024, Ahli Muda" in text
    assert "JUMLAH ANGKA KREDIT YANG DIDAPAT 21,875" in text


def test_a_sum_is_rounded_once_from_exact_parts_and_says_so() -> None:
    quarters = [
        line(2024, first, first + 2, coefficient=Fraction(25, 2)) for first in (1, 4, 7, 10)
    ]
    text = text_of(accumulation(*quarters, decimals=2))
    assert text.count("3,13") == 4
    assert "YANG DIPEROLEH 12,50" in text  # not 4 x 3,13 = 12,52
    assert "nilai tanpa pembulatan" in text
    assert "nilai tanpa pembulatan" not in text_of(accumulation(*quarters, decimals=3))


def test_a_determination_states_sums_thresholds_gaps_and_conclusion() -> None:
    text = text_of(determination())
    for expected in (
        "AK Dasar yang diberikan",
        "JUMLAH ANGKA KREDIT KUMULATIF 75,000 37,500 112,500",
        "kenaikan pangkat/jenjang 100,000 200,000",
        "Kelebihan Angka Kredit yang harus dicapai untuk kenaikan pangkat 12,500",
        "Kekurangan Angka Kredit yang harus dicapai untuk kenaikan jenjang - 87,500",
        "DAPAT DIPERTIMBANGKAN UNTUK KENAIKAN PANGKAT SETINGKAT LEBIH TINGGI",
    ):
        assert expected in text


def test_a_shortfall_too_small_to_print_does_not_read_as_none() -> None:
    text = text_of(determination(old="99999/1000", new="9/10000"))
    assert "Kekurangan Angka Kredit yang harus dicapai untuk kenaikan pangkat < 0,001" in text
    assert "TIDAK DAPAT DIPERTIMBANGKAN" in text


def test_drafts_and_invented_people_are_marked_on_every_page() -> None:
    lines = [line(2023 + year, 1, 12) for year in range(60)]
    pages = read(accumulation(*lines, sample=True)).pages
    assert len(pages) > 1
    for page in pages:
        assert "DRAF" in page.extract_text()
        assert "DATA CONTOH" in page.extract_text()


def test_a_long_accumulation_goes_on_with_its_heading_and_name() -> None:
    lines = [line(2023 + year, 1, 12) for year in range(60)]
    second = read(accumulation(*lines, **SIGNED)).pages[1].extract_text()
    assert "PERIODIK (BULAN)" in second
    assert PERSON.name in second
    assert "Halaman 2 dari" in second


@pytest.mark.parametrize("form", [conversion, accumulation, determination])
def test_markup_in_a_name_is_printed_as_it_stands(form: Callable[..., Content]) -> None:
    name = '#pagebreak() *x* $y$ <b> \\ @ref "q" `r` // c #{1+1} {{ 7 }}'
    paper = form(identity=replace(PERSON, name=name), number="#sys.inputs")
    assert len(read(paper).pages) == 1
    assert name in text_of(paper)
    assert "NOMOR: #sys.inputs" in text_of(paper)


def test_very_long_words_wrap_inside_their_cell() -> None:
    paper = determination(identity=replace(PERSON, unit="Sangatpanjang" * 40), **SIGNED)
    reader = read(paper)
    assert len(reader.pages) == 1
    assert "Sangatpanjang" * 40 in text_of(paper).replace("\u200b", "").replace(" ", "")


@pytest.mark.parametrize(
    ("capacity", "offices", "printed"),
    [
        (Capacity.PLT, ("Kepala Biro",), "Plt. Kepala Biro,"),
        (Capacity.PLH, ("Kepala Biro",), "Plh. Kepala Biro,"),
        (
            Capacity.AN,
            ("Sekretaris Jenderal", "Kepala Biro"),
            "a.n. Sekretaris Jenderal Kepala Biro,",
        ),
        (Capacity.UB, ("Kepala Biro", "Kepala Bagian"), "Kepala Biro u.b. Kepala Bagian,"),
        (
            Capacity.UB,
            ("Menteri", "Sekretaris Jenderal", "Kepala Biro"),
            "a.n. Menteri Sekretaris Jenderal u.b. Kepala Biro,",
        ),
    ],
)
def test_the_capacity_of_the_signer_stands_above_the_name(
    capacity: Capacity, offices: tuple[str, ...], printed: str
) -> None:
    signer = Signatory(name="A", nip="1", capacity=capacity, offices=offices)
    assert printed in text_of(conversion(**(SIGNED | {"signatory": signer})))


def test_the_file_is_tagged_and_dated_by_the_paper_not_by_the_clock() -> None:
    reader = read(determination(**SIGNED))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert str(reader.metadata["/CreationDate"]).startswith("D:20250405")


def test_another_process_in_another_time_zone_writes_the_same_bytes() -> None:
    code = (
        "import hashlib;from credits.documents.render import render;"
        "from tests.credits.documents.examples import SIGNED, determination;"
        "print(hashlib.sha256(render(determination(**SIGNED))).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"TZ": zone},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for zone in ("America/New_York", "Asia/Jakarta")
    }
    assert len(digests) == 1


def test_threads_of_one_process_may_render_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        rendered = set(pool.map(lambda _: render(conversion()), range(12)))
    assert len(rendered) == 1
