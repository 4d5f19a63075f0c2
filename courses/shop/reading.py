"""What stands in the body of a call. Pure; what we do not know is left alone."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ce_platform.core.errors import DomainError
from ce_platform.core.text import canonical_json, clean, sha256_text

LARGEST_BODY: Final = 16 * 1024
MOST_SEATS: Final = 1_000


class BodyRefused(DomainError):
    """`status`: 400 for what is no JSON, 422 for a field that is missing or wrong."""

    def __init__(self, sentence: str, *, status: int = 422) -> None:
        self.status = status
        super().__init__(sentence)


@dataclass(frozen=True)
class Sale:
    sale: str
    line: str
    course: str
    """Slug."""
    email: str
    name: str
    quantity: int
    """How many people may use the code."""

    @property
    def sha256(self) -> str:
        return sha256_text(canonical_json(asdict(self)))


@dataclass(frozen=True)
class Refund:
    sale: str
    line: str | None
    """None: every line of the sale."""
    reason: str


def read_sale(body: bytes) -> Sale:
    """Errors: BodyRefused."""
    told = _object(body)
    email = _text(told, "email", most=254).lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BodyRefused("“email” is not an address.") from None
    quantity = told.get("quantity", 1)
    if isinstance(quantity, str) and quantity.isascii() and quantity.isdigit():
        quantity = int(quantity[:9])
    if type(quantity) is not int or not 1 <= quantity <= MOST_SEATS:
        raise BodyRefused(f"“quantity” is a whole number from 1 to {MOST_SEATS:,}.")
    return Sale(
        sale=_text(told, "sale", most=80),
        line=_text(told, "line", most=40, is_required=False),
        course=_slug(_text(told, "course", most=300)),
        email=email,
        name=_text(told, "name", most=120, is_required=False),
        quantity=quantity,
    )


def read_refund(body: bytes) -> Refund:
    """Errors: BodyRefused."""
    told = _object(body)
    has_line = told.get("line") not in (None, "")
    return Refund(
        sale=_text(told, "sale", most=80),
        line=_text(told, "line", most=40) if has_line else None,
        reason=_text(told, "reason", most=300, is_required=False) or "Refunded by the shop.",
    )


def _slug(course: str) -> str:
    """Also of a whole address, with what a campaign has hung behind it."""
    return course.split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2][:80]


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BodyRefused("The body is not JSON in UTF-8.", status=400) from None
    if not isinstance(told, dict):
        raise BodyRefused("The body is not a JSON object.", status=400)
    return told


def _text(told: dict[str, Any], name: str, *, most: int, is_required: bool = True) -> str:
    """One line. Shops number their orders with figures as often as with text."""
    value = told.get(name, "")
    if value is None:
        value = ""
    if type(value) is int and abs(value) < 10**15:
        value = str(value)
    if not isinstance(value, str):
        raise BodyRefused(f"“{name}” is not a text.")
    value = " ".join(clean(value).split())
    if not value and is_required:
        raise BodyRefused(f"“{name}” is missing.")
    if len(value) > most:
        raise BodyRefused(f"“{name}” is longer than {most} letters.")
    return value
