"""Kinds of claim that end in a fact of the register: a rating, a degree, a balance, an entry.

Each says how its fact would look to the counting, how it is written and how it is taken back. The
preview, the checks that all share, the decision and the correction rest on these four answers.
"""

import sys
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from accounts.models import User
from credits.facts import facts_of
from credits.models import Claim, ClaimDecision, ClaimEvent
from credits.rules.claim_states import HANDED_IN, Act, State
from credits.rules.claims import Finding
from credits.rules.errors import RuleError
from credits.rules.timeline import Facts
from credits.rules.units import amount_text
from credits.services.claims.errors import ClaimError
from credits.services.claims.kinds import Checked, Kind
from credits.services.claims.previews import Preview, points_of, preview
from credits.services.claims.standing import place
from employees.models import Employee

NEW = sys.maxsize  # the id of a fact that is not written yet; it comes after every other one


@dataclass(frozen=True, slots=True)
class Stated:
    """What a claim says, as the kind takes it: whose, over which days, and its details.

    `claim_id` is left out where other claims are looked for; `leaving` is what the same act takes
    away first (a correction): no double of it.
    """

    employee: Employee
    start: date
    end: date
    details: Mapping[str, Any]
    files: int = 0
    claim_id: int | None = None
    leaving: tuple[str, int] | None = None  # table, id

    def day(self, name: str) -> date | None:
        """A day of the details; None where it is missing or unreadable."""
        try:
            return date.fromisoformat(str(self.details.get(name) or ""))
        except ValueError:
            return None

    def text(self, name: str) -> str:
        """A text of the details, "" where it is missing."""
        return str(self.details.get(name) or "").strip()

    def leaves(self, table: str, pk: int | None) -> bool:
        """Whether this row is taken away in the same act."""
        return self.leaving == (table, pk)


@dataclass(frozen=True, slots=True)
class Effect:
    """What was written: its table and id, and what is needed to take it back."""

    table: str
    id: int
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {"table": self.table, "id": self.id, **self.more}


def stated_of(claim: Claim) -> Stated:
    """What the claim says."""
    return Stated(
        claim.employee,
        claim.period_start,
        claim.period_end,
        claim.details,
        claim.files.count() if claim.pk else 0,
        claim.pk,
    )


def actor_of(claim: Claim, *acts: Act) -> User | None:
    """Who did the last of these acts on a claim; None for the system, or where nobody did."""
    found = ClaimEvent.objects.filter(claim=claim, act__in=acts, actor__isnull=False)
    last = found.select_related("actor").order_by("-id").first()
    return last.actor if last else None


class FactKind(Kind):
    """Base of the kinds that write a fact."""

    def period(self, stated: Stated) -> tuple[date, date] | None:
        """The days that the details mean; None where the claim's own period says it."""
        return None

    @abstractmethod
    def examine(self, stated: Stated, facts: Facts, day: date) -> Iterator[Finding]:
        """What is wrong or worth knowing before anything is counted."""

    @abstractmethod
    def pretend(self, facts: Facts, stated: Stated) -> None:
        """Change facts as if the claim were determined. Asked only without errors."""

    @abstractmethod
    def forget(self, facts: Facts, effect: Mapping[str, Any]) -> None:
        """Change facts as if the effect were taken back."""

    def judge(self, stated: Stated, view: Preview) -> Iterator[Finding]:
        """What the counting says of it."""
        return iter(())

    def counted(self, stated: Stated, view: Preview) -> Fraction:
        """The points that it gives."""
        return view.points

    @abstractmethod
    def write(
        self, stated: Stated, entered: User | None, decided: User | None, reason: str
    ) -> Effect:
        """Write the fact, entered by one and decided by another. Raises FactError."""

    @abstractmethod
    def undo(self, effect: Mapping[str, Any], actor: User | None, reason: str) -> None:
        """Take the fact back. Raises FactError."""

    # ------------------------------------------------------------- what all of them share

    def prepare(self, claim: Claim) -> None:
        """The days that the details mean, and what the register says of their last one."""
        days = self.period(stated_of(claim))
        if days is not None:
            claim.period_start, claim.period_end = days
        place(claim)

    def check(self, claim: Claim, day: date) -> Checked:
        """Findings of the kind; without errors also what the counting would make of it."""
        stated = stated_of(claim)
        facts = facts_of([claim.employee_id])[claim.employee_id]
        return self.checked(stated, facts, day)

    def checked(self, stated: Stated, facts: Facts, day: date) -> Checked:
        """The check of what is stated over these facts."""
        found = [*self._papers(stated), *self.examine(stated, facts, day)]
        points, trace = None, {}
        if not any(f.is_error for f in found):
            try:
                view = preview(facts, lambda changed: self.pretend(changed, stated))
            except RuleError as problem:
                found.append(Finding("error", problem.code, params=dict(problem.params)))
            else:
                if view.untouched:
                    found.append(Finding("error", "claim.own_rules"))
                found += self.judge(stated, view)
                points = self.counted(stated, view)
                trace = view.as_data() | {"points": amount_text(points)}
        order = {"error": 0, "warning": 1, "note": 2}
        found.sort(key=lambda f: order[f.severity])
        return Checked(points, tuple(found), trace)

    def _papers(self, stated: Stated) -> Iterator[Finding]:
        asked = [e.label for e in self.evidence if e.required]
        if asked and not stated.files:
            yield Finding("error", "claim.no_papers", params={"asked": ", ".join(map(str, asked))})

    def others(self, stated: Stated, *kinds: str) -> Iterator[Claim]:
        """Standing claims of the person, of the given kinds (default: this one), not determined.

        What a determined one gave is a fact by now, and the facts are asked themselves.
        """
        states = [str(s) for s in HANDED_IN - {State.DETERMINED, State.ARCHIVED}]
        rows = Claim.objects.filter(
            employee=stated.employee, kind__in=kinds or (self.code,), state__in=states
        )
        return rows.exclude(pk=stated.claim_id or 0).iterator()

    def determine(self, claim: Claim, actor: User | None, day: date) -> ClaimDecision:
        """Write the fact and the decision. Refused where the register has changed since."""
        stated = stated_of(claim)
        checked = self.check(claim, day)
        if checked.errors:
            raise ClaimError("no_longer_fits", errors=checked.errors)
        decided = actor or actor_of(claim, Act.APPROVE)
        effect = self.write(
            stated, actor_of(claim, Act.SUBMIT, Act.RESUBMIT), decided, self.because(claim)
        )
        return decision_of(claim, decided, day, checked, effect)

    def because(self, claim: Claim) -> str:
        """The reason that is kept with the fact."""
        return f"{self.title}: {claim.note}" if claim.note else str(self.title)

    def take_back(self, decision: ClaimDecision, actor: User | None, reason: str) -> None:
        """Take the fact back."""
        self.undo(decision.effect, actor, reason)


def decision_of(
    claim: Claim,
    officer: User | None,
    day: date,
    checked: Checked,
    effect: Effect,
) -> ClaimDecision:
    """The decision on a claim whose points a fact gives: none of its own are counted."""
    lines = [line for line in checked.trace.get("added", ()) if line["kind"] != "reset"]
    first = lines[0] if lines else {}
    return ClaimDecision.objects.create(
        claim=claim,
        employee_id=claim.employee_id,
        decided_on=day,
        effective_on=claim.period_end,
        article=first.get("article", "")[:300],
        edition=first.get("edition", ""),
        effect=effect.as_data() | {"points": checked.trace.get("points", "0")},
        officer=officer,
    )


__all__ = [
    "NEW",
    "Effect",
    "FactKind",
    "Stated",
    "actor_of",
    "decision_of",
    "points_of",
    "stated_of",
]
