"""Answers about reporting may be purged when their time is over, of one person at a time."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from ce_platform.licensing.refusals import BEFORE_PURGING, PURGE_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_records_past_their_time"),
        ("licensing", "0008_reminders_are_kinds_of_mail"),
    ]

    operations = [*lift(*BEFORE_PURGING), *refusals(*PURGE_REFUSALS)]
