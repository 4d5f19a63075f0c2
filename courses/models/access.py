"""What lets somebody into a course that is not open: codes, invitations; and what was paid back.

Nobody but courses.domain.access, courses.domain.inviting and courses.domain.refunding writes here.
"""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from ce_platform.core.codes import SHORT, dashed
from courses.models.course import Course
from courses.models.study import Enrollment


class AccessCode(models.Model):
    """Whoever holds it may start the course; each person once, and so many people in all."""

    class Origin(models.TextChoices):
        OFFICE = "office", "Made by the office"
        SHOP = "shop", "Sold by a shop"
        OLD = "old", "From an old system"

    class State(models.TextChoices):
        """Worked out from the row and the day; see `courses.domain.access_states`."""

        USABLE = "usable", "Can be used"
        USED_UP = "used-up", "Used up"
        EXPIRED = "expired", "Expired"
        CANCELED = "canceled", "Canceled"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=60, help_text="As it is printed.")
    key = models.CharField(
        max_length=60, unique=True, help_text="As it is compared; see core.codes.plain."
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="access_codes")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.OFFICE)
    batch = models.UUIDField(
        null=True, blank=True, db_index=True, help_text="The same for codes made together."
    )
    use_limit = models.PositiveIntegerField(default=1)
    # A counter, kept in the transaction that uses the code: the database refuses one too many.
    use_count = models.PositiveIntegerField(default=0)
    used_before = models.PositiveIntegerField(
        default=0, help_text="Of these uses, those in the old system; nobody here stands for them."
    )
    expires_on = models.DateField(
        null=True, blank=True, help_text="The last day, in the provider's time zone."
    )
    note = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(blank=True, help_text="Note and buyer, folded.")
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    canceled_by_id = models.BigIntegerField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    is_refunded = models.BooleanField(
        default=False, help_text="It was canceled because the money was paid back."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(use_limit__gte=1), name="code_used_at_least_once"),
            models.CheckConstraint(
                condition=Q(use_count__lte=F("use_limit")), name="code_never_used_too_often"
            ),
            models.CheckConstraint(
                condition=Q(use_count__gte=F("used_before")), name="code_counts_uses_before"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(key=""), name="code_says_something"),
            models.CheckConstraint(
                condition=Q(canceled_at__isnull=False)
                | Q(
                    canceled_at__isnull=True,
                    canceled_by_id__isnull=True,
                    cancel_reason="",
                    is_refunded=False,
                ),
                name="code_canceled_has_day",
            ),
        ]
        indexes = [models.Index(fields=["course", "-id"], name="code_of_course")]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        """Our own in groups of four; an old one as it always was."""
        return dashed(self.code) if len(self.code) == SHORT + 1 and self._is_ours else self.code

    @property
    def _is_ours(self) -> bool:
        return self.origin != self.Origin.OLD

    def state_on(self, day: date) -> State:
        """`day`: of the provider. Canceled is said before expired, and that before used up."""
        if self.canceled_at is not None:
            return self.State.CANCELED
        if self.expires_on is not None and self.expires_on < day:
            return self.State.EXPIRED
        if self.use_count >= self.use_limit:
            return self.State.USED_UP
        return self.State.USABLE


class AccessCodeUse(models.Model):
    """Who came in by a code. It holds until that person has completed the course once."""

    code = models.ForeignKey(AccessCode, on_delete=models.PROTECT, related_name="uses")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    enrollment = models.ForeignKey(
        Enrollment,
        on_delete=models.PROTECT,
        related_name="code_uses",
        help_text="Who left and comes back to a newer version has a new one, by the same use.",
    )
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "user"], name="code_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} by {self.user_id}"


class CourseInvitation(models.Model):
    """The office asks an address in. Only who has proved that address can use it, and once."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        ACCEPTED = "accepted"
        EXPIRED = "expired"
        WITHDRAWN = "withdrawn"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="invitations")
    email = models.CharField(
        max_length=254, blank=True, help_text="Lower case; empty once the account is closed."
    )
    expires_on = models.DateField(null=True, blank=True, help_text="The last day; see AccessCode.")
    note = models.CharField(max_length=300, blank=True, help_text="Stands in the message.")
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_once_per_course_and_address",
            ),
            models.CheckConstraint(
                condition=Q(
                    accepted_at__isnull=True, accepted_by__isnull=True, enrollment__isnull=True
                )
                | Q(
                    accepted_at__isnull=False,
                    accepted_by__isnull=False,
                    enrollment__isnull=False,
                    withdrawn_at__isnull=True,
                ),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="invitation_of_address")]

    def __str__(self) -> str:
        return f"{self.email} to {self.course_id}"

    def state_on(self, day: date) -> State:
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        if self.expires_on is not None and self.expires_on < day:
            return self.State.EXPIRED
        return self.State.WAITING


class EnrollmentRefund(models.Model):
    """The money for an enrollment was paid back: who left it does not come back by themselves.

    Of a completed course it is a note: the record of completion, and the certificate, stay.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="refunds")
    reason = models.CharField(max_length=300, blank=True)
    refunded_at = models.DateTimeField()
    refunded_by_id = models.BigIntegerField(null=True, blank=True, help_text="Empty: the shop.")
    was_completed = models.BooleanField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(undone_at__isnull=True),
                name="enrollment_refunded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} refunded {self.refunded_at:%Y-%m-%d}"
