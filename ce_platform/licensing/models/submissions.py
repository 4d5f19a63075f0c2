"""Course editions at licensing bodies: one file each, and every move of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from ce_platform.core.models import StoredFile
from ce_platform.licensing.models.bodies import LicensingBody
from courses.models import Course


class Submission(models.Model):
    """A course edition sent to a licensing body, or the reason why there is nothing to send."""

    class Status(models.TextChoices):
        DRAFT = "draft", "In preparation"
        SUBMITTED = "submitted", "Submitted"
        MORE_INFO = "more-info", "More information asked"
        APPROVED = "approved", "Approved"
        ACCEPTS_LIST = "accepts-list", "Accepted through a list"
        NO_PREAPPROVAL = "no-preapproval", "No pre-approval"
        NOT_NEEDED = "not-needed", "Not needed"
        DENIED = "denied", "Denied"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        SUPERSEDED = "superseded", "Superseded"

    # Allowed moves; only licensing.domain.submissions assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset(
            {
                Status.SUBMITTED,
                Status.ACCEPTS_LIST,
                Status.NO_PREAPPROVAL,
                Status.NOT_NEEDED,
                Status.WITHDRAWN,
            }
        ),
        Status.SUBMITTED: frozenset(
            {Status.MORE_INFO, Status.APPROVED, Status.DENIED, Status.WITHDRAWN}
        ),
        Status.MORE_INFO: frozenset(
            {Status.SUBMITTED, Status.APPROVED, Status.DENIED, Status.WITHDRAWN}
        ),
        Status.APPROVED: frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.SUPERSEDED}),
        Status.ACCEPTS_LIST: frozenset(
            {Status.DRAFT, Status.WITHDRAWN, Status.EXPIRED, Status.SUPERSEDED}
        ),
        Status.NO_PREAPPROVAL: frozenset({Status.DRAFT, Status.SUPERSEDED}),
        Status.NOT_NEEDED: frozenset({Status.DRAFT, Status.SUPERSEDED}),
        Status.DENIED: frozenset({Status.DRAFT, Status.SUPERSEDED}),
        Status.WITHDRAWN: frozenset({Status.DRAFT, Status.SUPERSEDED}),
        Status.EXPIRED: frozenset({Status.DRAFT, Status.SUPERSEDED}),
        Status.SUPERSEDED: frozenset(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="submissions")
    edition = models.PositiveSmallIntegerField()
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="submissions")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    through = models.ForeignKey(
        LicensingBody,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Accepts a list: whose list, e.g. NCBTMB.",
    )
    channel = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    answer_due_on = models.DateField(
        null=True, blank=True, help_text="More information asked: until when."
    )
    decided_on = models.DateField(null=True, blank=True)
    number = models.CharField(max_length=60, blank=True, help_text="Course number of the body.")
    title_approved = models.CharField(max_length=200, blank=True)
    hours_granted = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    category = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    conditions = models.TextField(blank=True)
    letter = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("course", "-edition", "body")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "edition", "body"], name="submission_once_per_edition_and_body"
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(status="approved")
                    | Q(
                        decided_on__isnull=False,
                        hours_granted__isnull=False,
                        valid_from__isnull=False,
                    )
                ),
                name="submission_approved_has_facts",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(status__in=["submitted", "more-info"]) | Q(submitted_on__isnull=False)
                ),
                name="submission_submitted_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepts-list") | Q(through__isnull=False),
                name="submission_list_is_named",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="submission_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True)
                | Q(submitted_on__isnull=True)
                | Q(decided_on__gte=models.F("submitted_on")),
                name="submission_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(hours_granted__isnull=True) | Q(hours_granted__gt=0),
                name="submission_hours_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} edition {self.edition} → {self.body_id}: {self.status}"


class SubmissionEvent(models.Model):
    """Every move of a submission, every message about it, and every note."""

    class Direction(models.TextChoices):
        FROM_BODY = "from-body", "From the body"
        TO_BODY = "to-body", "To the body"
        INTERNAL = "internal", "Our own note"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=254, blank=True)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    direction = models.CharField(
        max_length=10,
        choices=Direction.choices,
        blank=True,
        help_text="Of a message or note, also of one that moved the file. Empty: a move alone.",
    )
    contact = models.CharField(max_length=120, blank=True, help_text="Who wrote or was called.")
    happened_on = models.DateField(
        null=True, blank=True, help_text="When it was sent or came; `at` is when it was written."
    )
    facts_json = models.TextField(default="{}", help_text="What was recorded, canonical JSON.")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(direction="") | Q(contact="", happened_on__isnull=True),
                name="event_contact_belongs_to_a_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.from_status} → {self.to_status}"
