"""Certificates for a group: the lists of the office and what became of each line."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0008_chosen_designs"),
        ("core", "0003_audit_packs"),
        ("courses", "0011_live_sessions"),
        ("licensing", "0007_license_format"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupIssue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("line_count", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField()),
                ("created_by_label", models.CharField(max_length=254)),
                (
                    "job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.backgroundjob",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.livesession",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.courseversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GroupIssueLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "row",
                    models.PositiveIntegerField(
                        help_text="Where it stands in the list that was given."
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("email", models.CharField(max_length=254)),
                ("license_number", models.CharField(blank=True, max_length=60)),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="Empty: all of it.", null=True
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Not yet"),
                            ("issued", "Certificate issued"),
                            ("waiting", "Something is still open"),
                            ("short", "Left early"),
                            ("failed", "Not done"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("is_new_account", models.BooleanField(default=False)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.licensingbody",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.enrollment",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="certificates.groupissue",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "position"), name="group_line_once_per_position"
                    ),
                    models.UniqueConstraint(
                        fields=("issue", "email"), name="group_line_once_per_email"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("outcome", "pending")),
                            models.Q(
                                models.Q(("outcome", "pending"), _negated=True),
                                ("done_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="group_line_done_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome__in", ["issued", "waiting", "short"]), _negated=True
                            ),
                            ("enrollment__isnull", False),
                            _connector="OR",
                        ),
                        name="group_line_done_has_enrollment",
                    ),
                ],
            },
        ),
    ]
