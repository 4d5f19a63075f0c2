"""Hours that therapists earned elsewhere: their own notes, with proof attached."""

import uuid

from django.db import models
from django.db.models import Q

from ce_platform.core.models import StoredFile
from ce_platform.licensing.models.bodies import LicensingBody
from courses.models import CourseVersion


class ExternalCredit(models.Model):
    """A course completed with another provider. Not a record of law: its owner may change it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="external_credits"
    )
    title = models.CharField(max_length=200)
    provider = models.CharField(max_length=200)
    completed_on = models.DateField()
    delivery = models.CharField(max_length=20, choices=CourseVersion.Delivery.choices)
    has_exam = models.BooleanField(default=False, help_text="Ended with a test that was passed.")
    hands_on_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Share of the course spent working on a body."
    )
    notes = models.TextField(blank=True)
    proof = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-completed_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(hands_on_percent__isnull=True) | Q(hands_on_percent__lte=100),
                name="external_credit_percent_in_range",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-completed_on"],
                condition=Q(removed_at__isnull=True),
                name="external_credit_of_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.provider}"


class ExternalCreditHours(models.Model):
    """Hours of one subject of such a course, as its certificate says."""

    credit = models.ForeignKey(ExternalCredit, on_delete=models.CASCADE, related_name="hours")
    position = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=120)
    credit_hours = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = "external credit hours"
        constraints = [
            models.UniqueConstraint(
                fields=["credit", "subject"], name="external_subject_once_per_credit"
            ),
            models.CheckConstraint(
                condition=Q(credit_hours__gt=0), name="external_credit_hours_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.credit_hours}"


class ExternalCreditApproval(models.Model):
    """A body that approved such a course or its provider, as its certificate says."""

    credit = models.ForeignKey(ExternalCredit, on_delete=models.CASCADE, related_name="approvals")
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["credit", "body"], name="external_approval_once_per_body"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.number}"
