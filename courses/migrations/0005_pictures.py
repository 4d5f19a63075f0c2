"""Pictures of a draft that were removed or replaced, so that Undo brings them back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("courses", "0004_frozen_recordings"),
    ]

    operations = [
        migrations.CreateModel(
            name="FigureStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("removed", "Removed"), ("replaced", "Replaced")], max_length=10
                    ),
                ),
                ("figure_key", models.UUIDField()),
                ("slug", models.SlugField(max_length=80)),
                (
                    "before_json",
                    models.TextField(
                        help_text="The figure before, without its file; canonical JSON."
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figure_steps",
                        to="courses.courseversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "number"), name="figure_step_number_once"
                    )
                ],
            },
        ),
    ]
