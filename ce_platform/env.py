"""Typed readers of the environment.

A setting that is missing or malformed stops the start with a sentence that says what to do.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _written(name: str) -> str | None:
    """What stands in the environment; a name with nothing behind it counts as absent."""
    value = os.environ.get(name, "").strip()
    return value or None


def text(name: str, default: str | None = None) -> str:
    value = _written(name)
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Put it into the environment or into the file .env; "
            f"docs/production.md lists every setting."
        )
    return value


def flag(name: str, default: bool) -> bool:
    value = _written(name)
    if value is None:
        return default
    lowered = value.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write yes or no.")


def number(name: str, default: int) -> int:
    value = _written(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in (_written(name) or default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(_written(name) or default)


def address(name: str, value: str, *, schemes: set[str], example: str) -> SplitResult:
    """The parts of a URL that has one of these schemes, a host, and nothing after the host."""
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # A port or an IPv6 address that is none.
        is_right = False
    if not is_right or parts.path.strip("/") or parts.query or parts.fragment:
        # What stands before an @ may be a password and does not belong into a log.
        shown = value if "@" not in value else "not understood"
        raise ImproperlyConfigured(f"{name} is {shown}; write it like {example}")
    return parts
