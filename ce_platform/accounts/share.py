"""What the accounts app keeps of a person: addresses, second step, sign-ins, roles, profile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.accounts.safety.signed_in import end_all_sign_ins
from ce_platform.accounts.shares import Share
from ce_platform.core import files


def erase(user: User, *, now: datetime) -> None:
    _let_nobody_in(user, now=now)
    EmailAddress.objects.filter(user=user).delete()
    profile = InstructorProfile.objects.select_related("cv").filter(user=user).first()
    if profile is not None:
        InstructorLicense.objects.filter(profile=profile).delete()
        profile.delete()
        files.let_go(profile.cv, now=now)
    LogEntry.objects.filter(user=user).delete()
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).delete()
    user.email = user.closed_email
    user.name_on_certificates = user.phone = ""
    _close(user, now=now)


def move(old: User, into: User, *, now: datetime) -> None:
    _let_nobody_in(old, now=now)
    # An address is taken over only where it was proved that mail to it reaches the person.
    EmailAddress.objects.filter(user=old, verified=False).delete()
    EmailAddress.objects.filter(user=old).update(user=into, primary=False)
    if not into.name_on_certificates and old.name_on_certificates:
        into.name_on_certificates = old.name_on_certificates
        into.save(update_fields=["name_on_certificates"])
    if not into.phone and old.phone:
        into.phone = old.phone
        into.save(update_fields=["phone"])
    old.email = old.closed_email
    old.name_on_certificates = old.phone = ""
    _close(old, now=now)


def _let_nobody_in(user: User, *, now: datetime) -> None:
    end_all_sign_ins(user, by=None, now=now)
    UserSession.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()


def _close(user: User, *, now: datetime) -> None:
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.closed_at = user.closed_at or now
    user.save(
        update_fields=[
            "email",
            "name_on_certificates",
            "phone",
            "password",
            "is_active",
            "is_staff",
            "is_superuser",
            "closed_at",
        ]
    )
    user.groups.clear()
    user.user_permissions.clear()


def export(user: User) -> Mapping[str, Any]:
    return {
        "account.json": {
            "id": str(user.uid),
            "email": user.email,
            "name_on_certificates": user.name_on_certificates,
            "phone": user.phone,
            "time_zone": user.time_zone,
            "joined_at": user.date_joined,
            "last_sign_in_at": user.last_login,
            "addresses": list(
                EmailAddress.objects.filter(user=user)
                .order_by("pk")
                .values("email", "verified", "primary")
            ),
            "second_steps": list(
                Authenticator.objects.filter(user=user)
                .order_by("pk")
                .values("type", "created_at", "last_used_at")
            ),
            "sign_ins": list(
                UserSession.objects.filter(user=user)
                .order_by("pk")
                .values("ip", "user_agent", "created_at", "last_seen_at")
            ),
        }
    }


SHARE = Share("account", erase, move, export)
