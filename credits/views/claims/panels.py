"""What other modules and upper apps add to the page of a claim: a template with its context."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from credits.models import Claim

Panel = Callable[[Claim, HttpRequest], dict[str, Any] | None]
_panels: list[tuple[str, Panel]] = []


def register_panel(template: str, show: Panel) -> None:
    """Show `template` with what `show` answers; nothing where it answers None."""
    _panels.append((template, show))


def panels_for(claim: Claim, request: HttpRequest) -> list[tuple[str, dict[str, Any]]]:
    """The panels that have something to show to this reader, in order of registration."""
    found = ((template, show(claim, request)) for template, show in _panels)
    return [(template, context) for template, context in found if context is not None]
