"""What people are found by, lists of people that the office brings, messages to a course's
learners."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core.list_models import KeptLine, KeptList, done_has_time
from ce_platform.core.models import BackgroundJob
from ce_platform.office.people import lookups as lookups  # registers itself
from courses.models import Course, Enrollment


class PersonTerm(models.Model):
    """Something that a person is found by, folded. Derived: `people.index` makes it anew."""

    class Kind(models.TextChoices):
        WORD = "word"
        """Of a name: the account's, a license's, an earlier certificate's; of the address."""
        EMAIL = "email"
        LICENSE = "license"
        SERIAL = "serial"
        PHONE = "phone"
        """Digits alone, with and without the area code."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    term = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "term"], name="person_term_once"),
        ]
        indexes = [
            models.Index(
                fields=["kind", "term", "user"],
                name="person_by_term",
                # For how a term begins; SQLite has no such thing and needs none.
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.term}"


class SimilarWord(models.Model):
    """A spelling by which a word is found that was typed wrongly: see people/spelling.py.

    One row per word of all names, not per person: few words are new among many people.
    """

    key = models.CharField(max_length=60)
    word = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "word"], name="similar_word_once"),
        ]
        indexes = [models.Index(fields=["word"], name="similar_of_word")]

    def __str__(self) -> str:
        return f"{self.key}: {self.word}"


class PeopleList(KeptList):
    """People whom the office invites, or puts into a course. Without a job it is looked at."""

    class Purpose(models.TextChoices):
        INVITE = "invite", "Invite"
        ENROLL = "enroll", "Enroll in a course"

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, help_text="Put into the invitations.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="invite", course__isnull=True)
                | Q(purpose="enroll", course__isnull=False),
                name="people_list_has_course",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.line_count}"

    def get_absolute_url(self) -> str:
        return reverse("office:people-list-detail", args=[self.uid])


class PeopleListLine(KeptLine):
    class Outcome(models.TextChoices):
        PENDING = "pending", "Not yet"
        DONE = "done", "Done"
        KNOWN = "known", "Was so already"
        FAILED = "failed", "Not done"

    people_list = models.ForeignKey(PeopleList, on_delete=models.PROTECT, related_name="lines")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(KeptLine.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["people_list", "position"], name="people_line_once_per_position"
            ),
            done_has_time("people_line_done_has_time"),
        ]
        indexes = [models.Index(fields=["email"], name="people_line_by_email")]


class CourseMessage(models.Model):
    """What the office writes to the learners of a course. Without a job it is looked at."""

    class To(models.TextChoices):
        OPEN = "open", "Those whose course is under way"
        COMPLETED = "completed", "Those who have completed it"
        ALL = "all", "Everybody but those who left"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    to = models.CharField(max_length=10, choices=To.choices)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When it was begun.")
    job = models.OneToOneField(
        BackgroundJob, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Known when the job has ended.
    written_count = models.PositiveIntegerField(null=True, blank=True)
    unwanted_count = models.PositiveIntegerField(
        null=True, blank=True, help_text="Who has switched messages of courses off."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(job__isnull=True, sent_at__isnull=True)
                | Q(job__isnull=False, sent_at__isnull=False),
                name="course_message_sent_has_job",
            ),
        ]
        indexes = [models.Index(fields=["course", "sent_at"], name="message_of_course")]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("office:message-detail", args=[self.uid])
