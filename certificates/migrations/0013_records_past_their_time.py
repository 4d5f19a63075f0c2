"""Certificates may be purged when their time is over; and when a purge may begin at all."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from certificates.refusals import BEFORE_PURGING, PURGE_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_phone_number"),
        ("certificates", "0012_accounts_that_end"),
        ("core", "0008_records_past_their_time"),
        ("courses", "0017_records_past_their_time"),
        ("licensing", "0009_records_past_their_time"),
        ("quizzes", "0008_records_past_their_time"),
    ]

    operations = [*lift(*BEFORE_PURGING), *refusals(*PURGE_REFUSALS)]
