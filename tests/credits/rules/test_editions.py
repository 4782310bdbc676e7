"""Choosing and reading editions of the regulations."""

from datetime import date

import pytest

from credits.rules.editions import (
    EditionFileError,
    choose,
    edition_for_period,
    edition_on,
    load_editions,
    own_rules,
    read_editions,
    version_of,
)
from credits.rules.errors import RuleError

BASE = """
key = "a"
regime = "konversi"
title = "A"
effective_from = 2023-01-01
[citations]
one = { article = "Pasal 1", confidence = "reg" }
[figures]
x = { value = "1.1", cite = "one" }
y = { value = "2", cite = "one" }
"""
LATER = """
key = "b"
extends = "a"
regime = "konversi"
title = "B"
effective_from = 2024-06-01
positions = ["perawat"]
[citations]
two = { article = "Pasal 2", confidence = "pub" }
[figures]
y = { value = "3", cite = "two" }
"""


@pytest.mark.parametrize(
    ("day", "position", "key"),
    [
        (date(2018, 12, 31), None, "konvensional"),
        (date(2019, 1, 1), None, "integrasi-2019"),
        (date(2022, 12, 31), None, "integrasi-2019"),
        (date(2023, 1, 1), "instruktur", "konversi-2023"),
        (date(2026, 1, 1), "instruktur", "konversi-2025-ketenagakerjaan"),
        (date(2026, 1, 1), "arsiparis", "konversi-2024"),
        (date(2026, 1, 1), None, "konversi-2024"),
    ],
)
def test_the_edition_is_chosen_by_day_and_position(day, position, key):
    assert edition_on(day, position).key == key


def test_dosen_is_declared_as_not_computed():
    with pytest.raises(RuleError, match=r"position\.own_rules"):
        edition_on(date(2024, 1, 1), "dosen")
    assert own_rules(edition_on(date(2024, 1, 1)), "dosen").article


def test_a_period_across_two_regimes_is_refused_and_names_the_boundary():
    with pytest.raises(RuleError) as refused:
        edition_for_period(date(2022, 7, 1), date(2023, 6, 30))
    assert refused.value.code == "period.across_regimes"
    assert refused.value.params["boundary"] == "2023-01-01"


def test_a_period_across_two_editions_of_one_regime_goes_by_its_last_day():
    assert edition_for_period(date(2024, 1, 1), date(2024, 12, 31)).key == "konversi-2024"


def test_every_value_of_every_edition_names_its_source():
    for edition in load_editions().values():
        for path, cited in edition.values.items():
            assert cited.article or cited.point, (edition.key, path)
            assert cited.confidence in {"reg", "pub", "prev", "inf"}


def test_a_later_edition_inherits_what_it_does_not_replace():
    first, second = read_editions({"a.toml": BASE, "b.toml": LATER})
    assert second.cited("figures", "x").article == "Pasal 1"
    assert (second.cited("figures", "y").value, second.cited("figures", "y").article) == (
        "3",
        "Pasal 2",
    )
    assert first.cited("figures", "y").value == "2"


def test_a_special_edition_holds_for_its_positions_only():
    editions = read_editions({"a.toml": BASE, "b.toml": LATER})
    assert choose(editions, date(2025, 1, 1), "perawat").key == "b"
    assert choose(editions, date(2025, 1, 1), "dokter").key == "a"
    assert choose(editions, date(2022, 1, 1), "dokter") is None


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace('cite = "one" }\ny', 'cite = "three" }\ny'),
        BASE.replace('{ value = "1.1", cite = "one" }', '"1.1"'),
        BASE.replace('regime = "konversi"\n', ""),
        BASE.replace('key = "a"\n', ""),
        BASE.replace('title = "A"', 'title = "A"\nextends = "nothing"'),
        BASE.replace('title = "A"', 'title = "A"\nextends = "a"'),
        "key = ",
    ],
)
def test_a_malformed_edition_is_refused(text):
    with pytest.raises(EditionFileError):
        read_editions({"a.toml": text})


def test_the_version_follows_the_figures_and_not_the_comments(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text(BASE, "utf-8")
    before = version_of(tmp_path)
    file.write_text("# a remark\n" + BASE, "utf-8")
    assert version_of(tmp_path) == before
    file.write_text(BASE.replace('"1.1"', '"1.2"'), "utf-8")
    assert version_of(tmp_path) != before
