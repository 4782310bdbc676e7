"""Two sets of regulations side by side: everybody's points by each, computed in the worker.

The run is the one that also tries a draft; it posts nothing. The same two sets are computed once
and found again, until somebody's facts change.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.errors import Refusal
from credits.models import CalculationRun
from credits.rules.edition_files import EditionFileError
from credits.rules.editions import CONVERSION, INTEGRATION, Rulebook
from credits.rules.errors import RuleError
from credits.services import runs
from credits.services.rulebooks import Chosen, book_of
from employees.models import Employee

State = CalculationRun.State
COUNTING = (State.WAITING, State.RUNNING, State.DONE, State.PARTLY)


class SetError(Refusal):
    """A set cannot be computed by."""


def usable(chosen: Chosen) -> Rulebook:
    """The set, if points can be computed by it.

    Raises SetError: `unfit` (a version no longer fits the others), `no_conversion` (no regulation
    on the conversion of ratings was in force).
    """
    try:
        book = book_of(chosen)
    except EditionFileError:
        raise SetError("unfit") from None
    try:
        for regime in (INTEGRATION, CONVERSION):
            book.regime_start(regime)
    except RuleError:
        raise SetError("no_conversion") from None
    return book


def comparisons() -> QuerySet[CalculationRun]:
    """All comparisons that were asked for, the newest first."""
    return CalculationRun.objects.filter(compared__isnull=False).order_by("-pk")


def found_among(
    known: Iterable[CalculationRun], first: Rulebook, second: Rulebook
) -> CalculationRun | None:
    """The newest of `known` that compares these two sets and was not stopped."""
    for run in known:
        rules = (run.compared["first"]["rules"], run.compared["second"]["rules"])
        if rules == (first.version, second.version) and run.state in COUNTING:
            return run
    return None


def changed_since(moment: datetime) -> int:
    """How many people have facts that are newer than a computation. One statement."""
    return Employee.everyone.filter(facts_changed_at__gt=moment).count()


def compare(
    first: Chosen, second: Chosen, reason: str, actor: Any, *, anew: bool = False
) -> CalculationRun:
    """Compute everybody by two sets; the run that did so already, where no facts changed since.

    `anew` computes again in any case, unless it is under way. Raises SetError.
    """
    found = found_among(comparisons(), usable(first), usable(second))
    if found is not None and _serves(found, anew=anew):
        return found
    return runs.start({"all": True}, reason, actor, compared=(first, second))


def _serves(run: CalculationRun, *, anew: bool) -> bool:
    if run.state in (State.WAITING, State.RUNNING):
        return True
    return not anew and run.state == State.DONE and not changed_since(run.created_at)
