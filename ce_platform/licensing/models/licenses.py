"""What therapists hold, and which reminders of its end they do without."""

import uuid

from django.db import models
from django.db.models import F, Q

from ce_platform.licensing.models.bodies import LicensingBody


class License(models.Model):
    """A therapist's license, as printed on the card. Several per person; never blocking."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="licenses")
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="licenses")
    number = models.CharField(max_length=60, help_text="As printed, prefix included.")
    name_on_license = models.CharField(
        max_length=120, blank=True, help_text="Empty: the same as on certificates."
    )
    first_issued_on = models.DateField(
        null=True, blank=True, help_text="At a first renewal many bodies ask for less."
    )
    expires_on = models.DateField(
        null=True, blank=True, help_text="End of the current period, from the card."
    )
    hours_due_on = models.DateField(
        null=True,
        blank=True,
        help_text="Where hours are counted over another span than the license.",
    )
    # The reminder that was written last, so that the sweep need not look at this license again.
    reminded_of = models.DateField(null=True, blank=True, help_text="The end it spoke of.")
    reminded_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Its step: so many days before that end."
    )
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("body__jurisdiction", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "body", "number"],
                condition=Q(removed_at__isnull=True),
                name="license_once_per_person",
            ),
            models.CheckConstraint(
                condition=Q(first_issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(first_issued_on__lte=F("expires_on")),
                name="license_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(reminded_of__isnull=True, reminded_days__isnull=True)
                | Q(reminded_of__isnull=False, reminded_days__isnull=False),
                name="license_reminded_of_an_end",
            ),
        ]
        indexes = [
            # The sweep of reminders looks here every minute.
            models.Index(
                fields=["expires_on"],
                condition=Q(removed_at__isnull=True, expires_on__isnull=False),
                name="license_by_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.number}"
