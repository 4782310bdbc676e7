"""Charts drawn here, as SVG without any style: lengths are percentages, so that text keeps its
size at every width, and colours are classes of app.css."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from positions.ladder import LEVELS_OF, Category, Level
from reports.overview import Pyramid

register = template.Library()
ROW = 28  # height of a band, in pixels
HALF = Fraction(33)  # per cent of the width that the longest bar of a side takes
MIDDLE = Fraction(8)  # from the centre to where a side begins


@register.inclusion_tag("reports/bars.html")
def bars(
    title: str,
    rows: Sequence[Any],
    heading: str,
    base: str = "",
    drill: str = "",
    opens: Iterable[int] = (),
) -> dict[str, Any]:
    """Rows of `Share` as bars with their figures; the same figures as a table below.

    base: address to which a row's key is added (no links without); drill: the same for the rows
    that have parts (`opens`).
    """
    return {
        "title": title,
        "rows": rows,
        "heading": heading,
        "base": base,
        "drill": drill,
        "opens": opens,
        "most": max((row.people for row in rows), default=0),
        "total": sum(row.people for row in rows),
    }


@register.simple_tag
def pyramid_chart(found: Pyramid) -> SafeString:
    """Age bands, oldest above: skilled levels to the left, expert ones to the right."""
    most = max((max(_side(by, c) for c in Category) for _n, by, _t in found.bands), default=0)
    rows = [
        _band_row(n, name, by_level, most) for n, (name, by_level, _all) in enumerate(found.bands)
    ]
    return format_html(
        '<svg class="pyramid" role="img" aria-labelledby="pyramid-title pyramid-desc" width="100%" '
        'height="{}"><title id="pyramid-title">{}</title><desc id="pyramid-desc">{}</desc>{}</svg>',
        ROW * len(found.bands),
        _("Holders by age and level"),
        _(
            "Bars by age, the oldest above. To the left the skilled category, to the right the "
            "expert category, each divided by level. The table below has the same figures."
        ),
        format_html_join("", "{}", ((row,) for row in rows)),
    )


def _side(by_level: dict[str, int], category: Category) -> int:
    return sum(by_level.get(str(level), 0) for level in LEVELS_OF[category])


def _band_row(n: int, name: str, by_level: dict[str, int], most: int) -> SafeString:
    middle = n * ROW + ROW // 2
    label = format_html('<text class="age" x="50%" y="{}" dy="4">{}</text>', middle, name)
    parts = [label]
    for category, sign in ((Category.KETERAMPILAN, -1), (Category.KEAHLIAN, 1)):
        parts += _bar(n, by_level, category, sign, most)
    return format_html_join("", "{}", ((part,) for part in parts))


def _bar(
    n: int, by_level: dict[str, int], category: Category, sign: int, most: int
) -> list[SafeString]:
    """The segments of one side from the middle outwards, then their sum."""
    at, parts = Fraction(50) + sign * MIDDLE, []
    for level in LEVELS_OF[category]:
        count = by_level.get(str(level), 0)
        if not count:
            continue
        width = HALF * count / most
        left = at if sign > 0 else at - width
        parts.append(_segment(n, level, left, width))
        at += sign * width
    total = _side(by_level, category)
    if total:
        x = at + sign
        side = "right" if sign > 0 else "left"
        text = '<text class="sum sum--{}" x="{}%" y="{}" dy="4">{}</text>'
        parts.append(format_html(text, side, _percent(x), n * ROW + ROW // 2, total))
    return parts


def _segment(n: int, level: Level, left: Fraction, width: Fraction) -> SafeString:
    return format_html(
        '<rect class="level level--{}" x="{}%" y="{}" width="{}%" height="{}"></rect>',
        LEVELS_OF[level.category].index(level) + 1,
        _percent(left),
        n * ROW + 4,
        _percent(width),
        ROW - 8,
    )


def _percent(value: Fraction) -> str:
    """Hundredths of a per cent, which no screen shows more exactly."""
    hundredths = round(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@register.simple_tag
def level_key(code: str) -> int:
    """Which shade a level has within its category."""
    level = Level(code)
    return LEVELS_OF[level.category].index(level) + 1
