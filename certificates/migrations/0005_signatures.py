"""Documents are signed: by which certificate, and what is on its way into the store."""

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import lift, refusals
from certificates.refusals import REFUSALS, SIGNING_REFUSALS

# Their trigger knows the columns of the day it was made.
_OF_DOCUMENTS = tuple(
    each
    for each in REFUSALS
    if "certificates_certificatedocument" in (each.table, *each.when.split())
)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_find_lines_by_body_and_number")]

    operations = [
        *lift(*_OF_DOCUMENTS),
        migrations.CreateModel(
            name="SigningCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(help_text="SHA-256.", max_length=64, unique=True),
                ),
                ("pem", models.TextField()),
                ("first_used_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="certificatedocument",
            name="signer",
            field=models.ForeignKey(
                help_text="Empty: made before documents were signed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certificates.signingcertificate",
            ),
        ),
        migrations.CreateModel(
            name="UnfinishedDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.certificate",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="unfinished_document_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("certificate", "sha256"), name="unfinished_document_once"
                    )
                ],
            },
        ),
        *refusals(*_OF_DOCUMENTS, *SIGNING_REFUSALS),
    ]
