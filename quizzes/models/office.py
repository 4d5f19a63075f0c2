"""What learners ask of the office about quizzes, and what it gives."""

import uuid

from django.db import models
from django.db.models import Q

from courses.models import Enrollment
from quizzes.models.quiz import Quiz


class AttemptRequest(models.Model):
    """A learner who has used all attempts asks for another; the office answers."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    message = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.BigIntegerField(null=True, blank=True)
    is_granted = models.BooleanField(default=False)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "quiz"],
                condition=Q(answered_at__isnull=True),
                name="one_open_request_per_enrollment_and_quiz",
            ),
            models.CheckConstraint(
                condition=(
                    Q(answered_at__isnull=True, answered_by_id__isnull=True, is_granted=False)
                    | Q(answered_at__isnull=False, answered_by_id__isnull=False)
                ),
                name="request_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: quiz {self.quiz_id}"


class TimeGrant(models.Model):
    """More time in every quiz of an enrollment, given by the office. The newest one counts."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    extra_percent = models.PositiveSmallIntegerField(
        help_text="Of the time limit, e.g. 50; 0 takes an earlier grant back."
    )
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    granted_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(extra_percent__lte=300), name="time_grant_at_most_four_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.extra_percent} % more"
