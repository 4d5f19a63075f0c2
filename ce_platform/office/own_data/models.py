"""What a therapist fetched of their own."""

import uuid

from django.db import models

from ce_platform.core.models import (
    BackgroundJob,
    MadeFile,
    made_file_constraints,
    made_file_index,
)


class OwnData(MadeFile):
    """Everything that is kept of a person, in one zip that they asked for."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    job = models.OneToOneField(BackgroundJob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "own data"
        constraints = [*made_file_constraints("own_data")]
        indexes = [
            made_file_index("own_data"),
            models.Index(fields=["user", "-asked_at"], name="own_data_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.asked_at:%Y-%m-%d}"

    @property
    def name(self) -> str:
        """Of the file, without its ending; also of the folder in the zip."""
        return f"my-data-{self.asked_at:%Y-%m-%d}-{self.uid.hex[:8]}"

    @property
    def file_name(self) -> str:
        return f"{self.name}.zip"
