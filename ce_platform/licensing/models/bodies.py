"""Licensing bodies, their dated rules, and the provider as they know it."""

import json
from typing import Any

from django.db import models
from django.db.models import Q

from ce_platform.core.models import StoredFile


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
    license_format = models.CharField(
        max_length=40,
        blank=True,
        help_text="What a license number looks like: # a digit, ? a letter, * anything more.",
    )
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
    # Who in the office wrote this reading, and why; a reading of a data file has nobody.
    written_by_id = models.BigIntegerField(null=True, blank=True)
    written_by_label = models.CharField(max_length=254, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("body", "-valid_from", "-id")
        constraints = [
            # The office may go back to what it said earlier the same day; a file may not.
            models.UniqueConstraint(
                fields=["body", "valid_from", "sha256"],
                condition=Q(written_by_id__isnull=True),
                name="rule_once_per_day_and_text",
            ),
            models.CheckConstraint(
                condition=Q(written_by_id__isnull=False) | Q(written_by_label="", reason=""),
                name="rule_written_by_somebody",
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
