"""Reports to bodies: lines, batches, events, and what the office decided for each body."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import refusals
from certificates.refusals import REPORT_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_frozen_records"),
        ("core", "0002_append_only"),
        ("courses", "0009_texts_aside_and_replaced_recordings"),
        ("licensing", "0004_report_consent"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("ce-broker", "CE Broker spreadsheet"),
                            ("roster", "Roster as CSV"),
                            ("nothing", "Nothing is reported"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField()),
                ("made_by_label", models.CharField(blank=True, max_length=254)),
                ("line_count", models.PositiveIntegerField()),
                ("file_name", models.CharField(max_length=120)),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        help_text="Made once from the rows, right after they were claimed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportCourseNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.PositiveSmallIntegerField()),
                ("number", models.CharField(max_length=60)),
                (
                    "is_own",
                    models.BooleanField(
                        default=False,
                        help_text="Our own course id instead of the channel's number.",
                    ),
                ),
                ("publishing_number", models.CharField(blank=True, max_length=60)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.licensingbody",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
            ],
            options={
                "ordering": ("course", "-edition"),
            },
        ),
        migrations.CreateModel(
            name="ReportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "license_key",
                    models.CharField(
                        help_text="The license's uid; where it is gone, its number. Never changes.",
                        max_length=64,
                    ),
                ),
                ("license_number", models.CharField(max_length=60)),
                (
                    "license_folded",
                    models.CharField(
                        help_text="Letters and digits only: for finding the same number again.",
                        max_length=60,
                    ),
                ),
                ("state", models.CharField(help_text="FL", max_length=20)),
                (
                    "completed_on",
                    models.DateField(help_text="The learner's local date, as printed."),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("ce-broker", "CE Broker spreadsheet"),
                            ("roster", "Roster as CSV"),
                            ("nothing", "Nothing is reported"),
                        ],
                        max_length=20,
                    ),
                ),
                ("needs_consent", models.BooleanField(default=False)),
                (
                    "due_on",
                    models.DateField(
                        blank=True, help_text="Empty: no deadline is known.", null=True
                    ),
                ),
                (
                    "deadline_days",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Of the rule in force at completion.", null=True
                    ),
                ),
                ("license_ends_on", models.DateField(blank=True, null=True)),
                ("is_renewing_soon", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "To be reported"),
                            ("exported", "Sent, no answer yet"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("not-needed", "Not reported"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "course_number",
                    models.CharField(blank=True, help_text="As it left.", max_length=60),
                ),
                ("exported_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="current_lines",
                        to="certificates.reportbatch",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_lines",
                        to="licensing.licensingbody",
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        help_text="The one reported from.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.certificate",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "license",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_lines",
                        to="licensing.license",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        help_text="The first certificate of the enrollment, whatever replaced it since.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_lines",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by_id",
                    models.BigIntegerField(help_text="Empty: the platform itself.", null=True),
                ),
                ("by_label", models.CharField(blank=True, max_length=254)),
                ("from_status", models.CharField(blank=True, max_length=12)),
                ("to_status", models.CharField(max_length=12)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "facts_json",
                    models.TextField(default="{}", help_text="What was recorded, canonical JSON."),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="certificates.reportline",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ReportBatchLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("row_json", models.TextField(help_text="A ReportRow, canonical JSON.")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="certificates.reportbatch",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_lines",
                        to="certificates.reportline",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="BodyChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("ce-broker", "CE Broker spreadsheet"),
                            ("roster", "Roster as CSV"),
                            ("nothing", "Nothing is reported"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "provider_number",
                    models.CharField(
                        blank=True, help_text="Ours in the channel, e.g. 50-12345.", max_length=60
                    ),
                ),
                ("provider_valid_from", models.DateField(blank=True, null=True)),
                ("provider_valid_to", models.DateField(blank=True, null=True)),
                (
                    "profession_code",
                    models.CharField(
                        blank=True,
                        help_text="As the channel calls the profession; typed in.",
                        max_length=20,
                    ),
                ),
                ("needs_consent", models.BooleanField(default=False)),
                (
                    "body",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_channel",
                        to="licensing.licensingbody",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("provider_valid_to__isnull", True),
                            ("provider_valid_from__isnull", True),
                            ("provider_valid_to__gte", models.F("provider_valid_from")),
                            _connector="OR",
                        ),
                        name="report_provider_period_in_order",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="reportbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_count__gt", 0)), name="report_batch_has_lines"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcoursenumber",
            constraint=models.UniqueConstraint(
                fields=("body", "course", "edition"), name="report_course_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="reportline",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["due_on", "id"],
                name="report_line_due",
            ),
        ),
        migrations.AddIndex(
            model_name="reportline",
            index=models.Index(fields=["body", "license_folded"], name="report_line_by_license"),
        ),
        migrations.AddIndex(
            model_name="reportline",
            index=models.Index(fields=["status", "id"], name="report_line_by_status"),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.UniqueConstraint(
                fields=("root", "body", "license_key"), name="report_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("batch__isnull", True),
                        ("exported_at__isnull", True),
                        ("status__in", ["pending", "not-needed"]),
                    ),
                    models.Q(
                        ("batch__isnull", False),
                        ("exported_at__isnull", False),
                        ("status__in", ["exported", "accepted", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="report_line_left_with_its_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["rejected", "not-needed"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="report_line_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportline",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", "nothing"), _negated=True),
                name="report_line_has_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportbatchline",
            constraint=models.UniqueConstraint(
                fields=("batch", "line"), name="report_line_once_per_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportbatchline",
            constraint=models.UniqueConstraint(
                fields=("batch", "position"), name="report_position_once"
            ),
        ),
        *refusals(*REPORT_REFUSALS),
    ]
