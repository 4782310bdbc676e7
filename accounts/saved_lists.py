"""Reading saved lists: one's own, those shared with one's roles, and the one a link names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from accounts.models import SavedList, User


@dataclass
class Lists:
    """What a reader has for a page."""

    columns: list[str] = field(default_factory=list)  # chosen last; empty = the usual ones
    own: list[SavedList] = field(default_factory=list)
    shared: list[SavedList] = field(default_factory=list)
    opened: SavedList | None = None

    @property
    def count(self) -> int:
        return len(self.own) + len(self.shared)


def lists_for(user: User, roles: Iterable[str], place: str, opened: UUID | None = None) -> Lists:
    """The lists of a page that a reader with these roles may open. One statement."""
    reach = Q(owner=user) | Q(roles__overlap=[str(role) for role in roles])
    if opened is not None:
        reach |= Q(public_id=opened, by_link=True)
    found = Lists()
    rows = SavedList.objects.filter(reach, place=place).select_related("owner")
    for row in rows:
        if not row.name:
            if row.owner_id == user.pk:
                found.columns = row.columns
            continue
        if row.public_id == opened:
            found.opened = row
        (found.own if row.owner_id == user.pk else found.shared).append(row)
    return found
