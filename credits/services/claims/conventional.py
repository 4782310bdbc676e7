"""The conventional claim (DUPAK): items of work done up to 31 December 2022."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.models import Claim, ClaimDecision, ClaimItem, JointWork
from credits.rules.claims import ClaimPoints, Element, Finding, Work, total
from credits.rules.editions import CONVENTIONAL, Edition, current
from credits.rules.units import amount_text, from_units, to_units
from credits.services.claims import conventional_checks as checks
from credits.services.claims.kinds import Checked, Kind, register
from credits.services.claims.standing import place


def work_of(item: ClaimItem, quantity: int | None = None) -> Work:
    """The item as the rules take it; `quantity` in the place of the claimed one."""
    activity, work = item.activity, item.work
    return Work(
        number=item.number,
        element=Element(activity.element),
        unit=Fraction(activity.points),
        quantity=item.quantity if quantity is None else quantity,
        level=activity.level,
        authors=work.authors if work else 1,
        place=item.place or 1,
        undetermined=bool(work and work.undetermined),
    )


def edition_of(claim: Claim) -> Edition:
    """The conventional edition for the claim's JF."""
    code = claim.position.code if claim.position else None
    return current().latest(CONVENTIONAL, code)


def count(
    claim: Claim, items: Iterable[ClaimItem], quantities: dict[int, int] | None = None
) -> tuple[ClaimPoints, tuple[Finding, ...]]:
    """Points of a claim by its items (with activity and work read), or by judged quantities.

    `quantities`: item number -> quantity; 0 leaves an item out, one that is missing is as claimed.
    """
    given = quantities or {}
    works = [work_of(i, given.get(i.number)) for i in items if given.get(i.number) != 0]
    return total(edition_of(claim), works, level=claim.level, golongan=claim.golongan)


def read_items(claim: Claim) -> list[ClaimItem]:
    """The items with what counting needs: two statements."""
    rows = claim.items.select_related("activity__table", "work").prefetch_related("files")
    return list(rows.order_by("number"))


def trace_of(points: ClaimPoints) -> dict[str, Any]:
    """The sums and items as plain JSON, amounts as exact text."""
    return {
        "edition": points.edition,
        "article": points.article,
        "main": amount_text(points.main),
        "profession": amount_text(points.profession),
        "support": amount_text(points.support),
        "counted_support": amount_text(points.counted_support),
        "counted": amount_text(points.counted),
        "required": None if points.required is None else amount_text(points.required),
        "items": [
            {
                "number": item.number,
                "element": item.element.value,
                "points": amount_text(item.points),
                "share": amount_text(item.share),
                **item.whole.as_data(),
                "whole": amount_text(item.whole.points),
            }
            | {"points": amount_text(item.points)}
            for item in points.items
        ],
    }


@register
class Conventional(Kind):
    """DUPAK: judged by an assessor team, determined by the pejabat penetap."""

    code: ClassVar[str] = "konvensional"
    title: ClassVar[Any] = _("Conventional claim (DUPAK)")
    about: ClassVar[Any] = _("Work done up to 31 December 2022 that was never assessed.")
    has_items: ClassVar[bool] = True
    by_officer: ClassVar[bool] = True

    def check(self, claim: Claim, day: date) -> Checked:
        """Points and findings: regime, closing date, items, evidence, doubles, shares."""
        items = read_items(claim)
        edition = edition_of(claim)
        points, findings = count(claim, items)
        found = [*checks.frame(claim, items, day), *findings, *checks.held(claim, items)]
        for item in items:
            found += checks.one(claim, item, edition)
        found += checks.doubles(claim, items, edition)
        order = {"error": 0, "warning": 1, "note": 2}
        found.sort(key=lambda f: (order[f.severity], f.item))
        return Checked(points.counted, tuple(found), trace_of(points), tuple(items))

    def prepare(self, claim: Claim) -> None:
        """Position, level and rank of the register; the joint works, whose places others claim."""
        place(claim)
        works = JointWork.objects.filter(claimed__claim=claim).values("pk")
        list(JointWork.objects.select_for_update().filter(pk__in=works).order_by("pk"))

    def determine(self, claim: Claim, actor: User | None, day: date) -> ClaimDecision:
        """The sum of what was decided item by item becomes a fact of the counting."""
        items = read_items(claim)
        quantities = {
            i.number: i.quantity if i.decided_quantity is None else i.decided_quantity
            for i in items
        }
        points, _findings = count(claim, items, quantities)
        return ClaimDecision.objects.create(
            claim=claim,
            employee_id=claim.employee_id,
            decided_on=day,
            effective_on=claim.period_end,
            main_units=to_units(points.main),
            profession_units=to_units(points.profession),
            support_units=to_units(points.counted_support),
            units=to_units(points.counted),
            article=points.article,
            edition=points.edition,
            officer=actor,
        )

    def take_back(self, decision: ClaimDecision, actor: User | None, reason: str) -> None:
        """Nothing beside the decision itself."""


def decided_points(decision: ClaimDecision) -> Fraction:
    """What a decision counts, in points."""
    return from_units(decision.units)
