"""Jobs say how often they were taken up, and which bytes of a result are being kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_accounts_that_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="backgroundjob",
            name="start_count",
            field=models.PositiveIntegerField(
                db_default=0, help_text="How often a worker took it up: the newest one has it."
            ),
        ),
        migrations.AddField(
            model_name="backgroundjob",
            name="unfinished_sha256",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Of the result that is being kept: a crash must not leave it lying.",
                max_length=64,
            ),
        ),
    ]
