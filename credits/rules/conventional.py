"""The conventional regime: activity items, shares, ladder (performance to 31 December 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from credits.rules.editions import Edition
from credits.rules.errors import RuleError
from credits.rules.explained import Explained, explain
from credits.rules.inputs import read_count, read_golongan, read_points
from positions.ladder import Golongan


@dataclass(frozen=True, slots=True)
class ConventionalCount:
    """What of the AK collected counts for the KP, against what it needs."""

    required: Fraction
    counted_main: Fraction
    counted_support: Fraction
    main_ok: bool
    article: str
    edition: str

    @property
    def counted(self) -> Fraction:
        """Unsur utama with the surplus of the last PAK, and penunjang up to its cap."""
        return self.counted_main + self.counted_support

    @property
    def ok(self) -> bool:
        """Whether the AK is enough."""
        return self.main_ok and self.counted >= self.required


def ladder_points(edition: Edition, golongan: Golongan | str) -> Fraction:
    """Cumulative AK that carries a golongan (R-050); RuleError("ladder.none") below II/a."""
    golongan = read_golongan(golongan)
    found = edition.find("ladder", golongan)
    if found is None:
        raise RuleError("ladder.none", golongan=golongan)
    return found.amount


def count_for_promotion(
    edition: Edition,
    golongan: Golongan | str,
    *,
    surplus: Fraction,
    main: Fraction,
    support: Fraction,
) -> ConventionalCount:
    """AK that counts for the KP out of ``golongan`` (R-050 to R-052, R-068).

    At least 80 % of the AK needed from unsur utama, at most 20 % from penunjang: what is above
    the cap is cut, not refused. ``surplus`` of the last PAK counts as unsur utama. Raises
    RuleError("ladder.top") at IV/e.
    """
    golongan = read_golongan(golongan)
    above = golongan.next_golongan
    if above is None:
        raise RuleError("ladder.top", golongan=golongan)
    required = ladder_points(edition, above) - ladder_points(edition, golongan)
    least = edition.cited("shares", "main_min_percent")
    cap = required * edition.cited("shares", "support_max_percent").amount / 100
    counted_main = read_points(surplus, "surplus") + read_points(main, "main")
    return ConventionalCount(
        required=required,
        counted_main=counted_main,
        counted_support=min(read_points(support, "support"), cap),
        main_ok=counted_main >= required * least.amount / 100,
        article=least.article,
        edition=edition.key,
    )


def next_on_ladder(
    edition: Edition, golongan: Golongan | str, cumulative: Fraction
) -> Golongan | None:
    """The golongan the cumulative AK carries next, one step at most, or None (R-050, R-025)."""
    golongan, cumulative = read_golongan(golongan), read_points(cumulative, "cumulative")
    ladder_points(edition, golongan)
    above = golongan.next_golongan
    if above is None or cumulative < ladder_points(edition, above):
        return None
    return above


def item_points(edition: Edition, unit: Fraction, quantity: int, level_diff: int) -> Explained:
    """AK of an activity item: full at one's own level or one below, 80 % one above (R-056).

    ``level_diff`` is the jenjang of the work minus that of the official; more than one either
    way is refused: RuleError("item.level_too_far").
    """
    if isinstance(level_diff, bool) or not isinstance(level_diff, int):
        raise RuleError("item.level_diff_not_a_count", given=str(level_diff))
    factor = edition.find("item_level", str(level_diff))
    if factor is None:
        raise RuleError("item.level_too_far", level_diff=level_diff)
    unit, quantity = read_points(unit, "unit"), read_count(quantity, "quantity")
    return explain(
        edition,
        "conventional.item",
        factor,
        unit * quantity,
        percent=factor.amount,
        inputs={"unit": unit, "quantity": quantity, "level_diff": level_diff},
    )


def author_shares(
    edition: Edition, authors: int, *, undetermined: bool = False
) -> tuple[Fraction, ...]:
    """Shares of joint authors, adding up to 1, lead author first (R-057).

    Equal shares where the lead author cannot be determined. Raises RuleError("authors.number")
    for none or for more than a lead author and three helpers.
    """
    number = read_count(authors, "authors")
    found = edition.find("authors", str(number))
    if found is None:
        raise RuleError("authors.number", given=number)
    if undetermined:
        return (Fraction(1, number),) * number
    return tuple(Fraction(share) / 100 for share in found.value)


def pak_due(edition: Edition, promotion: date) -> date:
    """First day of the month in which the PAK for a KP in April or October is due (R-058).

    Raises RuleError("kp.not_a_period") for another month.
    """
    found = edition.find("pak_due", str(promotion.month))
    if found is None:
        raise RuleError("kp.not_a_period", month=promotion.strftime("%Y-%m"))
    return date(promotion.year, found.value, 1)
