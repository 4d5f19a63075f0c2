"""Where the record of an earlier system came from."""

from django.db import models
from django.db.models import Q

from certificates.models.certificates import Certificate


class ImportedRecord(models.Model):
    """One completion that was taken over. The certificate beside it holds what was printed."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, related_name="imported"
    )
    key = models.CharField(
        max_length=64, help_text="By which the same line of a file is known again: a SHA-256."
    )
    source = models.CharField(max_length=80, help_text="The system it came from, in words.")
    run_uid = models.UUIDField(db_index=True, help_text="The import that brought it.")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    document_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the old PDF; empty: none came with it."
    )
    sha256 = models.CharField(max_length=64, help_text="See domain/imported.py.")
    taken_back_at = models.DateTimeField(
        null=True, blank=True, help_text="The import was undone; the line may come again."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(taken_back_at__isnull=True),
                name="imported_record_once",
            ),
        ]

    def __str__(self) -> str:
        return self.key[:12]
