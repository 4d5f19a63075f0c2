"""What therapists hold."""

import uuid

from django.db import models
from django.db.models import Q

from ce_platform.licensing.models.bodies import LicensingBody


class License(models.Model):
    """A therapist's license, as printed on the card. Several per person; never blocking."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="licenses")
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="licenses")
    number = models.CharField(max_length=60, help_text="As printed, prefix included.")
    expires_on = models.DateField(null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.number}"
