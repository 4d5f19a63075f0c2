"""Transcripts with the triggers that keep them, and pages that holders share by a link."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ce_platform.core.codes
from ce_platform.core.triggers import refusals
from certificates.refusals import TRANSCRIPT_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0006_corrections_asked_by_holders"),
        ("core", "0003_audit_packs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SharedPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=ce_platform.core.codes.new_code,
                        help_text="See core.codes.",
                        max_length=17,
                        unique=True,
                    ),
                ),
                ("has_licenses", models.BooleanField(default=False)),
                ("has_email", models.BooleanField(default=False)),
                ("switched_on_at", models.DateTimeField()),
                ("switched_off_at", models.DateTimeField(blank=True, null=True)),
                (
                    "certificate",
                    models.ForeignKey(
                        blank=True,
                        help_text="The one certificate of this page; empty: the page of the person.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shared_pages",
                        to="certificates.certificate",
                    ),
                ),
                (
                    "shown",
                    models.ManyToManyField(
                        help_text="What the page of a person shows.",
                        related_name="+",
                        through="certificates.SharedCertificate",
                        to="certificates.certificate",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shared_pages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="sharedcertificate",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chosen",
                to="certificates.sharedpage",
            ),
        ),
        migrations.CreateModel(
            name="Transcript",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "code",
                    models.CharField(
                        default=ce_platform.core.codes.new_code,
                        help_text="See core.codes.",
                        max_length=17,
                        unique=True,
                    ),
                ),
                (
                    "first_on",
                    models.DateField(
                        blank=True, help_text="Completed on this day or later.", null=True
                    ),
                ),
                (
                    "last_on",
                    models.DateField(
                        blank=True, help_text="Completed on this day or earlier.", null=True
                    ),
                ),
                (
                    "choice_json",
                    models.TextField(help_text="What was asked for: see transcript/periods.py."),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_by_label", models.CharField(max_length=254)),
                ("record_json", models.TextField(help_text="Everything printed, canonical JSON.")),
                ("sha256", models.CharField(help_text="Of everything printed.", max_length=64)),
                (
                    "unfinished_sha256",
                    models.CharField(
                        blank=True,
                        help_text="Bytes that are being kept: a crash at that moment must not leave them lying.",
                        max_length=64,
                    ),
                ),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField(blank=True, null=True)),
                ("page_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "signer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.signingcertificate",
                    ),
                ),
                ("made_at", models.DateTimeField(blank=True, null=True)),
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
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.backgroundjob",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transcripts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="sharedpage",
            index=models.Index(fields=["user", "-switched_on_at"], name="shared_page_of_person"),
        ),
        migrations.AddConstraint(
            model_name="sharedpage",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("certificate__isnull", True), ("switched_off_at__isnull", True)
                ),
                fields=("user",),
                name="one_shared_page_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedpage",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("certificate__isnull", False), ("switched_off_at__isnull", True)
                ),
                fields=("certificate",),
                name="one_shared_page_per_certificate",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedcertificate",
            constraint=models.UniqueConstraint(
                fields=("page", "certificate"), name="shared_certificate_once_per_page"
            ),
        ),
        migrations.AddIndex(
            model_name="transcript",
            index=models.Index(fields=["user", "-asked_at"], name="transcript_of_person"),
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("file__isnull", True),
                        ("file_sha256", ""),
                        ("made_at__isnull", True),
                        ("page_count__isnull", True),
                        ("size_bytes__isnull", True),
                    ),
                    models.Q(
                        ("file__isnull", False),
                        ("made_at__isnull", False),
                        ("page_count__isnull", False),
                        ("size_bytes__isnull", False),
                        models.Q(("file_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="transcript_made_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_on__isnull", True),
                    ("last_on__isnull", True),
                    ("last_on__gte", models.F("first_on")),
                    _connector="OR",
                ),
                name="transcript_period_in_order",
            ),
        ),
        *refusals(*TRANSCRIPT_REFUSALS),
    ]
