"""Lists of people that the office brings: what every such list and each of its lines have."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q

from ce_platform.core.models import BackgroundJob

PENDING: Final = "pending"
FAILED: Final = "failed"
LONGEST_LINE_NOTE: Final = 300


class KeptList(models.Model):
    """A list as it was brought and checked. Without a job it is looked at, not begun: see
    kept_lists.py. Its lines name it and are its `lines`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line_count = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    job = models.OneToOneField(
        BackgroundJob, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class KeptLine(models.Model):
    """One person of a list, and what became of them."""

    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField(help_text="Where it stands in the list that was given.")
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    outcome = models.CharField(max_length=10, default=PENDING)
    """Each list has choices of its own; `PENDING` and `FAILED` are among those of every list."""
    note = models.CharField(max_length=LONGEST_LINE_NOTE, blank=True)
    is_new_account = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.row}: {self.email}"


def done_has_time(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(outcome=PENDING, done_at__isnull=True)
        | (~Q(outcome=PENDING) & Q(done_at__isnull=False)),
        name=name,
    )
