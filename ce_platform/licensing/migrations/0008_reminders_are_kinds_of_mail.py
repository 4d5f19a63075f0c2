"""What people switched off of the reminders is kept with all other mail (core.MailPreference)."""

from typing import Any

from django.db import migrations


def to_preferences(apps: Any, schema_editor: Any) -> None:
    preference = apps.get_model("core", "MailPreference")
    rows = apps.get_model("licensing", "ReminderSwitchedOff").objects.order_by("pk")
    preference.objects.bulk_create(
        [
            preference(
                user_id=row.user_id,
                kind=f"license_ends_{row.days}",
                switched_off_at=row.switched_at,
            )
            for row in rows.iterator()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def to_reminders(apps: Any, schema_editor: Any) -> None:
    reminder = apps.get_model("licensing", "ReminderSwitchedOff")
    rows = apps.get_model("core", "MailPreference").objects.filter(kind__startswith="license_ends_")
    reminder.objects.bulk_create(
        [
            reminder(
                user_id=row.user_id,
                days=int(row.kind.rpartition("_")[2]),
                switched_at=row.switched_off_at,
            )
            for row in rows.order_by("pk").iterator()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    rows.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_mail_kinds_and_bounces"),
        ("licensing", "0007_license_format"),
    ]

    operations = [
        migrations.RunPython(to_preferences, to_reminders),
        migrations.DeleteModel(name="ReminderSwitchedOff"),
    ]
