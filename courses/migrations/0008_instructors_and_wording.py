"""What instructors held when a version was published; reasons for wording that stays."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ce_platform.core.triggers import refusals
from courses.refusals import INSTRUCTOR_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("courses", "0007_declined_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstructorSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_key", models.UUIDField(help_text="Of the author in this version.")),
                ("taken_at", models.DateTimeField()),
                (
                    "text",
                    models.TextField(help_text="See courses.domain.instructing; canonical JSON."),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "cv",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructor_snapshots",
                        to="courses.courseversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "author_key"), name="instructor_snapshot_once_per_author"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WordingDismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "pattern",
                    models.CharField(help_text="Id of courses.wording.patterns.", max_length=4),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("sentence", models.TextField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=254)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_by_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ("at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("course", "pattern", "fingerprint"),
                        name="one_reason_per_sentence_and_pattern",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True), ("withdrawn_by_id__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False), ("withdrawn_by_id__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="wording_dismissal_withdrawn_by_somebody",
                    ),
                ],
            },
        ),
        *refusals(*INSTRUCTOR_REFUSALS),
    ]
