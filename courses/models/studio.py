"""What the studio keeps beside a draft: who writes, what was there before, what is on its way."""

import uuid

from django.db import models
from django.db.models import Q

from courses.models.course import Course, CourseVersion


class CourseMember(models.Model):
    """Somebody who works on a course beside its owner."""

    class Role(models.TextChoices):
        CO_AUTHOR = "co-author", "Co-author"
        REVIEWER = "reviewer"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="member_once_per_course"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.course_id}"


class LessonRevision(models.Model):
    """A saved state of a lesson. The newest one is what the lesson says.

    Saves of one person in one go are one row, whose `number` grows with every save: whoever saves
    says which number was in front of them, so nobody overwrites what they have not seen. A row
    that is not the newest never changes again.
    """

    class Kind(models.TextChoices):
        TYPED = "typed", "Written"
        IMPORTED = "imported", "Imported"
        RESTORED = "restored", "Restored"

    version = models.ForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="lesson_revisions"
    )
    lesson_key = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TYPED)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    counted_words = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(help_text="When the first of the saves in this row was.")
    saved_at = models.DateTimeField()
    saved_by_id = models.BigIntegerField(null=True)
    saved_by_label = models.CharField(max_length=254, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["version", "lesson_key", "number"], name="lesson_revision_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class SetAside(models.Model):
    """A text that could not be saved, because somebody else had saved first. Nothing is lost."""

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="+")
    lesson_key = models.UUIDField()
    based_on = models.PositiveIntegerField(help_text="The number its writer had in front of them.")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of title and text.")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Several windows of one person may each hold another text.
            models.UniqueConstraint(
                fields=["version", "lesson_key", "by", "sha256"],
                condition=Q(settled_at__isnull=True),
                name="text_aside_once_per_person_and_lesson",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} by {self.by_id}"


class OutlineStep(models.Model):
    """One change of the outline, with the outline as it was before: what Undo brings back."""

    version = models.ForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="outline_steps"
    )
    number = models.PositiveIntegerField()
    sentence = models.CharField(max_length=300, help_text="What was done: Removed “…”.")
    before_json = models.TextField(help_text="The outline before, canonical JSON.")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=254)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="outline_step_number_once"),
        ]

    def __str__(self) -> str:
        return self.sentence


class Recording(models.Model):
    """Audio or video of a lesson, ours from end to end: file, captions, transcript."""

    class Kind(models.TextChoices):
        VIDEO = "video"
        AUDIO = "audio"

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="recordings")
    key = models.UUIDField(default=uuid.uuid4)
    slug = models.SlugField(max_length=80)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    title = models.CharField(max_length=200)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    duration_ms = models.PositiveIntegerField(help_text="Read from the file, not typed in.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    poster = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    captions = models.TextField(blank=True, help_text="WebVTT.")
    captions_language = models.CharField(max_length=35, blank=True)
    transcript = models.TextField(blank=True, help_text="Markdown.")
    credit = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"], name="recording_key_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["version", "slug"], name="recording_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Handout(models.Model):
    """A file to take along: a PDF to print, a worksheet."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="handouts")
    key = models.UUIDField(default=uuid.uuid4)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    credit = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="handout_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "slug"], name="handout_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Upload(models.Model):
    """A large file on its way in, piece by piece; an interrupted one goes on where it stopped."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="By which the browser finds it again after a reload."
    )
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    replaces_key = models.UUIDField(
        null=True, blank=True, help_text="Of the recording whose place it is to take."
    )
    refusal = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_bytes__lte=models.F("size_bytes")),
                name="upload_not_more_than_announced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.received_bytes} of {self.size_bytes} bytes)"


class ReviewComment(models.Model):
    """A colleague's remark on a draft: on one lesson, or on the whole."""

    version = models.ForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="review_comments"
    )
    lesson_key = models.UUIDField(null=True, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by_id__isnull=True)
                | Q(settled_at__isnull=False, settled_by_id__isnull=False),
                name="review_comment_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class MarginQuestion(models.Model):
    """What a learner asked in the margin of a lesson; answered once, shown to all."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="margin_questions")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    lesson_key = models.UUIDField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.BigIntegerField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=120, blank=True)
    is_shown = models.BooleanField(
        default=False, help_text="Question and answer stand under the lesson for every learner."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by_id__isnull=True, is_shown=False)
                | Q(answered_at__isnull=False, answered_by_id__isnull=False),
                name="margin_question_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["course", "lesson_key"], name="margin_by_lesson")]

    def __str__(self) -> str:
        return self.text[:60]


class WordText(models.Model):
    """What a Word document said of a lesson when it was imported last: the text that the next
    import of the document is compared with."""

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="word_texts")
    lesson_key = models.UUIDField()
    file_name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, help_text="The heading in the document.")
    body = models.TextField(blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "lesson_key"], name="word_text_once_per_lesson"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} from {self.file_name}"


class WordingDismissal(models.Model):
    """Why a sentence stays although the check of wording found a promise in it.

    It belongs to the course and not to a version: the same sentence needs no second reason in the
    next edition. A changed sentence has another fingerprint and is found again.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    pattern = models.CharField(max_length=4, help_text="Id of courses.wording.patterns.")
    fingerprint = models.CharField(max_length=64)
    sentence = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=254)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "pattern", "fingerprint"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_reason_per_sentence_and_pattern",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by_id__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by_id__isnull=False),
                name="wording_dismissal_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern}: {self.sentence[:60]}"
