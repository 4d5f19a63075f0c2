"""Many certificates put together for the office."""

import uuid

from django.db import models
from django.urls import reverse

from ce_platform.core.models import (
    BackgroundJob,
    MadeFile,
    made_file_constraints,
    made_file_index,
)


class CertificateBundle(MadeFile):
    """Certificates that the office wanted in one file, and that file while it is kept."""

    class Kind(models.TextChoices):
        ZIP = "zip", "A zip of the PDFs"
        PAPER = "paper", "One PDF for paper"
        TABLE = "table", "A table (CSV)"

    class Order(models.TextChoices):
        NAME = "name", "By name"
        LICENSE = "license", "By license"
        DAY = "day", "By day of completion"

    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="Drawn when the page is shown: however often it is sent, there is one.",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.NAME)
    has_blank_backs = models.BooleanField(
        default=False, help_text="For paper: every certificate begins on a sheet of its own."
    )
    has_invalid = models.BooleanField(
        default=True, help_text="With those that are revoked or replaced."
    )
    title = models.CharField(max_length=300)
    parameters = models.TextField(
        help_text="Which certificates, canonical JSON: see certificates/bulk/selection.py."
    )
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    job = models.OneToOneField(
        BackgroundJob, on_delete=models.PROTECT, related_name="certificate_bundle"
    )
    certificate_count = models.PositiveIntegerField(help_text="When it was asked for; then made.")
    page_count = models.PositiveIntegerField(null=True, blank=True, help_text="For paper.")
    missing_count = models.PositiveIntegerField(null=True, blank=True)
    missing_json = models.TextField(
        default="[]", help_text="[[serial, name, why]], the first of those that are missing."
    )

    class Meta:
        constraints = [
            *made_file_constraints("certificate_bundle"),
            models.CheckConstraint(
                condition=models.Q(certificate_count__gt=0), name="certificate_bundle_not_empty"
            ),
        ]
        indexes = [made_file_index("certificate_bundle")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("certificates:office-certificate-bundle-detail", args=[self.uid])

    @property
    def name(self) -> str:
        """Of the file, without its ending; also of the folder in a zip."""
        return f"certificates-{self.created_at:%Y-%m-%d}-{self.uid.hex[:8]}"

    @property
    def file_name(self) -> str:
        endings = {self.Kind.ZIP: "zip", self.Kind.PAPER: "pdf", self.Kind.TABLE: "csv"}
        return f"{self.name}.{endings[self.Kind(self.kind)]}"
