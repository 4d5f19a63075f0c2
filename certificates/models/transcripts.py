"""Transcripts that were handed out: what was printed, and the file it was printed in."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core import codes
from ce_platform.core.models import BackgroundJob, StoredFile


class Transcript(models.Model):
    """Everything printed is kept as one canonical text when the transcript is asked for; the file
    is made from that text alone, once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        max_length=17, unique=True, default=codes.new_code, help_text="See core.codes."
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="transcripts")
    first_on = models.DateField(null=True, blank=True, help_text="Completed on this day or later.")
    last_on = models.DateField(null=True, blank=True, help_text="Completed on this day or earlier.")
    choice_json = models.TextField(help_text="What was asked for: see transcript/periods.py.")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=254)
    record_json = models.TextField(help_text="Everything printed, canonical JSON.")
    sha256 = models.CharField(max_length=64, help_text="Of everything printed.")
    job = models.ForeignKey(
        BackgroundJob, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unfinished_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Bytes that are being kept: a crash at that moment must not leave them lying.",
    )
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    page_count = models.PositiveSmallIntegerField(null=True, blank=True)
    signer = models.ForeignKey(
        "certificates.SigningCertificate",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        made_at__isnull=True,
                        file__isnull=True,
                        file_sha256="",
                        size_bytes__isnull=True,
                        page_count__isnull=True,
                    )
                    | (
                        Q(
                            made_at__isnull=False,
                            file__isnull=False,
                            size_bytes__isnull=False,
                            page_count__isnull=False,
                        )
                        & ~Q(file_sha256="")
                    )
                ),
                name="transcript_made_has_file",
            ),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True)
                | Q(last_on__isnull=True)
                | Q(last_on__gte=models.F("first_on")),
                name="transcript_period_in_order",
            ),
        ]
        indexes = [models.Index(fields=["user", "-asked_at"], name="transcript_of_person")]

    def __str__(self) -> str:
        return codes.dashed(self.code)

    def get_absolute_url(self) -> str:
        return reverse("certificates:transcript-detail", args=[self.uid])
