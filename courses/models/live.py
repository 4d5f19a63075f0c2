"""Live courses: the dates on which an edition is held, and who attended which."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ce_platform.accounts.models import zone_named
from courses.models.course import Course
from courses.models.study import Enrollment


class LiveSession(models.Model):
    """One date of a live class or webinar.

    It belongs to an edition and not to a version: bodies approve an edition, often before the
    first date is known, and dates are added while a version is frozen. See decision 0035.
    """

    class Status(models.TextChoices):
        PLANNED = "planned"
        HELD = "held"
        CANCELLED = "cancelled", "Canceled"

    # Nobody but courses.domain.live assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.PLANNED: frozenset({Status.HELD, Status.CANCELLED}),
        Status.HELD: frozenset({Status.CANCELLED}),
        Status.CANCELLED: frozenset({Status.PLANNED}),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    edition = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=64, help_text="Where it is held: it gives the date.")
    minutes = models.PositiveIntegerField(
        help_text="From the first to the last minute that counts: with the ten minutes of break "
        "in each hour, without meals and nights."
    )
    place = models.CharField(
        max_length=200, help_text="Address of a class; “Online” for a webinar. Printed."
    )
    instructors = models.TextField(
        blank=True,
        help_text="One a line: name, credentials. Empty: the authors of the course.",
    )
    has_paper_evaluations = models.BooleanField(
        default=False,
        help_text="The evaluation was collected at the session: nobody is asked again.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="session_has_minutes"),
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(zone=""), name="session_has_place_and_zone"
            ),
        ]
        indexes = [
            models.Index(fields=["course", "edition", "starts_at"], name="session_of_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.starts_on}, {self.place}"

    @property
    def starts_on(self) -> date:
        return self.starts_at.astimezone(zone_named(self.zone)).date()

    @property
    def ends_on(self) -> date:
        """The day of completion of everybody who attended."""
        return self.ends_at.astimezone(zone_named(self.zone)).date()

    @property
    def when(self) -> str:
        """November 14, 2026, 9:00 AM to 12:00 PM EST: everybody reads the hours of the place."""
        zone = zone_named(self.zone)
        starts, ends = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        first = f"{_day(starts)}, {_hour(starts)}"
        last = _hour(ends) if starts.date() == ends.date() else f"{_day(ends)}, {_hour(ends)}"
        return f"{first} to {last} {ends.tzname()}"

    @property
    def instructor_lines(self) -> tuple[tuple[str, str], ...]:
        """(name, credentials)"""
        found = []
        for line in self.instructors.splitlines():
            name, _, credentials = line.partition(",")
            if name.strip():
                found.append((name.strip(), credentials.strip()))
        return tuple(found)


def _day(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year}"


def _hour(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


class Attendance(models.Model):
    """The office's record that somebody attended: of a live course the signature on the roster."""

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="attendance"
    )
    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="attendances")
    # Said twice, so that the database holds that a person attends a session once.
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(help_text="How long the person was there.")
    is_whole = models.BooleanField(help_text="Attended all of it. Only that is credited.")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    recorded_by_label = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], name="attendance_once_per_session_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.session_id}"
