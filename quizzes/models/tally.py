"""Running sums of what learners answered, kept in the transaction that grades.

`manage.py recount` counts them again from the rows and finds no drift. Only whole numbers, so
that sums are exact on every database: a share of the points in ten-thousandths, a percentage in
hundredths of a percent, times in seconds. Everything counts graded attempts as graded last, and
an attempt that is set aside counts no more.
"""

from django.db import models

from quizzes.models.bank import QuestionRevision
from quizzes.models.quiz import Quiz


class QuizTally(models.Model):
    """All graded attempts of one number (1: first tries) at a quiz."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="tallies")
    attempt_number = models.PositiveSmallIntegerField(help_text="The last one: this or a later.")
    attempt_count = models.PositiveBigIntegerField(default=0)
    passed_count = models.PositiveBigIntegerField(default=0)
    percent_sum = models.PositiveBigIntegerField(default=0)
    percent_square_sum = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quiz", "attempt_number"], name="quiz_tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: try {self.attempt_number}"


class QuestionTally(models.Model):
    """How one revision fared in one quiz, in first tries or in later ones."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="question_tallies")
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="tallies")
    is_first = models.BooleanField(help_text="First tries; they tell most.")
    asked_count = models.PositiveBigIntegerField(default=0)
    answered_count = models.PositiveBigIntegerField(default=0)
    right_count = models.PositiveBigIntegerField(default=0)
    share_sum = models.PositiveBigIntegerField(default=0)
    share_square_sum = models.PositiveBigIntegerField(default=0)
    rest_sum = models.PositiveBigIntegerField(
        default=0, help_text="Of the share earned in all other questions of the attempt."
    )
    rest_square_sum = models.PositiveBigIntegerField(default=0)
    product_sum = models.PositiveBigIntegerField(default=0, help_text="Of share times rest.")
    timed_count = models.PositiveBigIntegerField(default=0)
    seconds_sum = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "revision", "is_first"], name="question_tally_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: revision {self.revision_id}"


class ChoiceTally(models.Model):
    """How often one answer was given in first tries, by how well the learner did in the rest."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="choice_tallies")
    revision = models.ForeignKey(QuestionRevision, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, help_text="As the question type counts its answers.")
    band = models.PositiveSmallIntegerField(
        help_text="Tenth of the share earned in all other questions: 0 to 9."
    )
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "revision", "key", "band"], name="choice_tally_once"
            ),
            models.CheckConstraint(
                condition=models.Q(band__lte=9), name="choice_tally_band_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}: {self.key}"
