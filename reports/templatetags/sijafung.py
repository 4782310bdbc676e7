"""Numbers, dates and small parts as the pages show them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from credits.rules.units import amount_text, display, display_id, from_units
from employees.nip import display as nip_groups
from positions.ladder import GOLONGAN, Golongan
from reports.help import Term, term_of_field, terms

register = template.Library()
NONE = "–"
BAR_WIDTH = 1000
PLACES = 3  # as on the forms, so that page and paper show the same figure


@register.filter
def points(value: Fraction | Decimal | int | None, places: int = PLACES) -> str:
    """Points half-up at `places` decimals in the reader's language; a dash for None."""
    if value is None or value == "":
        return NONE
    return _local(value, places)


@register.filter
def units(value: int | None, places: int = PLACES) -> str:
    """As `points`, from units of 1/3,000,000 point."""
    return NONE if value is None else _local(from_units(value), places)


@register.filter
def signed(value: Fraction | int | None, places: int = PLACES) -> str:
    """As `points`, with a plus sign before what is added."""
    if value is None:
        return NONE
    return ("+" if value > 0 else "") + _local(value, places)


@register.filter
def signed_units(value: int | None, places: int = PLACES) -> str:
    return NONE if value is None else signed(from_units(value), places)


@register.filter
def exact(value: Fraction | None) -> str:
    """The exact amount: a decimal where it ends, else a fraction."""
    if value is None:
        return NONE
    text = amount_text(Fraction(value))
    return text.replace(".", ",") if _indonesian() else text


def _local(value: Fraction | Decimal | int, places: int) -> str:
    if _indonesian():
        return display_id(value, places)
    whole, _, decimals = display(value, places).partition(".")
    return (
        f"{int(whole):,}" + (f".{decimals}" if decimals else "")
        if whole != "-0"
        else (f"-0.{decimals}")
    )


def _indonesian() -> bool:
    return (translation.get_language() or "id").startswith("id")


@register.filter
def nip(value: str) -> str:
    """A NIP in its groups 8-6-1-3; what is not one is shown as it is."""
    try:
        return nip_groups(value)
    except ValueError:
        return value


@register.filter
def pangkat(golongan: str | None) -> str:
    """Penata Tingkat I (III/d); a grade without a name of its own as it is."""
    if golongan not in GOLONGAN:
        return golongan or NONE
    return f"{Golongan(golongan).pangkat} ({golongan})"


@register.inclusion_tag("reports/help_tip.html")
def help(key: str) -> dict[str, Term]:
    """A small "?" that opens the explanation of a word (reports/handbook/terms.toml)."""
    return {"term": terms()[key]}


@register.inclusion_tag("reports/help_tip.html")
def help_for(field: str) -> dict[str, Term | None]:
    """As `help`, for an input of a form; nothing where no word explains it."""
    return {"term": term_of_field().get(field)}


@register.filter
def day(value: date | datetime | str | None) -> str:
    """5 April 2021."""
    if not value:
        return NONE
    return str(formats.date_format(_as_date(value), "j F Y"))


@register.filter
def short_day(value: date | datetime | str | None) -> str:
    """05-04-2021, the way tables are written."""
    return f"{_as_date(value):%d-%m-%Y}" if value else NONE


@register.filter
def moment(value: datetime | None) -> str:
    """05-04-2021 13.45."""
    return f"{timezone.localtime(value):%d-%m-%Y %H.%M}" if value else NONE


def _as_date(value: date | datetime | str) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def at(sequence: Sequence[Any], index: int) -> Any:
    return sequence[index]


@register.simple_tag
def bar(value: Any, total: Any, mark: Any = None, goal: bool = True) -> SafeString:
    """A bar of `value` out of `total` (with a mark at `mark`); the words stand beside it.

    goal: a full bar is something reached, and looks so.
    """
    width = _share(value, total)
    line = ""
    if mark is not None:
        line = format_html(
            '<line class="mark" x1="{0}" x2="{0}" y1="0" y2="10"></line>', _share(mark, total)
        )
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="{}" height="10"></rect>'
        '<rect class="{}" width="{}" height="10"></rect>{}</svg>',
        BAR_WIDTH,
        BAR_WIDTH,
        "fill fill-done" if goal and width >= BAR_WIDTH else "fill",
        width,
        line,
    )


def _share(value: Any, total: Any) -> int:
    if not value or not total or total <= 0:
        return 0
    share = min(max(Fraction(value) / Fraction(total), Fraction(0)), Fraction(1))
    return int(share * BAR_WIDTH)
