"""Licenses of instructors as rows, with what the office found in the register."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_license_lines_into_cv"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="instructorprofile",
            name="licenses",
        ),
        migrations.CreateModel(
            name="InstructorLicense",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("body_code", models.CharField(help_text="E.g. US-TX.", max_length=20)),
                ("state", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("massage-therapist", "Massage therapist"),
                            ("massage-instructor", "Massage therapy instructor"),
                            ("other", "Another license"),
                        ],
                        default="massage-therapist",
                        max_length=20,
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("valid_until", models.DateField(help_text="The last day on which it holds.")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("checked_by_id", models.BigIntegerField(blank=True, null=True)),
                ("checked_by_name", models.CharField(blank=True, max_length=254)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licenses",
                        to="accounts.instructorprofile",
                    ),
                ),
            ],
            options={
                "ordering": ("state", "kind", "number", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("profile", "body_code", "number"),
                        name="instructor_license_once_per_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_at__isnull", True),
                                ("checked_by_id__isnull", True),
                                ("checked_by_name", ""),
                            ),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by_id__isnull", False),
                                models.Q(("checked_by_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="instructor_license_checked_by_somebody",
                    ),
                ],
            },
        ),
    ]
