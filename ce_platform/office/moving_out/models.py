"""Archives of everything, as they were asked for."""

import uuid

from django.db import models

from ce_platform.core.models import (
    BackgroundJob,
    MadeFile,
    made_file_constraints,
    made_file_index,
)


class Archive(MadeFile):
    """Everything in one zip. The file is deleted after some days; this row stays and says what was
    in whose hands."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254, blank=True)
    job = models.OneToOneField(BackgroundJob, on_delete=models.PROTECT, related_name="archive")
    file_count = models.PositiveIntegerField(null=True, blank=True)
    row_count = models.PositiveBigIntegerField(null=True, blank=True)
    missing_count = models.PositiveIntegerField(
        null=True, blank=True, help_text="What missing.csv says is not in the archive."
    )

    class Meta:
        constraints = [*made_file_constraints("archive")]
        indexes = [made_file_index("archive")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Of the zip and of the folder in it."""
        return f"everything-{self.created_at:%Y-%m-%d}-{self.uid.hex[:8]}"
