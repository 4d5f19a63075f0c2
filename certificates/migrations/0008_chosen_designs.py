"""Which design is in use, and who wrote it. Both stay as written."""

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import lift, refusals
from certificates.refusals import CHOICE_REFUSALS, DESIGN_REFUSALS


class Migration(migrations.Migration):
    dependencies = [("certificates", "0007_transcripts_and_shared_pages")]

    operations = [
        *lift(*DESIGN_REFUSALS),
        migrations.AddField(
            model_name="certificatedesign",
            name="created_by_id",
            field=models.BigIntegerField(
                blank=True, help_text="Empty: written when it was first used.", null=True
            ),
        ),
        migrations.CreateModel(
            name="DesignChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                ("chosen_by_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "design",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choices",
                        to="certificates.certificatedesign",
                    ),
                ),
            ],
        ),
        *refusals(*DESIGN_REFUSALS, *CHOICE_REFUSALS),
    ]
