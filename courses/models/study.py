"""A therapist in a course: enrollment, progress through lessons, evaluation."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse

from courses.models.content import Lesson
from courses.models.course import Course, CourseVersion

if TYPE_CHECKING:
    from courses.preview import Preview


class Enrollment(models.Model):
    """Pins the version the therapist studies. Completed once, never un-completed."""

    class Status(models.TextChoices):
        OPEN = "open"
        COMPLETED = "completed"
        WITHDRAWN = "withdrawn"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="enrollments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    started_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_on = models.DateField(
        null=True, blank=True, help_text="The learner's local date of completion."
    )
    completed_zone = models.CharField(max_length=64, blank=True)
    last_lesson = models.ForeignKey(
        Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_lesson_count = models.PositiveIntegerField(default=0)
    seconds_on_task = models.PositiveIntegerField(default=0)

    preview: "Preview | None" = None
    """Only of an author's preview: this enrollment is never saved, its pages stand elsewhere."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"],
                condition=Q(status="open"),
                name="one_open_enrollment_per_person_and_course",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status="completed",
                        completed_at__isnull=False,
                        completed_on__isnull=False,
                    )
                    & ~Q(completed_zone="")
                )
                | (
                    ~Q(status="completed")
                    & Q(completed_at__isnull=True, completed_on__isnull=True, completed_zone="")
                ),
                name="enrollment_completed_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-last_activity_at"], name="enrollment_of_person"),
            # Sweeps walk through those who are at work, a small part of all.
            models.Index(fields=["id"], condition=Q(status="open"), name="enrollment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"

    def get_absolute_url(self) -> str:
        return self.address("courses:enrollment-detail")

    def address(self, page: str, *args: object) -> str:
        """Where a page of this enrollment is. `page` is the name of its URL, `args` what the URL
        takes besides the enrollment."""
        if self.preview is not None:
            return self.preview.address(page, *args)
        return reverse(page, args=[self.uid, *args])


class LessonProgress(models.Model):
    """How far one lesson is; found again by `lesson_key` when a newer version is taken."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    lesson_key = models.UUIDField()
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds_visible = models.PositiveIntegerField(
        default=0, help_text="While the page was visible. Shown and reported; never a hurdle."
    )
    scroll_permille = models.PositiveSmallIntegerField(
        default=0, help_text="How far down the learner was, 0 to 1000."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson_key"], name="progress_once_per_lesson"
            ),
            models.CheckConstraint(
                condition=Q(scroll_permille__lte=1000), name="progress_scroll_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.lesson_key}"


class DeclinedVersion(models.Model):
    """A newer version that the learner saw and did not take. They may still take it."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="declined")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "version"], name="version_declined_once_per_enrollment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.version_id}"


class Evaluation(models.Model):
    """Six questions after the course. NCBTMB asks for an evaluation after each course."""

    class Agreement(models.IntegerChoices):
        STRONGLY_DISAGREE = 1, "Strongly disagree"
        DISAGREE = 2, "Disagree"
        NEITHER = 3, "Neither"
        AGREE = 4, "Agree"
        STRONGLY_AGREE = 5, "Strongly agree"

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="evaluation"
    )
    submitted_at = models.DateTimeField()
    objectives_met = models.PositiveSmallIntegerField(choices=Agreement.choices)
    content_accurate = models.PositiveSmallIntegerField(choices=Agreement.choices)
    useful_in_practice = models.PositiveSmallIntegerField(choices=Agreement.choices)
    free_of_bias = models.PositiveSmallIntegerField(choices=Agreement.choices)
    minutes_taken = models.PositiveSmallIntegerField(
        help_text="Minutes the learner says the course took."
    )
    comment = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Evaluation of {self.enrollment_id}"
