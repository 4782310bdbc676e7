"""What a notice says: each app declares the sentences of its own kinds of notice.

A notice keeps a kind and figures, never a sentence: it is said in the reader's language.
"""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import Notice

Say = Callable[[Mapping[str, Any]], str]
_kinds: dict[str, Say] = {}


def declare(kind: str, say: Say) -> None:
    """State what notices of a kind say, from their parameters."""
    _kinds[kind] = say


def text_of(notice: Notice) -> str:
    """The sentence of a notice; a kind that is no longer known is named."""
    say = _kinds.get(notice.kind)
    return say(notice.params) if say else notice.kind
