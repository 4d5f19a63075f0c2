"""Attempts and grades may be purged when their time is over, of one person at a time."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from quizzes.refusals import BEFORE_PURGING, PURGE_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_records_past_their_time"),
        ("courses", "0017_records_past_their_time"),
        ("quizzes", "0007_answers_go_with_a_closed_account"),
    ]

    operations = [*lift(*BEFORE_PURGING), *refusals(*PURGE_REFUSALS)]
