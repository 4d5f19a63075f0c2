"""Sessions of live courses and who attended them, with what the database refuses."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ce_platform.core.triggers import refusals
from courses.refusals import LIVE_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0010_find_open_enrollments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("edition", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "zone",
                    models.CharField(
                        help_text="Where it is held: it gives the date.", max_length=64
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        help_text="From the first to the last minute that counts: with the ten minutes of break in each hour, without meals and nights."
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        help_text="Address of a class; “Online” for a webinar. Printed.",
                        max_length=200,
                    ),
                ),
                (
                    "instructors",
                    models.TextField(
                        blank=True,
                        help_text="One a line: name, credentials. Empty: the authors of the course.",
                    ),
                ),
                (
                    "has_paper_evaluations",
                    models.BooleanField(
                        default=False,
                        help_text="The evaluation was collected at the session: nobody is asked again.",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("held", "Held"),
                            ("cancelled", "Canceled"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="courses.course",
                    ),
                ),
            ],
            options={
                "ordering": ("starts_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(help_text="How long the person was there."),
                ),
                (
                    "is_whole",
                    models.BooleanField(help_text="Attended all of it. Only that is credited."),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("recorded_by_label", models.CharField(max_length=254)),
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendance",
                        to="courses.enrollment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="courses.livesession",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="livesession",
            index=models.Index(
                fields=["course", "edition", "starts_at"], name="session_of_edition"
            ),
        ),
        migrations.AddConstraint(
            model_name="livesession",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="session_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="livesession",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gt", 0)), name="session_has_minutes"
            ),
        ),
        migrations.AddConstraint(
            model_name="livesession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), _negated=True), models.Q(("zone", ""), _negated=True)
                ),
                name="session_has_place_and_zone",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("session", "user"), name="attendance_once_per_session_and_person"
            ),
        ),
        *refusals(*LIVE_REFUSALS),
    ]
