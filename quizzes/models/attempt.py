"""One try at a quiz, question by question."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from courses.models import Enrollment
from quizzes.models.bank import QuestionRevision
from quizzes.models.quiz import Quiz


class Attempt(models.Model):
    """One try at a quiz. Items are drawn and frozen at the start; times are the server's."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in-progress", "In progress"
        SUBMITTED = "submitted"
        GRADED = "graded"
        VOIDED = "voided"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.IN_PROGRESS: frozenset({Status.SUBMITTED, Status.VOIDED}),
        Status.SUBMITTED: frozenset({Status.GRADED, Status.VOIDED}),
        Status.GRADED: frozenset({Status.VOIDED}),
        Status.VOIDED: frozenset(),
    }

    class ClosedBy(models.TextChoices):
        LEARNER = "learner"
        DEADLINE = "deadline"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(help_text="1 for the first try.")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.IN_PROGRESS)
    seed = models.BigIntegerField()
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    extra_percent = models.PositiveSmallIntegerField(
        default=0, help_text="By how much the time limit was lengthened at the start."
    )
    submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="When closed by the deadline: the deadline itself."
    )
    closed_by = models.CharField(max_length=10, choices=ClosedBy.choices, blank=True)
    # Copied from the current grade, for lists; the Grade rows are the truth.
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    is_passed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "quiz"],
                condition=Q(status="in-progress"),
                name="one_open_attempt_per_enrollment_and_quiz",
            ),
            models.UniqueConstraint(
                fields=["enrollment", "quiz", "number"], name="attempt_number_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="in-progress", submitted_at__isnull=True, closed_by="")
                    | Q(status="voided")
                    | (Q(submitted_at__isnull=False) & ~Q(closed_by=""))
                ),
                name="attempt_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="graded", percent__isnull=False) | ~Q(status="graded"),
                name="attempt_graded_has_percent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline_at"],
                condition=Q(status="in-progress", deadline_at__isnull=False),
                name="attempt_overdue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: quiz {self.quiz_id}, try {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("quizzes:attempt-detail", args=[self.uid])


class AttemptItem(models.Model):
    """One drawn question with the answer as last saved."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    response = models.TextField(
        blank=True, help_text="Canonical JSON as cleaned by the question type; empty: unanswered."
    )
    response_number = models.PositiveIntegerField(
        default=0, help_text="Grows by one with every saved answer: tells stale tabs apart."
    )
    saved_at = models.DateTimeField(null=True, blank=True)
    is_flagged = models.BooleanField(default=False)
    revealed_at = models.DateTimeField(
        null=True, blank=True, help_text="Practice: when the right answer was shown, for good."
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="item_position_once"),
            models.UniqueConstraint(fields=["attempt", "revision"], name="item_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.position}"
