"""Where a request comes from: the address behind the proxy, and which browser it is."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

_KEPT_BITS = {4: 24, 6: 48}  # of an address in the list of devices
# The first that fits; the order matters, for every browser claims to be the older ones.
_FAMILIES = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def client_address(request: HttpRequest) -> str | None:
    """The caller's address. Behind proxies of ours, the entry that the outermost one wrote.

    Anything left of it in X-Forwarded-For was written by the caller and is not believed.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_HOPS:
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(entries) >= settings.PROXY_HOPS:
            told = entries[-settings.PROXY_HOPS].strip() or told
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return None


def shortened(address: str | None) -> str:
    """The network of an address, enough to recognise one's own office.

    >>> shortened("10.20.30.40")
    '10.20.30.0/24'
    """
    if not address:
        return ""
    ip = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((ip, _KEPT_BITS[ip.version]), strict=False))


def browser_family(agent: str) -> str:
    """ "Firefox, Windows" out of what the browser says about itself."""
    names = [_first(_FAMILIES, agent), _first(_SYSTEMS, agent)]
    return ", ".join(name for name in names if name) or _("unknown browser")


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, sign in known if re.search(sign, agent)), "")
