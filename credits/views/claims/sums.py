"""The points of a claim as a page shows them: per item with the reason, and the sum."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from credits.models import ClaimItem
from credits.rules.units import display_id, parse_amount


def item_rows(
    items: Sequence[ClaimItem], trace: Mapping[str, Any], found: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Each item with its points and why (`trace` of a check, or as it was submitted)."""
    by_number = {one["number"]: one for one in trace.get("items", ())}
    return [
        {
            "item": item,
            "points": parse_amount(one["points"]) if one else None,
            "why": _why(item, one) if one else "",
            "article": one["article"] if one else "",
            "findings": [f for f in found if f["item"] == item.number],
            "files": [f for f in item.files.all() if f.removed_at is None],
        }
        for item in items
        for one in [by_number.get(item.number)]
    ]


def _why(item: ClaimItem, one: Mapping[str, Any]) -> str:
    """0,5 × 3 laporan × 80 % × bagian 60 %."""
    parts = [
        _amount(one["inputs"]["unit"]),
        f"{one['inputs']['quantity']} {item.activity.product}",
    ]
    if parse_amount(one["percent"]) != 100:
        parts.append(_("%(percent)s %% (other level)") % {"percent": _amount(one["percent"])})
    share = parse_amount(one["share"])
    if share != 1:
        parts.append(_("share %(percent)s %%") % {"percent": display_id(share * 100, 2)})
    return " × ".join(parts)


def _amount(text: str) -> str:
    return text.replace(".", ",")


def sums(trace: Mapping[str, Any]) -> dict[str, Any] | None:
    """Main, profession, support and what counts, as amounts; None where there is no sum."""
    if "counted" not in trace:
        return None
    names = ("main", "profession", "support", "counted_support", "counted")
    found: dict[str, Any] = {name: parse_amount(trace[name]) for name in names}
    required = trace.get("required")
    found["required"] = None if required is None else parse_amount(required)
    found["article"] = trace.get("article", "")
    found["cut"] = found["counted_support"] < found["support"]
    return found
