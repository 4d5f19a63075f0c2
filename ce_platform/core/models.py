"""What every app may use: provider, audit events, outgoing mail, stored files, background jobs.

And the audit packs: `pages`, which makes them, has no models of its own.
"""

import uuid
from datetime import datetime
from typing import Final

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from ce_platform.core.mail_kinds import kind_named
from ce_platform.core.policy_models import PolicyAcceptance as PolicyAcceptance
from ce_platform.core.policy_models import PolicyDocument as PolicyDocument
from ce_platform.core.purge_models import PurgedNumber as PurgedNumber
from ce_platform.core.purge_models import PurgeDoor as PurgeDoor
from ce_platform.core.purge_models import RecordHold as RecordHold
from ce_platform.core.purge_models import RecordPurge as RecordPurge


class Provider(models.Model):
    """The company that gives the courses. One row, `id` 1, for one installation."""

    name = models.CharField(max_length=200)
    address = models.TextField(blank=True, help_text="As printed on certificates.")
    city = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    logo = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="provider_is_one_row")]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """Who did what, when. Appended only; no foreign keys, so that a log never blocks a deletion."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="Empty: the platform itself.")
    actor_label = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=80, help_text="noun.verb, e.g. certificate.issued")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    detail = models.TextField(default="{}", help_text="Canonical JSON.")

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["actor_id", "id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_type} {self.subject_id}"


class AccountEnding(models.Model):
    """The end of an account: closed, or merged into another one of the same person.

    While such a row is open (`finished_at` empty), and only then, the database lets personal text
    of this person leave what is frozen, or lets their records move to the other account: the
    conditions stand in the `refusals.py` of each app. The row itself stays. No foreign keys, like
    the log. See decisions 0041 and 0042.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user_id = models.BigIntegerField(unique=True, help_text="Whose account ended; it ends once.")
    into_id = models.BigIntegerField(
        null=True, blank=True, db_index=True, help_text="Empty: closed, not merged."
    )
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=254, blank=True, help_text="Empty: the person.")
    reason = models.CharField(max_length=300, blank=True)
    looked_for_json = models.TextField(
        default="[]", help_text="Names and addresses the search looks for; gone when finished."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(into_id__isnull=True) | ~Q(into_id=models.F("user_id")),
                name="account_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(looked_for_json="[]"),
                name="account_ending_finished_forgets",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(finished_at__isnull=True), name="account_ending_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {'merged' if self.into_id else 'closed'}"


class StoredFile(models.Model):
    """Bytes by their SHA-256. The same bytes in the same area are kept once."""

    class Area(models.TextChoices):
        PRIVATE = "private"
        COURSE_MEDIA = "course-media"

    area = models.CharField(max_length=20, choices=Area.choices)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "sha256"], name="stored_file_once_per_area"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.content_type}, {self.size_bytes} bytes)"

    @property
    def storage(self) -> Storage:
        return storages["default" if self.area == self.Area.PRIVATE else "course_media"]

    @property
    def path(self) -> str:
        """Where the bytes stand inside the storage."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"

    def read(self) -> bytes:
        with self.storage.open(self.path) as file:
            return bytes(file.read())


class OutgoingMail(models.Model):
    """A message to one person, written in the transaction of its cause, sent by the worker."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        HELD = "held"
        """Not essential, and mail to this address comes back: it waits for a better one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cause = models.CharField(
        max_length=120,
        unique=True,
        null=True,
        help_text="Set when the message must exist once, e.g. certificate-issued:SERIAL.",
    )
    kind = models.CharField(max_length=60, blank=True, help_text="See core/mail_kinds.py.")
    to_email = models.EmailField()
    to_user_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    is_secret = models.BooleanField(
        default=False, help_text="Carries a sign-in code: the body is blanked after sending."
    )
    attachments = models.ManyToManyField(StoredFile, through="MailAttachment")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(status="sent", sent_at__isnull=False)
                    | (~Q(status="sent") & Q(sent_at__isnull=True))
                ),
                name="mail_sent_has_time",
            ),
            # Only what left can come back; what the server refused at once counts as that too.
            models.CheckConstraint(
                condition=(
                    Q(bounced_at__isnull=True, bounce_reason="")
                    | (
                        Q(bounced_at__isnull=False, status__in=["sent", "failed"])
                        & ~Q(bounce_reason="")
                    )
                ),
                name="mail_bounced_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status="queued"), name="mail_waiting"),
            models.Index(fields=["to_email"], condition=Q(status="held"), name="mail_held"),
            models.Index(fields=["kind", "id"], name="mail_by_kind"),
            models.Index(fields=["to_user_id", "id"], name="mail_by_person"),
            models.Index(fields=["id"], condition=Q(bounced_at__isnull=False), name="mail_bounced"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_email}"

    @property
    def state(self) -> str:
        """Its status, or that it came back."""
        return "bounced" if self.bounced_at is not None else self.status

    @property
    def has_address(self) -> bool:
        """Not once the account is closed: what stands in its place is no address."""
        return not self.to_email.endswith("@invalid")

    @property
    def kind_words(self) -> str:
        kind = kind_named(self.kind)
        return kind.name if kind else ""


class MailPreference(models.Model):
    """A kind of mail that a person does not want. No row: it is written."""

    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=60, help_text="See core/mail_kinds.py.")
    switched_off_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind"], name="mail_switched_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: no {self.kind}"


class BouncedAddress(models.Model):
    """Mail to this address came back. The row goes when the address is mended."""

    email = models.EmailField(unique=True, help_text="In small letters.")
    user_id = models.BigIntegerField(null=True, db_index=True)
    reason = models.CharField(max_length=300)
    bounced_at = models.DateTimeField()
    noted_by_id = models.BigIntegerField(null=True, help_text="Empty: the mail server said so.")

    class Meta:
        verbose_name_plural = "bounced addresses"

    def __str__(self) -> str:
        return self.email


class MailAttachment(models.Model):
    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.file_name


class BackgroundJob(models.Model):
    """Long work that a person waits for, with progress. The row is the truth; a task wakes it."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    parameters = models.TextField(default="{}", help_text="Canonical JSON.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True)
    result_file = models.ForeignKey(
        StoredFile, null=True, on_delete=models.PROTECT, related_name="+"
    )
    result_name = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    lease_until = models.DateTimeField(
        null=True, help_text="While it runs: after this the sweep takes it as abandoned."
    )
    start_count = models.PositiveIntegerField(
        db_default=0, help_text="How often a worker took it up: the newest one has it."
    )
    unfinished_sha256 = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="Of the result that is being kept: a crash must not leave it lying.",
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=["queued", "running"]),
                name="job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    def is_abandoned(self, now: datetime) -> bool:
        return (
            self.status == self.Status.RUNNING
            and self.lease_until is not None
            and self.lease_until < now
        )


UNFINISHED: Final = (BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING)


class MadeFile(models.Model):
    """What a background job made for a person to download: see keeping.py.

    The file is deleted after some time; the row stays and says what was in whose hands.
    """

    unfinished_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Bytes that are being kept: a crash at that moment must not leave them lying.",
    )
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="Stays when the file is gone.")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def made_file_constraints(name: str) -> list[models.CheckConstraint]:
    """Of a table of `MadeFile`s."""
    return [
        models.CheckConstraint(
            condition=(
                Q(made_at__isnull=True, file__isnull=True, kept_until__isnull=True, sha256="")
                | (Q(made_at__isnull=False, kept_until__isnull=False) & ~Q(sha256=""))
            ),
            name=f"{name}_made_has_facts",
        ),
        # What was made is either there or deleted.
        models.CheckConstraint(
            condition=(
                Q(made_at__isnull=True, deleted_at__isnull=True)
                | Q(made_at__isnull=False, file__isnull=False, deleted_at__isnull=True)
                | Q(made_at__isnull=False, file__isnull=True, deleted_at__isnull=False)
            ),
            name=f"{name}_there_or_deleted",
        ),
    ]


def made_file_index(name: str) -> models.Index:
    """Finds what is to be deleted."""
    return models.Index(
        fields=["kept_until"], condition=Q(file__isnull=False), name=f"{name}_to_delete"
    )


class AuditPack(MadeFile):
    """Records put together in one zip for a licensing body's audit.

    The file is deleted after some weeks; this row stays and says what was in whose hands.
    """

    class Way(models.TextChoices):
        LEARNER = "learner", "One learner"
        COURSE = "course", "One course"
        BODY = "body", "One licensing body"
        LICENSES = "licenses", "A list of license numbers"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    way = models.CharField(max_length=10, choices=Way.choices)
    title = models.CharField(max_length=200)
    parameters = models.TextField(
        help_text="Whose records, canonical JSON: see pages/audit_pack/scope.py."
    )
    first_on = models.DateField(null=True, blank=True, help_text="Completed on this day or later.")
    last_on = models.DateField(null=True, blank=True, help_text="Completed on this day or earlier.")
    reference = models.CharField(max_length=120, blank=True, help_text="The body's case number.")
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    job = models.OneToOneField(
        BackgroundJob,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="audit_pack",
        help_text="Empty: looked at and not asked for yet.",
    )
    certificate_count = models.PositiveIntegerField(null=True, blank=True)
    missing_count = models.PositiveIntegerField(
        null=True, blank=True, help_text="What the index says is not in the pack."
    )

    class Meta:
        constraints = [
            *made_file_constraints("audit_pack"),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True)
                | Q(last_on__isnull=True)
                | Q(last_on__gte=models.F("first_on")),
                name="audit_pack_period_in_order",
            ),
        ]
        indexes = [made_file_index("audit_pack")]

    def __str__(self) -> str:
        return self.title
