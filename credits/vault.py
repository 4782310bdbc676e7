"""Reading the vault: whose files there are, what uses them, and the same bytes elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.policy import allows, visible
from credits.models import Claim, EvidenceFile
from employees.models import Employee


@dataclass(frozen=True, slots=True)
class Use:
    """A claim that names a file, and for which items ("" = for the claim as a whole)."""

    claim: Claim
    items: tuple[int, ...]


@dataclass(slots=True)
class Match:
    """The same bytes elsewhere: in another claim of the same person, or of another person.

    `claim` is None where the file lies in another's vault and no claim names it; `open` says
    whether the reader reaches the claim, and may be told the name.
    """

    employee: Employee
    claim: Claim | None
    same_person: bool
    open: bool


@dataclass(slots=True)
class Attached:
    """A file of a claim, for which items it stands, and where else its bytes stand."""

    file: EvidenceFile
    items: list[int] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)


def uses_of(rows: Iterable[EvidenceFile], user: Any) -> dict[int, list[Use]]:
    """Evidence id -> the claims that name it and that the user reaches. Two statements."""
    ids = [row.pk for row in rows]
    items: dict[tuple[int, int], set[int]] = defaultdict(set)
    pairs: set[tuple[int, int]] = set()
    places = EvidenceFile.objects.filter(pk__in=ids).values_list(
        "pk", "claims", "items__claim", "items__number"
    )
    for file, whole, per_item, number in places:
        if whole:
            pairs.add((file, whole))
        if per_item:
            pairs.add((file, per_item))
            items[file, per_item].add(number)
    claims = visible(Claim.objects.filter(pk__in={c for _f, c in pairs}), user, "claim")
    known = claims.in_bulk()
    found: dict[int, list[Use]] = {pk: [] for pk in ids}
    for file, claim in sorted(pairs):
        if claim in known:
            found[file].append(Use(known[claim], tuple(sorted(items[file, claim]))))
    return found


def attached(claim: Claim, user: Any) -> list[Attached]:
    """The files of a claim that the user may see, in the order of the items, with matches."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for number, file in claim.items.filter(files__isnull=False).values_list("number", "files"):
        numbers[file].add(number)
    here = Q(pk__in=list(numbers)) | Q(pk__in=claim.files.values("pk"))
    rows = list(visible(EvidenceFile.objects.filter(here), user, "evidence"))
    rows.sort(key=lambda r: (sorted(numbers[r.pk]) or [0], r.pk))
    same = matches_of(rows, user, claim)
    return [Attached(r, sorted(numbers[r.pk]), same.get(r.pk, [])) for r in rows]


def matches_of(
    rows: Sequence[EvidenceFile], user: Any, claim: Claim | None = None
) -> dict[int, list[Match]]:
    """Evidence id -> the same bytes elsewhere; nothing for readers who may not know.

    Beside `claim`, or beside the person's own vault where none is given: then two claims of the
    same person count as soon as there are two. Three statements.
    """
    if not rows or not allows(user, "evidence_match", "view"):
        return {}
    twins = EvidenceFile.objects.filter(sha256__in={r.sha256 for r in rows})
    places = list(twins.values_list("sha256", "employee", "removed_at", "claims", "items__claim"))
    ids = {c for *_keys, whole, per_item in places for c in (whole, per_item) if c}
    reached = visible(Claim.objects.filter(pk=OuterRef("pk")), user, "claim")
    named = Claim.objects.select_related("employee").annotate(reached=Exists(reached))
    # Dropped drafts say nothing about what is claimed.
    claims: dict[int, Any] = named.exclude(state__in=("cancelled", "withdrawn")).in_bulk(ids)
    by_hash: dict[str, set[tuple[int, int | None]]] = defaultdict(set)
    for sha256, employee, removed_at, whole, per_item in places:
        by_hash[sha256] |= {(employee, c) for c in (whole, per_item) if c in claims}
        if removed_at is None:
            by_hash[sha256].add((employee, None))
    for found in by_hash.values():  # who has it in a claim need not be named for having it
        found -= {(e, None) for e, c in found if c}
    others = {e for r in rows for e, _c in by_hash[r.sha256] if e != r.employee_id}
    people = Employee.everyone.in_bulk(others)
    everywhere = allows(user, "evidence_match", "names")
    answer: dict[int, list[Match]] = {}
    for row in rows:
        mine = [
            Match(
                claims[c].employee if c else people[e],
                claims[c] if c else None,
                e == row.employee_id,
                claims[c].reached if c else everywhere,
            )
            for e, c in sorted(by_hash[row.sha256], key=lambda p: (p[0], p[1] or 0))
            if c or e != row.employee_id
        ]
        if claim is not None:
            mine = [m for m in mine if m.claim is None or m.claim.pk != claim.pk]
        elif sum(m.same_person for m in mine) < 2:
            mine = [m for m in mine if not m.same_person]
        answer[row.pk] = mine
    return answer


def files_of(people: "QuerySet[Employee]") -> "QuerySet[EvidenceFile]":
    """What stands on the lists of these people."""
    return EvidenceFile.objects.filter(employee__in=people, removed_at__isnull=True)


def doubled() -> Exists:
    """Condition on evidence: somebody else holds the same bytes."""
    others = EvidenceFile.objects.filter(sha256=OuterRef("sha256"), removed_at__isnull=True)
    return Exists(others.exclude(employee=OuterRef("employee")))


def shown_to_people(match: Match) -> list[Employee]:
    """Whose name a match tells, for the access log."""
    return [match.employee] if match.open else []
