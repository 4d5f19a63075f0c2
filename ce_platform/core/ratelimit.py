"""A small limiter for public pages, counted in the cache that all workers share."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

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
    """At most `count` times per window of `seconds`, for one scope and key."""

    scope: str
    count: int
    seconds: int

    def is_exceeded(self, key: str, *, now: datetime) -> bool:
        """Count this use; True when it is one too many.

        Two workers at the very same moment may count two uses for one. That is enough against
        harvesting, and nobody is ever counted for more than was asked.
        """
        name = self._name(key, now)
        used = int(cache.get(name, 0))
        if used >= self.count:
            return True
        cache.set(name, used + 1, timeout=self.seconds)
        return False

    def is_used_up(self, key: str, *, now: datetime) -> bool:
        """The same without counting: where only what failed is counted."""
        return int(cache.get(self._name(key, now), 0)) >= self.count

    def _name(self, key: str, now: datetime) -> str:
        window = int(now.timestamp()) // self.seconds
        who = hashlib.sha256(key.encode()).hexdigest()[:32]
        return f"limit:{self.scope}:{window}:{who}"
