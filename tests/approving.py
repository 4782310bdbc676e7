"""The second person, for tests of other things."""

from credits.models import Rating
from credits.services.approvals import Decided, approve


def approve_all() -> Decided:
    """Approve whatever waits, as the operator at the console."""
    return approve(Rating.objects.all(), None)
