"""The answer of a rule: the points together with why, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from credits.rules.editions import Cited, Edition
from credits.rules.units import amount_text

Step = tuple[str, Mapping[str, object]]
_NOTHING: Mapping[str, object] = MappingProxyType({})
WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class Explained:
    """Points with their explanation.

    Always: ``points == base * percent / 100 * (months / 12 if months is not None else 1)``. For
    a compound rule ``base`` is the sum and ``steps`` say how it came about, each a stable code
    with parameters. ``confidence`` is that of the weakest value used (reg, pub, prev, inf).
    """

    points: Fraction
    rule: str
    article: str
    edition: str
    base: Fraction
    percent: Fraction = WHOLE
    months: int | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    confidence: str = "reg"

    def as_data(self) -> dict[str, object]:
        """The same as plain JSON values; amounts as exact text ("9.375", "25/12")."""
        return {
            "points": amount_text(self.points),
            "rule": self.rule,
            "article": self.article,
            "edition": self.edition,
            "base": amount_text(self.base),
            "percent": amount_text(self.percent),
            "months": self.months,
            "inputs": {name: _plain(value) for name, value in self.inputs.items()},
            "steps": [
                {"code": code, **{name: _plain(value) for name, value in params.items()}}
                for code, params in self.steps
            ],
            "confidence": self.confidence,
        }


def explain(
    edition: Edition,
    rule: str,
    source: Cited,
    base: Fraction,
    *,
    percent: Fraction = WHOLE,
    months: int | None = None,
    inputs: Mapping[str, object] = _NOTHING,
    steps: tuple[Step, ...] = (),
    confidence: str | None = None,
) -> Explained:
    """Compute the points from base, percent and months, and keep all of it."""
    points = base * percent / 100
    if months is not None:
        points = points * months / 12
    return Explained(
        points=points,
        rule=rule,
        article=source.article,
        edition=edition.key,
        base=base,
        percent=percent,
        months=months,
        inputs=MappingProxyType(dict(inputs)),
        steps=steps,
        confidence=confidence or source.confidence,
    )


def weakest(*confidences: str) -> str:
    """The least certain of several confidence marks."""
    return max(confidences, key=("reg", "pub", "prev", "inf").index)


def step(code: str, **params: object) -> Step:
    """One step of an explanation."""
    return code, MappingProxyType(params)


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return amount_text(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
