"""Pairs of questions that say nearly the same and are meant to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0009_texts_aside_and_replaced_recordings"),
        ("quizzes", "0004_count_what_was_graded_before"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lower_key",
                    models.UUIDField(help_text="Of the two questions, the one that sorts first."),
                ),
                ("upper_key", models.UUIDField()),
                ("kept_at", models.DateTimeField()),
                ("kept_by_id", models.BigIntegerField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "lower_key", "upper_key"),
                        name="pair_kept_once_per_course",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lower_key__lt", models.F("upper_key"))),
                        name="kept_pair_in_order",
                    ),
                ],
            },
        ),
    ]
