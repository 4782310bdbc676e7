"""The golden cases, and the command that evaluates them."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reports.golden import evaluate, matches, read_cases

FOLDER = Path(__file__).parent.parent / "golden"
GOLDEN = FOLDER / "golden_public.csv"
DERIVED = FOLDER / "golden_derived.csv"  # worked by hand from the rules, none of them public


@pytest.mark.parametrize(
    "case", [*read_cases(GOLDEN), *read_cases(DERIVED)], ids=lambda case: case.id
)
def test_a_golden_case_comes_out_as_expected(case):
    got = evaluate(case.inputs)
    assert matches(case.expected, got), got


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"op": "period", "jenjang": "ahli_muda", "predikat": "baik", "months": -1}, True),
        ({"op": "period", "jenjang": "ahli_muda", "predikat": "baik", "months": 6.0}, True),
        ({"op": "period", "jenjang": "ahli_muda", "predikat": "baik", "months": True}, True),
        ({"op": "period", "jenjang": "Ahli Muda", "predikat": "baik", "months": 6}, True),
        ({"op": "period", "jenjang": "ahli_muda", "predikat": "Cukup", "months": 6}, False),
        ({"op": "period", "jenjang": ["ahli_muda"], "predikat": {}, "months": 6}, True),
        ({"op": "period", "jenjang": "ahli_muda", "predikat": "baik"}, True),
        ({"op": "item", "unit": "0.5", "qty": 1, "level_diff": -2}, True),
        ({"op": "item", "unit": "-0.5", "qty": 1, "level_diff": 0}, True),
        ({"op": "authors", "n": 0}, True),
        ({"op": "authors", "n": 5, "undetermined": True}, True),
        ({"op": "months", "start": "2024-02-30", "end": "2024-03-31"}, True),
        ({"op": "kp_period", "month": "2024-13"}, True),
        ({"op": "accumulate", "opening": "1,5", "periods": []}, True),
    ],
)
def test_an_input_outside_its_domain_is_an_error_and_nothing_else(inputs, error):
    got = evaluate(inputs)
    assert got.get("error", False) is error
    assert "fault" not in got


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        ({"a": "50"}, {"a": "100/2", "more": 1}, True),
        ({"a": "50.0"}, {"a": "50"}, True),
        ({"a": "50"}, {"a": "50.01"}, False),
        ({"a": None}, {}, False),
        ({"a": None}, {"a": None}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": ["1", "0.50"]}, {"a": ["1.0", "1/2"]}, True),
        ({"a": ["1"]}, {"a": ["1", "2"]}, False),
        ({"a": {"b": "1"}}, {"a": {"b": "1", "c": "2"}}, False),
        ({"a": "2024-01-01"}, {"a": "2024-01-02"}, False),
        ({"a": None}, {"a": "0"}, False),
    ],
)
def test_results_compare_by_value(expected, got, equal):
    assert matches(expected, got) is equal


def written(path, rows, columns=("id", "family", "inputs_json", "expected_json")):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


RIGHT = ("G-1", "one", '{"op": "remote", "jenjang": "mahir"}', '{"ak": "12.50"}')
WRONG = ("G-2", "two", '{"op": "remote", "jenjang": "mahir"}', '{"ak": "12"}')
UNKNOWN = ("G-3", "two", '{"op": "horoscope"}', '{"error": true}')


def test_a_right_file_passes_without_a_database(capsys):
    call_command("evaluate_cases", str(GOLDEN))
    assert "total: 209/209" in capsys.readouterr().out


def test_differences_and_unknown_operations_are_failing_rows(tmp_path, capsys):
    path = written(tmp_path / "cases.csv", [RIGHT, WRONG, UNKNOWN])
    with pytest.raises(SystemExit) as stopped:
        call_command("evaluate_cases", str(path))
    assert stopped.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('G-2 two expected {"ak": "12"} got {"ak": "12.5"}')
    assert lines[1].startswith("G-3 two ")
    assert lines[2:] == ["one: 1/1", "two: 0/2", "total: 1/3"]


def test_an_unknown_operation_fails_even_when_its_row_expects_nothing(tmp_path, capsys):
    path = written(tmp_path / "cases.csv", [(*UNKNOWN[:3], "{}"), ("G-4", "two", "{}", "{}")])
    with pytest.raises(SystemExit) as stopped:
        call_command("evaluate_cases", str(path))
    assert stopped.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "total: 0/2"


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999", "9" * 4000, f'"{"9" * 5000}"'])
def test_a_number_beyond_all_measure_is_a_failing_row(tmp_path, number):
    expected = written(
        tmp_path / "expected.csv", [(*RIGHT[:3], f'{{"ak": {number}}}'), (*RIGHT[:3], '{"ak": ""}')]
    )
    given = written(
        tmp_path / "given.csv",
        [("G-1", "one", f'{{"op": "display", "ak": {number}}}', '{"dp2": "1"}')],
    )
    for path in (expected, given):
        with pytest.raises(SystemExit) as stopped:
            call_command("evaluate_cases", str(path))
        assert stopped.value.code == 1


def test_marks_and_line_ends_of_spreadsheets_change_nothing(tmp_path, capsys):
    path = written(tmp_path / "cases.csv", [RIGHT])
    text = path.read_text("utf-8").replace("\n", "\r\n\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    call_command("evaluate_cases", str(path))
    assert "total: 1/1" in capsys.readouterr().out


def test_json_is_one_object_and_a_family_can_be_chosen(tmp_path, capsys):
    path = written(tmp_path / "cases.csv", [RIGHT, WRONG, UNKNOWN])
    with pytest.raises(SystemExit):
        call_command("evaluate_cases", str(path), "--family", "two", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["total"], report["passed"], report["families"]) == (2, 0, {"two": [0, 2]})
    assert report["failed"][0] == {
        "id": "G-2",
        "family": "two",
        "expected": {"ak": "12"},
        "got": {"ak": "12.5"},
    }


def test_the_column_public_changes_nothing(tmp_path, capsys):
    columns = ("id", "family", "inputs_json", "expected_json", "public")
    path = written(tmp_path / "cases.csv", [(*RIGHT, "no")], columns)
    call_command("evaluate_cases", str(path))
    assert "total: 1/1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,family,inputs_json\nG-1,one,{}\n",
        b'id,family,inputs_json,expected_json\nG-1,one,{"op": ,{}\n',
        b"id,family,inputs_json,expected_json\nG-1,one,[],{}\n",
        b"id,family,inputs_json,expected_json\nG-1,one,{}\n",
        b"id,family,inputs_json,expected_json\nG-1,one,{},{},{}\n",
        b'id,family,inputs_json,expected_json\nG-1,one,{},"{}\n',
        b'id,family,inputs_json,expected_json\nG-1,one,{"op": NaN},{}\n',
        "id,family,inputs_json,expected_json\n".encode("utf-16"),
        b"id,family,inputs_json,expected_json,expected_json\nG-1,one,{},{},{}\n",
        b"id;family;inputs_json;expected_json\nG-1;one;{};{}\n",
        b"id,family,inputs_json,expected_json\n,,,\n",
    ],
)
def test_a_malformed_file_ends_with_two_and_a_sentence(tmp_path, content):
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        call_command("evaluate_cases", str(path))
    assert refused.value.returncode == 2
    assert str(path) in str(refused.value)


def test_a_missing_file_and_an_unknown_family_end_with_two(tmp_path):
    for arguments in ([str(tmp_path / "none.csv")], [str(GOLDEN), "--family", "none"]):
        with pytest.raises(CommandError) as refused:
            call_command("evaluate_cases", *arguments)
        assert refused.value.returncode == 2
