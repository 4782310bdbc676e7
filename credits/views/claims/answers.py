"""What the pages of claims answer when something is refused; which fields they take."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from credits import claim_words
from credits.services.claims.errors import ClaimError

_ALWAYS = frozenset({"csrfmiddlewaretoken", "version"})


def unknown_fields(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse | None:
    """A refusal of what a form does not have: points, a state (B20). None where all fit."""
    unknown = sorted({*request.POST, *request.FILES} - _ALWAYS - set(allowed))
    if not unknown:
        return None
    words = _(
        "Unknown field: %(names)s. Points and states are never sent; the server computes them. "
        "Nothing was saved."
    )
    return refused(request, words % {"names": ", ".join(name[:40] for name in unknown[:5])}, 400)


def refused(request: HttpRequest, sentence: str, status: int, back: str = "") -> HttpResponse:
    """A page with one sentence, and a way back."""
    context = {"sentence": sentence, "back": back}
    return render(request, "credits/claims/refused.html", context, status=status)


def said(request: HttpRequest, problem: ClaimError) -> str:
    """The sentence of a refusal, also among the page's messages."""
    sentence = claim_words.problem(problem)
    messages.error(request, sentence)
    return sentence


def version_of(request: HttpRequest) -> int:
    """The version that the form was made from; 0, which is none, where it is missing."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def findings(found: Iterable[Any]) -> list[dict[str, Any]]:
    """The findings of a check for a page: badge, item number (0 = the claim), sentence, article."""
    badges = {"error": "badge-bad", "warning": "badge-warn", "note": "badge-info"}
    labels = {"error": _("to be mended"), "warning": _("to be looked at"), "note": _("to know")}
    return [
        {
            "badge": badges[f.severity],
            "label": labels[f.severity],
            "error": f.is_error,
            "item": f.item,
            "sentence": claim_words.finding(f),
            "article": f.article,
        }
        for f in found
    ]
