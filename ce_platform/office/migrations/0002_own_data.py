"""What a therapist fetched of their own."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0001_people"),
        ("core", "0006_accounts_that_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnData",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unfinished_sha256",
                    models.CharField(
                        blank=True,
                        help_text="Bytes that are being kept: a crash at that moment must not leave them lying.",
                        max_length=64,
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="Stays when the file is gone.", max_length=64
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("kept_until", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.backgroundjob",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "own data",
                "indexes": [
                    models.Index(
                        condition=models.Q(("file__isnull", False)),
                        fields=["kept_until"],
                        name="own_data_to_delete",
                    ),
                    models.Index(fields=["user", "-asked_at"], name="own_data_of_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("file__isnull", True),
                                ("kept_until__isnull", True),
                                ("made_at__isnull", True),
                                ("sha256", ""),
                            ),
                            models.Q(
                                ("kept_until__isnull", False),
                                ("made_at__isnull", False),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="own_data_made_has_facts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_at__isnull", True), ("made_at__isnull", True)),
                            models.Q(
                                ("deleted_at__isnull", True),
                                ("file__isnull", False),
                                ("made_at__isnull", False),
                            ),
                            models.Q(
                                ("deleted_at__isnull", False),
                                ("file__isnull", True),
                                ("made_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="own_data_there_or_deleted",
                    ),
                ],
            },
        ),
    ]
