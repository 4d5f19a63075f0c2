"""Taking away the second step of somebody who has lost it."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_operator, is_registrar
from ce_platform.accounts.safety.signed_in import end_all_sign_ins
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.mail import write_mail
from ce_platform.core.text import clean


class ResetRefused(DomainError):
    """The second step stays as it is."""


@transaction.atomic
def reset_second_step(user: User, *, by: User | None, reason: str, now: datetime) -> int:
    """Remove all second steps of a person, end their sign-ins, tell them; how many there were.

    The password stays. Doing it again when nothing is left does nothing and returns 0.
    `by=None` is the operator at the machine itself (the command of this name): the way back in
    when the only registrar has lost theirs.

    Errors: NotAllowed for anybody but the office, and for one's own; ResetRefused without a reason.
    """
    if by is not None and by.pk == user.pk:
        raise NotAllowed(
            "Somebody else in the office must reset your second step. While you can sign in, you "
            "can change it yourself on the page “Sign-in and security”."
        )
    if by is not None and not (is_registrar(by) or is_operator(by)):
        raise NotAllowed("Only the office resets a second step.")
    reason = clean(reason).strip()
    if not reason:
        raise ResetRefused("Say how you know that it is really them who ask.")
    user = User.objects.select_for_update().get(pk=user.pk)
    held = Authenticator.objects.filter(user=user)
    kinds = sorted(held.values_list("type", flat=True))
    if not kinds:
        return 0
    held.delete()
    end_all_sign_ins(user, by=by, now=now)
    audit.record(
        "second_step.reset",
        subject_type="user",
        subject_id=user.uid,
        by=by,
        now=now,
        kinds=kinds,
        reason=reason,
    )
    write_mail(
        "second_step_reset",
        to_email=user.email,
        to_user_id=user.pk,
        person=user,
        when=now,
        now=now,
    )
    return len(kinds)
