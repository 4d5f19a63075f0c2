"""Consent to reports: a row for each answer, never rewritten."""

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import refusals
from ce_platform.licensing.refusals import CONSENT_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0003_written_and_proposed_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("given", "Given"), ("refused", "Not given")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by_id",
                    models.BigIntegerField(help_text="Empty: the platform asked.", null=True),
                ),
                (
                    "license",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_consents",
                        to="licensing.license",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        *refusals(*CONSENT_REFUSALS),
    ]
