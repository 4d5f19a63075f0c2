"""Secrets of second steps, and of shops, are encrypted before they reach the database.

The key is derived from SECRET_KEY, so a copy of the database alone is of no use. New text is
written with the present key and read with any of the former ones (SECRET_KEY_FALLBACKS).
"""

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["SHOPS", "InvalidToken", "decrypt", "encrypt"]

# Keys for other purposes must be others, although they come from the same secret.
SECOND_STEPS: Final = b"ce_platform.accounts.safety: secrets of second steps, 1"
SHOPS: Final = b"courses.shop: secrets of shops, 1"


def _key(secret: str, purpose: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))


def _keys(purpose: bytes) -> MultiFernet:
    return MultiFernet([_key(secret, purpose) for secret in (settings.SECRET_KEY, *_former())])


def _former() -> list[str]:
    return list(settings.SECRET_KEY_FALLBACKS)


def encrypt(text: str, *, purpose: bytes = SECOND_STEPS) -> str:
    return _keys(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: bytes = SECOND_STEPS) -> str:
    """Errors: InvalidToken when no key that we have wrote it."""
    return _keys(purpose).decrypt(encrypted.encode()).decode()
