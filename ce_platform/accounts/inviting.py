"""A mail that tells somebody of the account the office made for them.

It carries no secret: it leads to the page where whoever reads the mail of the address asks for a
code and chooses a password. So an invitation can be neither used twice nor by somebody else, and
one that lies in a mailbox for a year is worth nothing to whoever finds it.
"""

from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.models import OutgoingMail


@transaction.atomic
def invite(
    user: User, *, by: User, now: datetime, note: str = "", next_path: str = "/"
) -> OutgoingMail | None:
    """Tell `user` that an account waits for them; `next_path`: where they are to arrive.

    `note` is put into the message as a quotation. None for somebody who was here already: they
    know their account, and a message that invites them would only puzzle. None also where nobody
    could sign in.
    """
    if user.last_login is not None or user.closed_at is not None or not user.is_active:
        return None
    audit.record("account.invited", subject_type="user", subject_id=user.uid, by=by, now=now)
    return write_mail(
        "account_invited",
        to_email=user.email,
        to_user_id=user.pk,
        now=now,
        person=user,
        note=note,
        path=reverse("account_reset_password") + "?" + urlencode({"next": next_path}),
    )
