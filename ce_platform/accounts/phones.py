"""A person's telephone number: as they say it, found whatever its punctuation."""

import unicodedata
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean

LONGEST: Final = 40
_WITH_COUNTRY: Final = 11
_LOCAL: Final = 7


def clean_phone(value: str) -> str:
    """One line that can be seen, else as typed; "ext. 12" may stand in it. Errors:
    ValidationError."""
    # Spreadsheets put an apostrophe before a plus, so that it is no formula.
    seen = "".join(
        letter
        for letter in clean(value).lstrip("'")
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    phone = " ".join(seen.split())
    if not phone:
        return ""
    if len(phone) > LONGEST:
        raise ValidationError(f"A phone number has at most {LONGEST} letters here.")
    if not digits_of(phone):
        raise ValidationError("Write the phone number with its digits.")
    return phone


def digits_of(phone: str) -> str:
    """Without the 1 that the US is called by from abroad: people leave it out or say it."""
    digits = "".join(str(int(letter)) for letter in phone if letter.isdecimal())
    if len(digits) >= _WITH_COUNTRY and digits.startswith("1"):
        return digits[1:]
    return digits


def found_by(phone: str) -> set[str]:
    """Its digits, and those without the area code, as neighbors say it."""
    digits = digits_of(phone)
    return {digits, digits[3:] if len(digits) >= _LOCAL + 3 else ""} - {""}


@transaction.atomic
def set_phone(person: User, phone: str, *, by: User, now: datetime) -> bool:
    """False: it was so already. The number itself is not put into the log: it would stay there."""
    if person.phone == phone:
        return False
    person.phone = phone
    person.save(update_fields=["phone"])
    audit.record(
        "phone.set-by-office" if phone else "phone.removed-by-office",
        subject_type="user",
        subject_id=person.uid,
        by=by,
        now=now,
    )
    return True
