"""Every different text that was set aside is kept, and not only a person's latest of a lesson.
An upload names the recording it is to replace by its key, which outlives the row."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

from ce_platform.core.text import canonical_json, sha256_text


def fill_fingerprints(apps: Any, schema_editor: Any) -> None:
    set_aside = apps.get_model("courses", "SetAside")
    for row in set_aside.objects.iterator():
        row.sha256 = sha256_text(canonical_json([row.title, row.body]))
        row.save(update_fields=["sha256"])


def settle_all_but_the_newest(apps: Any, schema_editor: Any) -> None:
    """The way back: there was room for one of each person and lesson."""
    set_aside = apps.get_model("courses", "SetAside")
    seen = set()
    for row in set_aside.objects.filter(settled_at__isnull=True).order_by("-at", "-pk"):
        place = (row.version_id, row.lesson_key, row.by_id)
        if place in seen:
            row.settled_at = timezone.now()
            row.save(update_fields=["settled_at"])
        seen.add(place)


def fill_keys(apps: Any, schema_editor: Any) -> None:
    upload = apps.get_model("courses", "Upload")
    for row in upload.objects.exclude(recording=None).select_related("recording"):
        row.replaces_key = row.recording.key
        row.save(update_fields=["replaces_key"])


def find_recordings(apps: Any, schema_editor: Any) -> None:
    """The way back: the recording of that key in the newest version that has it."""
    upload = apps.get_model("courses", "Upload")
    recording = apps.get_model("courses", "Recording")
    for row in upload.objects.exclude(replaces_key=None):
        row.recording = (
            recording.objects.filter(version__course=row.course_id, key=row.replaces_key)
            .order_by("-version__edition", "-version__revision")
            .first()
        )
        row.save(update_fields=["recording"])


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0008_instructors_and_wording"),
    ]

    operations = [
        migrations.AddField(
            model_name="setaside",
            name="sha256",
            field=models.CharField(default="", help_text="Of title and text.", max_length=64),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(
            model_name="setaside", name="one_text_aside_per_person_and_lesson"
        ),
        migrations.RunPython(fill_fingerprints, settle_all_but_the_newest),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.UniqueConstraint(
                condition=Q(("settled_at__isnull", True)),
                fields=("version", "lesson_key", "by", "sha256"),
                name="text_aside_once_per_person_and_lesson",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="replaces_key",
            field=models.UUIDField(
                blank=True,
                help_text="Of the recording whose place it is to take.",
                null=True,
            ),
        ),
        migrations.RunPython(fill_keys, find_recordings),
        migrations.RemoveField(model_name="upload", name="recording"),
    ]
