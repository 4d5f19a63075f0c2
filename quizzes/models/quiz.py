"""A quiz: what it asks for, and what may be asked."""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import Q

from courses.models import CourseVersion, Module
from quizzes.models.bank import QuestionRevision


class Quiz(models.Model):
    """Belongs to a module, or to the whole version (a final exam)."""

    class Review(models.TextChoices):
        AFTER_SUBMIT = "after-submit", "Answers and explanations after each attempt"
        AFTER_PASS = "after-pass", "Answers and explanations after passing"
        NEVER = "never", "The score only"

    class Purpose(models.TextChoices):
        GRADED = "graded", "It counts for the course"
        PRACTICE = "practice", "For practice, with the answer right away"

    class ExtraTime(models.TextChoices):
        LEARNER = "learner", "Learners choose it themselves"
        OFFICE = "office", "The office gives it"

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

    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.GRADED)
    extra_time = models.CharField(
        max_length=10,
        choices=ExtraTime.choices,
        default=ExtraTime.LEARNER,
        help_text="Who may lengthen the time limit for a person.",
    )

    # Only on rows of `queries.quizzes_of`.
    pool_count: int
    """All that may be asked."""
    fixed_count: int
    """What the author put in, of which `draw_count` are asked."""
    drawn_count: int
    """What the draws give."""

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


class QuizDraw(models.Model):
    """So many questions of the bank, drawn anew for each attempt: those with a tag, or those that
    test an objective. What it may draw from stands in the pool, as rows that name it."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="draws")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    tag = models.CharField(max_length=40, blank=True)
    objective_key = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "key"], name="draw_key_once_per_quiz"),
            models.CheckConstraint(condition=Q(count__gt=0), name="draw_count_positive"),
            models.CheckConstraint(
                condition=(
                    Q(tag="", objective_key__isnull=False)
                    | (~Q(tag="") & Q(objective_key__isnull=True))
                ),
                name="draw_from_a_tag_or_an_objective",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: {self.count} of {self.tag or self.objective_key}"

    def takes(self, tags: Collection[str], objective_key: uuid.UUID | None) -> bool:
        """Whether a question with these tags and this objective may be drawn."""
        return self.tag in tags if self.tag else self.objective_key == objective_key


class QuizPoolItem(models.Model):
    """A revision that may be drawn. Fixed when the version is published."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="pool")
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    draw = models.ForeignKey(
        QuizDraw,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pool",
        help_text="The draw it comes by; empty: the author put it in.",
    )

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "revision"], name="revision_once_per_quiz"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: {self.revision_id}"
