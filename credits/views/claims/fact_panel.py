"""On the page of a claim without items: what it states, what it would change, what it changed."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from credits import claim_words
from credits.models import Claim, LedgerEntry
from credits.rules.claim_states import EDITABLE, State
from credits.rules.claims import Finding
from credits.rules.units import parse_amount
from credits.services.claims.kinds import kind_of
from credits.views.claims.panels import register_panel

# The check of a draft stands on the page itself; after the decision there is nothing to check.
_DECIDED = frozenset(
    {State.DETERMINED, State.CANCELLED, State.WITHDRAWN, State.REJECTED, State.ARCHIVED}
)
_BADGES = {"error": "badge-bad", "warning": "badge-warn", "note": "badge-info"}


def stated(claim: Claim, request: HttpRequest) -> dict[str, Any] | None:
    """The details, and while nothing is decided the check with the balances before and after."""
    kind = kind_of(claim)
    if kind.has_items:
        return None
    context: dict[str, Any] = {
        "stated": kind.shown(claim),
        "files": list(claim.files.filter(removed_at__isnull=True)),
        "decision": claim.decisions.select_related("officer").order_by("-id").first(),
    }
    if context["decision"] is not None:
        given = context["decision"].effect.get("points")
        context["given"] = parse_amount(given) if given else None
    if claim.state not in _DECIDED:
        checked = kind.check(claim, timezone.localdate())
        context["preview"] = preview_of(checked.trace)
        editable = claim.state in EDITABLE
        context["findings"] = [] if editable else [_said(f) for f in checked.findings]
    return context


def preview_of(trace: dict[str, Any]) -> dict[str, Any] | None:
    """Balances and lines of a check for a page; None where it could not be counted."""
    if "before" not in trace:
        return None
    kinds = dict(LedgerEntry.Kind.choices)
    lines = [
        {
            "kind": kinds.get(line["kind"], line["kind"]),
            "on": line["effective_on"],
            "start": line["period_start"],
            "end": line["period_end"],
            "article": line["article"],
            "points": sign * parse_amount(line["points"]),
        }
        for sign, name in ((-1, "removed"), (1, "added"))
        for line in trace.get(name, ())
    ]
    return {
        "before": parse_amount(trace["before"]),
        "after": parse_amount(trace["after"]),
        "lines": lines,
    }


def _said(found: Finding) -> dict[str, str]:
    return {
        "badge": _BADGES[found.severity],
        "sentence": claim_words.finding(found),
        "article": found.article,
    }


register_panel("credits/claims/facts.html", stated)
