"""Counts of days, months and years, made from the rows by `counting.py` and made again at any time:
the rows are the truth."""

from django.db import models
from django.db.models import Q

from courses.models import Course


class NumberCount(models.Model):
    """What happened in one course, or in all of them, on a day where the provider is; in a month;
    in a year. Long periods are summed from few rows."""

    class Span(models.TextChoices):
        DAY = "day"
        MONTH = "month"
        YEAR = "year"

    span = models.CharField(max_length=5, choices=Span.choices)
    on = models.DateField(help_text="The day, or the first one of the month or year.")
    course = models.ForeignKey(
        Course, null=True, on_delete=models.CASCADE, related_name="+", help_text="Empty: all."
    )
    enrolled_count = models.PositiveIntegerField(default=0)
    completed_count = models.PositiveIntegerField(default=0)
    tried_count = models.PositiveIntegerField(
        default=0, help_text="First tries at quizzes that count for the course, graded."
    )
    passed_count = models.PositiveIntegerField(default=0, help_text="Of those, passed.")
    days_json = models.TextField(
        default="{}",
        help_text="Whole days from enrolling to completing → how many, canonical JSON.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["span", "on", "course"], name="counted_once"),
            models.UniqueConstraint(
                fields=["span", "on"],
                condition=Q(course__isnull=True),
                name="counted_once_of_all_courses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id or 'all'}, {self.span} {self.on}"


class Counting(models.Model):
    """When everything was last counted, and what there was to count. One row."""

    counted_at = models.DateTimeField()
    seen = models.TextField(help_text="What tells whether anything has happened since.")
    milliseconds = models.PositiveIntegerField(help_text="How long it took.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="counting_is_one_row")]

    def __str__(self) -> str:
        return f"counted at {self.counted_at:%Y-%m-%d %H:%M}"
