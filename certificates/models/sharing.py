"""Pages that holders of certificates show to others: off until they switch one on."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.core import codes
from certificates.models.certificates import Certificate


class SharedPage(models.Model):
    """One link and what it shows. A link that was switched off never works again; switching on
    anew makes another one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(
        max_length=17, unique=True, default=codes.new_code, help_text="See core.codes."
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="shared_pages")
    certificate = models.ForeignKey(
        Certificate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shared_pages",
        help_text="The one certificate of this page; empty: the page of the person.",
    )
    shown = models.ManyToManyField(
        Certificate,
        through="SharedCertificate",
        related_name="+",
        help_text="What the page of a person shows.",
    )
    has_licenses = models.BooleanField(default=False)
    has_email = models.BooleanField(default=False)
    switched_on_at = models.DateTimeField()
    switched_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(certificate__isnull=True, switched_off_at__isnull=True),
                name="one_shared_page_per_person",
            ),
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(certificate__isnull=False, switched_off_at__isnull=True),
                name="one_shared_page_per_certificate",
            ),
        ]
        indexes = [models.Index(fields=["user", "-switched_on_at"], name="shared_page_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: {'off' if self.switched_off_at else 'on'}"

    def get_absolute_url(self) -> str:
        return reverse("certificates:shared-page", args=[codes.dashed(self.token)])


class SharedCertificate(models.Model):
    """A certificate that was ticked. What counts is its completion: a corrected certificate
    appears in the place of the one it replaced."""

    page = models.ForeignKey(SharedPage, on_delete=models.CASCADE, related_name="chosen")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "certificate"], name="shared_certificate_once_per_page"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.certificate_id}"
