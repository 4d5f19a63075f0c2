"""Reports of completions to licensing bodies: what is owed, what left, what came back."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core.models import StoredFile
from ce_platform.licensing.models import License, LicensingBody
from certificates.models.certificates import Certificate
from courses.models import Course


class ReportChannel(models.TextChoices):
    """How a completion reaches a body. The files are made in reports/channels.py."""

    CE_BROKER = "ce-broker", "CE Broker spreadsheet"
    ROSTER = "roster", "Roster as CSV"
    NOTHING = "nothing", "Nothing is reported"


class BodyChannel(models.Model):
    """What the office decided about reports to one body. Without a row the body's rule decides."""

    body = models.OneToOneField(
        LicensingBody, on_delete=models.PROTECT, related_name="report_channel"
    )
    channel = models.CharField(max_length=20, choices=ReportChannel.choices)
    provider_number = models.CharField(
        max_length=60, blank=True, help_text="Ours in the channel, e.g. 50-12345."
    )
    provider_valid_from = models.DateField(null=True, blank=True)
    provider_valid_to = models.DateField(null=True, blank=True)
    profession_code = models.CharField(
        max_length=20, blank=True, help_text="As the channel calls the profession; typed in."
    )
    needs_consent = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(provider_valid_to__isnull=True)
                | Q(provider_valid_from__isnull=True)
                | Q(provider_valid_to__gte=models.F("provider_valid_from")),
                name="report_provider_period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.channel}"


class ReportCourseNumber(models.Model):
    """The number a course edition has in the channel of a body, where approval gave none."""

    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=60)
    is_own = models.BooleanField(
        default=False, help_text="Our own course id instead of the channel's number."
    )
    publishing_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("course", "-edition")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "course", "edition"], name="report_course_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportBatch(models.Model):
    """One export: the lines that left together, and the file that carried them."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(max_length=20, choices=ReportChannel.choices)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField()
    made_by_label = models.CharField(max_length=254, blank=True)
    line_count = models.PositiveIntegerField()
    file_name = models.CharField(max_length=120)
    file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Made once from the rows, right after they were claimed.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(line_count__gt=0), name="report_batch_has_lines"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("certificates:office-report-batch", args=[self.uid])


class ReportLine(models.Model):
    """A completion owed to a body: one per certificate, body and license."""

    class Status(models.TextChoices):
        PENDING = "pending", "To be reported"
        EXPORTED = "exported", "Sent, no answer yet"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        NOT_NEEDED = "not-needed", "Not reported"

    # Allowed moves; only certificates.reports.domain assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.EXPORTED, Status.NOT_NEEDED}),
        Status.EXPORTED: frozenset({Status.ACCEPTED, Status.REJECTED}),
        Status.REJECTED: frozenset({Status.PENDING, Status.NOT_NEEDED}),
        Status.NOT_NEEDED: frozenset({Status.PENDING}),
        Status.ACCEPTED: frozenset(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    root = models.ForeignKey(
        Certificate,
        on_delete=models.PROTECT,
        related_name="report_lines",
        help_text="The first certificate of the enrollment, whatever replaced it since.",
    )
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="+", help_text="The one reported from."
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="report_lines")
    license = models.ForeignKey(
        License, null=True, blank=True, on_delete=models.PROTECT, related_name="report_lines"
    )
    license_key = models.CharField(
        max_length=64, help_text="The license's uid; where it is gone, its number. Never changes."
    )
    license_number = models.CharField(max_length=60)
    license_folded = models.CharField(
        max_length=60, help_text="Letters and digits only: for finding the same number again."
    )
    state = models.CharField(max_length=20, help_text="FL")
    completed_on = models.DateField(help_text="The learner's local date, as printed.")
    channel = models.CharField(max_length=20, choices=ReportChannel.choices)
    needs_consent = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True, help_text="Empty: no deadline is known.")
    deadline_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the rule in force at completion."
    )
    license_ends_on = models.DateField(null=True, blank=True)
    is_renewing_soon = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    course_number = models.CharField(max_length=60, blank=True, help_text="As it left.")
    batch = models.ForeignKey(
        ReportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="current_lines"
    )
    exported_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["root", "body", "license_key"], name="report_line_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status__in=["pending", "not-needed"],
                        batch__isnull=True,
                        exported_at__isnull=True,
                    )
                    | Q(
                        status__in=["exported", "accepted", "rejected"],
                        batch__isnull=False,
                        exported_at__isnull=False,
                    )
                ),
                name="report_line_left_with_its_batch",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["rejected", "not-needed"]) | ~Q(reason=""),
                name="report_line_has_reason",
            ),
            models.CheckConstraint(condition=~Q(channel="nothing"), name="report_line_has_channel"),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"], condition=Q(status="pending"), name="report_line_due"
            ),
            # The number first: it alone says nearly everything, a body hardly anything.
            models.Index(fields=["license_folded", "body"], name="report_line_by_number"),
            models.Index(fields=["status", "id"], name="report_line_by_status"),
            models.Index(fields=["body", "status", "id"], name="report_line_of_body_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.license_number}: {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:office-report-line", args=[self.uid])


class ReportBatchLine(models.Model):
    """What one batch said of one line, word for word."""

    batch = models.ForeignKey(ReportBatch, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(ReportLine, on_delete=models.PROTECT, related_name="batch_lines")
    position = models.PositiveIntegerField()
    row_json = models.TextField(help_text="A ReportRow, canonical JSON.")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="report_line_once_per_batch"),
            models.UniqueConstraint(fields=["batch", "position"], name="report_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"


class ReportEvent(models.Model):
    """Every move of a line, and every correction of it."""

    line = models.ForeignKey(ReportLine, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="Empty: the platform itself.")
    by_label = models.CharField(max_length=254, blank=True)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True)
    facts_json = models.TextField(default="{}", help_text="What was recorded, canonical JSON.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.line_id}: {self.from_status} → {self.to_status}"
