"""What a newer data file says of a body whose rule the office has in its own hands."""

from django.db import models
from django.db.models import Q

from ce_platform.licensing.models.bodies import BodyRule, LicensingBody


class RuleProposal(models.Model):
    """One reading of a data file, kept whole: the next file is compared with it. Never edited."""

    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="proposals")
    as_of = models.DateField(help_text="When the file was read.")
    rule_json = models.TextField()
    sources_json = models.TextField(default="[]")
    confidence = models.CharField(max_length=10)
    notes = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("body", "-id")

    def __str__(self) -> str:
        return f"{self.body_id} as of {self.as_of}"


class RuleProposalLine(models.Model):
    """One key of a rule that the file tells differently, for the registrar to decide."""

    class Status(models.TextChoices):
        OPEN = "open", "Waits for a decision"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        OVERTAKEN = "overtaken", "Overtaken"

    body = models.ForeignKey(LicensingBody, on_delete=models.PROTECT, related_name="rule_lines")
    proposal = models.ForeignKey(RuleProposal, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=60)
    old_json = models.TextField(blank=True, help_text="What our rule said. Empty: not known.")
    new_json = models.TextField(blank=True, help_text="What the file says. Empty: not known.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(null=True, blank=True)
    decided_by_label = models.CharField(max_length=254, blank=True)
    rule = models.ForeignKey(
        BodyRule,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accepted_lines",
        help_text="The reading that an accepted line went into.",
    )

    class Meta:
        ordering = ("body", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "key"],
                condition=Q(status="open"),
                name="rule_line_open_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True, decided_by_id__isnull=True)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="rule_line_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", rule__isnull=False)
                | (~Q(status="accepted") & Q(rule__isnull=True)),
                name="rule_line_accepted_into_a_reading",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.key}: {self.status}"
