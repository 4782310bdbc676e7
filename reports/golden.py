"""Golden cases: worked cases of the rules, evaluated by the product's own rule engine.

The format is that of ``golden_format.md`` of the handbook. Dispatch is by ``op`` only, never by
family. No Django, no database: the command ``evaluate_cases`` is a thin wrapper.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from assessors.rules import team_edition_on, team_reasons
from careers.rules import calendar
from careers.rules.decision import LEVEL_PROMOTION, NOTHING, Standing, decide
from careers.rules.editions import load_career_editions
from credits.rules import conventional, conversion, entry, integration, siasn, targets
from credits.rules.editions import CONVENTIONAL, CONVERSION, INTEGRATION, Edition, edition, latest
from credits.rules.errors import RuleError
from credits.rules.inputs import read_points
from credits.rules.months import whole_months
from credits.rules.regimes import split_regimes
from credits.rules.units import amount_text, display, parse_amount

COLUMNS = ("id", "family", "inputs_json", "expected_json")

Inputs = Mapping[str, Any]
Result = dict[str, Any]


class MalformedFileError(Exception):
    """The file is no file of golden cases. ``code`` with parameters; the edge makes a sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Case:
    """One row."""

    id: str
    family: str
    inputs: Inputs
    expected: Result


@dataclass(frozen=True, slots=True)
class Failure:
    """A row whose result differs from what is expected."""

    id: str
    family: str
    expected: Result
    got: Result


@dataclass(slots=True)
class Report:
    """Totals of an evaluation; ``families`` holds [passed, total] by name."""

    total: int = 0
    passed: int = 0
    failed: list[Failure] = field(default_factory=list)
    families: dict[str, list[int]] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """The object that ``--json`` prints."""
        return {
            "total": self.total,
            "passed": self.passed,
            "failed": [
                {"id": f.id, "family": f.family, "expected": f.expected, "got": f.got}
                for f in self.failed
            ],
            "families": self.families,
        }


def read_cases(path: Path) -> list[Case]:
    """The cases of a CSV file; raises MalformedFileError, or OSError when it cannot be read."""
    return parse_cases(path.read_bytes())


def parse_cases(data: bytes) -> list[Case]:
    """The cases of a CSV file given as bytes. Raises MalformedFileError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise MalformedFileError("not_utf8", byte=problem.start) from problem
    # A case with many periods is one long cell, and may pass the module's default limit.
    csv.field_size_limit(max(len(text), 131_072))
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_header(reader.fieldnames or ())
        return [_case(row, reader.line_num) for row in reader]
    except csv.Error as problem:
        raise MalformedFileError(
            "not_csv", line=reader.reader.line_num, detail=problem
        ) from problem


def _check_header(names: Sequence[str]) -> None:
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise MalformedFileError("missing_column", columns=", ".join(missing))
    twice = [column for column in COLUMNS if names.count(column) > 1]
    if twice:
        raise MalformedFileError("column_twice", columns=", ".join(twice))


# The edition that a trial puts in the place of the one cases are worked by.
_under: ContextVar[Edition | None] = ContextVar("under", default=None)


def run(cases: list[Case]) -> Report:
    """Evaluate and compare all cases."""
    report = Report()
    for case in cases:
        got = evaluate(case.inputs)
        good = answered(got) and matches(case.expected, got)
        tally = report.families.setdefault(case.family, [0, 0])
        tally[0] += good
        tally[1] += 1
        report.total += 1
        report.passed += good
        if not good:
            report.failed.append(Failure(case.id, case.family, case.expected, got))
    return report


def compare(cases: list[Case], before: Edition | None, after: Edition) -> dict[str, Any]:
    """Which cases would have another answer by `after` than by `before`, as JSON values.

    Cases of other regimes are worked as ever. `failed_before` counts those whose answer by
    `before` is not the one the case expects: earlier regulations changed it already.
    """
    old, new = _answers(cases, before), _answers(cases, after)
    failed = sum(not matches(c.expected, got) for c, got in zip(cases, old, strict=True))
    return {
        "total": len(cases),
        "failed_before": failed,
        "changed": [
            {"id": case.id, "family": case.family, "before": _as_text(was), "got": _as_text(now)}
            for case, was, now in zip(cases, old, new, strict=True)
            if was != now
        ],
    }


def _answers(cases: list[Case], under: Edition | None) -> list[Result]:
    token = _under.set(under)
    try:
        return [evaluate(case.inputs) for case in cases]
    finally:
        _under.reset(token)


def _as_text(answer: Result) -> str:
    return json.dumps(answer, default=str, ensure_ascii=False)


def evaluate(inputs: Inputs) -> Result:
    """The result of one case as JSON values; an input outside its domain gives error: true."""
    op = inputs.get("op")
    rule = OPERATIONS.get(op) if isinstance(op, str) else None
    if rule is None:
        return {"unknown_op": op}
    try:
        return {name: _json(value) for name, value in rule(_Checked(inputs)).items()}
    except RuleError as problem:
        return {
            "error": True,
            "code": problem.code,
            "params": {name: _json(value) for name, value in problem.params.items()},
        }
    except Exception as problem:
        return {"fault": f"{type(problem).__name__}: {problem}"}


def answered(got: Result) -> bool:
    """Whether a rule gave a result: no unknown operation, no fault of the engine."""
    return not got.keys() & {"unknown_op", "fault"}


def matches(expected: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    """Whether every key asked for is there and equal; extra keys of the result are ignored."""
    return all(name in got and _equal(value, got[name]) for name, value in expected.items())


def _equal(expected: Any, got: Any) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(expected) == len(got)
            and all(_equal(one, other) for one, other in zip(expected, got, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(_equal(value, got[name]) for name, value in expected.items())
        )
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got
    try:
        # AK and display numbers compare by value: "50", "50.0" and "100/2" are equal.
        return parse_amount(expected) == parse_amount(got)
    except RuleError:
        return bool(expected == got)


def _case(row: Mapping[str | None, Any], line: int) -> Case:
    if None in row or None in row.values():
        raise MalformedFileError("column_count", line=line)
    return Case(
        id=row["id"],
        family=row["family"],
        inputs=_object(row["inputs_json"], "inputs_json", row["id"], line),
        expected=_object(row["expected_json"], "expected_json", row["id"], line),
    )


def _object(text: str, column: str, case: str, line: int) -> Result:
    try:
        # An AK number is text; should one come bare, it must still not become a float.
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise MalformedFileError(
            "bad_json", line=line, case=case, column=column, detail=problem
        ) from problem
    if not isinstance(value, dict):
        raise MalformedFileError("not_an_object", line=line, case=case, column=column)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)  # as the file has it, which may be a number beyond all measure
    if isinstance(value, Fraction):
        return amount_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


# ------------------------------------------------------------------ reading the inputs of a case


class _Checked:
    """The inputs of a case, each read as the type its operation asks for."""

    def __init__(self, values: Inputs) -> None:
        self.values = values

    def __getitem__(self, name: str) -> Any:
        return _scalar(self._required(name), name)

    def _required(self, name: str) -> Any:
        if name not in self.values:
            raise RuleError("input.missing", name=name)
        return self.values[name]

    def points(self, name: str, default: Fraction | None = None) -> Fraction:
        if default is not None and self.values.get(name) is None:
            return default
        return parse_amount(self[name])

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self[name] if default is None else self.values.get(name, default)
        if not isinstance(value, bool):
            raise RuleError("input.not_a_flag", name=name, given=str(value))
        return value

    def day(self, name: str) -> date:
        return _date(self[name], name)

    def month(self, name: str) -> date:
        value = self[name]
        return _date(f"{value}-01" if isinstance(value, str) else value, name)

    def rows(self, name: str) -> list[Any]:
        value = self._required(name)
        if not isinstance(value, list):
            raise RuleError("input.not_a_list", name=name)
        return value

    def objects(self, name: str) -> list[_Checked]:
        rows = self.rows(name)
        if not all(isinstance(row, dict) for row in rows):
            raise RuleError("input.not_an_object", name=name)
        return [_Checked(row) for row in rows]

    def years(self, name: str) -> list[tuple[str, int]]:
        return [(row["predikat"], row["months"]) for row in self.objects(name)]


def _scalar(value: Any, name: str) -> Any:
    # The rules are cached by their arguments, and a list has no hash.
    if isinstance(value, list | dict):
        raise RuleError("input.not_a_scalar", name=name)
    return value


def _date(value: object, name: str) -> date:
    # fromisoformat reads more forms ("20240101", week dates) than the format of the cases has.
    if isinstance(value, str) and len(value) == len("2024-01-01") and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise RuleError("date.unreadable", name=name, given=str(value))


# ------------------------------------------------------------------ the operations


def _conversion() -> Edition:
    return _tried(CONVERSION) or latest(CONVERSION)


def _integration() -> Edition:
    return _tried(INTEGRATION) or edition("integrasi-2019")


def _tried(regime: str) -> Edition | None:
    under = _under.get()
    return under if under and under.regime == regime else None


def _career() -> Edition:
    return load_career_editions()[-1]


def _period(given: _Checked) -> Result:
    answer = conversion.period_points(
        _conversion(), given["jenjang"], given["predikat"], given["months"]
    )
    return {"ak": answer.points}


def _display(given: _Checked) -> Result:
    amount = given.points("ak")
    rules = _conversion()
    return {
        "dp2": display(amount, rules.setting("decimals_dashboards")),
        "dp3": display(amount, rules.setting("decimals_forms")),
    }


def _accumulate(given: _Checked) -> Result:
    rules = _conversion()
    opening = read_points(given.points("opening", Fraction(0)), "opening")
    extra = given.rows("extra") if given.values.get("extra") is not None else []
    periods = [
        conversion.period_points(rules, row["jenjang"], row["predikat"], row["months"])
        for row in given.objects("periods")
    ]
    return {"total": conversion.accumulated(opening, periods, map(parse_amount, extra))}


def _split(given: _Checked) -> Result:
    segments = given.rows("segments")
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in segments):
        raise RuleError("input.not_a_pair", name="segments")
    pairs = [(_scalar(level, "jenjang"), _scalar(months, "months")) for level, months in segments]
    return {"per_jenjang": conversion.split_year(_conversion(), given["predikat"], pairs)}


def _decide(given: _Checked) -> Result:
    rules = _conversion()
    standing = Standing.read(
        rules,
        level=given["jenjang"],
        golongan=given["golongan"],
        points=given.points("ak"),
        months_in_golongan=given["months_in_golongan"],
        predicates=[_scalar(year, "predikat_years") for year in given.rows("predikat_years")],
        test_passed=given.flag("ujikom"),
        vacancy=given.flag("kebutuhan"),
    )
    answer = decide(rules, _career(), standing)
    result: Result = {
        "action": answer.action,
        "to_jenjang": answer.to_level,
        "to_golongan": answer.to_golongan,
        "ak_after": answer.points_after,
        "kp_ak_ok": answer.rank_points_ok,
        "kj_ak_ok": answer.level_points_ok,
        "surplus": answer.surplus,
        "short_kp": answer.short_rank,
        "short_kj": answer.short_level,
    }
    if answer.action == LEVEL_PROMOTION:
        result["then"] = f"KP {answer.then}" if answer.then else None
    if answer.beyond_level:
        result["beyond_jenjang"] = True
    if answer.action == NOTHING and answer.reasons:
        result["reasons"] = sorted({reason.code for reason in answer.reasons})
    return result


def _remaining_to_kj(given: _Checked) -> Result:
    return {
        "remaining": targets.remaining_to_level(
            _conversion(), given["jenjang"], given["entry_golongan"], given.points("earned")
        )
    }


def _first_appointment(given: _Checked) -> Result:
    return _entry(
        entry.first_appointment_points(
            _conversion(), given["jenjang"], given["golongan"], given.years("segments")
        )
    )


def _transfer(given: _Checked) -> Result:
    years = entry.same_predicate(given["predikat"], given["years"], given["months"])
    return _transferred(given, years)


def _transfer_years(given: _Checked) -> Result:
    # Each line is a year of its own, so none may pass twelve months.
    years = given.years("years")
    for predicate, months in years:
        conversion.period_points(_conversion(), given["jenjang"], predicate, months)
    return _transferred(given, years)


def _transferred(given: _Checked, years: entry.Years) -> Result:
    return _entry(
        entry.transfer_points(
            _conversion(),
            given["asal"],
            given["jenjang"],
            given["golongan"],
            years,
            top_rank=given.flag("top_pangkat"),
            with_base=given.flag("ak_dasar", default=True),
        )
    )


def _entry(answer: entry.Entry) -> Result:
    return {
        "konversi": answer.conversion.points,
        "ak_dasar": answer.base.points,
        "total": answer.points,
    }


def _transfer_flat(given: _Checked) -> Result:
    answer = entry.transfer_flat_points(
        _conversion(), given["asal"], given["jenjang"], given["golongan"]
    )
    return {"total": answer.points}


def _transfer_jf(given: _Checked) -> Result:
    answer = entry.transfer_between_positions(
        _conversion(), given["from"], given["to"], given.points("ak")
    )
    return {"total": answer.points}


def _transfer_age(given: _Checked) -> Result:
    return {"ok": calendar.transfer_age_ok(_career(), given["jenjang"], given["age"])}


def _integrate(given: _Checked) -> Result:
    answer = integration.integration_points(
        _integration(),
        given["jenjang"],
        given["golongan"],
        given.points("ak_konvensional"),
    )
    return {"ak_integrasi": answer.points, "in_range": answer.in_range}


def _degree(given: _Checked) -> Result:
    answer = conversion.degree_points(
        _conversion(),
        given["jenjang"],
        given["predikat"],
        recorded=given.flag("degree_recorded"),
        already_used=given.flag("already_used", default=False),
    )
    return {"ak": answer.points}


def _remote(given: _Checked) -> Result:
    tried = _tried(CONVERSION)
    knows = tried is not None and tried.find("remote", "percent_of_rank_points")
    rules = tried if tried and knows else edition("konversi-2025-ketenagakerjaan")
    return {"ak": conversion.remote_points(rules, given["jenjang"]).points}


def _tubel(given: _Checked) -> Result:
    rules, level = _conversion(), given["jenjang"]
    leave = conversion.study_leave_points(
        rules, level, given["months"], cum_laude=given.flag("cumlaude")
    )
    degree = conversion.degree_points(
        rules, level, str(leave.inputs["predicate"]), recorded=True, already_used=False
    )
    return {
        "konversi": leave.points,
        "degree": degree.points,
        "total": leave.points + degree.points,
    }


def _cltn(given: _Checked) -> Result:
    rules, level = _conversion(), given["jenjang"]
    leave = conversion.unpaid_leave_points(rules, level, given["leave_months"])
    after = conversion.converted_months(rules, level, given["predikat"], given["months_after"])
    before = read_points(given.points("ak_before"), "ak_before")
    return {"total": before + leave.points + after.points}


def _months(given: _Checked) -> Result:
    return {"months": whole_months(given.day("start"), given.day("end"))}


def _regime(given: _Checked) -> Result:
    before, after = split_regimes(given.day("start"), given.day("end"))
    return {"konvensional": before, "konversi": after}


def _kp_period(given: _Checked) -> Result:
    return {"open": calendar.kp_period_open(given.month("month"))}


def _cutoff(given: _Checked) -> Result:
    due = conventional.pak_due(_conventional(), given.month("kp"))
    return {"pak_by": due.isoformat()[:7]}


def _year_cap(given: _Checked) -> Result:
    rules = _integration()
    return {"ak": integration.capped_year(rules, given["jenjang"], given.points("ak")).points}


def _maintenance(given: _Checked) -> Result:
    answer = integration.maintenance_points(
        _integration(), given["jenjang"], top_rank=given.flag("top_pangkat")
    )
    return {"ak_per_year": answer.points}


def _conventional() -> Edition:
    return _tried(CONVENTIONAL) or edition("konvensional")


def _conv_decide(given: _Checked) -> Result:
    answer = conventional.count_for_promotion(
        _conventional(),
        given["from_golongan"],
        surplus=given.points("surplus_before", Fraction(0)),
        main=given.points("utama"),
        support=given.points("penunjang"),
    )
    return {
        "required": answer.required,
        "counted_penunjang": answer.counted_support,
        "counted": answer.counted,
        "ok": answer.ok,
    }


def _conv_next(given: _Checked) -> Result:
    return {
        "to_golongan": conventional.next_on_ladder(
            _conventional(), given["golongan"], given.points("ak_kumulatif")
        )
    }


def _item(given: _Checked) -> Result:
    answer = conventional.item_points(
        _conventional(), given.points("unit"), given["qty"], given["level_diff"]
    )
    return {"ak": answer.points}


def _authors(given: _Checked) -> Result:
    shares = conventional.author_shares(
        _conventional(), given["n"], undetermined=given.flag("undetermined", default=False)
    )
    result: Result = {"shares": list(shares)}
    if given.values.get("ak") is not None:
        amount = read_points(given.points("ak"), "ak")
        result["parts"] = [amount * share for share in shares]
    return result


def _team(given: _Checked) -> Result:
    reasons = team_reasons(
        team_edition_on(date.max),
        members=given["members"],
        same_position_members=given["same_jf_members"],
        chair_qualified=given.flag("ketua_ok"),
        secretary_from_hr=given.flag("sekretaris_kepegawaian"),
        self_assessment=given.flag("self_assessment"),
    )
    return {"valid": not reasons, "reasons": [reason.code for reason in reasons]}


def _bup(given: _Checked) -> Result:
    born = given.day("born")
    return {"retire_tmt": calendar.retirement_on(_career(), given["jenjang"], born)}


def _siasn(given: _Checked) -> Result:
    return dict(
        siasn.siasn_record(
            given["kind"],
            given.day("start"),
            given.day("end"),
            given.points("utama"),
            given.points("penunjang", Fraction(0)),
        )
    )


OPERATIONS: dict[str, Callable[[_Checked], Result]] = {
    "period": _period,
    "display": _display,
    "accumulate": _accumulate,
    "split": _split,
    "decide": _decide,
    "remaining_to_kj": _remaining_to_kj,
    "first_appointment": _first_appointment,
    "transfer": _transfer,
    "transfer_years": _transfer_years,
    "transfer_flat": _transfer_flat,
    "transfer_jf": _transfer_jf,
    "transfer_age": _transfer_age,
    "integrate": _integrate,
    "degree": _degree,
    "remote": _remote,
    "tubel": _tubel,
    "cltn": _cltn,
    "months": _months,
    "regime": _regime,
    "kp_period": _kp_period,
    "cutoff": _cutoff,
    "year_cap": _year_cap,
    "maintenance": _maintenance,
    "conv_decide": _conv_decide,
    "conv_next": _conv_next,
    "item": _item,
    "authors": _authors,
    "team": _team,
    "bup": _bup,
    "siasn": _siasn,
}


def lines(report: Report) -> Iterator[str]:
    """The report as text: failing rows, then totals per family, then the total."""
    for failure in report.failed:
        expected, got = (json.dumps(_json(side)) for side in (failure.expected, failure.got))
        yield f"{failure.id} {failure.family} expected {expected} got {got}"
    for family, (passed, total) in report.families.items():
        yield f"{family}: {passed}/{total}"
    yield f"total: {report.passed}/{report.total}"
