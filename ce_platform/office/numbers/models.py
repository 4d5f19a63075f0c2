"""Counts of days and months, made from the rows by `counting.py` and made again at any time: the
rows are the truth."""

from django.db import models

from courses.models import Course


class DayCount(models.Model):
    """What happened in one course on one day where the provider is."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    enrolled_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    tried_count = models.PositiveIntegerField(
        default=0, help_text="First tries at quizzes that count for the course, graded."
    )
    passed_count = models.PositiveIntegerField(default=0, help_text="Of those, passed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on", "course"], name="day_counted_once_per_course"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.on}"


class TimeCount(models.Model):
    """How many completed within how many days; per day, and per month so that long periods are
    summed from few rows."""

    class Span(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    span = models.CharField(max_length=5, choices=Span.choices)
    on = models.DateField(help_text="The day of completion, or the first of its month.")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveIntegerField(help_text="Whole days from enrolling to completing.")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["span", "on", "course", "days"], name="time_counted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.span} {self.on}: {self.count} within {self.days} days"


class Counting(models.Model):
    """When everything was last counted, and what there was to count. One row."""

    counted_at = models.DateTimeField()
    seen = models.TextField(help_text="What tells whether anything has happened since.")
    milliseconds = models.PositiveIntegerField(help_text="How long it took.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="counting_is_one_row")]

    def __str__(self) -> str:
        return f"counted at {self.counted_at:%Y-%m-%d %H:%M}"
