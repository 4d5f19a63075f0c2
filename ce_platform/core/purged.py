"""Numbers of documents whose record was deleted after its time.

Kept as a keyed digest, so that the table says nothing to whoever has no number in hand. The key is
made from SECRET_KEY; where that is changed, old keys stand in SECRET_KEY_FALLBACKS, as for links.
"""

from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from ce_platform.core.models import PurgedNumber

_SALT = "core.purged-number"


def digest_of(number: str, *, secret: str | None = None) -> str:
    return salted_hmac(_SALT, number, secret=secret, algorithm="sha256").hexdigest()


def remember(numbers: list[str], *, of: PurgedNumber.Of, on: date) -> None:
    PurgedNumber.objects.bulk_create(
        PurgedNumber(digest=digest_of(number), of=of, purged_on=on) for number in numbers
    )


def purged(number: str) -> PurgedNumber | None:
    """What is known of a number that is in no table any more."""
    secrets = (None, *settings.SECRET_KEY_FALLBACKS)
    digests = [digest_of(number, secret=secret) for secret in secrets]
    return PurgedNumber.objects.filter(digest__in=digests).first()
