"""How accounts end; and that what the log says of a closed account may leave it."""

import uuid

from django.db import migrations, models

from ce_platform.core.refusals import BEFORE_ENDINGS, OF_ENDINGS, OF_LOG
from ce_platform.core.triggers import lift, refusals


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountEnding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "user_id",
                    models.BigIntegerField(
                        help_text="Whose account ended; it ends once.", unique=True
                    ),
                ),
                (
                    "into_id",
                    models.BigIntegerField(
                        blank=True, db_index=True, help_text="Empty: closed, not merged.", null=True
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("by_id", models.BigIntegerField()),
                (
                    "by_label",
                    models.CharField(blank=True, help_text="Empty: the person.", max_length=254),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "looked_for_json",
                    models.TextField(
                        default="[]",
                        help_text="Names and addresses the search looks for; gone when finished.",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor_id", "id"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="accountending",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["id"],
                name="account_ending_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("into_id__isnull", True),
                    models.Q(("into_id", models.F("user_id")), _negated=True),
                    _connector="OR",
                ),
                name="account_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at__isnull", True), ("looked_for_json", "[]"), _connector="OR"
                ),
                name="account_ending_finished_forgets",
            ),
        ),
        *lift(*BEFORE_ENDINGS),
        *refusals(*OF_LOG, *OF_ENDINGS),
    ]
