"""Addresses from which mail comes back: noted, told to the person, mended."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.mail_kinds import kind_named
from ce_platform.core.models import BouncedAddress, OutgoingMail
from ce_platform.core.text import sha256_text

Status = OutgoingMail.Status
LONGEST_HELD: Final = timedelta(days=30)
"""What waited longer for a better address would only puzzle."""
# Codes by which a server refuses us and not the address: sign in first; not allowed to relay.
_OF_THE_SENDER: Final = frozenset({530, 535})


class NotABounce(DomainError):
    """Nothing can have come back."""


def words_of(error: Exception) -> str:
    """What the server said, or why there was none, as a person reads it."""
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(said)}" for code, said in error.recipients.values())
    return str(error)


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def refusal_of(error: Exception) -> str:
    """What the server said when it refused this recipient for good; empty for anything else.

    A refusal by policy (5.7.…) says nothing about the address: it is tried again.
    """
    if not isinstance(error, SMTPRecipientsRefused):
        return ""
    for code, said in error.recipients.values():
        words = _text(said)
        if 500 <= code <= 599 and code not in _OF_THE_SENDER and not words.startswith("5.7."):
            return f"{code} {words}"[:300]
    return ""


@transaction.atomic
def note_bounce(
    mail: OutgoingMail, *, reason: str, by: audit.Actor | None, now: datetime
) -> OutgoingMail:
    """The message came back; its address is marked. Noting it twice keeps the first reason.

    Errors: NotABounce for a message that has not left.
    """
    row = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if row.bounced_at is not None:
        return row
    if row.status not in (Status.SENT, Status.FAILED):
        raise NotABounce("This message has not left yet, so it cannot have come back.")
    row.bounced_at, row.bounce_reason = now, reason[:300]
    row.save(update_fields=["bounced_at", "bounce_reason"])
    BouncedAddress.objects.get_or_create(
        email=row.to_email.lower(),
        defaults={
            "user_id": row.to_user_id,
            "reason": reason[:300],
            "bounced_at": now,
            "noted_by_id": by.id if by is not None else None,
        },
    )
    audit.record(
        "mail.bounced", subject_type="mail", subject_id=row.uid, by=by, now=now, reason=reason[:300]
    )
    return row


def must_wait(mail: OutgoingMail) -> bool:
    """Essential mail is tried all the same; so is what is of no known kind."""
    kind = kind_named(mail.kind)
    if kind is None or not kind.can_be_switched_off:
        return False
    return bounced_at(mail.to_email).exists()


def bounced_at(email: str) -> QuerySet[BouncedAddress]:
    return BouncedAddress.objects.filter(email=email.lower())


def bounced_of(email: str) -> BouncedAddress | None:
    """The mark on this address; one query."""
    return bounced_at(email).first()


@transaction.atomic
def clear_bounce(
    email: str,
    *,
    user_id: int | None = None,
    moved_to: str = "",
    by: audit.Actor | None,
    now: datetime,
) -> int:
    """The address works again, or the person has moved to another; what waited is sent there.

    How many messages go out now. Doing it twice changes nothing.
    """
    marked = Q(email=email.lower())
    if moved_to and user_id is not None:
        marked |= Q(user_id=user_id)
    rows = list(BouncedAddress.objects.select_for_update().filter(marked))
    if not rows:
        return 0
    held = OutgoingMail.objects.filter(
        status=Status.HELD, to_email__in={row.email for row in rows} | {email}
    )
    if moved_to and user_id is not None:
        held = held.filter(to_user_id=user_id)
    held.filter(created_at__lt=now - LONGEST_HELD).update(
        status=Status.FAILED, last_error="The address was mended too late for this message."
    )
    changes = {"to_email": moved_to} if moved_to else {}
    count = held.filter(status=Status.HELD).update(
        status=Status.QUEUED, next_try_at=now, tries=0, **changes
    )
    BouncedAddress.objects.filter(pk__in=[row.pk for row in rows]).delete()
    audit.record(
        "mail-address.mended",
        # The log is never rewritten, so it names no address.
        subject_type="mail-address",
        subject_id=sha256_text(email.lower()),
        by=by,
        now=now,
        sent_now=count,
    )
    return count
