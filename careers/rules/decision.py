"""Which promotion somebody has reached: of rank (KP), of level (KJ), or none, and why.

The ledger T is cumulative inside the jenjang, AK Dasar included (R-020). Not modelled: a running
disciplinary punishment (R-096), which blocks every KP and is a fact of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from careers.rules.calendar import kp_authority
from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.inputs import (
    Predicate,
    at_least,
    read_golongan,
    read_level,
    read_months,
    read_points,
    read_predicate,
)
from credits.rules.targets import golongan_of, level_target, rank_target
from positions.ladder import Golongan, Level

LEVEL_PROMOTION = "KJ"
RANK_PROMOTION = "KP"
NOTHING = "NONE"
TOP = "TOP"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. ``points`` is T; ``predicates`` are yearly, oldest first.

    The golongan is normally one of the jenjang; one step above after a KP without vacancy; below
    while the KP after a KJ is still open.
    """

    level: Level
    golongan: Golongan
    points: Fraction
    months_in_golongan: int
    predicates: tuple[Predicate, ...]
    test_passed: bool
    vacancy: bool

    @classmethod
    def read(
        cls,
        credit: Edition,
        *,
        level: Level | str,
        golongan: Golongan | str,
        points: Fraction,
        months_in_golongan: int,
        predicates: Sequence[Predicate | str],
        test_passed: bool,
        vacancy: bool,
    ) -> Standing:
        """A standing from unchecked values; raises RuleError outside the domain."""
        return cls(
            level=read_level(level),
            golongan=read_golongan(golongan),
            points=read_points(points),
            months_in_golongan=read_months(months_in_golongan, at_most=None),
            predicates=tuple(read_predicate(credit, given) for given in predicates),
            test_passed=test_passed,
            vacancy=vacancy,
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition that blocks a promotion although its AK is enough."""

    code: str  # kebutuhan, months_in_golongan, predikat, ujikom
    promotion: str  # KP or KJ
    article: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RankStep:
    """The KP somebody stands before.

    ``kind``: ``inside`` the jenjang; ``open`` since the last KJ, asking no new AK (E-16);
    ``beyond`` the jenjang for want of a vacancy (R-091). ``required`` is the cumulative AK.
    """

    kind: str
    to_golongan: Golongan
    required: Fraction
    reached: bool
    blocks: tuple[Reason, ...]

    @property
    def met(self) -> bool:
        """Whether everything for this KP is there."""
        return self.reached and not self.blocks


@dataclass(frozen=True, slots=True)
class LevelStep:
    """The KJ somebody stands before; ``then`` is the pangkat the same AK carries right after."""

    to_level: Level
    required: Fraction
    reached: bool
    blocks: tuple[Reason, ...]
    then: Golongan | None

    @property
    def met(self) -> bool:
        """Whether everything for the KJ is there."""
        return self.reached and not self.blocks


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a standing. Amounts in points; None means: does not apply.

    ``points_after`` is the ledger of the jenjang held afterwards: 0 after a KJ, surplus lapses
    (R-024). ``surplus`` is the AK above the threshold of the KP, which counts on (R-021).
    """

    action: str
    to_level: Level | None
    to_golongan: Golongan | None
    then: Golongan | None
    points_after: Fraction
    rank_points_ok: bool | None
    level_points_ok: bool
    surplus: Fraction | None
    short_rank: Fraction | None
    short_level: Fraction | None
    reasons: tuple[Reason, ...]
    beyond_level: bool
    rank_open: bool
    authority: str | None
    editions: tuple[str, str]


def decide(credit: Edition, career: Edition, standing: Standing) -> Decision:
    """Which promotion is due: KJ first when everything for it is met (R-027, E-12), else KP.

    ``credit`` holds the thresholds, ``career`` the other conditions. KP: R-020 to R-022, E-16;
    KJ: R-020, R-023, R-024; without vacancy: R-091, E-21; one step each (R-025). Raises
    RuleError("golongan.below_level") for a golongan below the lowest jenjang of a category, which
    no KJ can have left open.
    """
    level_step = _level_step(credit, career, standing)
    rank_step = _rank_step(credit, career, standing)
    action = _action(career, standing, level_step, rank_step)
    to_golongan = rank_step.to_golongan if rank_step and action == RANK_PROMOTION else None
    by_level = level_step if action == LEVEL_PROMOTION else None
    carried = to_golongan or (by_level.then if by_level else None)
    open_rank = rank_step is not None and rank_step.kind == "open"
    return Decision(
        action=action,
        to_level=by_level.to_level if by_level else None,
        to_golongan=to_golongan,
        then=by_level.then if by_level else None,
        points_after=Fraction(0) if by_level else standing.points,
        rank_points_ok=_asked(rank_step),
        level_points_ok=level_step is not None and level_step.reached,
        surplus=max(Fraction(0), standing.points - rank_step.required) if rank_step else None,
        short_rank=_short_rank(credit, standing, rank_step),
        short_level=_short(standing, level_step.required) if level_step else None,
        reasons=_reasons(level_step, rank_step) if action == NOTHING else (),
        beyond_level=to_golongan is not None and rank_step is not None and _is_beyond(rank_step),
        rank_open=open_rank,
        authority=kp_authority(career, carried) if carried else None,
        editions=(credit.key, career.key),
    )


def _action(
    career: Edition,
    standing: Standing,
    level_step: LevelStep | None,
    rank_step: RankStep | None,
) -> str:
    level_first = career.setting("both_met") == "level_first"
    met = [
        name
        for name, promotion in ((LEVEL_PROMOTION, level_step), (RANK_PROMOTION, rank_step))
        if promotion is not None and promotion.met
    ]
    if met:
        return met[0] if level_first else met[-1]
    return TOP if level_step is None and rank_step is None else NOTHING


def _level_step(credit: Edition, career: Edition, standing: Standing) -> LevelStep | None:
    above, target = standing.level.next_level, level_target(credit, standing.level)
    if above is None or target is None:
        return None
    entry = golongan_of(credit, above)[0]
    carries = standing.golongan.order < entry.order and not _rank_blocks(career, standing)
    return LevelStep(
        to_level=above,
        required=target.points,
        reached=standing.points >= target.points,
        blocks=tuple(_level_blocks(career, standing)),
        then=standing.golongan.next_golongan if carries else None,
    )


def _rank_step(credit: Edition, career: Edition, standing: Standing) -> RankStep | None:
    kind = _rank_kind(credit, career, standing)
    above = standing.golongan.next_golongan
    if kind is None or above is None:
        return None
    required = Fraction(0)
    if kind != "open":
        target = rank_target(credit, standing.level, standing.golongan)
        assert target is not None  # noqa: S101  the kind says that there is one
        required = target.points
    blocks = _rank_blocks(career, standing)
    if kind == "beyond" and career.setting("no_vacancy_needs_test") and not standing.test_passed:
        blocks = (*blocks, _reason("ujikom", RANK_PROMOTION, career, "no_vacancy"))
    return RankStep(kind, above, required, standing.points >= required, blocks)


def _rank_kind(credit: Edition, career: Edition, standing: Standing) -> str | None:
    span = golongan_of(credit, standing.level)
    if standing.golongan.order < span[0].order:
        if standing.level.previous_level is None:
            raise RuleError(
                "golongan.below_level", level=standing.level, golongan=standing.golongan
            )
        return "open"
    if standing.golongan.order < span[-1].order:
        return "inside"
    # Out of the top golongan the KJ comes first, unless no place is free for it.
    steps = standing.golongan.order - span[-1].order + 1
    allowed: int = career.cited("no_vacancy", "steps_beyond_level").value
    waiting = standing.level.next_level is not None and not standing.vacancy
    return "beyond" if waiting and steps <= allowed else None


def _rank_blocks(career: Edition, standing: Standing) -> tuple[Reason, ...]:
    blocks = []
    least: int = career.cited("rank_promotion", "min_months").value
    if standing.months_in_golongan < least:
        short = least - standing.months_in_golongan
        blocks.append(
            _reason(
                "months_in_golongan",
                RANK_PROMOTION,
                career,
                "rank_promotion",
                required=least,
                months_short=short,
            )
        )
    if not _predicates_ok(career, "rank_promotion", standing):
        blocks.append(_predicate_reason(career, "rank_promotion", RANK_PROMOTION))
    return tuple(blocks)


def _level_blocks(career: Edition, standing: Standing) -> list[Reason]:
    blocks = []
    if career.cited("level_promotion", "vacancy").value and not standing.vacancy:
        blocks.append(_reason("kebutuhan", LEVEL_PROMOTION, career, "level_promotion"))
    if career.cited("level_promotion", "test").value and not standing.test_passed:
        blocks.append(_reason("ujikom", LEVEL_PROMOTION, career, "level_promotion"))
    if not _predicates_ok(career, "level_promotion", standing):
        blocks.append(_predicate_reason(career, "level_promotion", LEVEL_PROMOTION))
    return blocks


def _predicates_ok(career: Edition, table: str, standing: Standing) -> bool:
    years: int = career.cited(table, "predicate_years").value
    wanted = Predicate(career.cited(table, "min_predicate").value)
    last = standing.predicates[-years:]
    # A year without a rating is not a year of Baik.
    return len(last) == years and all(at_least(predicate, wanted) for predicate in last)


def _predicate_reason(career: Edition, table: str, promotion: str) -> Reason:
    return _reason(
        "predikat",
        promotion,
        career,
        table,
        years=career.cited(table, "predicate_years").value,
        at_least=career.cited(table, "min_predicate").value,
    )


def _reason(code: str, promotion: str, career: Edition, citation: str, **params: object) -> Reason:
    return Reason(code, promotion, career.citation(citation).article, MappingProxyType(params))


def _reasons(level_step: LevelStep | None, rank_step: RankStep | None) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if level_step and level_step.reached:
        found.extend(level_step.blocks)
    if rank_step and rank_step.reached:
        found.extend(rank_step.blocks)
    return tuple(sorted(found, key=lambda reason: (reason.code, reason.promotion)))


def _asked(rank_step: RankStep | None) -> bool | None:
    # At the top golongan of the jenjang no KP inside it is asked for.
    return rank_step.reached if rank_step and not _is_beyond(rank_step) else None


def _is_beyond(rank_step: RankStep) -> bool:
    return rank_step.kind == "beyond"


def _short_rank(credit: Edition, standing: Standing, rank_step: RankStep | None) -> Fraction | None:
    if rank_step is not None:
        return _short(standing, rank_step.required)
    if standing.golongan not in golongan_of(credit, standing.level):
        return None
    target = rank_target(credit, standing.level, standing.golongan)
    return target.missing(standing.points) if target else None


def _short(standing: Standing, required: Fraction) -> Fraction:
    return max(Fraction(0), required - standing.points)
