"""The conventional claim (DUPAK): items of work done up to 31 December 2022."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from credits.models import Claim, ClaimDecision, ClaimItem
from credits.rules.claim_paths import edition_on
from credits.rules.claim_states import STANDING
from credits.rules.claims import ClaimPoints, Element, Finding, Work, total
from credits.rules.editions import CONVENTIONAL, CONVERSION, Edition, current
from credits.rules.units import amount_text, from_units, to_units
from credits.services.claims.kinds import Checked, Kind, register


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
        points, findings = count(claim, items)
        found = [*self._frame(claim, items, day), *findings]
        for item in items:
            found += self._item(claim, item)
        found += self._doubles(claim, items)
        order = {"error": 0, "warning": 1, "note": 2}
        found.sort(key=lambda f: (order[f.severity], f.item))
        return Checked(points.counted, tuple(found), trace_of(points))

    def _frame(self, claim: Claim, items: Sequence[ClaimItem], day: date) -> list[Finding]:
        found = []
        last = current().regime_start(CONVERSION)
        path = edition_on(day, claim.position.code if claim.position else None)
        closing = path.cited("closing", "proposed_by")
        if claim.period_end >= last:
            found.append(Finding("error", "claim.after_regime", params={"from": last}))
        if not claim.position or not claim.golongan:
            found.append(Finding("error", "claim.not_a_holder", params={"on": claim.period_end}))
        if not items:
            found.append(Finding("error", "claim.no_items"))
        if day > closing.value and not claim.history and not claim.late_reason.strip():
            found.append(
                Finding("error", "claim.closed", 0, {"on": closing.value}, closing.article)
            )
        return found

    def _item(self, claim: Claim, item: ClaimItem) -> list[Finding]:
        found = []
        n = item.number
        table = item.activity.table
        if item.start < claim.period_start or item.end > claim.period_end:
            found.append(Finding("error", "item.outside_period", n))
        if table.position_id != claim.position_id:
            found.append(Finding("error", "item.other_position", n))
        if item.start < table.start or (table.end is not None and item.end > table.end):
            found.append(Finding("error", "item.outside_table", n))
        if table.replaced_by_id is not None and claim.submitted_at is None:
            found.append(Finding("error", "item.table_replaced", n))
        if not item.files.all():
            found.append(Finding("error", "item.no_evidence", n, {"asked": item.activity.evidence}))
        limit = item.activity.yearly_limit
        years = item.end.year - item.start.year + 1
        if limit is not None and item.quantity > limit * years:
            found.append(Finding("error", "item.over_limit", n, {"limit": limit * years}))
        away = item.activity.level and item.activity.level != claim.level
        if away and not item.assignment_letter.strip():
            article = edition_of(claim).citation("item_level").article
            found.append(Finding("error", "item.no_assignment", n, {}, article))
        return found

    def _doubles(self, claim: Claim, items: Sequence[ClaimItem]) -> list[Finding]:
        """Activities and shares of works that another standing claim holds already."""
        found = []
        standing = [str(s) for s in STANDING]
        others = (
            ClaimItem.objects.exclude(claim=claim)
            .filter(claim__state__in=standing)
            .select_related("claim")
        )
        activities = {i.activity_id for i in items}
        mine = others.filter(claim__employee=claim.employee_id, activity__in=activities)
        for other in mine:
            for item in items:
                same = item.activity_id == other.activity_id and item.work_id == other.work_id
                if same and item.start <= other.end and other.start <= item.end:
                    params = {"claim": str(other.claim.public_id), "from": other.start}
                    found.append(Finding("error", "item.credited", item.number, params))
        works = {i.work_id: i for i in items if i.work_id}
        for other in others.filter(Q(work__in=works)):
            item = works[other.work_id or 0]
            if other.place == item.place:
                params = {"place": item.place, "claim": str(other.claim.public_id)}
                found.append(Finding("error", "item.place_taken", item.number, params))
            elif other.claim.employee_id == claim.employee_id:
                found.append(Finding("error", "item.author_twice", item.number))
        return found

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
