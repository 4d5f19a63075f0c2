"""What purging records after their time needs, and what remains of it."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.refusals import BEFORE_PURGING, PURGE_REFUSALS
from ce_platform.core.triggers import lift, refusals


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_job_starts"),
    ]

    operations = [
        migrations.CreateModel(
            name="PurgedNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="Keyed: see core/purged.py.", max_length=64, unique=True
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[("certificate", "Certificate"), ("transcript", "Transcript")],
                        max_length=12,
                    ),
                ),
                ("purged_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="RecordHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("user_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("set_at", models.DateTimeField()),
                ("set_by_id", models.BigIntegerField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by_id", models.BigIntegerField(blank=True, null=True)),
                ("lifted_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["user_id"], name="record_hold_of_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("user_id",),
                        name="record_hold_once_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="record_hold_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lifted_at__isnull", True),
                                ("lifted_by_id__isnull", True),
                                ("lifted_reason", ""),
                            ),
                            models.Q(
                                ("lifted_at__isnull", False),
                                ("lifted_by_id__isnull", False),
                                models.Q(("lifted_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="record_hold_lifted_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordPurge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("purged_at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("rule", models.CharField(max_length=200)),
                ("closed_on", models.DateField(help_text="When the account was closed.")),
                (
                    "kept_until",
                    models.DateField(help_text="The last day on which the records were owed."),
                ),
                ("record_count", models.PositiveIntegerField()),
                ("counts_json", models.TextField(help_text="[[kind, how many]], canonical JSON.")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="record_purge_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("record_count__gt", 0)),
                        name="record_purge_took_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurgeDoor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField(unique=True)),
                (
                    "never",
                    models.ForeignKey(
                        default=0,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.purgedoor",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk__gt", 0)), name="purge_door_is_not_its_own_ground"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("never", 0)), name="purge_door_is_never_committed"
                    ),
                ],
            },
        ),
        *lift(*BEFORE_PURGING),
        *refusals(*PURGE_REFUSALS),
    ]
