"""Recalculation runs: who asked, for whom, part by part, never anybody twice.

A run and its parts are rows; the broker only rings. Whoever works on a part holds an advisory
lock of the database, which dies with its connection: after a killed worker the part is free at
once, and because a part is one transaction nothing of it was written.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from time import monotonic
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from credits.facts import array
from credits.models import (
    CalculationRun,
    LedgerHead,
    RegulationVersion,
    RunChange,
    RunChunk,
    RunIssue,
)
from credits.notices import run_ended
from credits.rules.editions import Rulebook
from credits.rules.lines import STATED, Line
from credits.services.ledger import Change, Outcome, reconcile
from credits.services.parts import claimed, ring
from credits.services.rulebooks import (
    Chosen,
    as_began,
    book_of,
    in_force,
    with_version,
)
from credits.services.trials import crossed
from employees.models import Appointment, Employee, UnitMembership
from positions.selectors import units_below

log = logging.getLogger("sijafung.runs")

MAX_CHUNK = 5000  # people per transaction (targets.md T12)
MIN_CHUNK = 1000  # half a second of work: smaller parts cost more commits than they show
PARTS = 20  # so that progress can be seen
TRIES = 3
_LOCK_CLASS = 0x51A  # advisory locks of run parts; the second key is the part's id


class ScopeError(Exception):
    """The scope names nothing that exists: code `nip_unknown`, `unit_unknown`, ..."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


def people_in(scope: dict[str, Any], on: date) -> list[int]:
    """The ids of the people that a scope means, in order.

    Keys (one of them): all, stale, nip, unit (code; with the units below), position (code), ids.
    Raises ScopeError.
    """
    if scope.get("stale"):
        return stale_ids()
    appointed = Appointment.objects.filter(employee=OuterRef("pk"))
    posted = LedgerHead.objects.filter(employee=OuterRef("pk"), seq__gt=0)
    # Whoever was taken back still has lines to reverse.
    people = Employee.everyone.filter(Exists(appointed) | Exists(posted))
    if nip := scope.get("nip"):
        people = Employee.everyone.filter(nip=nip)
        if not people.exists():
            raise ScopeError("nip_unknown", nip)
    elif unit := scope.get("unit"):
        people = people.filter(id__in=_members(unit, on))
    elif position := scope.get("position"):
        people = people.filter(id__in=_holders(position, on))
    elif "ids" in scope:
        people = people.filter(id__in=scope["ids"])
    return list(people.order_by("id").values_list("id", flat=True))


def _members(code: str, on: date) -> Any:
    from positions.models import Unit

    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise ScopeError("unit_unknown", code)
    return (
        UnitMembership.objects.on(on)
        .filter(unit__in=units_below([unit.pk], on))
        .values("employee_id")
    )


def _holders(code: str, on: date) -> Any:
    from positions.models import Position

    if not Position.objects.filter(code=code).exists():
        raise ScopeError("position_unknown", code)
    return Appointment.objects.on(on).filter(position__code=code).values("employee_id")


def stale_ids() -> list[int]:
    """Whoever has facts or rules newer than the last computation."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id FROM employees_employee e
            LEFT JOIN credits_ledgerhead h ON h.employee_id = e.id
            WHERE (h.employee_id IS NULL
                   AND EXISTS (SELECT FROM employees_appointment a WHERE a.employee_id = e.id))
               OR h.facts_version <> e.facts_version OR h.rules_version <> %s
            ORDER BY e.id""",
            [in_force().version],
        )
        return [row[0] for row in cursor.fetchall()]


class OvertakenError(Exception):
    """The rules are no longer those that a run began with."""


def create(
    scope: dict[str, Any],
    reason: str,
    actor: Any = None,
    *,
    dry_run: bool = False,
    trial_of: RegulationVersion | None = None,
    compared: tuple[Chosen, Chosen] | None = None,
) -> CalculationRun:
    """Record a run and its parts; nobody works on it yet. Raises ScopeError.

    `trial_of` previews a regulation that is not in force, `compared` two sets side by side:
    nothing is posted, whatever `dry_run`.
    """
    if compared:
        rules = book_of(compared[1])
    else:
        rules = with_version(in_force(), trial_of) if trial_of else in_force()
    ids = people_in(scope, timezone.localdate())
    size = max(MIN_CHUNK, min(MAX_CHUNK, -(-len(ids) // PARTS)))
    with transaction.atomic():
        run = CalculationRun.objects.create(
            scope=scope,
            reason=reason,
            actor=actor,
            dry_run=dry_run or trial_of is not None or compared is not None,
            trial_of=trial_of,
            compared=_stored(compared),
            rules_version=rules.version,
            editions=list(rules.by_key),
            people=len(ids),
        )
        _write_parts(run, ids, size)
    log.info("run.created", extra={"run": run.pk, "people": len(ids), "dry_run": dry_run})
    return run


def _stored(compared: tuple[Chosen, Chosen] | None) -> dict[str, Any] | None:
    """Two sets as they are kept with a run, and the day of the thresholds: today, or the first
    day of a version among them that comes later."""
    if compared is None:
        return None
    first, second = compared
    coming = RegulationVersion.objects.filter(pk__in=[x.beside for x in compared if x.beside])
    days = [timezone.localdate(), *coming.values_list("effective_from", flat=True)]
    on = max(days).isoformat()
    return {"first": first.stored(), "second": second.stored(), "on": on}


def _write_parts(run: CalculationRun, ids: Sequence[int], size: int) -> None:
    """The parts, by COPY: psycopg would examine each number of an array by itself."""
    columns = "run_id, number, employee_ids, state, attempts, error"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {RunChunk._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        for number, at in enumerate(range(0, len(ids), size), 1):
            part = array(ids[at : at + size])
            copy.write_row((run.pk, number, part, RunChunk.State.WAITING.value, 0, ""))


def start(
    scope: dict[str, Any],
    reason: str,
    actor: Any = None,
    *,
    dry_run: bool = False,
    trial_of: RegulationVersion | None = None,
    compared: tuple[Chosen, Chosen] | None = None,
) -> CalculationRun:
    """Record a run and ring for the workers."""
    run = create(scope, reason, actor, dry_run=dry_run, trial_of=trial_of, compared=compared)
    ring("credits.tasks.work_on_run", run.pk)
    return run


def recalculate_now(
    scope: dict[str, Any],
    reason: str,
    actor: Any = None,
    *,
    dry_run: bool = False,
    progress: Callable[[CalculationRun], None] | None = None,
) -> CalculationRun:
    """Record a run and do it here, in this process (commands, tests)."""
    run = create(scope, reason, actor, dry_run=dry_run)
    while work(run.pk):
        if progress:
            run.refresh_from_db()
            progress(run)
    run.refresh_from_db()
    return run


def cancel(run: CalculationRun) -> None:
    """Stop a run: parts already done stay done, the others are not begun."""
    _stop(run.pk, CalculationRun.State.CANCELLED)


def _stop(run_id: int, state: CalculationRun.State) -> None:
    with transaction.atomic():
        RunChunk.objects.filter(run=run_id, state=RunChunk.State.WAITING).update(
            state=RunChunk.State.CANCELLED
        )
        CalculationRun.objects.filter(
            pk=run_id, state__in=[CalculationRun.State.WAITING, CalculationRun.State.RUNNING]
        ).update(state=state, finished_at=timezone.now())


def open_runs() -> Iterable[int]:
    """Runs that are not finished."""
    states = [CalculationRun.State.WAITING, CalculationRun.State.RUNNING]
    return CalculationRun.objects.filter(state__in=states).values_list("pk", flat=True)


def work(run_id: int, seconds: float = 20.0) -> bool:
    """Do parts of a run for a while; whether something is left that nobody else is at."""
    until = monotonic() + seconds
    while monotonic() < until:
        if not _do_next(run_id):
            _finish(run_id)
            return False
    return True


def _do_next(run_id: int) -> bool:
    """Do one free part; False when there is none."""
    waiting = RunChunk.objects.filter(run_id=run_id, state=RunChunk.State.WAITING)
    with claimed(_LOCK_CLASS, waiting.order_by("number").values_list("pk", flat=True)) as key:
        if key is None:
            return False
        _attempt(run_id, key)
    return True


def _attempt(run_id: int, key: int) -> None:
    chunk = RunChunk.objects.filter(pk=key, state=RunChunk.State.WAITING).first()
    if chunk is None:
        return  # done between the look and the lock
    if chunk.attempts >= TRIES:
        _park(run_id, chunk)
        return
    RunChunk.objects.filter(pk=key).update(attempts=F("attempts") + 1)
    CalculationRun.objects.filter(pk=run_id, state=CalculationRun.State.WAITING).update(
        state=CalculationRun.State.RUNNING
    )
    try:
        do_part(run_id, chunk)
    except OvertakenError:
        # Nobody is computed half by one set of rules and half by another in one run: whoever is
        # left is not up to date, and the next run takes them.
        log.warning("run.overtaken", extra={"run": run_id})
        _stop(run_id, CalculationRun.State.OVERTAKEN)
    except DatabaseError as problem:
        log.exception("run.part_failed", extra={"run": run_id, "part": chunk.number})
        RunChunk.objects.filter(pk=key).update(error=type(problem).__name__)


def _park(run_id: int, chunk: RunChunk) -> None:
    with transaction.atomic():
        RunChunk.objects.filter(pk=chunk.pk).update(state=RunChunk.State.PARKED)
        CalculationRun.objects.filter(pk=run_id).update(
            failed=F("failed") + len(chunk.employee_ids), done=F("done") + len(chunk.employee_ids)
        )
        RunIssue.objects.bulk_create(
            RunIssue(run_id=run_id, employee_id=i, severity="error", code="part_parked")
            for i in chunk.employee_ids
        )


def do_part(run_id: int, chunk: RunChunk) -> Outcome:
    """One part in one transaction: entries, findings and the tick on the part, or nothing.

    Raises OvertakenError when the rules changed since the run was asked for.
    """
    with transaction.atomic():
        run = CalculationRun.objects.select_related("trial_of").get(pk=run_id)
        sets = as_began(run)
        if sets is None:
            raise OvertakenError
        rules, against = sets
        outcome = reconcile(
            chunk.employee_ids, run_id, rules=rules, dry_run=run.dry_run, against=against
        )
        changed = [c for c in outcome.changes if c.added or c.removed]
        if run.dry_run:
            rows = _change_rows(run, against or in_force(), rules, chunk.employee_ids, outcome)
            RunChange.objects.bulk_create(rows)
            outcome.posted = sum(len(c.added) for c in changed)
            outcome.reversed = sum(len(c.removed) for c in changed)
        _write_issues(run_id, outcome)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH part AS (UPDATE credits_runchunk SET state = 'done', error = '' WHERE id = %s)
                UPDATE credits_calculationrun SET done = done + %s, changed = changed + %s,
                    posted = posted + %s, reversed = reversed + %s,
                    not_computed = not_computed + %s, failed = failed + %s
                WHERE id = %s""",
                [
                    chunk.pk,
                    len(chunk.employee_ids),
                    len(changed),
                    outcome.posted,
                    outcome.reversed,
                    outcome.not_computed,
                    outcome.failed,
                    run_id,
                ],
            )
    return outcome


def _write_issues(run_id: int, outcome: Outcome) -> None:
    RunIssue.objects.bulk_create(
        RunIssue(
            run_id=run_id,
            employee_id=employee_id,
            severity=issue.severity,
            code=issue.code,
            params={k: str(v) for k, v in issue.params.items()},
        )
        for employee_id, issue in outcome.issues
    )


def _change_rows(
    run: CalculationRun,
    before: Rulebook,
    rules: Rulebook,
    ids: Sequence[int],
    outcome: Outcome,
) -> list[RunChange]:
    """Whose points would change; by other rules also whose thresholds are reached or lost."""
    changes = {c.employee_id: c for c in outcome.changes if c.added or c.removed}
    reached: dict[int, list[str]] = {}
    if run.what_if:
        after = {key: change.after_units for key, change in changes.items()}
        reached, units = crossed(ids, outcome.balances, after, before, rules, _thresholds_on(run))
        for key in reached.keys() - changes.keys():
            changes[key] = Change(key, units[key], units[key], [], [])
    return [_change_row(run.pk, c, reached.get(key, [])) for key, c in changes.items()]


def _thresholds_on(run: CalculationRun) -> date:
    if run.compared:
        return date.fromisoformat(run.compared["on"])
    assert run.trial_of is not None  # noqa: S101  one of the two
    return max(run.trial_of.effective_from, timezone.localdate())


def _change_row(run_id: int, change: Change, thresholds: list[str]) -> RunChange:
    return RunChange(
        run_id=run_id,
        employee_id=change.employee_id,
        before_units=change.before_units,
        after_units=change.after_units,
        removed=[_line(line) for _, line in change.removed],
        added=[_line(line) for line in change.added],
        thresholds=thresholds,
    )


def _line(line: Line) -> dict[str, Any]:
    return dict(zip((*STATED, "source_id"), (*line.terms.stated(), line.source_id), strict=True))


def _finish(run_id: int) -> None:
    """Close a run when no part is open; whoever does the last part comes here."""
    open_parts = RunChunk.objects.filter(run_id=run_id, state=RunChunk.State.WAITING)
    run = CalculationRun.objects.filter(
        pk=run_id, state__in=[CalculationRun.State.WAITING, CalculationRun.State.RUNNING]
    )
    if open_parts.exists():
        return
    state = (
        CalculationRun.State.PARTLY
        if run.filter(failed__gt=0).exists()
        else CalculationRun.State.DONE
    )
    with transaction.atomic():  # told once: only one worker closes it, and both or neither stay
        closed = run.update(state=state, finished_at=timezone.now())
        if closed:
            run_ended(CalculationRun.objects.select_related("actor").get(pk=run_id))
    if closed:
        log.info("run.finished", extra={"run": run_id, "state": str(state)})
