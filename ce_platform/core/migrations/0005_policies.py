"""Policies in dated versions that freeze when published, and who accepted which."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.refusals import POLICY_REFUSALS
from ce_platform.core.triggers import refusals


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_mail_kinds_and_bounces"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registration", "Registration policy"),
                            ("cancellation", "Cancellation policy"),
                            ("refund", "Refund policy"),
                            ("privacy", "Privacy policy"),
                            ("complaint", "Complaint procedure"),
                            ("accessibility", "Accessibility policy"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(help_text="1, 2, 3 … of its kind.")),
                ("text", models.TextField(help_text="Markdown, as lessons have it.")),
                (
                    "changes",
                    models.CharField(
                        blank=True,
                        help_text="What is new in this version, for the history.",
                        max_length=300,
                    ),
                ),
                ("effective_on", models.DateField(blank=True, null=True)),
                (
                    "text_sha256",
                    models.CharField(blank=True, help_text="Of the published text.", max_length=64),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="policy_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("kind",),
                        name="policy_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("effective_on__isnull", True),
                                ("published_at__isnull", True),
                                ("text_sha256", ""),
                            ),
                            models.Q(
                                ("effective_on__isnull", False),
                                ("published_at__isnull", False),
                                models.Q(("text_sha256", ""), _negated=True),
                                models.Q(("text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policy_published_has_facts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="policy_version_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("accepted_at", models.DateTimeField()),
                (
                    "where",
                    models.CharField(
                        choices=[
                            ("sign-up", "when the account was made"),
                            ("enrolling", "when enrolling"),
                            ("notice", "when told of a new version"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="core.policydocument",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "policy"), name="policy_accepted_once"
                    )
                ],
            },
        ),
        *refusals(*POLICY_REFUSALS),
    ]
