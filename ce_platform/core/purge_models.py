"""What purging records after their time needs, and what remains of it. See decision 0048.

`core/models.py` hands these on; apart from it for its length only.
"""

import uuid

from django.db import models
from django.db.models import Q


class RecordPurge(models.Model):
    """All that remains of a purged person: when, by whom, under which rule, how many records.

    Written once, never changed or deleted. No name, no id, no number of anything.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purged_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    rule = models.CharField(max_length=200)
    closed_on = models.DateField(help_text="When the account was closed.")
    kept_until = models.DateField(help_text="The last day on which the records were owed.")
    record_count = models.PositiveIntegerField()
    counts_json = models.TextField(help_text="[[kind, how many]], canonical JSON.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="record_purge_has_reason"),
            models.CheckConstraint(
                condition=Q(record_count__gt=0), name="record_purge_took_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purged_at:%Y-%m-%d}: {self.record_count} records"


class PurgeDoor(models.Model):
    """While such a row is there, the database lets records of this account be deleted.

    It cannot be committed: `never` points to a row that is never there, and both databases look
    at that at the end of the transaction. So the door is gone before anybody else could see it.
    Its own trigger looks whether the time of the account is past (certificates/refusals.py).
    """

    user_id = models.BigIntegerField(unique=True)
    never = models.ForeignKey("self", on_delete=models.DO_NOTHING, default=0, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk__gt=0), name="purge_door_is_not_its_own_ground"),
            models.CheckConstraint(condition=Q(never=0), name="purge_door_is_never_committed"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class PurgedNumber(models.Model):
    """That there was a document with a number that somebody asks for; nothing of what it said."""

    class Of(models.TextChoices):
        CERTIFICATE = "certificate"
        TRANSCRIPT = "transcript"

    digest = models.CharField(max_length=64, unique=True, help_text="Keyed: see core/purged.py.")
    of = models.CharField(max_length=12, choices=Of.choices)
    purged_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.of}, {self.purged_on}"


class RecordHold(models.Model):
    """The office keeps the records of a closed account for longer: an audit, a dispute."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by_id = models.BigIntegerField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by_id = models.BigIntegerField(null=True, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"],
                condition=Q(lifted_at__isnull=True),
                name="record_hold_once_per_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="record_hold_has_reason"),
            models.CheckConstraint(
                condition=(
                    Q(lifted_at__isnull=True, lifted_by_id__isnull=True, lifted_reason="")
                    | (
                        Q(lifted_at__isnull=False, lifted_by_id__isnull=False)
                        & ~Q(lifted_reason="")
                    )
                ),
                name="record_hold_lifted_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["user_id"], name="record_hold_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason}"
