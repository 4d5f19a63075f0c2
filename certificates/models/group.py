"""Certificates for a whole group: the list as the office gave it, and what became of each line."""

from django.db import models
from django.db.models import Q

from ce_platform.core.list_models import KeptLine, KeptList, done_has_time
from ce_platform.licensing.models import LicensingBody
from courses.models import CourseVersion, Enrollment, LiveSession


class GroupIssue(KeptList):
    """A list of people who attended one session. Without a job it is looked at, not begun."""

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.line_count} people of session {self.session_id}"


class GroupIssueLine(KeptLine):
    """One person of the list. Namesakes are told apart by their e-mail."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "Not yet"
        ISSUED = "issued", "Certificate issued"
        WAITING = "waiting", "Something is still open"
        SHORT = "short", "Left early"
        FAILED = "failed", "Not done"

    issue = models.ForeignKey(GroupIssue, on_delete=models.PROTECT, related_name="lines")
    body = models.ForeignKey(
        LicensingBody, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    license_number = models.CharField(max_length=60, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: all of it.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(KeptLine.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "position"], name="group_line_once_per_position"
            ),
            models.UniqueConstraint(fields=["issue", "email"], name="group_line_once_per_email"),
            done_has_time("group_line_done_has_time"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["issued", "waiting", "short"])
                | Q(enrollment__isnull=False),
                name="group_line_done_has_enrollment",
            ),
        ]
