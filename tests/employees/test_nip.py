"""NIPs by the levels and test vectors of the handbook (nip.md). Every number is invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employees import nip

PNS = "199001012015011999"
PPPK = "199505172023212999"
TODAY = date(2025, 6, 1)


def codes(number: str, **facts: object) -> list[tuple[str, str]]:
    notes = nip.check(number, today=TODAY, **facts)  # type: ignore[arg-type]
    return [(note.severity, note.code) for note in notes]


@pytest.mark.parametrize(
    "text",
    [
        "19900101 201501 1 999",
        "'199001012015011999",
        "19900101.201501.1.999",
        "19900101-201501-1-999",
        "\ufeff19900101\u00a0201501\u00a01\u00a0999",
        "１９９００１０１２０１５０１１９９９",
    ],
)
def test_a_number_typed_with_separators_is_read_with_a_warning(text: str) -> None:
    number, notes = nip.normalise(text)
    assert number == PNS
    assert [(note.severity, note.code) for note in notes] == [("warning", "nip_normalised")]


@given(st.dates(date(1950, 1, 1), date(2000, 12, 31)), st.integers(1, 12), st.integers(1, 999))
def test_eighteen_digits_come_back_exact_and_without_a_note(
    born: date, month: int, sequence: int
) -> None:
    number = f"{born:%Y%m%d}{born.year + 20}{month:02}{1 + sequence % 2}{sequence:03}"
    assert nip.normalise(number) == (number, [])
    assert [code for code in codes(number) if code[0] == "error"] == []


@given(st.text(max_size=30))
def test_whatever_is_typed_either_gives_its_own_digits_or_is_refused(text: str) -> None:
    number, notes = nip.normalise(text)
    if number is None:
        assert [note.severity for note in notes] == ["error"]
    else:
        digits = "".join(str(int(char)) for char in text if char.isdigit())
        assert number == digits


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("199002302015032999", "nip_birth_date"),
        ("203001012050011999", "nip_birth_date"),
        ("000000000000000000", "nip_zeros"),
        ("199001012005011999", "nip_age"),
        ("199005172006051999", "nip_age"),
        ("199001012015010999", "nip_sex"),
        ("199001012015013999", "nip_sex"),
        ("199001012015011000", "nip_sequence"),
    ],
)
def test_an_impossible_number_is_an_error(number: str, code: str) -> None:
    assert ("error", code) in codes(number)


def test_a_person_may_be_appointed_in_the_month_of_the_sixteenth_birthday() -> None:
    assert codes("199005012006051999") == []


@pytest.mark.parametrize(
    ("number", "facts", "expected"),
    [
        (PNS, {"employment": "PNS"}, []),
        (PNS, {"employment": "PPPK"}, ["nip_looks_pns"]),
        (PPPK, {"employment": "PPPK"}, []),
        (PPPK, {"employment": "PNS"}, ["nip_looks_pppk"]),
        (PPPK, {}, []),
        ("199001012015151999", {}, ["nip_month"]),
        (PNS, {"sex": "L"}, []),
        (PNS, {"sex": "P"}, ["nip_sex_differs"]),
        (PNS, {"birth_date": date(1990, 1, 2)}, ["nip_birth_date_differs"]),
        (PNS, {"tmt_cpns": date(2015, 1, 1)}, []),
        (PNS, {"tmt_cpns": date(2015, 2, 1)}, ["nip_tmt_differs"]),
        (PPPK, {"employment": "PPPK", "tmt_cpns": date(2023, 3, 1)}, []),
        ("199001012031011999", {}, ["nip_year"]),
        ("194001011965011999", {}, ["nip_year"]),
    ],
)
def test_a_number_that_differs_from_the_facts_is_only_a_warning(
    number: str, facts: dict[str, object], expected: list[str]
) -> None:
    assert codes(number, **facts) == [("warning", code) for code in expected]


def test_the_display_form_groups_eight_six_one_three() -> None:
    assert nip.display(PNS) == "19900101 201501 1 999"
    with pytest.raises(ValueError, match="18 digits"):
        nip.parts("1990")
