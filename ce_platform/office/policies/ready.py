"""What policies tell the apps below, once models are loaded."""

from ce_platform.accounts import shares
from ce_platform.office.people import parts
from ce_platform.office.policies import parts as policies


def ready() -> None:
    parts.register(policies.PART)
    shares.register(policies.SHARE)
