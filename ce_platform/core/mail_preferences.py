"""Which kinds of mail a person gets: chosen on a page, or stopped from the mail itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from ce_platform.core import audit
from ce_platform.core.mail_kinds import MailKind, kind_named
from ce_platform.core.models import MailPreference

_SALT = "core.mail-stop"


def is_wanted(kind: MailKind | None, user_id: int | None) -> bool:
    """One query, and none for what cannot be switched off."""
    if kind is None or user_id is None or not kind.can_be_switched_off:
        return True
    return not MailPreference.objects.filter(user_id=user_id, kind=kind.code).exists()


def switched_off(user_id: int) -> set[str]:
    return set(MailPreference.objects.filter(user_id=user_id).values_list("kind", flat=True))


def who_wants_none(code: str, user_ids: Collection[int]) -> set[int]:
    """Of these people, those who have switched this kind off."""
    return set(
        MailPreference.objects.filter(kind=code, user_id__in=user_ids).values_list(
            "user_id", flat=True
        )
    )


@transaction.atomic
def switch(
    user_id: int,
    *,
    among: Iterable[MailKind],
    wanted: Collection[str],
    by: audit.Actor | None,
    now: datetime,
) -> None:
    """Of these kinds, the wanted ones are written from now on and no other.

    Kinds outside stay as they are; essential ones are skipped. Doing it twice changes nothing.
    """
    codes = {kind.code for kind in among if kind.can_be_switched_off}
    before = switched_off(user_id) & codes
    refused = codes - set(wanted)
    if before == refused:
        return
    MailPreference.objects.filter(user_id=user_id, kind__in=before - refused).delete()
    MailPreference.objects.bulk_create(
        [
            MailPreference(user_id=user_id, kind=code, switched_off_at=now)
            for code in sorted(refused - before)
        ],
        ignore_conflicts=True,
    )
    audit.record(
        "mail-preference.switched",
        subject_type="user",
        subject_id=user_id,
        by=by,
        now=now,
        off=sorted(refused - before),
        on=sorted(before - refused),
    )


# ---------------------------------------------------------------- the link in the mail


@dataclass(frozen=True)
class StopLink:
    user_id: int
    kind: MailKind


def stop_token(user_id: int, kind: MailKind) -> str:
    """Names the person and the kind, and can do no more than switch that kind off."""
    return signing.dumps([user_id, kind.code], salt=_SALT)


def stop_url(user_id: int | None, kind: MailKind | None) -> str:
    """The whole address; empty for what cannot be switched off."""
    if user_id is None or kind is None or not kind.can_be_switched_off:
        return ""
    return settings.PUBLIC_BASE_URL + reverse("pages:stop-mail", args=[stop_token(user_id, kind)])


def read_stop_token(token: str) -> StopLink | None:
    """None for a link that we did not write, and for a kind that cannot be switched off."""
    try:
        user_id, code = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    kind = kind_named(code)
    return StopLink(user_id, kind) if kind is not None and kind.can_be_switched_off else None
