"""The provider's name and address as pages show them.

Every page carries them and they change once in years, so each process asks the database once a
minute. Whatever is printed or frozen reads the row itself.
"""

import time
from dataclasses import dataclass

from ce_platform.core.models import Provider

_SECONDS = 60


@dataclass(frozen=True)
class ProviderFacts:
    name: str
    email: str
    is_known: bool = True
    """False on an installation that nobody has set up."""


_known: tuple[float, ProviderFacts] | None = None


def provider_facts() -> ProviderFacts:
    global _known
    now = time.monotonic()
    if _known is None or _known[0] < now:
        row = Provider.objects.filter(pk=1).values_list("name", "email").first()
        facts = (
            ProviderFacts(*row)
            if row
            else ProviderFacts("Continuing education", "", is_known=False)
        )
        _known = (now + _SECONDS, facts)
    return _known[1]


def forget_provider_facts() -> None:
    """Call after changing the provider, so that this process shows the change at once."""
    global _known
    _known = None
