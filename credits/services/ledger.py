"""Posting to the ledger: the difference between what ought to stand and what stands.

`reconcile` is the only way in which recalculation writes entries. It locks the people, computes,
compares by digest, and posts a reversal for each line that no longer holds and an entry for each
new one, all in the caller's transaction. Two runs over the same people wait for one another, and
the second finds nothing to do.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from django.db import connection

from accounts.memory import without_gc
from credits.facts import among, array, facts_of
from credits.rules.chain import GENESIS, instant, sealed
from credits.rules.editions import Rulebook, current
from credits.rules.errors import RuleError
from credits.rules.lines import Line, Terms, reversal_of, terms_of
from credits.rules.timeline import Account, Facts, Issue, expected_lines

log = logging.getLogger("sijafung.ledger")

# Lines that the counting does not compute, and so never reverses: other acts post them.
NOT_COMPUTED = ("carried",)

COLUMNS = (
    "employee_id, seq, kind, effective_on, amount_units, rule, article, edition, level, golongan,"
    " predicate, months, base_units, percent, period_start, period_end, source, source_id,"
    " run_id, reverses_seq, recorded_at, hash"
)
LOCK = """
    SELECT id, facts_version FROM employees_employee WHERE id = ANY(%s)
    ORDER BY id FOR NO KEY UPDATE"""
LOOK = "SELECT id, facts_version FROM employees_employee WHERE id = ANY(%s) ORDER BY id"
HEADS = """
    SELECT employee_id, seq, hash, balance_units, digest, facts_version, rules_version
    FROM credits_ledgerhead WHERE {employee_id}"""
IN_FORCE = """
    SELECT employee_id, seq, kind, effective_on::text, amount_units, rule, article, edition, level,
           golongan, predicate, months, base_units, percent, period_start::text, period_end::text,
           source, source_id
    FROM credits_ledgerentry l
    WHERE employee_id = ANY(%s) AND reverses_seq IS NULL AND kind <> ALL(%s)
      AND NOT EXISTS (SELECT FROM credits_ledgerentry r
                      WHERE r.employee_id = l.employee_id AND r.reverses_seq = l.seq)
    ORDER BY employee_id, seq"""
POSTED_OTHERWISE = """
    SELECT employee_id, sum(amount_units) FROM credits_ledgerentry
    WHERE employee_id = ANY(%s) AND kind = ANY(%s) GROUP BY employee_id"""
UPSERT_HEADS = """
    INSERT INTO credits_ledgerhead (employee_id, seq, hash, balance_units, digest, facts_version,
        rules_version, run_id, computed_at)
    SELECT id, seq, decode(hash, 'hex'), units, decode(digest, 'hex'), version, %s, %s, %s
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])
        AS head (id, seq, hash, units, digest, version)
    ON CONFLICT (employee_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,
        balance_units = excluded.balance_units, digest = excluded.digest,
        facts_version = excluded.facts_version, rules_version = excluded.rules_version,
        run_id = excluded.run_id, computed_at = excluded.computed_at"""


@dataclass(slots=True)
class Head:
    """The end of a person's chain as it stands."""

    seq: int = 0
    hash: bytes = GENESIS
    balance_units: int = 0
    digest: bytes = b""
    facts_version: int = 0
    rules_version: str = ""


@dataclass(slots=True)
class Change:
    """What differs for one person: lines to reverse (with their numbers) and lines to post."""

    employee_id: int
    before_units: int
    after_units: int
    removed: list[tuple[int, Line]]
    added: list[Line]


@dataclass(slots=True)
class Outcome:
    """What a reconciliation found and did."""

    people: int = 0
    not_computed: int = 0
    failed: int = 0
    posted: int = 0
    reversed: int = 0
    changes: list[Change] = field(default_factory=list)
    issues: list[tuple[int, Issue]] = field(default_factory=list)
    balances: dict[int, int] = field(default_factory=dict)  # by `against`, of everybody computed


def reconcile(
    ids: Sequence[int],
    run_id: int,
    *,
    rules: Rulebook | None = None,
    dry_run: bool = False,
    against: Rulebook | None = None,
) -> Outcome:
    """Bring the ledger of people into line with their facts (or only say how, when `dry_run`).

    By one set of editions for all of them; runs ask for that in force at each of their parts.
    With `against`, says what differs from the same facts by that set, instead of from the ledger;
    nothing is posted then. Call it inside a transaction. At most nine statements, whatever the
    number of people.
    """
    with connection.cursor() as cursor, without_gc():
        return _reconcile(cursor, ids, run_id, rules or current(), dry_run, against)


def _reconcile(
    cursor: Any,
    ids: Sequence[int],
    run_id: int,
    rules: Rulebook,
    dry_run: bool,
    against: Rulebook | None,
) -> Outcome:
    cursor.execute(LOOK if dry_run or against else LOCK, [array(ids)])
    versions: dict[int, int] = dict(cursor.fetchall())
    cursor.execute(*among(HEADS, versions))
    heads = {row[0]: Head(*row[1:]) for row in cursor.fetchall()}
    facts = facts_of(list(versions))
    outcome = Outcome(people=len(versions))
    accounts = {key: _account(facts[key], rules, outcome) for key in versions}
    if against is not None:
        _contrast(cursor, facts, accounts, against, outcome)
        return outcome
    computed = {k: a for k, a in accounts.items() if a is not None and not a.untouched}
    digests = {key: digest(account.lines) for key, account in computed.items()}
    differing = [k for k, d in digests.items() if heads.get(k, _EMPTY).digest != d]
    outcome.changes = _compare(cursor, differing, computed, heads)
    if not dry_run:
        _post(cursor, run_id, rules.version, outcome, versions, heads, digests, accounts)
    return outcome


_EMPTY = Head()
NULL = r"\N"  # in COPY's text
AT_ONCE = 200  # people whose rows are sent together


def digest(lines: Sequence[Line]) -> bytes:
    """A short digest of the lines in force: it chooses whom to compare, it decides nothing."""
    if not lines:
        return b""
    text = "\n".join([f"{terms.text}\x1f{source_id}" for terms, source_id in lines])
    return blake2b(text.encode(), digest_size=16).digest()


def _account(facts: Facts, rules: Rulebook, outcome: Outcome) -> Account | None:
    """The person's account; None where the rules refuse the facts (the ledger stays as it is)."""
    try:
        account = expected_lines(facts, rules)
    except RuleError as problem:
        issue = Issue("error", problem.code, dict(problem.params))
    except Exception:
        log.exception("recalculation.person_failed", extra={"employee": facts.employee_id})
        issue = Issue("error", "internal", {})
    else:
        outcome.not_computed += not account.computed
        outcome.issues.extend((facts.employee_id, issue) for issue in account.issues)
        return account
    outcome.failed += 1
    outcome.issues.append((facts.employee_id, issue))
    return None


def _compare(
    cursor: Any, differing: Sequence[int], computed: dict[int, Account], heads: dict[int, Head]
) -> list[Change]:
    standing = _standing(cursor, [key for key in differing if heads.get(key, _EMPTY).seq])
    changes = []
    for key in differing:
        before = heads.get(key, _EMPTY).balance_units
        removed, added = _difference(standing.get(key, ()), computed[key].lines)
        after = before + _sum(added) - _sum(line for _, line in removed)
        changes.append(Change(key, before, after, removed, added))
    return changes


def _standing(cursor: Any, ids: Sequence[int]) -> dict[int, list[tuple[int, Line]]]:
    """The computed lines in force, with their numbers."""
    standing: dict[int, list[tuple[int, Line]]] = {}
    if ids:
        cursor.execute(IN_FORCE, [array(ids), list(NOT_COMPUTED)])
        for row in cursor:
            line = Line(terms_of(*row[2:-1]), row[-1])
            standing.setdefault(row[0], []).append((row[1], line))
    return standing


def _contrast(
    cursor: Any,
    facts: dict[int, Facts],
    second: dict[int, Account | None],
    against: Rulebook,
    outcome: Outcome,
) -> None:
    """What differs between the accounts by `against` and by another set.

    Where one set leaves somebody to the ledger, what stands there is his side of it; who is
    refused by either is not compared. What other acts posted belongs to both sides.
    """
    refused = Outcome()
    first = {key: _account(facts[key], against, refused) for key in second}
    for key, issue in refused.issues:
        if first[key] is None and second[key] is not None:
            outcome.failed += 1
            outcome.issues.append((key, issue))
    pairs = {k: (a, b) for k, b in second.items() if b and (a := first[k])}
    left_alone = [k for k, (a, b) in pairs.items() if a.untouched != b.untouched]
    standing = _standing(cursor, left_alone)
    cursor.execute(POSTED_OTHERWISE, [array(list(pairs)), list(NOT_COMPUTED)])
    otherwise = dict(cursor.fetchall())
    for key, pair in pairs.items():
        if all(account.untouched for account in pair):
            continue
        stands = [line for _, line in standing.get(key, ())]
        before, after = (stands if a.untouched else a.lines for a in pair)
        units = int(otherwise.get(key, 0))
        outcome.balances[key] = units + _sum(before)
        if _sum(before) == _sum(after):
            continue
        removed, added = _difference([(0, line) for line in before], after)
        removed, added = _without_names(removed, added)
        change = Change(key, units + _sum(before), units + _sum(after), removed, added)
        outcome.changes.append(change)


def _without_names(
    removed: list[tuple[int, Line]], added: list[Line]
) -> tuple[list[tuple[int, Line]], list[Line]]:
    """Without lines that state the same and differ only in the regulation they name."""
    same = Counter(_unnamed(x) for x in added) & Counter(_unnamed(x) for _, x in removed)
    left, right = Counter(same), Counter(same)
    return (
        [(seq, x) for seq, x in removed if not _take(left, _unnamed(x))],
        [x for x in added if not _take(right, _unnamed(x))],
    )


def _unnamed(line: Line) -> tuple[Any, ...]:
    terms = line.terms
    period = (terms.period_start, terms.period_end)
    return (terms.rule, terms.effective_on, terms.amount_units, *period, line.source_id)


def _sum(lines: Iterable[Line]) -> int:
    return sum(terms.amount_units for terms, _ in lines)


def _difference(
    standing: Sequence[tuple[int, Line]], wanted: list[Line]
) -> tuple[list[tuple[int, Line]], list[Line]]:
    """Which lines in force ought not to stand, and which are missing; equal lines are counted."""
    if not standing:
        return [], wanted
    missing = Counter(wanted)
    removed = []
    for seq, line in standing:
        if missing[line]:
            missing[line] -= 1
        else:
            removed.append((seq, line))
    return removed, [x for x in wanted if _take(missing, x)]


def _take(missing: Counter[Any], line: Any) -> bool:
    if missing[line] > 0:
        missing[line] -= 1
        return True
    return False


def _post(
    cursor: Any,
    run_id: int,
    current: str,
    outcome: Outcome,
    versions: dict[int, int],
    heads: dict[int, Head],
    digests: dict[int, bytes],
    accounts: dict[int, Account | None],
) -> None:
    now = datetime.now(UTC)
    stamp, moment = instant(now), now.isoformat()
    changed = {change.employee_id: change for change in outcome.changes}
    if any(c.added or c.removed for c in outcome.changes):
        with cursor.copy(f"COPY credits_ledgerentry ({COLUMNS}) FROM STDIN") as copy:
            for begin in range(0, len(outcome.changes), AT_ONCE):
                rows: list[str] = []
                for change in outcome.changes[begin : begin + AT_ONCE]:
                    head = heads.setdefault(change.employee_id, Head())
                    _append_rows(rows, change, head, run_id, stamp, moment)
                    outcome.posted += len(change.added)
                    outcome.reversed += len(change.removed)
                copy.write("".join(rows))
    states = []
    for key, version in versions.items():
        if accounts[key] is None:
            continue  # stays stale until the facts are mended
        head = heads.get(key) or Head()
        fresh = head.facts_version == version and head.rules_version == current
        if key in changed:
            head.balance_units = changed[key].after_units
            head.digest = digests[key]
        elif fresh and key in heads:
            continue
        state = (head.seq, head.hash.hex(), head.balance_units, f'"{head.digest.hex()}"', version)
        states.append((key, *state))
    if states:
        columns = map(array, zip(*states, strict=True))
        cursor.execute(UPSERT_HEADS, [current, run_id, now, *columns])


def _append_rows(
    rows: list[str], change: Change, head: Head, run_id: int, stamp: str, moment: str
) -> None:
    """Append one person's reversals and entries as COPY takes them, each linked to the last.

    What is sealed are the values of `chain.FIELDS`, joined; the terms have theirs joined already.
    """
    person, seq, previous = change.employee_id, head.seq, head.hash
    lines: list[tuple[Terms, int | None, int | None]] = [
        (reversal_of(line.terms), line.source_id, number) for number, line in change.removed
    ]
    lines += [(terms, source_id, None) for terms, source_id in change.added]
    for terms, source_id, reverses in lines:
        seq += 1
        source = "" if source_id is None else source_id
        undone = "" if reverses is None else reverses
        previous = sealed(
            previous,
            f"{person}\x1f{seq}\x1f{terms.text}\x1f{source}\x1f{run_id}\x1f{undone}\x1f{stamp}",
        )
        rows.append(
            f"{person}\t{seq}\t{terms.row}\t{source or NULL}\t{run_id}\t{undone or NULL}\t{moment}"
            f"\t\\\\x{previous.hex()}\n"
        )
    head.seq, head.hash = seq, previous
