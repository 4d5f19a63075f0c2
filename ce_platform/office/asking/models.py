"""A question to the office and everything that was said about it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail, StoredFile
from certificates.models import Certificate
from courses.models import Course


class Thread(models.Model):
    """At a person; or at the address that a visitor gave, until it is somebody's.

    open → answered → open again when the person writes on; closed, and open again.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Waits for us"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="office_threads"
    )
    email = models.EmailField(blank=True, help_text="Of a visitor, in small letters; not proved.")
    name = models.CharField(max_length=120, blank=True, help_text="As a visitor wrote it.")
    title = models.CharField(max_length=120, help_text="How the question begins.")
    search_text = models.TextField(blank=True, help_text="Folded: name, address and title.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="While it is open: since when nobody has answered."
    )
    created_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="When something was last written.")
    page = models.CharField(max_length=300, blank=True, help_text="Where they were when asking.")
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    certificate = models.ForeignKey(
        Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(status="open", waiting_since__isnull=False)
                    | (~Q(status="open") & Q(waiting_since__isnull=True))
                ),
                name="office_thread_open_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since", "id"],
                condition=Q(status="open"),
                name="office_thread_waiting",
            ),
            models.Index(fields=["status", "last_at", "id"], name="office_thread_by_status"),
            models.Index(fields=["last_at", "id"], name="office_thread_by_time"),
            models.Index(
                fields=["email"], condition=Q(user__isnull=True), name="office_thread_by_email"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The person's own page of it."""
        return reverse("office:question-detail", args=[self.uid])

    @property
    def asker(self) -> str:
        """For the office."""
        if self.user is not None:
            return self.user.get_full_name()
        return self.name or self.email or "Somebody without a name"

    @property
    def answer_address(self) -> str:
        return self.user.email if self.user is not None else self.email

    @property
    def can_be_mailed(self) -> bool:
        """Not somebody who called and left no address, nor a closed account."""
        return bool(self.answer_address) and (self.user is None or self.user.closed_at is None)


class ThreadMessage(models.Model):
    class Author(models.TextChoices):
        PERSON = "person"
        OFFICE = "office"
        NOTE = "note"
        """Inside the office: nobody else ever sees it."""

    class Channel(models.TextChoices):
        PAGE = "page", "on the page"
        MAIL = "mail", "by mail"
        PHONE = "phone", "by phone"

    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="Made by the form: sent twice, it is one."
    )
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PAGE)
    by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who typed it; empty for a visitor.",
    )
    at = models.DateTimeField()
    text = models.TextField()
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=100, blank=True)
    mail = models.ForeignKey(
        OutgoingMail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=True, file_name="")
                | (Q(file__isnull=False) & ~Q(file_name="")),
                name="office_message_file_has_name",
            ),
        ]
        indexes = [models.Index(fields=["thread", "id"], name="office_message_by_thread")]

    def __str__(self) -> str:
        return f"{self.author} {self.at:%Y-%m-%d %H:%M}"


class SavedReply(models.Model):
    """What the office writes again and again: an answer begins with it. About nobody."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=80)
    text = models.TextField()
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("title"), name="saved_reply_titled_once"),
        ]

    def __str__(self) -> str:
        return self.title
