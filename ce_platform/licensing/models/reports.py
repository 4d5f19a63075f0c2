"""Whether a therapist lets us report what was completed under a license."""

from django.db import models

from ce_platform.licensing.models.licenses import License


class ReportConsent(models.Model):
    """One answer, or our question. Rows are added, never changed; the newest one counts."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        GIVEN = "given", "Given"
        REFUSED = "refused", "Not given"

    license = models.ForeignKey(License, on_delete=models.PROTECT, related_name="report_consents")
    state = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="Empty: the platform asked.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.license_id}: {self.state}"
