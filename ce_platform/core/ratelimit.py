"""A small limiter for public pages, counted in the cache that all workers share."""

import hashlib
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Who asks, as far as our own proxies vouch for it; IPv6 by its /64, which one person has.

    X-Forwarded-For is believed only for as many entries, counted from the end, as there are
    proxies of our own (TRUSTED_PROXY_COUNT): a visitor can write anything before them.
    """
    address = request.META.get("REMOTE_ADDR", "")
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if trusted:
        hops = [
            hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop
        ]
        if len(hops) >= trusted:
            address = hops[-trusted]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)


@dataclass(frozen=True)
class Limit:
    """At most `count` times in `seconds`, per scope and key. A window begins with its first use."""

    scope: str
    count: int
    seconds: int

    def is_exceeded(self, key: str) -> bool:
        """Count this use; True when it is one too many."""
        name = f"limit:{self.scope}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        if cache.add(name, 1, timeout=self.seconds):
            return False
        try:
            # Two workers at the very same moment may count one use for two: a limit against
            # harvesting does not need to be exact, and no use is counted too much.
            used = cache.incr(name)
        except ValueError:  # The window ended between the two lines.
            cache.add(name, 1, timeout=self.seconds)
            return False
        return used > self.count
