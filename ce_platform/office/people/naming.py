"""The office corrects a name: on the account, and where it was printed wrongly on certificates.

A certificate is never edited; each one that is chosen is replaced by a new one (certificates'
reissue), which keeps everything else that was printed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.text import clean
from certificates.domain.attest import mend_name
from certificates.domain.corrected import correction_in
from certificates.domain.errors import NothingToCorrect
from certificates.domain.record import printable, record_of
from certificates.domain.reissue import replace_certificate
from certificates.models import Certificate

LONGEST_REASON: Final = 300
PUBLIC_REASON: Final = "The name was corrected."


class NameRefused(DomainError):
    """The name stays as it is."""


def with_another_name(person: User) -> list[Certificate]:
    """Valid certificates on which the name may have to be corrected, newest first; one query."""
    return list(
        Certificate.objects.filter(user=person, status=Certificate.Status.ISSUED).order_by(
            "-issued_at", "-pk"
        )
    )


@transaction.atomic
def correct_name(
    person: User, *, name: str, serials: Collection[str], reason: str, by: User, now: datetime
) -> list[Certificate]:
    """The account gets this name, and each of these certificates a successor with it.

    All or nothing; doing it again changes nothing. `reason`: who asked and what was seen, for the
    log. Errors: NotAllowed, NameRefused, those of `replace_certificate`.
    """
    if not is_registrar(by):
        raise NotAllowed("Only the office corrects the name of somebody else.")
    name = printable(name)
    reason = " ".join(clean(reason).split())[:LONGEST_REASON]
    if not name:
        raise NameRefused("Write the name as it stands on the license.")
    if not reason:
        raise NameRefused("Say who asked for it and what you have seen.")
    if person.closed_at is not None:
        raise NameRefused("This account is closed.")
    made = []
    chosen = Certificate.objects.filter(
        user=person, serial__in=serials, status=Certificate.Status.ISSUED
    ).select_related("design")
    for certificate in chosen.order_by("enrollment_id"):
        correction = replace(correction_in(record_of(certificate)), holder_name=name)
        try:
            made.append(
                replace_certificate(
                    certificate, correction=correction, reason=PUBLIC_REASON, by=by, now=now
                )
            )
        except NothingToCorrect:
            continue
    if not made and person.name_on_certificates == name:
        return []
    mend_name(person, name=name, by=by, now=now)
    audit.record(
        "name.corrected",
        subject_type="user",
        subject_id=person.uid,
        by=by,
        now=now,
        name=name,
        reason=reason,
        certificates=[certificate.serial for certificate in made],
    )
    return made
