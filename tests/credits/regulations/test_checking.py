"""A regulation's file is checked before anybody computes by it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.rules.checking import check
from credits.rules.edition_files import texts_in
from credits.rules.editions import DIRECTORY, shipped
from positions.catalogue import positions
from reports.regulation_sentences import finding
from tests.credits.regulations.helpers import EXAMPLE, KEY

CODES = frozenset(positions())
SHIPPED = texts_in(DIRECTORY)


def errors(text: str) -> list[tuple[str, str, int | None]]:
    return [(e.code, e.path, e.line) for e in check(text, shipped(), CODES).errors]


def test_the_example_is_accepted_with_what_the_reader_should_know() -> None:
    found = check(EXAMPLE, shipped(), CODES)
    assert found.errors == []
    assert found.edition is not None
    assert found.edition.cited("levels", "ahli_pertama", "coefficient").value == "15"
    # The special edition begins later, and does not extend this one.
    told = [(w.code, w.params["key"]) for w in found.warnings]
    assert told == [("not_carried", "konversi-2025-ketenagakerjaan")]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_files_pass_the_same_checks(name: str) -> None:
    key = name.removesuffix(".toml")
    as_new = SHIPPED[name].replace(f'key = "{key}"', 'key = "salinan"')
    # It stands on its own day already; nothing else may be wrong with it.
    assert {e.code for e in check(as_new, shipped(), CODES).errors} == {"same_day"}


FIGURE = "levels.ahli_pertama.coefficient"
SPELT = "levels.ahli_pertama.koefisien"
OTHER = "levels.ahli.coefficient"
SOURCE = "citations.coefficient_new"
ARTICLE = 'article = "Contoh Pasal 1"'
COEFFICIENT = 'coefficient = { value = "15", cite = "coefficient_new" }'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (KEY, "konversi-2023", ("key_used", "key", 2)),
        (KEY, "Konversi Baru", ("key_unreadable", "key", 2)),
        ('regime = "konversi"', 'regime = "baru"', ("regime_unknown", "regime", 4)),
        ('extends = "konversi-2024"', 'extends = "tiada"', ("extends_unknown", "extends", 3)),
        ("2025-01-01", '"2025-01-01"', ("not_a_date", "effective_from", 6)),
        ("2025-01-01", "2025-01-01T00:00:00", ("not_a_date", "effective_from", 6)),
        ("2025-01-01", "9024-01-01", ("date_out_of_range", "effective_from", 6)),
        ("2025-01-01", "2023-01-01", ("before_extended", "effective_from", 6)),
        ("[citations]", 'positions = ["tiada"]\n[citations]', ("position_unknown", "positions", 8)),
        ("[citations]", "positions = 5\n[citations]", ("not_a_list", "positions", 8)),
        ('cite = "coefficient_new"', 'cite = "x"', ("cite_unknown", FIGURE, 12)),
        (COEFFICIENT, 'coefficient = "15"', ("without_citation", FIGURE, 12)),
        ('"15"', "15.0", ("not_an_amount", FIGURE, 12)),
        ('"15"', '"lima"', ("not_an_amount", FIGURE, 12)),
        ('"15"', '"0"', ("out_of_range", FIGURE, 12)),
        ('"15"', '"26"', ("not_growing", "levels.ahli_muda.coefficient", None)),
        ('"15"', '"12.500001"', ("not_whole", FIGURE, 12)),
        ("coefficient = {", "koefisien = {", ("value_unknown", SPELT, 12)),
        ("[levels.ahli_pertama]", "[levels.ahli]", ("value_unknown", OTHER, 12)),
        (ARTICLE, 'article = ""', ("article_missing", FIGURE, 12)),
        (ARTICLE, "article = 1", ("article_missing", SOURCE, 9)),
        ('confidence = "inf"', 'confidence = "yes"', ("confidence_unknown", SOURCE, 9)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_place_and_line(old: str, new: str, expected: object) -> None:
    assert expected in errors(EXAMPLE.replace(old, new))


ADDED = {
    "[degree]\npercent_of_rank_points = { value = '12.5', C }": "not_a_percent",
    "[transfer]\nlimit_months = { value = '3', C }": "not_a_count",
    "[settings]\nstudy_leave_counts = { value = 1, C }": "not_a_flag",
    "[settings]\nrounding_mode = { value = 'half_even', C }": "setting_fixed",
    "[settings]\ninvented = { value = true, C }": "setting_fixed",
    "[predicates.baik]\npercent = { value = '160', C }": "not_growing",
    "[predicates.baik]\nlabel = { value = '', C }": "not_a_text",
    "[degree]\nmin_predicate = { value = 'bagus', C }": "not_a_choice",
    "[levels.mahir]\ngolongan = { value = ['III/b', 'III/a'], C }": "not_in_order",
    "[levels.penyelia]\nlevel_points = { value = '500', C }": "no_level_above",
    "[levels.mahir]\ncoefficient = { value = '13', C, unit = 'AK' }": "key_unknown",
    "citations = 5": "without_citation",
}  # fmt: skip


@pytest.mark.parametrize("added", ADDED)
def test_each_kind_of_value_has_its_check(added: str) -> None:
    cite = "cite = 'coefficient_new'"
    text = EXAMPLE + added.replace("C }", f"{cite} }}").replace("C,", f"{cite},")
    assert ADDED[added] in [code for code, _, _ in errors(text)]


def test_without_extends_everything_has_to_be_stated() -> None:
    found = errors(EXAMPLE.replace('extends = "konversi-2024"\n', ""))
    assert ("value_missing", "levels.pemula.golongan", None) in found
    assert "citation_missing" in {code for code, _, _ in found}


def test_a_general_regulation_tells_which_special_ones_it_ends() -> None:
    later = EXAMPLE.replace("2025-01-01", "2027-01-01")
    skipping = later.replace('"konversi-2024"', '"konversi-2023"')
    told = {(w.code, w.params.get("key")) for w in check(skipping, shipped(), CODES).warnings}
    assert told == {("skips", "konversi-2024"), ("ends_special", "konversi-2025-ketenagakerjaan")}


def test_what_a_later_one_ends_is_told() -> None:
    earlier = EXAMPLE.replace("2025-01-01", "2024-06-01").replace(
        '"konversi-2024"', '"konversi-2023"'
    )
    told = {(w.code, w.params["key"]) for w in check(earlier, shipped(), CODES).warnings}
    assert ("ended_by", "konversi-2024") in told


def test_two_on_the_same_day_are_refused() -> None:
    text = EXAMPLE.replace("2025-01-01", "2024-12-01").replace('"konversi-2024"', '"konversi-2023"')
    assert errors(text) == [("same_day", "effective_from", 6)]


def test_a_regime_ends_where_the_next_begins() -> None:
    text = EXAMPLE.replace('"konversi-2024"', '"integrasi-2019"').replace(
        'regime = "konversi"', 'regime = "integrasi"'
    )
    assert ("after_regime", "effective_from", 6) in errors(text)


def test_syntax_is_refused_with_its_line() -> None:
    (found,) = check("key = 'a'\ntitle = \n", shipped(), CODES).errors
    assert found.code == "not_toml"
    assert found.params["line"] == "2"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 30_000,
        "a." * 20_000 + "b = 1",
        "a = " + "9" * 60_000,
        "a = " + "{b=" * 5_000,
        'key = "x"\n' + "\n".join(f"v{n} = 1" for n in range(5_000)),
    ],
)
def test_files_made_to_harm_are_refused(text: str) -> None:
    found = check(text, shipped(), CODES).errors
    assert 0 < len(found) <= 50


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(EXAMPLE) - 1), st.characters()), min_size=1, max_size=4)
)
def test_a_damaged_file_is_refused_or_read_but_never_breaks(damage: list[tuple[int, str]]) -> None:
    text = list(EXAMPLE)
    for at, character in damage:
        text[at] = character
    found = check("".join(text), shipped(), CODES)
    assert found.errors or found.edition
    for one in (*found.errors, *found.warnings):
        assert " " in finding(one), one.code
