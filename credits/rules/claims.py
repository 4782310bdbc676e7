"""Points of a conventional claim (DUPAK): item by item, and what of the sum counts.

The rules themselves stand in `credits.rules.conventional`; here they are put together for a whole
claim, with a finding for each thing that is wrong or doubtful. Points are computed here only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from credits.rules.conventional import author_shares, count_for_promotion, item_points
from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.explained import Explained
from positions.ladder import LEVELS_OF, Level


class Element(StrEnum):
    """The elements (unsur) of the points; education and profession are unsur utama too."""

    MAIN = "utama"
    EDUCATION = "pendidikan"
    PROFESSION = "profesi"
    SUPPORT = "penunjang"


@dataclass(frozen=True, slots=True)
class Work:
    """An item as claimed, or as judged: plain values only.

    unit: points of one product. level: whose work it is, "" = every level's. place: 1 = lead.
    """

    number: int
    element: Element
    unit: Fraction
    quantity: int
    level: str = ""
    authors: int = 1
    place: int = 1
    undetermined: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (error), doubtful (warning) or worth knowing (note), at which item (0 = none).

    ``code`` is stable; ``params`` are plain values; the sentence is made at the edge.
    """

    severity: str
    code: str
    item: int = 0
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    article: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the claim cannot be submitted with it."""
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """What one item gives: full points of the work, and the claimant's share of them."""

    number: int
    element: Element
    whole: Explained
    share: Fraction

    @property
    def points(self) -> Fraction:
        """The claimant's part."""
        return self.whole.points * self.share


@dataclass(frozen=True, slots=True)
class ClaimPoints:
    """The sum of a claim. ``counted`` is what a determination would give."""

    items: tuple[ItemPoints, ...]
    main: Fraction  # unsur utama: duties, education, profession
    profession: Fraction
    support: Fraction  # as claimed
    counted_support: Fraction  # cut to the cap
    required: Fraction | None  # of the next KP; None at the top of the ladder
    article: str
    edition: str

    @property
    def counted(self) -> Fraction:
        """Main and support that count."""
        return self.main + self.counted_support


def level_difference(work: str, holder: str) -> int:
    """Jenjang of the work minus jenjang of the official; 0 where the item is every level's.

    Raises RuleError("item.other_category") across the categories.
    """
    if not work:
        return 0
    levels = LEVELS_OF[Level(holder).category]
    if Level(work) not in levels:
        raise RuleError("item.other_category", work=work, holder=holder)
    return levels.index(Level(work)) - levels.index(Level(holder))


def points_of(edition: Edition, work: Work, holder_level: str) -> ItemPoints:
    """Points of one item (R-056, R-057).

    Raises RuleError: item.level_too_far, item.other_category, authors.number, authors.place.
    """
    whole = item_points(
        edition, work.unit, work.quantity, level_difference(work.level, holder_level)
    )
    shares = author_shares(edition, work.authors, undetermined=work.undetermined)
    if not 1 <= work.place <= len(shares):
        raise RuleError("authors.place", place=work.place, authors=work.authors)
    return ItemPoints(work.number, work.element, whole, shares[work.place - 1])


def total(
    edition: Edition, works: Iterable[Work], *, level: str, golongan: str
) -> tuple[ClaimPoints, tuple[Finding, ...]]:
    """The sum of a claim, and findings for items that give nothing (R-050 to R-057).

    ``level`` and ``golongan`` are the claimant's at the end of the period. An item that the rules
    refuse is a finding and counts zero.
    """
    items: list[ItemPoints] = []
    findings: list[Finding] = []
    for work in works:
        try:
            items.append(points_of(edition, work, level))
        except RuleError as problem:
            article = edition.citation("item_level").article
            findings.append(
                Finding("error", problem.code, work.number, dict(problem.params), article)
            )
    main = _sum(items, Element.MAIN, Element.EDUCATION, Element.PROFESSION)
    support = _sum(items, Element.SUPPORT)
    required: Fraction | None = None
    counted_support = support
    shares = edition.cited("shares", "support_max_percent")
    try:
        count = count_for_promotion(
            edition, golongan, surplus=Fraction(0), main=main, support=support
        )
    except RuleError as problem:
        if problem.code != "ladder.top":
            findings.append(Finding("error", problem.code, 0, dict(problem.params)))
    else:
        required, counted_support = count.required, count.counted_support
    if counted_support < support:
        findings.append(
            Finding(
                "warning",
                "claim.support_cut",
                0,
                {"claimed": support, "counted": counted_support, "percent": shares.amount},
                shares.article,
            )
        )
    return (
        ClaimPoints(
            tuple(items),
            main,
            _sum(items, Element.PROFESSION),
            support,
            counted_support,
            required,
            shares.article,
            edition.key,
        ),
        tuple(findings),
    )


def _sum(items: Sequence[ItemPoints], *elements: Element) -> Fraction:
    return sum((i.points for i in items if i.element in elements), Fraction(0))


def agreed(first: Fraction, second: Fraction, tolerance: Fraction) -> bool:
    """Whether two assessors' sums differ by no more than the tolerance, in percent of the higher.

    ``tolerance`` is a setting of the claim path's edition (no regulation text states one).
    """
    higher = max(first, second)
    return higher == 0 or abs(first - second) * 100 <= tolerance * higher


def overlaps(start: date, end: date, others: Iterable[tuple[date, date]]) -> bool:
    """Whether a period shares a day with one of others; all ends inclusive."""
    return any(overlap(start, end, first, last) for first, last in others)


def overlap(start: date, end: date, first: date, last: date) -> tuple[date, date] | None:
    """The days that two periods share, all ends inclusive; None where there are none."""
    begins, ends = max(start, first), min(end, last)
    return (begins, ends) if begins <= ends else None


def same_words(one: str, other: str) -> bool:
    """Whether two descriptions say the same; an empty one tells nothing apart."""
    a, b = (" ".join(text.casefold().split()) for text in (one, other))
    return not a or not b or a == b
