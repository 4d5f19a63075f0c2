"""The person: e-mail is the login; roles are groups."""

import logging
import uuid
import zoneinfo
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

DEFAULT_ZONE = "America/New_York"


@cache
def zone_names() -> frozenset[str]:
    """All that this machine knows; read from the disk once."""
    return frozenset(zoneinfo.available_timezones())


def check_time_zone(value: str) -> None:
    if value not in zone_names():
        raise ValidationError("Choose a time zone from the list.")


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone; the default one for a name that this machine does not know (any more)."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        logger.error("The time zone %r is not known here; %s is used.", name, DEFAULT_ZONE)
        return zoneinfo.ZoneInfo(DEFAULT_ZONE)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Everyone is a therapist; instructors and registrars are in the group of that name."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name_on_certificates = models.CharField(
        max_length=120,
        blank=True,
        help_text="As it stands on the license. May be empty until the first certificate.",
    )
    phone = models.CharField(max_length=40, blank=True, default="", help_text="As typed.")
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=[check_time_zone]
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the operators' admin.")
    date_joined = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    sign_in_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counting up ends every sign-in of the person."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        if self.name_on_certificates:
            return self.name_on_certificates
        # What stands in the address of a closed account is for the database, not for readers.
        return gettext("Closed account") if self.closed_at else self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a sign-in is checked against at every request: password and generation."""
        by_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.sign_in_generation:  # Sign-ins older than the field stay good.
            return by_password
        return f"{by_password}:{self.sign_in_generation}"

    @property
    def closed_email(self) -> str:
        """What stands in the place of the address once the account is closed."""
        return f"closed-{self.uid}@invalid"

    def local_date(self, moment: datetime) -> date:
        """The calendar date of `moment` where this person lives."""
        return moment.astimezone(zone_named(self.time_zone)).date()


class InstructorProfile(models.Model):
    """What course pages and audits say of an instructor."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="instructor_profile")
    display_name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=200, blank=True, help_text="E.g. LMT, BCTMB.")
    biography = models.TextField(blank=True)
    cv_text = models.TextField(blank=True)
    cv = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.display_name


class InstructorLicense(models.Model):
    """A license an instructor teaches under, as typed in and as the office found it in the public
    register. What it was when a course was published is kept with the course."""

    class Kind(models.TextChoices):
        THERAPIST = "massage-therapist", "Massage therapist"
        INSTRUCTOR = "massage-instructor", "Massage therapy instructor"
        OTHER = "other", "Another license"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(
        InstructorProfile, on_delete=models.PROTECT, related_name="licenses"
    )
    # As text: licensing rests on accounts and not the other way round.
    body_code = models.CharField(max_length=20, help_text="E.g. US-TX.")
    state = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.THERAPIST)
    number = models.CharField(max_length=60)
    valid_until = models.DateField(help_text="The last day on which it holds.")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by_id = models.BigIntegerField(null=True, blank=True)
    checked_by_name = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ("state", "kind", "number", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "body_code", "number"],
                name="instructor_license_once_per_number",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    checked_at__isnull=True, checked_by_id__isnull=True, checked_by_name=""
                )
                | (
                    models.Q(checked_at__isnull=False, checked_by_id__isnull=False)
                    & ~models.Q(checked_by_name="")
                ),
                name="instructor_license_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.number}"

    def is_valid_on(self, day: date) -> bool:
        return self.valid_until >= day


class StaffInvitation(models.Model):
    """Roles that wait for whoever proves this address: no secret stands in the mail.

    Sent again, the same row gets a new last day. See `accounts/staff_invitations.py`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    roles = models.CharField(max_length=60, help_text="Sorted, with spaces between.")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-sent_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="staff_invitation_open_once_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(
                    accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True
                ),
                name="staff_invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("sent_at")),
                name="staff_invitation_ends_after_it_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.roles}"

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(self.roles.split())
