"""What the provider promises and asks, in dated versions, and who accepted which.

`core/models.py` hands these two on; apart from it for its length only.
"""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q


class PolicyDocument(models.Model):
    """One version of one policy. A draft until it is published; then it never changes again.

    In force on a day: the newest version that is effective by then (core/policies.py).
    """

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "Registration policy"
        CANCELLATION = "cancellation", "Cancellation policy"
        REFUND = "refund", "Refund policy"
        PRIVACY = "privacy", "Privacy policy"
        COMPLAINT = "complaint", "Complaint procedure"
        ACCESSIBILITY = "accessibility", "Accessibility policy"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(help_text="1, 2, 3 … of its kind.")
    text = models.TextField(help_text="Markdown, as lessons have it.")
    changes = models.CharField(
        max_length=300, blank=True, help_text="What is new in this version, for the history."
    )
    effective_on = models.DateField(null=True, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the published text.")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(published_at__isnull=True), name="policy_one_draft"
            ),
            models.CheckConstraint(
                condition=(
                    Q(published_at__isnull=True, effective_on__isnull=True, text_sha256="")
                    | (
                        Q(published_at__isnull=False, effective_on__isnull=False)
                        & ~Q(text_sha256="")
                        & ~Q(text="")
                    )
                ),
                name="policy_published_has_facts",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="policy_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, version {self.version}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def is_to_come(self, today: date) -> bool:
        return self.effective_on is not None and self.effective_on > today


class PolicyAcceptance(models.Model):
    """That a person agreed to a version, when and on which page. It names nobody by itself, so
    it stays when the account is closed."""

    class Where(models.TextChoices):
        SIGN_UP = "sign-up", "when the account was made"
        ENROLLING = "enrolling", "when enrolling"
        NOTICE = "notice", "when told of a new version"

    user_id = models.BigIntegerField()
    policy = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    where = models.CharField(max_length=12, choices=Where.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "policy"], name="policy_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.policy_id}"
