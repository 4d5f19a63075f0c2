"""What a holder asks to have corrected, and what became of it."""

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core.models import StoredFile
from certificates.models.certificates import Certificate
from courses.models import Enrollment


class CorrectionRequest(models.Model):
    """Another name or other license numbers for a certificate, asked by its holder.

    What is granted without a person looking has a row as well, without `decided_by_id`.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # One way only; nobody but certificates.domain.corrections assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.ASKED: frozenset({Status.GRANTED, Status.REFUSED, Status.WITHDRAWN}),
        Status.GRANTED: frozenset(),
        Status.REFUSED: frozenset(),
        Status.WITHDRAWN: frozenset(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="correction_requests"
    )
    certificate = models.ForeignKey(
        Certificate,
        on_delete=models.PROTECT,
        related_name="correction_requests",
        help_text="The one that was wrong when it was asked.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    holder_name = models.CharField(max_length=120, help_text="As it should read.")
    licenses_json = models.TextField(
        default="[]", help_text="[[body code, body, number]] as they should read, canonical JSON."
    )
    message = models.TextField(blank=True, help_text="To the office.")
    proof = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    why_json = models.TextField(
        default="[]", help_text="Sentences: why a person had to look. Empty: none had to."
    )
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(
        null=True, blank=True, help_text="Empty: withdrawn, or granted by rule."
    )
    answer = models.CharField(max_length=300, blank=True, help_text="To the holder.")
    result = models.ForeignKey(
        Certificate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="made_by_requests",
        help_text="The certificate that came of it.",
    )

    class Meta:
        constraints = [
            # Of the whole chain: whatever replaces the certificate, one question is open.
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(status="asked"),
                name="one_open_correction_per_enrollment",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="asked", decided_at__isnull=True, decided_by_id__isnull=True)
                    | ~Q(status="asked") & Q(decided_at__isnull=False)
                ),
                name="correction_decided_at_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="granted", result__isnull=False)
                | ~Q(status="granted") & Q(result__isnull=True),
                name="correction_granted_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(answer="") & Q(decided_by_id__isnull=False),
                name="correction_refused_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"], condition=Q(status="asked"), name="correction_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name}: {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:office-certificate-correction", args=[self.uid])

    @property
    def licenses(self) -> list[tuple[str, str, str]]:
        return [(code, place, number) for code, place, number in json.loads(self.licenses_json)]

    @property
    def why(self) -> list[str]:
        return [str(sentence) for sentence in json.loads(self.why_json)]
