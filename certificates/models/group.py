"""Certificates for a whole group: the list as the office gave it, and what became of each line."""

import uuid

from django.db import models
from django.db.models import Q

from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.models import LicensingBody
from courses.models import CourseVersion, Enrollment, LiveSession


class GroupIssue(models.Model):
    """A list of people who attended one session. Without a job it is looked at, not begun."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    line_count = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    job = models.OneToOneField(
        BackgroundJob, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.line_count} people of session {self.session_id}"


class GroupIssueLine(models.Model):
    """One person of the list. Namesakes are told apart by their e-mail."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "Not yet"
        ISSUED = "issued", "Certificate issued"
        WAITING = "waiting", "Something is still open"
        SHORT = "short", "Left early"
        FAILED = "failed", "Not done"

    issue = models.ForeignKey(GroupIssue, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField(help_text="Where it stands in the list that was given.")
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    body = models.ForeignKey(
        LicensingBody, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    license_number = models.CharField(max_length=60, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: all of it.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    note = models.CharField(max_length=300, blank=True)
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_new_account = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "position"], name="group_line_once_per_position"
            ),
            models.UniqueConstraint(fields=["issue", "email"], name="group_line_once_per_email"),
            models.CheckConstraint(
                condition=Q(outcome="pending", done_at__isnull=True)
                | (~Q(outcome="pending") & Q(done_at__isnull=False)),
                name="group_line_done_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["issued", "waiting", "short"])
                | Q(enrollment__isnull=False),
                name="group_line_done_has_enrollment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.email}"
