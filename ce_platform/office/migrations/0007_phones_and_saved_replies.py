"""People are found by their telephone number; the office keeps replies that it writes often."""

import uuid

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0006_first_run"),
    ]

    operations = [
        migrations.AlterField(
            model_name="personterm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("word", "Word"),
                    ("email", "Email"),
                    ("license", "License"),
                    ("serial", "Serial"),
                    ("phone", "Phone"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("title"),
                        name="saved_reply_titled_once",
                    )
                ],
            },
        ),
    ]
