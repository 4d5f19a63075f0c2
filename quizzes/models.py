"""Questions with immutable revisions, quizzes, attempts and appended grades."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from courses.models import Course, CourseVersion, Enrollment, Module


class Question(models.Model):
    """A question in the bank of a course. What it says stands in its revisions."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    key = models.UUIDField(default=uuid.uuid4)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="question_key_once_per_course"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class QuestionRevision(models.Model):
    """What a question says. Never edited: a change is a new revision."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=30, help_text="Name of a question type, e.g. single-choice.")
    content = models.TextField(help_text="Canonical JSON, checked by the question type.")
    sha256 = models.CharField(max_length=64, help_text="Of type, newline, content.")
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    objective_key = models.UUIDField(null=True, blank=True)
    lesson_key = models.UUIDField(null=True, blank=True, help_text="The lesson to read again.")
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="revision_points_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} revision {self.number}"

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.content))


class Quiz(models.Model):
    """Belongs to a module, or to the whole version (a final exam)."""

    class Review(models.TextChoices):
        AFTER_SUBMIT = "after-submit", "Answers and explanations after each attempt"
        AFTER_PASS = "after-pass", "Answers and explanations after passing"
        NEVER = "never", "The score only"

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="quizzes")
    module = models.ForeignKey(
        Module, null=True, blank=True, on_delete=models.PROTECT, related_name="quizzes"
    )
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(help_text="Through the whole version, from 1.")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True)
    pass_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Percent of the points, 0 to 100."
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: as many as wanted."
    )
    time_limit_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: no limit."
    )
    draw_count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Questions drawn per attempt. Empty: all."
    )
    is_shuffled = models.BooleanField(default=True)
    review = models.CharField(max_length=20, choices=Review.choices, default=Review.AFTER_SUBMIT)

    pool_count: int
    """Only on rows of `queries.quizzes_of`."""

    class Meta:
        verbose_name_plural = "quizzes"
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="quiz_key_once_per_version"),
            models.UniqueConstraint(fields=["version", "slug"], name="quiz_slug_once_per_version"),
            models.CheckConstraint(
                condition=Q(pass_percent__gt=0, pass_percent__lte=100), name="quiz_pass_in_range"
            ),
            models.CheckConstraint(
                condition=Q(attempts_allowed__isnull=True) | Q(attempts_allowed__gt=0),
                name="quiz_attempts_positive",
            ),
            models.CheckConstraint(
                condition=Q(time_limit_seconds__isnull=True) | Q(time_limit_seconds__gte=60),
                name="quiz_time_limit_at_least_a_minute",
            ),
            models.CheckConstraint(
                condition=Q(draw_count__isnull=True) | Q(draw_count__gt=0),
                name="quiz_draw_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class QuizPoolItem(models.Model):
    """A revision that may be drawn. Fixed when the version is published."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="pool")
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "revision"], name="revision_once_per_quiz"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: {self.revision_id}"


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

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="item_position_once"),
            models.UniqueConstraint(fields=["attempt", "revision"], name="item_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.position}"


class Grade(models.Model):
    """Appended, never rewritten: the newest number counts."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="grades")
    number = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=8, decimal_places=2)
    points_possible = models.DecimalField(max_digits=8, decimal_places=2)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    pass_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="The pass mark in force."
    )
    is_passed = models.BooleanField()
    items_json = models.TextField(help_text="Position → points, canonical JSON.")
    graded_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="grade_number_once"),
            models.CheckConstraint(
                condition=Q(points__gte=0) & Q(points__lte=F("points_possible")),
                name="grade_points_in_range",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="grade_percent_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.percent} %"


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
