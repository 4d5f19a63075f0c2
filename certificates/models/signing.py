"""What signs documents, and the bytes that are on their way into the store."""

from django.db import models


class SigningCertificate(models.Model):
    """A certificate (X.509) that has signed documents of ours. Public; kept for ever."""

    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256.")
    pem = models.TextField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.fingerprint[:16]


class UnfinishedDocument(models.Model):
    """Bytes that are being kept for a certificate. Written before them and gone with the row of
    the document, so that a crash in between leaves no signed file that nobody knows of."""

    certificate = models.ForeignKey(
        "certificates.Certificate", on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "sha256"], name="unfinished_document_once"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="unfinished_document_by_time")]

    def __str__(self) -> str:
        return self.sha256[:12]
