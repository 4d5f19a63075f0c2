"""Grades, appended and never rewritten, and why one was given anew."""

import uuid

from django.db import models
from django.db.models import F, Q

from quizzes.models.attempt import Attempt
from quizzes.models.bank import QuestionRevision


class Regrade(models.Model):
    """The office grades anew what learners answered to a revision whose key was wrong.

    Applied with the key of a later revision, or in everybody's favor when no answer was right. A
    regrade may raise a grade and never lowers one.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    better = models.ForeignKey(
        QuestionRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The revision with the right key; empty: everybody gets the points.",
    )
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(finished_at__isnull=True),
                name="one_unfinished_regrade_per_revision",
            ),
            models.CheckConstraint(
                condition=Q(better__isnull=True) | ~Q(better=F("revision")),
                name="regrade_by_another_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.reason}"


class RegradeProposal(models.Model):
    """An author asks the office for a regrade; the office does it or turns it down."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    better = models.ForeignKey(
        QuestionRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The revision with the right key; empty: everybody gets the points.",
    )
    reason = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(null=True, blank=True)
    is_applied = models.BooleanField(default=False)
    answer = models.TextField(blank=True, help_text="Why it was turned down.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "better"],
                condition=Q(decided_at__isnull=True),
                name="one_open_proposal_per_revision_and_key",
            ),
            # An empty key equals no other, so the one before does not hold for it.
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(decided_at__isnull=True, better__isnull=True),
                name="one_open_proposal_per_revision_for_all",
            ),
            models.CheckConstraint(
                condition=(
                    Q(decided_at__isnull=True, decided_by_id__isnull=True)
                    & Q(is_applied=False, answer="")
                )
                | (
                    Q(decided_at__isnull=False, decided_by_id__isnull=False)
                    & (Q(is_applied=True, answer="") | (Q(is_applied=False) & ~Q(answer="")))
                ),
                name="proposal_applied_or_turned_down_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.reason}"


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
    regrade = models.ForeignKey(
        Regrade, null=True, blank=True, on_delete=models.PROTECT, related_name="grades"
    )

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
