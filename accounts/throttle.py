"""How often one address may ask for something that costs or could be guessed."""

from django.core.cache import caches
from django.http import HttpRequest

from accounts.browsers import client_address


def too_many(request: HttpRequest, scope: str, limit: int, seconds: int) -> bool:
    """Count this request; whether the address has had more than `limit` within `seconds`."""
    cache = caches["throttle"]
    key = f"{scope}:{client_address(request)}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) > limit
    except ValueError:  # it ran out between the two
        return False
