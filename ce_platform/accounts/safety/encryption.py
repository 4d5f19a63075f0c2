"""Secrets of second steps are encrypted before they reach the database.

The key is derived from SECRET_KEY, so a copy of the database alone is of no use. New text is
written with the present key and read with any of the former ones (SECRET_KEY_FALLBACKS).
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "decrypt", "encrypt"]

# Keys for other purposes must be others, although they come from the same secret.
_PURPOSE = b"ce_platform.accounts.safety: secrets of second steps, 1"


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *_former())])


def _former() -> list[str]:
    return list(settings.SECRET_KEY_FALLBACKS)


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Errors: InvalidToken when no key that we have wrote it."""
    return _keys().decrypt(encrypted.encode()).decode()
