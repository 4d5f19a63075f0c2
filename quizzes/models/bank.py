"""The bank of a course: questions with immutable revisions."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from courses.models import Course


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

    class Difficulty(models.TextChoices):
        EASY = "easy"
        MEDIUM = "medium"
        HARD = "hard"

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=30, help_text="Name of a question type, e.g. single-choice.")
    content = models.TextField(help_text="Canonical JSON, checked by the question type.")
    sha256 = models.CharField(max_length=64, help_text="Of type, newline, content.")
    points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    objective_key = models.UUIDField(null=True, blank=True)
    lesson_key = models.UUIDField(null=True, blank=True, help_text="The lesson to read again.")
    tags = models.TextField(
        default="[]",
        help_text="Canonical JSON list of short words, sorted, for search and for random draws.",
    )
    difficulty = models.CharField(
        max_length=10, choices=Difficulty.choices, blank=True, help_text="As the author thinks."
    )
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
    def tag_list(self) -> list[str]:
        return list(json.loads(self.tags))

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.content))


class KeptPair(models.Model):
    """Two questions of a course that say nearly the same, and are meant to."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    lower_key = models.UUIDField(help_text="Of the two questions, the one that sorts first.")
    upper_key = models.UUIDField()
    kept_at = models.DateTimeField()
    kept_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "lower_key", "upper_key"], name="pair_kept_once_per_course"
            ),
            # So that one pair cannot be written down in two ways.
            models.CheckConstraint(
                condition=Q(lower_key__lt=F("upper_key")), name="kept_pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lower_key} and {self.upper_key}"
