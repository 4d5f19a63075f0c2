"""Completions may be purged when their time is over, of one person at a time."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from courses.refusals import BEFORE_PURGING, PURGE_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_records_past_their_time"),
        ("courses", "0016_sales_belong_to_a_shop"),
    ]

    operations = [*lift(*BEFORE_PURGING), *refusals(*PURGE_REFUSALS)]
