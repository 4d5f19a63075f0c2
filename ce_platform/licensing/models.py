"""Licensing bodies with dated rules, submissions of courses to them, therapists' licenses."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from ce_platform.core.models import StoredFile
from courses.models import Course


class LicensingBody(models.Model):
    """A state board or another approver, e.g. NCBTMB."""

    class Kind(models.TextChoices):
        STATE_BOARD = "state-board", "State licensing body"
        APPROVER = "approver", "National approver"
        CANADIAN = "canadian", "Canadian body"

    class ApprovalModel(models.TextChoices):
        PROVIDER = "provider", "Approves providers"
        COURSE = "course", "Approves each course"
        ACCEPTS_LISTED = "accepts-listed", "Accepts courses of listed approvers"
        NONE = "none", "Approves nothing beforehand"
        UNKNOWN = "unknown", "Not known"

    code = models.CharField(max_length=20, unique=True, help_text="E.g. US-FL.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    jurisdiction = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=30, blank=True)
    website = models.URLField(max_length=500, blank=True)
    regulates = models.CharField(max_length=40, blank=True)
    approval_model = models.CharField(max_length=20, choices=ApprovalModel.choices)
    remarks = models.TextField(blank=True)
    source_url = models.URLField(max_length=600, blank=True)
    source_as_of = models.CharField(max_length=60, blank=True)
    confidence = models.CharField(max_length=10, blank=True)
    is_pending_hidden = models.BooleanField(
        default=False, help_text="Do not print this body while its decision is pending."
    )

    class Meta:
        verbose_name_plural = "licensing bodies"
        ordering = ("jurisdiction", "code")

    def __str__(self) -> str:
        return f"{self.name} ({self.jurisdiction})"

    @property
    def short_name(self) -> str:
        return self.abbreviation or self.jurisdiction

    @property
    def place(self) -> str:
        """What the eye looks for in a list: the state, or a national approver's short name."""
        is_national = self.kind == self.Kind.APPROVER
        return (self.abbreviation or self.name) if is_national else self.jurisdiction


class BodyRule(models.Model):
    """What a body asks, from a date on. Rows are added, never edited, except who checked them."""

    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="rules")
    valid_from = models.DateField()
    rule_json = models.TextField(
        help_text="The keys of docs/licensing-rules.md, canonical JSON. Missing: not known."
    )
    sha256 = models.CharField(max_length=64)
    sources_json = models.TextField(default="[]", help_text="[{url, as_of, what}]")
    as_of = models.DateField(help_text="When the rule was read.")
    confidence = models.CharField(
        max_length=10, choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")]
    )
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by_id = models.BigIntegerField(null=True, blank=True)
    checked_by_label = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ("body", "-valid_from", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "valid_from", "sha256"], name="rule_once_per_day_and_text"
            ),
            models.CheckConstraint(
                condition=(
                    Q(checked_at__isnull=True, checked_by_id__isnull=True)
                    | Q(checked_at__isnull=False, checked_by_id__isnull=False)
                ),
                name="rule_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} from {self.valid_from}"

    @property
    def rule(self) -> dict[str, Any]:
        return dict(json.loads(self.rule_json))

    @property
    def sources(self) -> list[dict[str, str]]:
        return list(json.loads(self.sources_json))


class ProviderNumber(models.Model):
    """The number a body gave us as a provider."""

    body = models.ForeignKey(
        LicensingBody, on_delete=models.PROTECT, related_name="provider_numbers"
    )
    number = models.CharField(max_length=60)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("body", "-valid_from")
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="provider_number_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="provider_number_period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Signatory(models.Model):
    """Who signs certificates for the provider."""

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    signature = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "signatories"
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"


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
    """Every move of a submission, and every note about it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=254, blank=True)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    facts_json = models.TextField(default="{}", help_text="What was recorded, canonical JSON.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.from_status} → {self.to_status}"


class License(models.Model):
    """A therapist's license, as printed on the card. Several per person; never blocking."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="licenses")
    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="licenses")
    number = models.CharField(max_length=60, help_text="As printed, prefix included.")
    expires_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("body__jurisdiction", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "body", "number"],
                condition=Q(removed_at__isnull=True),
                name="license_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.number}"
