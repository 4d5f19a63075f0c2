"""What a Word document said of a lesson when it was imported last."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0005_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="WordText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lesson_key", models.UUIDField()),
                ("file_name", models.CharField(max_length=200)),
                (
                    "title",
                    models.CharField(help_text="The heading in the document.", max_length=200),
                ),
                ("body", models.TextField(blank=True)),
                ("imported_at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="word_texts",
                        to="courses.courseversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "lesson_key"), name="word_text_once_per_lesson"
                    )
                ],
            },
        ),
    ]
