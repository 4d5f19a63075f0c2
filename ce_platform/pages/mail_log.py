"""The office's log of outgoing mail: what is searched for, and in which state."""

from typing import Final

from django.db.models import Q, QuerySet

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail

Status = OutgoingMail.Status
STATES: Final = {
    "queued": "Waiting to be sent",
    "held": "Waiting for an address that works",
    "sent": "Sent",
    "failed": "Not sent",
    "bounced": "Came back",
}
MOST_PEOPLE: Final = 200


def found(*, query: str, kind: str, state: str) -> QuerySet[OutgoingMail]:
    """`query`: how an address begins, or a part of a person's name. One query more for the name."""
    mails = OutgoingMail.objects.all()
    if query:
        named = [] if "@" in query else _people(query)
        mails = mails.filter(Q(to_email__startswith=query.lower()) | Q(to_user_id__in=named))
    if kind:
        mails = mails.filter(kind=kind)
    if state == "bounced":
        return mails.filter(bounced_at__isnull=False)
    if state in Status.values:
        return mails.filter(status=state, bounced_at__isnull=True)
    return mails


def _people(query: str) -> list[int]:
    return list(
        User.objects.filter(name_on_certificates__icontains=query)
        .order_by("pk")
        .values_list("pk", flat=True)[:MOST_PEOPLE]
    )
