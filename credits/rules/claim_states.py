"""The states of a claim and the acts that lead from one to another, for each path.

The path of a kind is part of the regulation's data (``credits/claimpaths``): conventional claims
are judged by an assessor team, a conversion is confirmed by the superior, the others are checked
by Biro SDM. The states are those of the ministry's letters, with withdrawn and objection.
This module says what is possible at all; that the actor is who he says, and that the conditions
hold, the services see to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from credits.rules.errors import RuleError


class Path(StrEnum):
    """Who decides on a claim."""

    TEAM = "team"  # assessor team, plenary, determining officer
    BUREAU = "biro_sdm"  # two officers of Biro SDM, one checks and another approves
    SUPERIOR = "superior"  # the direct superior of the period confirms, Biro SDM records


class State(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"  # diajukan kepada koordinator
    SUBMITTED = "submitted"  # diajukan
    RETURNED = "returned"  # dikembalikan
    REPAIRED = "repaired"  # diperbaiki
    CHECKED = "checked"  # diperiksa, lengkap
    JUDGED = "judged"  # dinilai
    PLENARY = "plenary"  # disidangkan
    APPROVED = "approved"  # disetujui
    PARTLY = "partly"  # disetujui sebagian
    REJECTED = "rejected"  # ditolak
    OBJECTION = "objection"  # keberatan
    DETERMINED = "determined"  # ditetapkan
    CANCELLED = "cancelled"  # dibatalkan
    WITHDRAWN = "withdrawn"  # ditarik
    ARCHIVED = "archived"  # diarsipkan


EDITABLE = frozenset({State.DRAFT, State.PROPOSED, State.RETURNED})
# A claim in one of these asks nothing of anybody any more.
ENDED = frozenset({State.CANCELLED, State.WITHDRAWN, State.ARCHIVED})
# Its activities are credited, or may still be: nothing else may claim them.
STANDING = frozenset(State) - {State.CANCELLED, State.WITHDRAWN, State.REJECTED}
# It was handed in: what it claims, nobody else can. A draft alone keeps nothing for itself.
HANDED_IN = STANDING - {State.DRAFT, State.PROPOSED}


class Actor(StrEnum):
    """As what somebody acts on a claim; one person may be several, each act names one."""

    HOLDER = "holder"
    COORDINATOR = "coordinator"
    OFFICER = "officer"  # of Biro SDM
    SECRETARY = "secretary"  # of the team, or its secretariat
    ASSESSOR = "assessor"
    CHAIR = "chair"
    SUPERIOR = "superior"
    DETERMINER = "determiner"  # pejabat penetap
    SYSTEM = "system"


class Act(StrEnum):
    """What is done to a claim. The value is also the word of its event."""

    PROPOSE = "propose"
    HAND_BACK = "hand_back"  # by the coordinator, before it was submitted
    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    CHECK = "check"
    ASSIGN = "assign"
    SCHEDULE = "schedule"  # on the agenda of a plenary
    POSTPONE = "postpone"  # off the agenda again, to be judged anew
    APPROVE = "approve"
    APPROVE_PARTLY = "approve_partly"
    REJECT = "reject"
    OBJECT = "object"
    UPHOLD = "uphold"  # the determination stands after an objection
    DETERMINE = "determine"
    ANNUL = "annul"  # by a correction that was determined
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    ARCHIVE = "archive"


class Condition(StrEnum):
    """What must hold beside the state; the services know how to find out."""

    NO_ERRORS = "no_errors"  # the claim was checked and has none
    IN_SERVICE = "in_service"  # AZ160
    NOT_OWN = "not_own"  # AZ029, AZ067
    NOT_RELATIVE = "not_relative"  # AZ068, AZ086
    ANOTHER_THAN_SUBMITTED = "another_than_submitted"
    ANOTHER_THAN_CHECKED = "another_than_checked"
    ANOTHER_THAN_JUDGED = "another_than_judged"
    WITHIN_TERM = "within_term"  # of objections
    AFTER_TERM = "after_term"
    DETERMINED_BEFORE = "determined_before"  # a determination is in force
    NO_OTHER_DETERMINATION = "no_other_determination"


@dataclass(frozen=True, slots=True)
class Transition:
    """An act: from where, to where, by whom, and what must hold."""

    act: Act
    sources: frozenset[State]
    target: State
    actors: frozenset[Actor]
    conditions: tuple[Condition, ...] = ()
    asks_reason: bool = False


def _t(
    act: Act,
    sources: str,
    target: State,
    actors: str,
    *conditions: Condition,
    reason: bool = False,
) -> Transition:
    return Transition(
        act,
        frozenset(State(word) for word in sources.split()),
        target,
        frozenset(Actor(word) for word in actors.split()),
        conditions,
        reason,
    )


_C = Condition
_HANDING_IN = (_C.NO_ERRORS, _C.IN_SERVICE, _C.NOT_OWN, _C.NOT_RELATIVE)


def _common(checks: str) -> tuple[Transition, ...]:
    """From the draft to the check of completeness, which ``checks`` names who makes."""
    return (
        _t(Act.PROPOSE, "draft", State.PROPOSED, "holder", _C.IN_SERVICE),
        _t(Act.HAND_BACK, "proposed", State.DRAFT, "coordinator officer", reason=True),
        _t(Act.SUBMIT, "draft proposed", State.SUBMITTED, "coordinator officer", *_HANDING_IN),
        _t(Act.RESUBMIT, "returned", State.REPAIRED, "coordinator officer", *_HANDING_IN),
        _t(
            Act.WITHDRAW,
            "draft proposed submitted returned repaired checked",
            State.WITHDRAWN,
            "holder coordinator",
        ),
        _t(
            Act.CANCEL,
            "draft proposed submitted returned repaired checked judged plenary",
            State.CANCELLED,
            "officer",
            reason=True,
        ),
        _t(Act.RETURN, "submitted repaired", State.RETURNED, checks, _C.NOT_OWN, reason=True),
    )


_FOUR_EYES = (_C.NOT_OWN, _C.NOT_RELATIVE, _C.ANOTHER_THAN_SUBMITTED)
_ENDING = (
    _t(Act.ANNUL, "determined archived", State.CANCELLED, "system", reason=True),
    _t(Act.ARCHIVE, "determined rejected", State.ARCHIVED, "officer system", _C.AFTER_TERM),
)

_TEAM = (
    *_common("secretary officer"),
    _t(Act.CHECK, "submitted repaired", State.CHECKED, "secretary officer", _C.NOT_OWN),
    _t(Act.ASSIGN, "checked", State.JUDGED, "secretary"),
    _t(Act.RETURN, "checked judged", State.RETURNED, "secretary", _C.NOT_OWN, reason=True),
    _t(Act.SCHEDULE, "judged", State.PLENARY, "secretary"),
    _t(Act.POSTPONE, "plenary", State.JUDGED, "chair secretary", reason=True),
    _t(Act.APPROVE, "plenary objection", State.APPROVED, "chair", _C.NOT_OWN),
    _t(Act.APPROVE_PARTLY, "plenary objection", State.PARTLY, "chair", _C.NOT_OWN),
    _t(Act.REJECT, "plenary objection", State.REJECTED, "chair", _C.NOT_OWN, reason=True),
    _t(
        Act.OBJECT,
        "approved partly rejected determined",
        State.OBJECTION,
        "holder coordinator",
        _C.WITHIN_TERM,
        reason=True,
    ),
    _t(Act.UPHOLD, "objection", State.DETERMINED, "chair", _C.NOT_OWN, _C.DETERMINED_BEFORE),
    _t(
        Act.DETERMINE,
        "approved partly",
        State.DETERMINED,
        "determiner",
        *_FOUR_EYES,
        _C.ANOTHER_THAN_JUDGED,
        _C.NO_OTHER_DETERMINATION,
    ),
    *_ENDING,
)

_BUREAU = (
    *_common("officer"),
    _t(Act.CHECK, "submitted repaired", State.CHECKED, "officer", *_FOUR_EYES),
    _t(Act.RETURN, "checked", State.RETURNED, "officer", _C.NOT_OWN, reason=True),
    _t(
        Act.APPROVE,
        "checked",
        State.APPROVED,
        "officer",
        *_FOUR_EYES,
        _C.ANOTHER_THAN_CHECKED,
    ),
    _t(Act.REJECT, "checked", State.REJECTED, "officer", *_FOUR_EYES, reason=True),
    # Degrees, transfers and corrections follow their approval at once, by the system; an
    # integration is determined by the officer whom its regulation names.
    _t(
        Act.DETERMINE,
        "approved",
        State.DETERMINED,
        "determiner system",
        _C.NOT_OWN,
        _C.ANOTHER_THAN_SUBMITTED,
        _C.NO_OTHER_DETERMINATION,
    ),
    *_ENDING,
)

_SUPERIOR = (
    *_common("officer"),
    _t(Act.APPROVE, "submitted repaired", State.APPROVED, "superior", *_FOUR_EYES),
    _t(Act.REJECT, "submitted repaired", State.REJECTED, "superior", *_FOUR_EYES, reason=True),
    _t(
        Act.DETERMINE,
        "approved",
        State.DETERMINED,
        "officer",
        *_FOUR_EYES,
        _C.NO_OTHER_DETERMINATION,
    ),
    _t(Act.RETURN, "approved", State.RETURNED, "officer", _C.NOT_OWN, reason=True),
    *_ENDING,
)

MACHINES: dict[Path, tuple[Transition, ...]] = {
    Path.TEAM: _TEAM,
    Path.BUREAU: _BUREAU,
    Path.SUPERIOR: _SUPERIOR,
}


def find(path: Path | str, act: Act | str, state: State | str) -> Transition:
    """The transition of an act from a state; raises RuleError("claim.act_not_open")."""
    for transition in MACHINES[Path(path)]:
        if transition.act == act and state in transition.sources:
            return transition
    raise RuleError("claim.act_not_open", act=str(act), state=str(state))


def open_acts(path: Path | str, state: State | str) -> Iterator[Transition]:
    """All acts that lead on from a state."""
    return (t for t in MACHINES[Path(path)] if state in t.sources)


# Whose turn it is; the path says who checks and decides.
_BALL: dict[State, Actor] = {
    State.DRAFT: Actor.HOLDER,
    State.PROPOSED: Actor.COORDINATOR,
    State.RETURNED: Actor.COORDINATOR,
    State.CHECKED: Actor.SECRETARY,
    State.JUDGED: Actor.ASSESSOR,
    State.PLENARY: Actor.CHAIR,
    State.OBJECTION: Actor.CHAIR,
    State.APPROVED: Actor.DETERMINER,
    State.PARTLY: Actor.DETERMINER,
}


def ball(path: Path | str, state: State | str) -> Actor | None:
    """Who has the next act; None where nobody has."""
    path, state = Path(path), State(state)
    if state in (State.SUBMITTED, State.REPAIRED):
        by_path = {Path.TEAM: Actor.SECRETARY, Path.BUREAU: Actor.OFFICER}
        return by_path.get(path, Actor.SUPERIOR)
    if state == State.CHECKED and path is Path.BUREAU:
        return Actor.OFFICER
    if state == State.APPROVED and path is Path.SUPERIOR:
        return Actor.OFFICER
    return _BALL.get(state)


def diagram(path: Path | str) -> str:
    """The machine of a path as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    edges: dict[tuple[str, str], list[str]] = {}
    for t in MACHINES[Path(path)]:
        for source in sorted(t.sources):
            who = ", ".join(sorted(t.actors))
            edges.setdefault((source, t.target), []).append(f"{t.act} ({who})")
    lines += [f"    {a} --> {b}: {'; '.join(acts)}" for (a, b), acts in sorted(edges.items())]
    lines += [f"    {state} --> [*]" for state in sorted(ENDED)]
    return "\n".join(lines)
