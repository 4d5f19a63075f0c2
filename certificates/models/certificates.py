"""Certificates: legal records. Everything printed is copied into the row and never edited."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core import codes
from ce_platform.core.models import StoredFile
from courses.models import Enrollment


class CertificateDesign(models.Model):
    """How certificates look. Immutable: a change is a new number."""

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    template = models.CharField(max_length=120, help_text="Template of the page.")
    settings_json = models.TextField(default="{}")
    sha256 = models.CharField(
        max_length=64, help_text="Of the template and its style sheet when first used."
    )
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(
        null=True, blank=True, help_text="Empty: written when it was first used."
    )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class DesignChoice(models.Model):
    """Which design is in use: the newest row. Appended, never rewritten."""

    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, related_name="choices")
    chosen_at = models.DateTimeField()
    chosen_by_id = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.design_id} from {self.chosen_at:%Y-%m-%d}"


class Certificate(models.Model):
    class Status(models.TextChoices):
        ISSUED = "issued"
        REVOKED = "revoked"
        REPLACED = "replaced"

    # One way only; nobody but certificates.domain assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.ISSUED: frozenset({Status.REVOKED, Status.REPLACED}),
        Status.REVOKED: frozenset(),
        Status.REPLACED: frozenset(),
    }

    class Origin(models.TextChoices):
        ISSUED_HERE = "issued-here", "Issued here"
        IMPORTED = "imported-record", "Imported record"

    serial = models.CharField(
        max_length=17, unique=True, default=codes.new_code, help_text="See core.codes."
    )
    enrollment = models.ForeignKey(
        Enrollment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates",
        help_text="Empty: a record taken over from an earlier system.",
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="certificates")
    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED)
    origin = models.CharField(max_length=20, choices=Origin.choices, default=Origin.ISSUED_HERE)
    old_number = models.CharField(
        max_length=60, blank=True, help_text="Of an earlier system, as it was printed there."
    )
    old_number_folded = models.CharField(max_length=60, blank=True, help_text="To find it by.")
    issued_at = models.DateTimeField()
    status_changed_at = models.DateTimeField(null=True, blank=True)
    status_changed_by_id = models.BigIntegerField(null=True, blank=True)
    status_reason = models.CharField(max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    # ---- printed, frozen (domain.md 1.2)
    heading = models.CharField(max_length=80)
    holder_name = models.CharField(max_length=120)
    course_title = models.CharField(max_length=200)
    course_subtitle = models.CharField(max_length=300, blank=True)
    course_edition = models.CharField(max_length=20)
    credit_hours = models.DecimalField(max_digits=5, decimal_places=1)
    credits_json = models.TextField(default="[]", help_text="[[category, hours]], canonical JSON.")
    subjects = models.CharField(max_length=300, blank=True)
    delivery = models.CharField(max_length=80)
    place = models.CharField(max_length=200)
    completed_on = models.DateField()
    completed_at = models.DateTimeField()
    completed_zone = models.CharField(max_length=64)
    provider_name = models.CharField(max_length=200)
    provider_address = models.TextField(blank=True)
    provider_email = models.CharField(max_length=254, blank=True)
    provider_website = models.CharField(max_length=200, blank=True)
    provider_numbers_json = models.TextField(
        default="[]", help_text="[[body, number]], canonical JSON."
    )
    instructors_json = models.TextField(
        default="[]", help_text="[[name, credentials]], canonical JSON."
    )
    licenses_json = models.TextField(
        default="[]", help_text="[[body code, body, number]], canonical JSON."
    )
    signatories_json = models.TextField(
        default="[]", help_text="[[name, title, SHA-256 of the signature or empty]]."
    )
    language = models.CharField(max_length=35, default="en-US")
    is_specimen = models.BooleanField(default=False)
    as_of = models.DateField(help_text="The day whose approvals are shown.")
    verify_url = models.URLField(max_length=300)
    sha256 = models.CharField(
        max_length=64, help_text="Of everything printed: see domain/record.py."
    )

    class Meta:
        constraints = [
            # Exactly once: however often the last steps are sent.
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(status="issued"),
                name="one_valid_certificate_per_enrollment",
            ),
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(replaces__isnull=True),
                name="one_first_certificate_per_enrollment",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="issued", status_changed_at__isnull=True, status_reason="")
                    | (
                        ~Q(status="issued")
                        & Q(status_changed_at__isnull=False)
                        & ~Q(status_reason="")
                    )
                ),
                name="certificate_status_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(enrollment__isnull=False) | Q(origin="imported-record"),
                name="certificate_issued_here_has_enrollment",
            ),
            models.CheckConstraint(
                condition=Q(old_number="") | Q(origin="imported-record"),
                name="certificate_old_number_is_imported",
            ),
            models.CheckConstraint(
                condition=Q(credit_hours__gt=0), name="certificate_hours_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-issued_at"], name="certificate_of_person"),
            models.Index(fields=["issued_at", "id"], name="certificate_by_time"),
            # The office's list of a period, latest day first.
            models.Index(fields=["completed_on", "id"], name="certificate_by_day"),
            models.Index(
                fields=["old_number_folded"],
                condition=~Q(old_number_folded=""),
                name="certificate_by_old_number",
            ),
        ]

    def __str__(self) -> str:
        return codes.dashed(self.serial)

    def get_absolute_url(self) -> str:
        return reverse("certificates:certificate-detail", args=[self.serial])

    @property
    def is_imported(self) -> bool:
        return self.origin == self.Origin.IMPORTED

    @property
    def of_same_completion(self) -> Q:
        """This certificate, those it replaced and those that replaced it."""
        if self.enrollment_id is None:
            return Q(pk=self.pk)
        return Q(enrollment=self.enrollment_id)


class CertificateBody(models.Model):
    """One printed licensing body with its status of that day."""

    class Block(models.TextChoices):
        APPROVED = "approved", "Approved and accepted"
        PENDING = "pending", "Submitted, decision pending"

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="bodies")
    position = models.PositiveSmallIntegerField()
    block = models.CharField(max_length=10, choices=Block.choices)
    body_code = models.CharField(max_length=20)
    body_name = models.CharField(max_length=200)
    jurisdiction = models.CharField(max_length=80)
    status = models.CharField(max_length=20)
    status_word = models.CharField(max_length=60)
    number = models.CharField(max_length=60, blank=True)
    credit_hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    title = models.CharField(max_length=200, blank=True)
    license_number = models.CharField(max_length=60, blank=True)
    sentence = models.TextField(help_text="As printed; worded as in domain.md 2.4.")
    is_own = models.BooleanField(default=False, help_text="The holder has a license there.")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "position"], name="certificate_body_position_once"
            ),
            # "Submitted" never looks like "approved".
            models.CheckConstraint(
                condition=(
                    Q(block="approved", status__in=["approved", "accepts-list", "no-preapproval"])
                    | Q(block="pending", status__in=["submitted", "more-info"])
                ),
                name="certificate_body_in_its_block",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_code}: {self.status}"


class CertificateDocument(models.Model):
    """The PDF as issued. Made once, never again."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, related_name="document"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    renderer = models.CharField(max_length=60)
    page_count = models.PositiveSmallIntegerField()
    rendered_at = models.DateTimeField()
    signer = models.ForeignKey(
        "certificates.SigningCertificate",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: made before documents were signed.",
    )

    def __str__(self) -> str:
        return self.sha256[:12]


class Attestation(models.Model):
    """The learner's statement that they did the work themselves: the home-study signature."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="attestation"
    )
    statement = models.TextField(help_text="The words agreed to.")
    holder_name = models.CharField(max_length=120, help_text="The name confirmed for print.")
    licenses_json = models.TextField(default="[]", help_text="The licenses confirmed for print.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.holder_name} {self.made_at:%Y-%m-%d}"
