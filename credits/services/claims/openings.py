"""What the kinds that end in an opening balance share: the amount, doubles, writing, undoing."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from accounts.models import User
from credits.models import OpeningBalance
from credits.rules.claims import Finding
from credits.rules.errors import RuleError
from credits.rules.timeline import Opening
from credits.rules.units import parse_amount, to_units
from credits.services import openings
from credits.services.claims.errors import ClaimError
from credits.services.claims.factual import NEW, Effect, FactKind, Stated
from credits.services.ratings import in_force

TABLE = "credits_openingbalance"


def amount(stated: Stated) -> tuple[Fraction | None, Finding | None]:
    """The stated points, or what is wrong with them."""
    text = stated.text("points")
    if not text:
        return None, Finding("error", "opening.no_amount")
    try:
        points = parse_amount(text)
        to_units(points)
    except RuleError as problem:
        return None, Finding("error", f"opening.{problem.code}", params={"given": text})
    if points < 0:
        return None, Finding("error", "opening.negative")
    return points, None


def standing(stated: Stated) -> OpeningBalance | None:
    """The balance in force that the same act does not take away."""
    rows = OpeningBalance.objects.filter(in_force(), employee=stated.employee)
    return next((row for row in rows if not stated.leaves(TABLE, row.pk)), None)


def doubles(kind: FactKind, stated: Stated, kinds: tuple[str, ...]) -> Iterator[Finding]:
    """Another balance in force, or another claim that would state one (E-02)."""
    known = standing(stated)
    if known is not None:
        params = {"kind": known.get_kind_display(), "on": known.on}
        yield Finding("error", "opening.stands", params=params)
    for other in kind.others(stated, *kinds):
        params = {"from": other.period_start, "until": other.period_end}
        yield Finding("error", "claim.claimed", params=params)


def as_if(on: date, kind: str, points: Fraction | None) -> Opening:
    """The balance as the counting would read it."""
    return Opening(NEW, on, kind, to_units(points or Fraction(0)))


def without(pk: int) -> Opening | None:
    """The balance that would hold if this one were withdrawn: what it had replaced."""
    rows = OpeningBalance.objects.filter(withdrawn_at__isnull=True)
    current = rows.filter(superseded_by__isnull=True)
    own = OpeningBalance.objects.get(pk=pk)
    found = current.filter(employee=own.employee_id).exclude(pk=pk).first()
    found = found or rows.filter(superseded_by=pk).order_by("-pk").first()
    return Opening(found.pk, found.on, found.kind, found.units) if found else None


def put(stated: Stated, on: date, kind: str, actor: User | None, reason: str) -> Effect:
    """Record the balance. Raises FactError, and ClaimError where another one holds by now."""
    known = standing(stated)
    if known is not None:
        raise ClaimError("opening_stands", on=known.on)
    points, _problem = amount(stated)
    row = openings.record_opening(
        stated.employee,
        on=on,
        points=points or Fraction(0),
        kind=kind,
        reason=reason,
        actor=actor,
        document_number=stated.text("document_number"),
        document_date=stated.day("document_date"),
    )
    return Effect(TABLE, row.pk)


def take_back(pk: int, actor: User | None, reason: str) -> None:
    """Withdraw the balance; what it had replaced holds again. Raises FactError."""
    openings.withdraw_opening(OpeningBalance.objects.get(pk=pk), reason, actor)
